"""A small published release, and a dashboard that reads it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import desk_of
from fake_release import build_fake_home
from running import running
from seen_tables import tables_of
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.server import APP
from osservatorio.home import Home
from osservatorio.release import Release, open_release

if TYPE_CHECKING:
    from visiting import Seen

# Tables are HTML of ours: tests ask for them as for those of Streamlit.
AppTest.table = property(tables_of)  # type: ignore[assignment, method-assign]


@pytest.fixture(scope="session", autouse=True)
def installed_components() -> Iterator[None]:
    """Streamlit looks through all installed packages at each run of a test's app: they are the same every time."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="session")
def fake_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one release of made-up figures; tests only read it."""
    return build_fake_home(tmp_path_factory.mktemp("cruscotto"))


@pytest.fixture
def release(fake_home: Home) -> Iterator[Release]:
    with open_release(fake_home) as opened:
        yield opened


@pytest.fixture
def app(fake_home: Home) -> Iterator[AppTest]:
    """The dashboard on the made-up release, not run yet."""
    source.use(fake_home, desk=desk_of(fake_home))
    yield AppTest.from_file(str(APP), default_timeout=60)
    source.use(fake_home).close()


@pytest.fixture
def own_home(tmp_path: Path) -> Home:
    """A home with a release that the test may change."""
    return build_fake_home(tmp_path, release_id=f"propria-{tmp_path.name}")


@pytest.fixture(scope="session")
def dashboard_url(fake_home: Home) -> Iterator[str]:
    """The address of a dashboard on the made-up release, running in a process of its own."""
    yield from running(fake_home)


@pytest.fixture(scope="session")
def seen_pages() -> "dict[str, Seen]":
    """What was seen of every page; filled by the first file that asks."""
    return {}
