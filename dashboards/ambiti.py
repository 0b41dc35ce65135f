"""Which Ambito is on screen, where the release is of many: the choice, shared by all pages and kept in the address."""

import streamlit as st

from dashboards.access.permissions import sees_all_ambiti
from dashboards.access.scoped import NotAllowedError
from dashboards.text import plain
from osservatorio.access.roles import Role, Scope
from osservatorio.ambiti.contents import ambiti_of, is_of_many, names_of
from osservatorio.release import Release

CHOICE = "ambito"  # its name in the address
_STATE, _KEY = "ambito_scelto", "filtro_ambito"
_OF_ONE = (
    "Il tuo accesso vale per un Ambito di una cartella che ne contiene più d'uno, e questa ne contiene uno solo: rivolgiti "
    "all'Ufficio di Piano."
)
_NOT_THERE = "Il tuo accesso vale per un Ambito che in questa pubblicazione non c'è: rivolgiti a chi la cura."
_UNNAMED = (
    "Il tuo accesso non dice di quale Ambito è il tuo Comune: rivolgiti a chi cura l'elenco degli accessi."
)


def offered(whole: Release, scope: Scope) -> dict[str, str]:
    """Codes and names of the Ambiti of a release that a scope may look at; none where the release is of one.

    Raises NotAllowedError for a scope that fits none of them.
    """
    if not is_of_many(whole.manifest):
        if scope.ambito_code is not None:
            raise NotAllowedError(_OF_ONE)
        return {}
    known = names_of(ambiti_of(whole.manifest))
    if scope.ambito_code is not None:
        if scope.ambito_code not in known:
            raise NotAllowedError(_NOT_THERE)
        return {scope.ambito_code: known[scope.ambito_code]}
    if scope.role is Role.MUNICIPALITY:
        raise NotAllowedError(_UNNAMED)
    return known


def chosen(whole: Release, scope: Scope) -> str | None:
    """The Ambito that this session looks at: that of the address, that of before, the first; None in a release of one."""
    known = offered(whole, scope)
    for code in (st.query_params.get(CHOICE), st.session_state.get(_STATE)):
        if code in known:
            return code
    return next(iter(known), None)


def show(whole: Release, scope: Scope, code: str | None) -> None:
    """The choice of the Ambito, where the person has one; it stands in the address of each page."""
    if code is None:
        return
    st.session_state[_STATE] = code
    if st.query_params.get(CHOICE) != code:
        st.query_params[CHOICE] = code
    known = offered(whole, scope)
    if not sees_all_ambiti(scope) or len(known) < 2:
        return
    st.session_state[_KEY] = code
    with st.container(key="filtri_ambito", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Ambito",
            list(known),
            key=_KEY,
            format_func=lambda one: plain(known[one]),
            on_change=_change,
            placeholder="Scegli dall'elenco",
            filter_mode="contains",
            width=360,
        )


def _change() -> None:
    st.query_params[CHOICE] = st.session_state[_STATE] = st.session_state[_KEY]
