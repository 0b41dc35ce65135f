"""What the forms of the pages share: doing what was asked, and telling under the form what became of it."""

from collections.abc import Callable

import streamlit as st

from dashboards.access import session
from dashboards.access.permissions import Action
from dashboards.text import plain
from osservatorio.errors import UserError

_OUTCOME = "esito_scrittura"  # what became of the last saving: (place on the page, is an error, sentence)


def attempt(place: str, act: Callable[[], str]) -> None:
    """Do what a form asks, for a person who still may, and keep what to tell of it under the form."""
    try:
        session.require(Action.WRITE_REPORT)
        st.session_state[_OUTCOME] = (place, False, act())
    except UserError as error:
        st.session_state[_OUTCOME] = (place, True, error.message)


def tell(place: str) -> None:
    """Say what became of the last attempt, where it was of this place of the page."""
    where, is_error, words = st.session_state.get(_OUTCOME, ("", False, ""))
    if where != place:
        return
    del st.session_state[_OUTCOME]
    if is_error:
        st.error(plain(words), icon=":material/error:")
    else:
        st.success(plain(words), icon=":material/check_circle:")
