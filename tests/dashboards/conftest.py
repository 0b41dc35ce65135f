"""A small published release, and a dashboard that reads it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ambiti_by_hand import move_elsewhere, publish_both, publish_one
from assembly_release import assembly_home
from built_once import built_once
from desks import desk_of
from fake_release import build_fake_home
from running import running
from seen_tables import tables_of
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.server import APP
from osservatorio.commands import desk as commands_desk
from osservatorio.home import Home
from osservatorio.release import Release, open_release

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
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


@pytest.fixture(scope="module")
def browser(chromium: str) -> "Browser":
    """A browser, the same for files of the browser that follow one another."""
    import browsing

    return browsing.shared(chromium).browser


@pytest.fixture(scope="module")
def shared_window(chromium: str) -> "BrowserContext":
    """Its window, where what pages need was loaded once."""
    import browsing

    return browsing.shared(chromium).window


@pytest.fixture
def page(shared_window: "BrowserContext") -> "Iterator[Page]":
    from browsing import watched_page

    with watched_page(shared_window) as opened:
        yield opened


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The shared browser ends after the last test that needs it: while one is open nobody else can run an event loop."""
    if item.get_closest_marker("browser") and not (nextitem and nextitem.get_closest_marker("browser")):
        import browsing

        browsing.close_shared()


@pytest.fixture(scope="session")
def pack_of_2022(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where the pack of 2022 was made; tests only read it."""

    def make(folder: Path) -> None:
        home = assembly_home(folder)
        desk = commands_desk.desk_of(home, origin="cruscotto")
        desk.produce(desk.job("assemblea", "2022"), formats=("xlsx", "csv"))

    return Home(built_once(tmp_path_factory, "pack_of_2022", make))


@pytest.fixture(scope="session")
def both_ambiti(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one release of two Ambiti, with every table that pages read; tests only read it."""

    def make(folder: Path) -> None:
        root = tmp_path_factory.mktemp("ambiti")
        homes = [
            publish_one(root / "primo"),
            publish_one(root / "secondo", move_elsewhere, as_of="2023-09-30"),
        ]
        publish_both(Home(folder), homes)

    return Home(built_once(tmp_path_factory, "both_ambiti", make))


@pytest.fixture(scope="session")
def seen_pages() -> "dict[str, Seen]":
    """What was seen of every page; filled by the first file that asks."""
    return {}
