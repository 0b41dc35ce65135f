"""Homes with an invented release, and the reports made from it."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from report_release import FakeRelease

from osservatorio.home import Home
from reporting.model import Report
from reporting.produce import Produced, produce, read_report

PERIOD = "2022-S1"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a release that has something of everything; tests only read it."""
    return FakeRelease(Home(tmp_path_factory.mktemp("report_home"))).write()


@pytest.fixture(scope="session")
def year_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same at the end of the year: 2022 has ended and 2021 stands before it; tests only read it."""
    return FakeRelease(Home(tmp_path_factory.mktemp("year_home")), date(2022, 12, 31)).write()


@pytest.fixture(scope="session")
def read_year(year_home: Home) -> Callable[..., Report]:
    """`read_report` in the home at the end of the year, which gives the report that it gave before."""

    @cache
    def read(kind: str, period: str, comune: str | None = None) -> Report:
        return read_report(year_home, kind, period, comune=comune)

    return read


@pytest.fixture(scope="session")
def report(home: Home) -> Report:
    return read_report(home, "semestrale", PERIOD)


@pytest.fixture(scope="session")
def produced(home: Home) -> Produced:
    return produce(home, "semestrale", PERIOD)


@pytest.fixture
def home_with(tmp_path: Path) -> Callable[[Callable[[FakeRelease], None]], Home]:
    """Make a home whose release a function has changed before it was written."""

    def make(change: Callable[[FakeRelease], None]) -> Home:
        release = FakeRelease(Home(tmp_path / "home"))
        change(release)
        return release.write()

    return make
