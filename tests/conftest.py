"""Fixtures that rooms share: the demonstration, generated and run once as a user would."""

import gc
import os
import shutil
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from balance import check_written, forget_written, watch, watched
from built_once import built_once
from warm import CAN_FORK, close_warm_process, warm_process

from ingestion.layout import prepare
from osservatorio.build_plan import plan_place
from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.keys import new_key
from osservatorio.settings import Settings

ROOT = Path(__file__).parent.parent
Home.prepare = watched(Home.prepare)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "landing_by_hand: writes a landing that ingestion did not make, or spoils one"
    )


# Rooms whose files take longest: what is left for the end is short, and keeps every process busy.
FIRST = ("crash", "end_to_end", "secrets", "dashboards", "dbt", "marts", "osservatorio", "reporting")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order in which they should begin. With `--no-loadscope-reorder` xdist keeps it."""
    place = {room: number for number, room in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.path.parent.name, len(FIRST)))


# What one process takes whole, by room or file: its tests share what takes seconds to load, each process anew.
TOGETHER = {
    "expectations": "Great Expectations",
    "dbt": "dbt",
    "marts": "what was delivered, in pandas",
    "test_build_plan.py": "dbt",
    "test_project_reading.py": "dbt",
    "test_access_browser.py": "the browser",
    "test_ambiti_look.py": "the browser",
    "test_browser.py": "the browser",
    "test_browser_clicks.py": "the browser",
    "test_browser_listening.py": "the browser",
    "test_protected_look.py": "the browser",
    "test_server.py": "the browser",  # and the dashboard that it looks at
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """A file at a time, as `--dist loadfile` gives them out, and what stands together at once."""
    from xdist.scheduler.loadfile import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            path = Path(file)
            return TOGETHER.get(path.parent.name) or TOGETHER.get(path.name) or file

    return Scheduling(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it for garbage again and again takes time from tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else DuckDB's binding complains at the end of what was never let go


def pytest_terminal_summary(terminalreporter) -> None:
    """What tests counted, added up: a test notes `("counts", {"of": title, "part": name, "counts": {what: how many}})`.

    The first count of each title is told by part too, where parts have names.
    """
    totals: dict[str, Counter[str]] = {}
    parts: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, noted in getattr(report, "user_properties", ()):
                if name == "counts" and report.when == "call":
                    totals.setdefault(noted["of"], Counter()).update(noted["counts"])
                    by_part = parts.setdefault(noted["of"], Counter())
                    by_part[noted.get("part", "")] += next(iter(noted["counts"].values()))
    for title, counts in totals.items():
        told = "; ".join(f"{what} {count}" for what, count in counts.items())
        named = ", ".join(f"{part} {count}" for part, count in parts[title].items() if part)
        terminalreporter.write_line(f"{title}: {told}" + (f" ({named})" if named else ""))


@pytest.fixture(autouse=True)
def counts_balance(request: pytest.FixtureRequest):
    """After every test: in each landing that it wrote, every row of every file is accounted for (`balance`)."""
    yield
    if request.node.get_closest_marker("landing_by_hand"):
        forget_written()
    else:
        check_written()


def command(
    *arguments: str | Path, home: Path | None = None, check: bool = True, warm: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run `osservatorio` in a process of its own, as a user does; `warm`, in one that has the libraries loaded."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OSSERVATORIO_")}
    if home:
        environment["OSSERVATORIO_HOME"] = str(home)
        watch(home)
    words = [str(argument) for argument in arguments]
    if warm and CAN_FORK:
        done = warm_process().run(words, environment)
    else:
        done = subprocess.run(
            [sys.executable, "-m", "osservatorio.cli", *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            timeout=600,
        )
    if check and done.returncode != 0:
        raise AssertionError(
            f"osservatorio {arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
    return done


@pytest.fixture(scope="session")
def osservatorio():
    """The command line: `osservatorio("run", folder, home=home)`.

    The demonstration is made by processes that load everything themselves.
    """
    yield partial(command, warm=True)
    close_warm_process()


@pytest.fixture(scope="session")
def plan_of_builds(tmp_path_factory: pytest.TempPathFactory) -> None:
    """dbt has built once, over nothing, and left its plan: whoever builds repeats it, and does not begin beside others."""

    def make(folder: Path) -> None:
        place = plan_place(Settings().model_variables())
        if place and place.exists():
            return
        home = Home(folder)
        new_key(home)
        with connect(home.landing) as con:
            prepare(con)
        command("build", "--as-of", "2022-12-31", home=folder, warm=True)

    built_once(tmp_path_factory, "plan", make)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, plan_of_builds: None) -> Path:
    """A home where `osservatorio demo` has run at scale 1; tests only read it. Its output is in demo.txt."""

    def make(folder: Path) -> None:
        done = command("demo", home=folder)
        (folder / "demo.txt").write_text(done.stdout, "utf-8")

    return built_once(tmp_path_factory, "demo_home", make)


@pytest.fixture(scope="session")
def demo_deliveries(demo_home: Path) -> Path:
    """The folder of deliveries that the demonstration generated; tests only read it."""
    return demo_home / "consegne"


@pytest.fixture(scope="session")
def small_deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set of deliveries, for tests that run the whole job on a home of their own."""
    return built_once(
        tmp_path_factory,
        "small_deliveries",
        lambda folder: command(
            "generate", "--out", folder, "--scale", "0.1", "--years", "2022-2022", warm=True
        ),
    )


