"""What is made ready while the server already answers, so that the first pages do not wait for it.

First what every page needs, then the marts that pages draw from; then the two answers that take longest to find and that
no mart gives: the year under its own tariffs, which the simulator starts from, and how far the reports are. Each step gives
way to a page that somebody asked for. A release that is published later is made ready when a page first hears of it.
"""

import gc
import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import duckdb
from streamlit import delta_generator

import dashboards
from dashboards import busy

if TYPE_CHECKING:
    from osservatorio.release import Release

# Seconds after the server has begun to answer: before, the work would lengthen the start.
AFTER = 0.2
# Seconds that a step waits at most for the pages that are being made.
PATIENCE = 10
# Scripts that Streamlit runs, which are no modules of ours.
_SCRIPTS = ("dashboards.app", "dashboards.app_pages")
# What Streamlit loads when a page first draws, writes or says something.
_LOADED_LATE = (
    "plotly.graph_objs",
    "plotly.io",
    "plotly.tools",
    "streamlit.elements.plotly_chart",
    "streamlit.emojis",
    "xlsxwriter",
)


# Whether a server runs that makes ready what comes later, and the releases that it has made ready or is about to.
_is_serving = False
_begun: set[str] = set()


def start() -> None:
    """Begin in a thread of its own, which ends with the process."""
    global _is_serving
    from dashboards import source

    _is_serving = True
    _begun.clear()
    if shown := source.published_id():
        _begun.add(shown)
    _in_thread(warm, AFTER)


def end() -> None:
    """Let the collector of memory look again at all there is: the process ends, or a test goes on."""
    global _is_serving
    _is_serving = False
    gc.unfreeze()


def of_release(release_id: str) -> None:
    """Make a release ready that came into use after the start; nothing for one that was heard of before."""
    if _is_serving and release_id not in _begun:
        _begun.add(release_id)
        _in_thread(again, 0)


def _in_thread(work: Callable[[], None], after: float) -> None:
    timer = threading.Timer(after, work)
    timer.name, timer.daemon = "preparazione", True
    timer.start()


def warm() -> None:
    """Load what the pages need and read what they ask of the release; then let the collector leave that alone.

    What stays for good are some hundred thousand objects of the libraries: to look through them again would take longer
    than most pages. Nothing is shown to anybody here, and nothing is told to the audit log.
    """
    _take(_steps())


def again() -> None:
    """Read what the pages ask of the release in use now."""
    _take(_of_the_release())


def _take(steps: Iterator[Callable[[], object]]) -> None:
    for step in steps:
        busy.wait(PATIENCE)
        step()


def _steps() -> Iterator[Callable[[], object]]:
    """What is to do, each step found out when its turn comes."""
    yield from _libraries()
    yield from _of_the_release()


def _of_the_release() -> Iterator[Callable[[], object]]:
    yield _read_once
    yield from _marts()
    yield _rest
    yield from _answers()


def _libraries() -> Iterator[Callable[[], object]]:
    ours = (found.name for found in pkgutil.walk_packages(dashboards.__path__, "dashboards."))
    for name in (*(one for one in ours if not one.startswith(_SCRIPTS)), *_LOADED_LATE):
        yield partial(importlib.import_module, name)
    yield delta_generator._maybe_print_use_warning  # asks, once, how Python was started: the first page would


def _rest() -> None:
    """Let the collector leave alone what is there by now."""
    gc.collect()
    gc.freeze()


def _read_once() -> None:
    """The register of the protected exports and what every page asks of the release in use."""
    from dashboards import source
    from dashboards.selection import Choices
    from dashboards.tables import described
    from osservatorio import protected
    from osservatorio.errors import UserError

    home = source.home_in_use()
    try:
        release = source.published()
        Choices.of(release)
        described(release, "mart_caseload_by_municipality")
        protected.exports(home)
    except UserError:
        return  # whoever opens the page is told


def _marts() -> Iterator[Callable[[], object]]:
    """The marts that pages draw from, one by one; a release of an earlier version may lack some."""
    from dashboards import queries, source
    from osservatorio.errors import UserError

    try:
        release = source.published()
    except UserError:
        return
    for whole in queries.OF_WHOLE_MARTS:
        yield partial(_read_if_there, whole, release)


def _read_if_there(read: "Callable[[Release], object]", release: "Release") -> None:
    from osservatorio.errors import UserError

    with suppress(
        duckdb.CatalogException, UserError
    ):  # the latter from a release of many, whoever opens the page is told
        read(release)


def _answers() -> Iterator[Callable[[], object]]:
    """The simulator's starting point for each year and how far the first report of the list is for each of its periods, the
    latest first."""
    from dashboards import source
    from dashboards.selection import Choices
    from dashboards.simulating import unmoved
    from osservatorio.errors import UserError
    from osservatorio.periods import YEAR

    try:
        release = source.published()
    except UserError:
        return
    choices = Choices.of(release)
    for year in choices.of_type(YEAR):
        yield partial(_unless_told, unmoved, release, choices.periods[year].start.year, None)
    for code in source.reported_periods(release):
        yield partial(_unless_told, source.prepare_report, release, code)


def _unless_told(answer: Callable[..., object], *given: object) -> None:
    """What cannot be answered is told to whoever opens the page: a year without contributions, texts that do not read."""
    from osservatorio.errors import UserError

    with suppress(UserError):
        answer(*given)
