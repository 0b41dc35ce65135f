"""The simulator: a person moves the terms of the tariffs, and the year's contributions are computed again at once.

The formula is the release's own (`osservatorio.cost_sharing`): here the new terms are chosen and the outcome is shown.
What is chosen stands in the address, so that a link opens the same simulation.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboards import charts, queries
from dashboards.components import COMPARED, heading, key_figures, nothing, show
from dashboards.queries import ALL_MUNICIPALITIES, ALL_PRESTAZIONI
from dashboards.selection import MUNICIPALITY
from dashboards.tables import Column
from dashboards.theme import PALE, PRIMARY
from dashboards.view import Figure, View, difference
from osservatorio.cost_sharing import (
    WITH_MINIMUM,
    Outcome,
    Scenario,
    Simulation,
    Tariff,
    TariffChange,
    simulate,
)
from osservatorio.errors import UserError
from osservatorio.reference import code_list
from osservatorio.release import Release

MART = "mart_isee_simulation"
BY_ISEE = "mart_cost_sharing_by_isee"
ALL_BANDS = "TUTTE"
TERMS = {
    "isee_iniziale": "ISEE iniziale",
    "isee_finale": "ISEE finale",
    "quota_minima": "Quota minima",
    "contribuzione_massima": "Contribuzione massima",
}
DETAIL = ("obliged_persons", "due_by_formula", "due_by_scenario", "difference", "pays_more", "pays_less")
_MOST, _STEP = 50, 5
_CENT = Decimal("0.01")


@st.fragment
def show_simulator(view: View, prestazione: str) -> None:
    """Sliders for the terms of a service (or of all) in the municipality chosen (or in all), and what they change."""
    chosen = view.selection
    place = chosen.municipality_name
    service = queries.labels(view.release, "total_prestazione", "prestazione")[prestazione]
    heading(view, "Simulatore")
    st.caption(
        f"Di quanto cambiano le condizioni, rispetto a quelle del {chosen.year}: {place}, {service}. "
        "Gli importi si ricalcolano subito; l'indirizzo della pagina conserva la simulazione."
    )
    moved = _sliders(prestazione)
    try:
        found = simulated(
            view.release,
            chosen.year,
            prestazione,
            None if chosen.is_whole_ambito else chosen.municipality,
            tuple(moved.items()),
        )
    except UserError as error:
        nothing(error.message)
        return
    whole = found.outcome(prestazione=prestazione)
    if whole is None:
        nothing(f"Nel {chosen.year} nessuna quota di questa prestazione ha una tariffa: scegline un'altra.")
        return
    key_figures(list(_figures(view, whole)))
    filters = {"prestazione": service} | {
        f"variazione: {TERMS[term]}": f"{share:+d}%" for term, share in moved.items()
    }
    bands = _frame(found.bands(prestazione=prestazione))
    bands["isee_band_name"] = bands.isee_band.map(code_list("isee_band"))
    due = charts.series(view.columns(MART, "due_by_formula", "due_by_scenario"), (PALE, PRIMARY))
    show(
        view,
        view.table(
            MART, bands, [view.column(BY_ISEE, "isee_band_name"), *DETAIL], "La simulazione per fascia ISEE"
        ),
        lambda: charts.grouped(bands, "isee_band_name", due),
        empty="Nessuna quota con una tariffa.",
        note=f"{place}, {service}, anno {chosen.year}.",
        filters=filters,
    )
    if chosen.is_whole_ambito:
        towns = _frame(
            outcome
            for outcome in found.outcomes
            if (outcome.prestazione, outcome.isee_band) == (prestazione, ALL_BANDS)
        )
        towns["municipality_name"] = towns.municipality_code.map(view.choices.names)
        is_total = towns.municipality_code == ALL_MUNICIPALITIES
        towns = pd.concat(
            [towns[~is_total].sort_values("difference", ascending=False), towns[is_total]], ignore_index=True
        )
        show(
            view,
            view.table(
                MART,
                towns,
                ["municipality_name", *DETAIL],
                "La simulazione nei Comuni",
                towns.municipality_code == ALL_MUNICIPALITIES,
            ),
            lambda: charts.bars(
                towns[towns.municipality_code != ALL_MUNICIPALITIES],
                "municipality_name",
                view.column(MART, "difference"),
            ),
            empty="Nessuna quota con una tariffa.",
            note=f"{view.column(MART, 'difference').label}, {service}.",
            filters={**filters, MUNICIPALITY: COMPARED},
        )


def _sliders(prestazione: str) -> dict[str, int]:
    """By how many hundredths each term moves."""
    offered = [
        term for term in TERMS if term != "quota_minima" or prestazione in (ALL_PRESTAZIONI, *WITH_MINIMUM)
    ]
    moved = {}
    with st.container(key="simulatore", horizontal=True, gap="medium"):
        for term in offered:
            key = f"simula_{term}"
            st.session_state[key] = _share(st.query_params.get(key))
            moved[term] = st.slider(
                TERMS[term],
                -_MOST,
                _MOST,
                step=_STEP,
                format="%+d%%",
                key=key,
                on_change=_put_in_address,
                args=(key,),
            )
    return moved


def _share(text: object) -> int:
    """What an address says as a share that the slider can take; 0 for anything else."""
    try:
        share = int(str(text))
    except ValueError:
        return 0
    return share if abs(share) <= _MOST and share % _STEP == 0 else 0


def _put_in_address(key: str) -> None:
    st.query_params[key] = str(st.session_state[key])


@st.cache_data(show_spinner=False, max_entries=200, hash_funcs=queries.BY_RELEASE)
def simulated(
    release: Release,
    year: int,
    prestazione: str,
    municipality: str | None,
    moved: tuple[tuple[str, int], ...],
) -> Simulation:
    """The year under the tariffs of a service moved by shares. Raises UserError as `simulate`."""
    today = simulate(release, Scenario(year), municipality_code=municipality)
    shares = {term: share for term, share in moved if share}
    changes: dict[tuple[str, str], TariffChange] = {}
    for tariff in today.tariffs:
        if prestazione in (ALL_PRESTAZIONI, tariff.prestazione):
            change = _change(tariff, shares)
            place = (tariff.municipality_code, tariff.prestazione)
            if changes.setdefault(place, change) != change:
                raise UserError(
                    "Per un Comune e una prestazione ci sono tariffe di enti diversi, diverse tra loro: il simulatore non "
                    "può muoverle insieme. Scegli un'altra prestazione o un altro Comune."
                )
    if not shares:
        return today
    return simulate(release, Scenario(year, tuple(changes.values())), municipality_code=municipality)


def _change(tariff: Tariff, shares: Mapping[str, int]) -> TariffChange:
    """The terms of a tariff moved by so many hundredths, to the cent; a minimum only where the service has one."""
    moved = {
        term: (getattr(tariff, term) * (100 + share) / 100).quantize(_CENT)
        for term, share in shares.items()
        if term != "quota_minima" or tariff.prestazione in WITH_MINIMUM
    }
    return TariffChange(tariff.prestazione, tariff.municipality_code, **moved)


def _frame(outcomes: "Iterator[Outcome] | tuple[Outcome, ...]") -> pd.DataFrame:
    """Outcomes as rows, with their difference from what is due today."""
    frame = pd.DataFrame([vars(outcome) for outcome in outcomes])
    return frame.assign(difference=frame.due_by_scenario - frame.due_by_formula)


def _figures(view: View, outcome: Outcome) -> Iterator[Figure]:
    due = view.column(MART, "due_by_scenario")
    moved = difference(due, outcome.due_by_scenario, outcome.due_by_formula)
    yield _figure(view, "due_by_formula", outcome)
    yield _figure(view, "due_by_scenario", outcome, f"{moved} sulle tariffe dell'anno")
    for name in ("obliged_persons", "pays_more", "pays_less"):
        yield _figure(view, name, outcome)


def _figure(view: View, name: str, outcome: Outcome, delta: str | None = None) -> Figure:
    column: Column = view.column(MART, name)
    return Figure(column.label, column.brief(getattr(outcome, name)), column.definition, delta)