@pytest.fixture(scope="session")
def small_home(
    tmp_path_factory: pytest.TempPathFactory, small_deliveries: Path, plan_of_builds: None
) -> Path:
    """A home where the small deliveries were run; tests only read it. What the run said is in run.json."""

    def make(folder: Path) -> None:
        command("keys", "new", home=folder, warm=True)
        done = command("run", small_deliveries, "--json", home=folder, warm=True)
        (folder / "run.json").write_text(done.stdout, "utf-8")

    return built_once(tmp_path_factory, "small_home", make)


@pytest.fixture(scope="session")
def staged_home(
    tmp_path_factory: pytest.TempPathFactory, small_deliveries: Path, plan_of_builds: None
) -> Path:
    """A home where the small deliveries went through every stage but the last; tests only read it."""

    def make(folder: Path) -> None:
        for words in (("keys", "new"), ("ingest", small_deliveries), ("validate",), ("build",)):
            command(*words, home=folder, warm=True)

    return built_once(tmp_path_factory, "staged_home", make)


def _copy(home: Path, place: Path) -> Home:
    shutil.copytree(home, place)
    watch(place)
    return Home(place)


@pytest.fixture
def small_copy(small_home: Path, tmp_path: Path) -> Home:
    """The home of the small deliveries again, to work in."""
    return _copy(small_home, tmp_path / "copia")


@pytest.fixture
def staged_copy(staged_home: Path, tmp_path: Path) -> Home:
    """The home before its publication again, to work in."""
    return _copy(staged_home, tmp_path / "copia")


def require_program(name: str, package: str) -> str:
    """The path of a system program. Left out with a reason where it is missing; in CI that is a failure."""
    from shutil import which

    path = which(name)
    if path:
        return path
    reason = f"left out: «{name}» (Debian package {package}) is not installed here"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    return require_program("chromium", "chromium")


def require_file(path: str, package: str) -> str:
    """A file that a Debian package brings. Left out with a reason where it is missing; in CI that is a failure."""
    if Path(path).exists():
        return path
    reason = f"left out: «{path}» (Debian package {package}) is not installed here"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice with its programs for sheets and for texts."""
    program = require_program("soffice", "libreoffice-calc")
    for library, package in (("libsclo.so", "libreoffice-calc"), ("libswlo.so", "libreoffice-writer")):
        require_file(f"/usr/lib/libreoffice/program/{library}", package)
    return program


@pytest.fixture(scope="session")
def impress(soffice: str) -> str:
    """LibreOffice with its program for slides too."""
    require_file("/usr/lib/libreoffice/program/libsdlo.so", "libreoffice-impress")
    return soffice


@pytest.fixture(scope="session")
def java() -> str:
    """Java with its compiler, and the library that veraPDF reads its profiles with."""
    require_program("javac", "default-jdk-headless")
    require_file("/usr/share/java/jaxb-runtime.jar", "libjaxb-java")
    return require_program("java", "default-jdk-headless")
