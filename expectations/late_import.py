"""Libraries that Great Expectations imports for expectations that are none of ours: loaded when first used, if ever.

Statistics and charts are a third of the seconds that it takes to load. The standard library's lazy loader puts a module
in their place that becomes the real one at the first look into it, so whatever needs them still finds them.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

SELDOM_USED = ("scipy.stats", "altair")


class LateFinder:
    """Finds what Python's own finder finds, for some modules, and lets them load at the first use."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in self._names else None
        if spec and spec.loader and hasattr(spec.loader, "exec_module"):
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def seldom_used_late(names: Sequence[str] = SELDOM_USED) -> Iterator[None]:
    """What is imported in the block loads these modules late. One that is loaded stays as it is."""
    finder = LateFinder(names)
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.meta_path.remove(finder)  # type: ignore[arg-type]
