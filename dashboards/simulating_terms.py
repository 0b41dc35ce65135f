"""The terms that the simulator moves: by hundredths with sliders or to an amount in euro, kept in the address."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import streamlit as st

from dashboards.queries import ALL_PRESTAZIONI
from osservatorio.cost_sharing import HIGHEST, WITH_MINIMUM
from osservatorio.italian import euro

TERMS = {
    "isee_iniziale": "ISEE iniziale",
    "isee_finale": "ISEE finale",
    "quota_minima": "Quota minima",
    "contribuzione_massima": "Contribuzione massima",
}
CENT = Decimal("0.01")
_MOST, _STEP = 50, 5
_WAY = "simula_come"
_WAYS = {"percento": "In percentuale", "euro": "In euro"}

# How a term moves: an int by so many hundredths, a Decimal to so many euro.
Move = int | Decimal


def choose_terms(prestazione: str) -> dict[str, Move]:
    """Show the terms of a service and return how each moves; a term left as it is in euro is left out."""
    offered = [
        term for term in TERMS if term != "quota_minima" or prestazione in (ALL_PRESTAZIONI, *WITH_MINIMUM)
    ]
    st.session_state[_WAY] = "euro" if _in_euro() else "percento"
    with st.container(key="modi_simulatore", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Come si indicano le nuove condizioni",
            list(_WAYS),
            format_func=_WAYS.__getitem__,
            key=_WAY,
            required=True,
            on_change=_put_in_address,
            args=(_WAY,),
        )
        st.button(
            "Torna alle condizioni dell'anno",
            key="simula_azzera",
            icon=":material/restart_alt:",
            on_click=_forget,
            disabled=not has_moved({term: _move(term) for term in TERMS}),
        )
    with st.container(key="simulatore", horizontal=True, gap="medium"):
        for term in offered:
            _amount(term) if _in_euro() else _slider(term)
    return {term: move for term in offered if (move := _move(term)) is not None}


def has_moved(moves: Mapping[str, Move | None]) -> bool:
    """Whether a term is not as it is today; an amount of zero is a term too."""
    return any(isinstance(move, Decimal) or move for move in moves.values())


def _in_euro() -> bool:
    return st.query_params.get(_WAY) == "euro"


def _slider(term: str) -> None:
    key = f"simula_{term}"
    st.session_state[key] = _share(st.query_params.get(key))
    st.slider(
        TERMS[term],
        -_MOST,
        _MOST,
        step=_STEP,
        format="%+d%%",
        key=key,
        on_change=_put_in_address,
        args=(key,),
    )


def _amount(term: str) -> None:
    key = f"euro_{term}"
    amount = _euro(st.query_params.get(key))
    st.session_state[key] = None if amount is None else float(amount)
    st.number_input(
        f"{TERMS[term]} (euro)",
        min_value=0.0,
        max_value=float(HIGHEST),
        value=None,
        step=None,
        format="%.2f",
        key=key,
        on_change=_put_in_address,
        args=(key,),
        placeholder="Com'è nell'anno",
    )


def _move(term: str) -> Move | None:
    """What the address says of a term: hundredths to move by, or the euro of the new term; None in euro when untouched."""
    if _in_euro():
        return _euro(st.query_params.get(f"euro_{term}"))
    return _share(st.query_params.get(f"simula_{term}"))


def _share(text: object) -> int:
    """What an address says as a share that the slider can take; 0 for anything else."""
    try:
        share = int(str(text))
    except ValueError:
        return 0
    return share if abs(share) <= _MOST and share % _STEP == 0 else 0


def _euro(text: object) -> Decimal | None:
    """What an address says as an amount to the cent; None for anything else."""
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return None
    return amount.quantize(CENT) if amount.is_finite() and 0 <= amount <= HIGHEST else None


def _put_in_address(key: str) -> None:
    value = st.session_state[key]
    if value is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = f"{value:.2f}" if isinstance(value, float) else str(value)


def _forget() -> None:
    for term in TERMS:
        for key in (f"simula_{term}", f"euro_{term}"):
            st.query_params.pop(key, None)


def told(move: Move) -> str:
    """A move as the files tell it."""
    return f"{move:+d}%" if isinstance(move, int) else euro(move)
