"""Sections that many pages share: the same figures town by town, service by service."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboards import charts
from dashboards.components import COMPARED, NO_FILTERS, show
from dashboards.frames import highest_first, without
from dashboards.queries import ALL_MUNICIPALITIES, ALL_SERVICES
from dashboards.selection import MUNICIPALITY, SERVICE
from dashboards.tables import Column
from dashboards.view import View


def in_towns(
    view: View,
    mart: str,
    rows: pd.DataFrame,
    columns: Sequence[str | Column],
    measured: Column,
    *,
    title: str = "Nei Comuni",
    is_rate: bool | None = None,
    empty: str,
    note: str | None = None,
    filters: Mapping[str, str] = NO_FILTERS,
) -> None:
    """One row per municipality, the Ambito last; the chart shows `measured`, a rate beside that of the Ambito.

    `is_rate` says of a column that is no percentage whether it is one all the same, and not a quantity that adds up.
    """
    beside = measured.format == "percentuale" if is_rate is None else is_rate
    is_total = rows.municipality_code == ALL_MUNICIPALITIES
    whole = rows[is_total]
    towns = without(rows, municipality_code=ALL_MUNICIPALITIES).dropna(subset=measured.name)
    towns = highest_first(towns, measured.name)
    show(
        view,
        view.table(mart, rows, ["municipality_name", *columns], title, is_total),
        lambda: charts.bars(
            towns,
            "municipality_name",
            measured,
            here=towns.municipality_code == view.selection.municipality,
            reference=(ALL_MUNICIPALITIES.title(), whole[measured.name].iloc[0])
            if beside and len(whole)
            else None,
        ),
        empty=empty,
        note=note or f"{measured.label}.",
        filters={**filters, MUNICIPALITY: COMPARED},
        choice=view.to_town(rows, towns),
    )


def in_services(
    view: View,
    mart: str,
    rows: pd.DataFrame,
    columns: Sequence[str | Column],
    measured: Column,
    *,
    title: str = "Nei servizi",
    empty: str,
    note: str | None = None,
    filters: Mapping[str, str] = NO_FILTERS,
) -> None:
    """One row per service, all services last; the chart shows `measured`."""
    services = view.with_short_names(highest_first(without(rows, service_code=ALL_SERVICES), measured.name))
    show(
        view,
        view.table(mart, rows, ["service_name", *columns], title, rows.service_code == ALL_SERVICES),
        lambda: charts.bars(
            services, "short_name", measured, here=services.service_code == view.selection.service
        ),
        empty=empty,
        note=note or f"{measured.label}, {view.selection.municipality_name}.",
        filters={**filters, SERVICE: COMPARED},
        choice=view.to_service(rows, services),
    )
