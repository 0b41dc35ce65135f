"""The simulator: a person moves the terms of the tariffs, and the year's contributions are computed again at once.

The formula is the release's own (`osservatorio.cost_sharing`): here the new terms are chosen and the outcome is shown.
What is chosen stands in the address, so that a link opens the same simulation.
"""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboards import charts, queries
from dashboards.access import session
from dashboards.choosing import address
from dashboards.components import COMPARED, heading, key_figures, nothing, show
from dashboards.queries import ALL_MUNICIPALITIES, ALL_PRESTAZIONI
from dashboards.selection import MUNICIPALITY
from dashboards.simulating_terms import CENT, TERMS, Move, choose_terms, has_moved, told
from dashboards.tables import Column, Table
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
BY_SERVICE = "mart_cost_sharing"
ALL_BANDS = "TUTTE"
DETAIL = ("obliged_persons", "due_by_formula", "due_by_scenario", "difference", "pays_more", "pays_less")
_ELSEWHERE = (
    "Il simulatore ricalcola le quote persona per persona, e qui i dati delle persone non ci sono: chiedi la simulazione "
    "all'Ufficio di Piano dell'Ambito."
)


@st.fragment
def show_simulator(view: View, prestazione: str) -> None:
    """Sliders for the terms of a service (or of all) in the municipality chosen (or in all), and what they change."""
    session.require_page(view.page.name)  # a slider runs this alone, without the door
    if view.release.ambito:
        heading(view, "Simulatore")
        nothing(_ELSEWHERE)
        return
    chosen = view.selection
    place = chosen.municipality_name
    service = queries.labels(view.release, "total_prestazione", "prestazione")[prestazione]
    heading(view, "Simulatore")
    st.caption(
        f"Di quanto cambiano le condizioni, rispetto a quelle del {chosen.year}: {place}, {service}. "
        "Gli importi si ricalcolano subito. L'indirizzo della pagina conserva la simulazione, e i file che si scaricano "
        "la portano scritta."
    )
    moved = choose_terms(prestazione)
    town = None if chosen.is_whole_ambito else chosen.municipality
    try:
        today = unmoved(view.release, chosen.year, town)
        changed = tuple((term, move) for term, move in moved.items() if has_moved({term: move}))
        found = simulated(view.release, chosen.year, prestazione, town, changed) if changed else today
    except UserError as error:
        nothing(error.message)
        return
    whole = found.outcome(prestazione=prestazione)
    if whole is None:
        nothing(f"Nel {chosen.year} nessuna quota di questa prestazione ha una tariffa: scegline un'altra.")
        return
    key_figures(list(_figures(view, whole)))
    filters = {"prestazione": service} | {TERMS[term]: told(move) for term, move in moved.items()}
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
            (
                lambda: charts.bars(
                    towns[towns.municipality_code != ALL_MUNICIPALITIES],
                    "municipality_name",
                    view.column(MART, "difference"),
                )
            )
            if has_moved(moved)
            else None,
            empty="Nessuna quota con una tariffa.",
            note=f"{view.column(MART, 'difference').label}, {service}.",
            filters={**filters, MUNICIPALITY: COMPARED},
        )
    show(
        view,
        _conditions(view, prestazione, today.tariffs, found.tariffs),
        empty="Nessuna tariffa.",
        note="Le tariffe dell'anno e, dove la simulazione le cambia, quelle dell'ipotesi: da conservare insieme ai risultati.",
        filters={**filters, "indirizzo della simulazione": address()},
    )


def _conditions(view: View, prestazione: str, today: Sequence[Tariff], scenario: Sequence[Tariff]) -> Table:
    """The tariffs of the year, one row each; beside a term that the scenario changes, what it becomes."""
    services = code_list("prestazione")
    kept = [
        pair
        for pair in zip(today, scenario, strict=True)
        if prestazione in (ALL_PRESTAZIONI, pair[0].prestazione)
    ]
    moved = [term for term in TERMS if any(getattr(now, term) != getattr(new, term) for now, new in kept)]
    frame = pd.DataFrame(
        [
            {
                "prestazione_name": services[now.prestazione],
                "municipality_name": view.choices.names[now.municipality_code],
                **{term: float(getattr(now, term)) for term in TERMS},
                **{f"{term}_new": float(getattr(new, term)) for term in moved},
            }
            for now, new in kept
        ]
    )
    columns = [view.column(BY_SERVICE, name) for name in ("prestazione_name", "municipality_name")]
    for term, label in TERMS.items():
        columns.append(Column(term, label, "Nelle tariffe dell'anno, in euro.", "euro"))
        if term in moved:
            columns.append(
                Column(f"{term}_new", f"{label}, nell'ipotesi", "Nella simulazione, in euro.", "euro")
            )
    return Table(
        "Le condizioni della simulazione", frame, tuple(columns), pd.Series(False, index=frame.index)
    )


# Not copied for each run: a simulation is made of frozen parts.
@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=queries.BY_RELEASE)
def unmoved(release: Release, year: int, municipality: str | None) -> Simulation:
    """The year under its own tariffs, all services; of a municipality, its part. Raises UserError as `simulate`."""
    if municipality is not None:
        return unmoved(release, year, None).of_town(municipality)
    return simulate(release, Scenario(year))


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs=queries.BY_RELEASE)
def simulated(
    release: Release,
    year: int,
    prestazione: str,
    municipality: str | None,
    moved: tuple[tuple[str, Move], ...],
) -> Simulation:
    """The year under the tariffs of a service, some terms moved by a share or set in euro. Raises UserError as `simulate`."""
    changes: dict[tuple[str, str], TariffChange] = {}
    for tariff in unmoved(release, year, municipality).tariffs:
        if prestazione in (ALL_PRESTAZIONI, tariff.prestazione):
            change = _change(tariff, dict(moved))
            place = (tariff.municipality_code, tariff.prestazione)
            if changes.setdefault(place, change) != change:
                raise UserError(
                    "Per un Comune e una prestazione ci sono tariffe di enti diversi, diverse tra loro: il simulatore non "
                    "può muoverle insieme. Scegli un'altra prestazione o un altro Comune."
                )
    return simulate(release, Scenario(year, tuple(changes.values())), municipality_code=municipality)


def _change(tariff: Tariff, moves: Mapping[str, Move]) -> TariffChange:
    """The terms of a tariff moved by so many hundredths, to the cent, or set; a minimum only where the service has one."""
    new = {
        term: (getattr(tariff, term) * (100 + move) / 100).quantize(CENT) if isinstance(move, int) else move
        for term, move in moves.items()
        if term != "quota_minima" or tariff.prestazione in WITH_MINIMUM
    }
    return TariffChange(tariff.prestazione, tariff.municipality_code, **new)


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
    return Figure(column.label, column.brief(getattr(outcome, name)), column.explained, delta)
