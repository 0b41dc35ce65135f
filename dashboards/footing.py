"""The foot of every page: how to read it, when it is updated, whom to ask, how accessible it is."""

from datetime import date
from typing import Protocol

import streamlit as st

from dashboards import source
from dashboards.access.permissions import PROTECTED_PAGE
from dashboards.pages import PageInfo
from dashboards.reading_aids import LIMITS, LIMITS_OF_ALL, LIMITS_OF_EXACT, STRENGTHS
from dashboards.shell import STATEMENT
from dashboards.text import plain
from osservatorio import italian
from osservatorio.errors import UserError

_SHOWN = "pagina_mostrata"
SCHEDULE = (
    "Il cruscotto cambia quando l'Ufficio di Piano pubblica nuove consegne, di norma ogni semestre e ogni anno, con la "
    "cadenza dei rapporti che la coprogettazione chiede; le pubblicazioni di prima restano nella pagina Rilasci."
)
SCHEDULE_OF_MANY = (
    "Il cruscotto cambia quando le tavole degli Ambiti sono ripubblicate insieme; le pubblicazioni di ciascun Ambito restano "
    "nella sua cartella dei dati."
)
_OFFICE = "Ufficio di Piano dell'Ambito Territoriale di Seregno"
_OFFICE_OF_MANY = "Chi cura la pubblicazione degli Ambiti insieme"


class Published(Protocol):
    """What the figures of a page come from."""

    @property
    def id(self) -> str: ...

    @property
    def as_of(self) -> date: ...


def for_page(page: PageInfo, release: Published) -> None:
    """Say which page is on screen: `show` tells what concerns it."""
    st.session_state[_SHOWN] = (page, release)


def show() -> None:
    """Draw the foot; without a page on screen, only what concerns them all."""
    shown: tuple[PageInfo, Published] | None = st.session_state.pop(_SHOWN, None)
    if shown:
        page, release = shown
        with st.expander("Punti di forza e limiti di queste cifre", icon=":material/balance:", key="lettura"):
            st.markdown("\n".join(f"- {plain(line)}" for line in STRENGTHS))
            st.markdown("**Limiti**")
            exact = () if page.name == PROTECTED_PAGE else LIMITS_OF_EXACT
            limits = (*LIMITS.get(page.name, ()), *LIMITS_OF_ALL, *exact)
            st.markdown("\n".join(f"- {plain(line)}" for line in limits))
        st.caption(
            f"**Aggiornamento.** Dati al {italian.date_it(release.as_of)}, pubblicazione {plain(release.id)}. "
            f"{plain(SCHEDULE_OF_MANY if source.has_many_ambiti() else SCHEDULE)}"
        )
    st.caption(f"**Contatti.** {plain(_contact())} · [Dichiarazione di accessibilità]({STATEMENT})")


def _contact() -> str:
    """Whom to write to, as the settings of the home say it."""
    try:
        told = source.office()
    except UserError:
        told = {}
    default = _OFFICE_OF_MANY if source.has_many_ambiti() else _OFFICE
    office = told.get("ufficio") or default
    return f"{office}, {told['contatto']}" if told.get("contatto") else office
