"""The filter bar: widgets that read and write the shared choice, kept in the session and in the address."""

import streamlit as st

from dashboards.selection import (
    ALL_TYPES,
    MUNICIPALITY,
    PERIOD,
    SERVICE,
    Choices,
    Selection,
    resolve,
)
from dashboards.text import sentence
from osservatorio.periods import MONTH, SEMESTER, YEAR
from osservatorio.release import Release

TYPE_NAMES = {MONTH: "Mese", SEMESTER: "Semestre", YEAR: "Anno"}
_STATE = "scelta"
_TYPE_KEY = "filtro_tipo"
_KEYS = {PERIOD: "filtro_periodo", MUNICIPALITY: "filtro_comune", SERVICE: "filtro_servizio"}


def choose(
    release: Release,
    *,
    types: tuple[str, ...] = ALL_TYPES,
    with_period: bool = True,
    with_municipality: bool = True,
    with_service: bool = True,
    only_case_services: bool = False,
) -> tuple[Choices, Selection]:
    """Show the filters that a page needs and return what can be chosen and what is.

    The address wins over the session, so that a link opens the same view and the browser's back button works;
    the session carries the choice from page to page.
    """
    choices = Choices.of(release)
    chosen = (
        choices.default() | choices.valid(st.session_state.get(_STATE, {})) | choices.valid(st.query_params)
    )
    _remember(chosen)
    if with_period or with_municipality or with_service:
        with st.container(key="filtri", horizontal=True, vertical_alignment="bottom", gap="small"):
            if with_period:
                _period_widgets(choices, chosen)
            if with_municipality:
                _choice_widget("Comune", MUNICIPALITY, chosen, list(choices.municipalities), choices)
            if with_service:
                _choice_widget("Servizio", SERVICE, chosen, list(choices.services), choices)
    return choices, resolve(choices, chosen, types, only_case_services)


def _remember(chosen: dict[str, str]) -> None:
    st.session_state[_STATE] = chosen
    if any(st.query_params.get(name) != value for name, value in chosen.items()):
        st.query_params.update(chosen)


def _period_widgets(choices: Choices, chosen: dict[str, str]) -> None:
    current = choices.periods[chosen[PERIOD]].type
    offered = [period_type for period_type in TYPE_NAMES if choices.of_type(period_type)]
    st.session_state[_TYPE_KEY] = current
    st.segmented_control(
        "Periodicità",
        offered,
        key=_TYPE_KEY,
        required=True,
        format_func=TYPE_NAMES.__getitem__,
        on_change=_change_type,
        args=(choices,),
    )
    st.session_state[_KEYS[PERIOD]] = chosen[PERIOD]
    st.selectbox(
        "Periodo",
        choices.of_type(current),
        key=_KEYS[PERIOD],
        format_func=lambda code: _period_name(choices, code),
        on_change=_change,
        args=(PERIOD,),
        placeholder="Scegli un periodo",
        filter_mode=None,
    )


def _choice_widget(
    label: str, name: str, chosen: dict[str, str], options: list[str], choices: Choices
) -> None:
    offer, shown = (
        (choices.municipalities, choices.names)
        if name == MUNICIPALITY
        else (choices.services, choices.short_names)
    )
    st.session_state[_KEYS[name]] = chosen[name]
    st.selectbox(
        label,
        options,
        key=_KEYS[name],
        format_func=lambda option: shown[offer[option]],
        on_change=_change,
        args=(name,),
        placeholder="Scegli dall'elenco",
        filter_mode=None,
    )


def _period_name(choices: Choices, code: str) -> str:
    name = sentence(choices.periods[code].label)
    return name if code in choices.ended else f"{name} (in corso)"


def _change(name: str) -> None:
    _remember({**st.session_state[_STATE], name: st.session_state[_KEYS[name]]})


def _change_type(choices: Choices) -> None:
    chosen = st.session_state[_STATE]
    period_type = st.session_state[_TYPE_KEY]
    if period_type:
        _remember({**chosen, PERIOD: choices.same_time(chosen[PERIOD], period_type)})
