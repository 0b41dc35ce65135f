"""What is made ready while the server already answers, so that the first pages do not wait for it.

First what every page needs; then the two answers that take longest to find and that no query of a mart gives: the year
under its own tariffs, which the simulator starts from, and how far the report due now is.
"""

import gc
import importlib
import pkgutil
import threading
from contextlib import suppress

from streamlit import delta_generator

import dashboards

# Seconds after the server has begun to answer: before, the work would lengthen the start.
AFTER = 0.2
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


def start() -> None:
    """Begin in a thread of its own, which ends with the process."""
    timer = threading.Timer(AFTER, warm)
    timer.name, timer.daemon = "preparazione", True
    timer.start()


def end() -> None:
    """Let the collector of memory look again at all there is: the process ends, or a test goes on."""
    gc.unfreeze()


def warm() -> None:
    """Load what the pages need and read what they all ask of the release; then let the collector leave that alone.

    What stays for good are some hundred thousand objects of the libraries: to look through them again would take longer
    than most pages. Nothing is shown to anybody here, and nothing is told to the audit log.
    """
    for found in pkgutil.walk_packages(dashboards.__path__, "dashboards."):
        if not found.name.startswith(_SCRIPTS):
            importlib.import_module(found.name)
    for name in _LOADED_LATE:
        importlib.import_module(name)
    delta_generator._maybe_print_use_warning()  # asks, once, how Python was started: the first page would
    _read_once()
    gc.collect()
    gc.freeze()
    _compute_once()


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


def _compute_once() -> None:
    """The simulator's starting point for each year, the latest first, and how far the first report of the list is."""
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
        with suppress(UserError):  # a year without contributions
            unmoved(release, choices.periods[year].start.year, None)
    with suppress(UserError):  # whoever opens the page is told
        source.prepare_report(release, choices.default_period())
