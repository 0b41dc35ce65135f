"""What the pages of foster care and of residential care share: the same questions on two marts of the same shape."""

from collections.abc import Callable, Sequence

import pandas as pd

from dashboards import charts, queries
from dashboards.components import key_figures, pick, show, show_over_time
from dashboards.frames import as_rows, over_time, over_years
from dashboards.sections import in_towns
from dashboards.tables import Column, Table
from dashboards.theme import PALE, PRIMARY
from dashboards.view import View

FIGURES = (
    "minors_at_end",
    "at_end",
    "started",
    "ended",
    "over_24_months",
    "per_1000_resident_minors",
    "median_months",
    "cost",
)
MEASURES = (
    "minors_at_end",
    "per_1000_resident_minors",
    "started",
    "ended",
    "over_24_months",
    "days_of_stay",
    "cost",
)
LENGTHS = ("lower_quartile_months", "median_months", "upper_quartile_months")
NAME = Column("label", "Voce", "Che cosa si conta.", "testo")

Query = Callable[..., pd.DataFrame]


def show_placements(view: View, mart: str, query: Query, what: str) -> None:
    """The whole page: figures, movements, kinds, outcomes, lengths, municipalities, days and cost.

    `what` is what the mart counts, for the notes: «Affidi», «Inserimenti».
    """
    chosen, release = view.selection, view.release
    empty = f"{what}: nessun dato con questi filtri. Scegli un periodo più recente o tutto l'Ambito."
    now, then = query(release, **chosen.town_grain), query(release, **chosen.town_year_before_grain)
    key_figures([view.figure(mart, name, now, then) for name in FIGURES])

    history = over_time(
        query(release, period_type=chosen.period.type, municipality_code=chosen.municipality), view
    )
    place = chosen.municipality_name
    show_over_time(
        view,
        mart,
        history,
        ["period", "at_start", "started", "ended", "at_end", "minors_in_period"],
        "In corso, iniziati e conclusi",
        lambda rows: charts.columns_over_time(
            rows, "period", charts.series(view.columns(mart, "at_end", "started", "ended"))
        ),
        empty=empty,
        note=f"{what}, {place}. Tratteggio: periodo in corso.",
    )
    for title, prefix, none in (
        ("Di che tipo sono", "at_end_", "Nessuno in corso alla fine del periodo."),
        ("Come si sono conclusi", "ended_", "Nessuno si è concluso nel periodo."),
    ):
        kinds = view.starting(mart, prefix)
        rows, columns = as_rows(kinds, now, then, chosen.period)
        _rows_section(view, title, rows, columns, kinds, none, f"{what}, {place}.")

    show_over_time(
        view,
        mart,
        history,
        ["period", "length_placements", "length_ended", *LENGTHS],
        "Quanto durano",
        lambda rows: charts.trend(rows, "period", charts.series(view.columns(mart, "median_months"))),
        empty=empty,
        note=f"{view.column(mart, 'median_months').label}, {place}: vuota finché se ne è conclusa meno della metà.",
    )
    measure = pick("Misura nei Comuni", view.labels(mart, MEASURES), "misura_comuni")
    in_towns(
        view,
        mart,
        query(release, **chosen.period_grain),
        [
            "minors_at_end",
            "per_1000_resident_minors",
            "started",
            "ended",
            "over_24_months",
            "days_of_stay",
            "cost",
        ],
        view.column(mart, measure),
        is_rate=measure == "per_1000_resident_minors",
        empty=empty,
    )
    show_over_time(
        view,
        mart,
        history,
        ["period", "days_of_stay", "days_without_amount", "cost"],
        "Giorni e costo",
        lambda rows: charts.columns_over_time(rows, "period", charts.series(view.columns(mart, "cost"))),
        empty=empty,
        note=f"{view.column(mart, 'cost').label}, {place}. Tratteggio: periodo in corso.",
    )


def show_stability(view: View) -> None:
    """How often children out of home move, and how many come back to it: by year."""
    mart, flow = "mart_placement_stability", "mart_flow"
    chosen, release = view.selection, view.release
    empty = "Non ci sono anni con dati completi da confrontare."
    show_over_time(
        view,
        mart,
        over_years(queries.placement_stability(release, municipality_code=chosen.municipality), view),
        [
            "year",
            "minors",
            "placements",
            "moves_per_1000_days",
            "three_or_more_rate",
            "long_stay_minors",
            "stability_rate",
        ],
        "Quante volte cambiano collocazione",
        lambda rows: charts.columns_over_time(
            rows, "year", charts.series(view.columns(mart, "moves_per_1000_days"))
        ),
        empty=empty,
        note=f"{view.column(mart, 'moves_per_1000_days').label}, {chosen.municipality_name}: affidi e strutture insieme.",
    )
    show_over_time(
        view,
        flow,
        over_years(queries.flow(release, municipality_code=chosen.municipality), view),
        ["year", "returns_home", "assessable_returns_home", "re_entries_12m", "re_entry_rate"],
        "Rientri in famiglia e nuovi allontanamenti",
        lambda rows: charts.columns_over_time(
            rows, "year", charts.series(view.columns(flow, "returns_home", "re_entries_12m"))
        ),
        empty=empty,
        note=f"{chosen.municipality_name}: affidi e strutture insieme.",
    )


def _rows_section(
    view: View,
    title: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    kinds: Sequence[Column],
    empty: str,
    note: str,
) -> None:
    has_any = len(rows) and (rows[[column.name for column in columns]].fillna(0) != 0).any(axis=None)
    found = rows if has_any else rows.head(0)
    shown = Table(title, found, (NAME, *columns), pd.Series(False, index=found.index), also=tuple(kinds))
    show(
        view,
        shown,
        lambda: charts.grouped(found, "label", charts.series(columns, (PALE, PRIMARY)[-len(columns) :])),
        empty=empty,
        note=note,
    )
