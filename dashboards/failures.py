"""What a page shows when its script fails: an Italian sentence; the details go to the server's log."""

import sys
import traceback

import streamlit as st

from dashboards.text import plain
from osservatorio.errors import UserError

UNEXPECTED = (
    "Questa pagina non si è potuta mostrare. Ricarica la pagina; se succede ancora, "
    "segnala all'Ufficio di Piano l'ora e il nome della pagina."
)


def on_script_error(error: Exception) -> bool:
    """An Italian box instead of Streamlit's; the details go to the server's log."""
    if isinstance(error, UserError):
        st.error(plain(error.message), icon=":material/error:")
        return True
    traceback.print_exception(error, file=sys.stderr)
    st.error(UNEXPECTED, icon=":material/error:")
    return True
