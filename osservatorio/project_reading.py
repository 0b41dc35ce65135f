"""Reading the dbt project, which costs as much as building from it: once for all homes of a user.

What dbt makes of the project's files is kept in the user's cache folder, under a name made from those files and
the versions that read them. It says nothing of any home: the project is read with places of its own. Beside it lies
what else is made from the project alone (`build_plan`).
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from osservatorio.files import write_atomically

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parent.parent / "dbt_project"
SAVED = "partial_parse.msgpack"  # as dbt names it in its target folder
KEPT = 3  # readings of other states of the project that stay in the cache
READERS = ("dbt-core", "dbt-duckdb", "dbt-adapters", "duckdb")
# Any values do, the same in every home: no model's text depends on them.
PLACES = {
    "OSSERVATORIO_BUILD_DB": "release.duckdb",
    "OSSERVATORIO_SCRATCH_DB": "scratch.duckdb",
    "OSSERVATORIO_LANDING_DB": "landing.duckdb",
    "OSSERVATORIO_TEMP_DIR": "tmp",
    "OSSERVATORIO_MEMORY_LIMIT": "1200MB",
    "OSSERVATORIO_THREADS": "2",
}


def read_project(arguments: list[str], target: Path) -> "Manifest | None":
    """Parse with the arguments given, whose target folder is `target`; None when dbt cannot."""
    from dbt.cli.main import dbtRunner

    place = place_in_cache(".msgpack")
    made = target / SAVED  # dbt writes it when it had to read the files
    made.unlink(missing_ok=True)  # of a project that may since have moved: dbt would go on looking there
    if place and place.exists():
        arguments = [*arguments, "--partial-parse-file-path", str(place)]
    with _places_of_nobody():
        manifest = dbtRunner().invoke(arguments).result
    if place and manifest is not None and made.exists():
        with suppress(OSError):
            keep(made.read_bytes(), place, KEPT)
    return manifest  # type: ignore[return-value]


def place_in_cache(suffix: str, *more: str) -> Path | None:
    """Where what is made from the project, as its files are now, and from `more` is kept; None where nothing can be."""
    folder = _cache()
    return folder / f"{_state(*more)}{suffix}" if folder else None


def _cache() -> Path | None:
    """The folder of the cache; None where none can be made."""
    import platformdirs

    folder = platformdirs.user_cache_path("osservatorio", appauthor=False) / "dbt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _state(*more: str) -> str:
    """A name for the project's files, where they lie, the versions of what reads them, and what else is said."""
    state = hashlib.sha256(repr((str(PROJECT), [version(name) for name in READERS], more)).encode())
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml", ".csv"):
            state.update(f"{path.relative_to(PROJECT).as_posix()}\0".encode())
            state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def keep(content: bytes, place: Path, how_many: int) -> None:
    """Put something in the cache, and remove the oldest of its kind; a cache that fails costs time and nothing else."""
    with suppress(OSError):
        write_atomically(place, content)
        kind = place.name.partition(".")[2]
        others = sorted(place.parent.glob(f"*.{kind}"), key=lambda path: path.stat().st_mtime)
        for old in others[:-how_many]:
            old.unlink()


@contextmanager
def _places_of_nobody() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in PLACES}
    os.environ.update(PLACES)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
