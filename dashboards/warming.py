"""What is made ready while the server already answers, so that the first pages do not wait for it."""

import gc
import importlib
import logging
import pkgutil
import threading

import dashboards

# Seconds after the server has begun to answer: before, they would lengthen the start.
AFTER = 0.2
# Scripts that Streamlit runs, which are no modules of ours.
_SCRIPTS = ("dashboards.app", "dashboards.app_pages")
# What Streamlit and the pages load when they first draw or write something.
_LOADED_LATE = ("plotly.io", "plotly.tools", "plotly.graph_objs", "xlsxwriter", "streamlit.elements.plotly_chart")


def start() -> None:
    """Begin in a thread of its own, which ends with the process."""
    timer = threading.Timer(AFTER, warm)
    timer.name, timer.daemon = "preparazione", True
    timer.start()


def warm() -> None:
    """Load every module of the pages, then let the collector of memory leave alone what stays for good.

    What stays are some hundred thousand objects of the libraries: to look through them again takes longer than most pages.
    """
    for found in pkgutil.walk_packages(dashboards.__path__, "dashboards."):
        if not found.name.startswith(_SCRIPTS):
            importlib.import_module(found.name)
    for name in _LOADED_LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    logging.getLogger(__name__).debug("modules are loaded")
