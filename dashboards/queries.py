"""The one place where the dashboard reads: every query of every page, read-only, with bound parameters.

Results are kept per release: a new release never meets the figures of an earlier one.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from osservatorio.release import Release

# Codes of the rows that total the others.
ALL_MUNICIPALITIES = "AMBITO"
ALL_SERVICES = "TUTTI"
ALL_INTERVENTIONS = "TUTTI"
ALL_AREAS = "TUTTE"
ALL_CATEGORIES = "TUTTE"
ALL_GRAVITIES = "TUTTE"
ALL_ITEMS = "TUTTE"
ALL_PHASES = "TUTTE"
ALL_RULES = "TUTTE"

# A filter keeps the rows equal to a value; None does not filter.
Filter = str | int | None

_TOTALS_LAST = f"municipality_code = '{ALL_MUNICIPALITIES}', municipality_name, service_code = '{ALL_SERVICES}', service_name"

# A delivery may hold rows of several bodies, their codes separated by commas.
_BODY_NAME = """(
    select coalesce(string_agg(towns.name, ', ' order by towns.name), codice_ente, 'Ente non riconosciuto') from seeds.municipalities as towns
    where list_contains(string_split(codice_ente, ','), towns.municipality_code)
)"""
_OF_BODY = "(? is null or list_contains(string_split(codice_ente, ','), ?))"


# Results are kept apart by the release that they come from.
BY_RELEASE = {Release: lambda release: release.id}


@st.cache_data(show_spinner=False, max_entries=2000, hash_funcs=BY_RELEASE)
def read(release: Release, sql: str, params: tuple[Any, ...] = ()) -> pd.DataFrame:
    """The rows of a query, one column per column. `params` fill the question marks in order."""
    return release.query(sql, list(params))


def _rows(release: Release, mart: str, filters: Mapping[str, Filter], order_by: str) -> pd.DataFrame:
    """Rows of a mart equal to the filters. Names are written in this room's code; values are bound."""
    kept = {column: value for column, value in filters.items() if value is not None}
    where = " and ".join(f"{column} = ?" for column in kept) or "true"
    return read(release, f"select * from {mart} where {where} order by {order_by}", tuple(kept.values()))


# Lists


def periods(release: Release) -> pd.DataFrame:
    """period_type, period, is_complete: the periods that the deliveries describe, the latest first.

    The caseload goes back to the oldest spell still open, but before the first act delivered it knows only what was
    never closed: those periods are not offered.
    """
    return read(
        release,
        """
        select distinct period_type, period, is_complete from mart_caseload_by_municipality
        where period_start >= coalesce((select min(period_start) from mart_service_usage), period_start)
        order by period desc
        """,
    )


def municipalities(release: Release) -> pd.DataFrame:
    """municipality_code, name, slug: the Ambito first, then its municipalities by name."""
    return read(
        release,
        """
        select code as municipality_code, label as name, 'ambito' as slug
        from seeds.code_lists where code_list = 'total_municipality'
        union all
        select municipality_code, name, slug from (select * from seeds.municipalities order by name)
        """,
    )


def services(release: Release) -> pd.DataFrame:
    """service_code, name, short_name, has_cases: the total first, then the services in their order."""
    return read(
        release,
        """
        select code as service_code, label as name, label as short_name, true as has_cases, 0 as sort_order
        from seeds.code_lists where code_list = 'total_service'
        union all
        select service_code, name, short_name, has_cases, sort_order from seeds.services
        order by sort_order
        """,
    )


def labels(release: Release, *lists: str) -> dict[str, str]:
    """Codes and labels of some code lists, each in its order, one after the other."""
    found = read(
        release,
        """
        select code, label from seeds.code_lists where list_contains(?, code_list)
        order by list_position(?, code_list), sort_order::integer
        """,
        (list(lists), list(lists)),
    )
    return dict(zip(found.code, found.label, strict=True))


def columns(release: Release, mart: str) -> pd.DataFrame:
    """column_name, label, definition, format of each column of a mart."""
    return read(
        release,
        "select column_name, label, definition, format from seeds.mart_columns where mart = ?",
        (mart,),
    )


# Figures: the rows of one mart, filtered by its own columns. Totals come last.


def caseload(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(release, "mart_caseload_by_municipality", filters, f"period, {_TOTALS_LAST}")


def profile(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(release, "mart_caseload_profile", filters, "dimension, category_order, category_name")


def profile_dimensions(release: Release) -> dict[str, str]:
    """Codes and names of the dimensions that the profile describes, in their order."""
    names = labels(release, "profile_dimension")
    described = set(read(release, "select distinct dimension from mart_caseload_profile").dimension)
    return {code: name for code, name in names.items() if code in described}


def usage(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(
        release,
        "mart_service_usage",
        filters,
        f"period, {_TOTALS_LAST}, intervention_type = '{ALL_INTERVENTIONS}', interventions desc",
    )


def complaints(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(release, "mart_complaints", filters, f"period, {_TOTALS_LAST}")


def complaints_by_category(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(
        release,
        "mart_complaints_by_category",
        filters,
        f"category = '{ALL_CATEGORIES}', category_name, gravity = '{ALL_GRAVITIES}', gravity_name",
    )


def satisfaction(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(
        release,
        "mart_satisfaction",
        filters,
        f"wave_end, rilevazione, {_TOTALS_LAST}, phase = '{ALL_PHASES}', phase_name",
    )


def latest_wave(release: Release, until: date, municipality: str, service: str) -> pd.DataFrame:
    """The row of all phases of the last survey that ended by a day, for a place; no row when there is none."""
    return read(
        release,
        """
        select * from mart_satisfaction
        where wave_end <= ? and municipality_code = ? and service_code = ? and phase = ?
        order by wave_end desc, rilevazione desc limit 1
        """,
        (until, municipality, service, ALL_PHASES),
    )


def controls(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(release, "mart_controls", filters, f"period, {_TOTALS_LAST}")


def budget(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(
        release,
        "mart_budget",
        filters,
        f"year, municipality_code = '{ALL_MUNICIPALITIES}', municipality_name, area = '{ALL_AREAS}', area_name",
    )


def expenditure(release: Release, **filters: Filter) -> pd.DataFrame:
    return _rows(
        release, "mart_expenditure", filters, f"period, {_TOTALS_LAST}, voce = '{ALL_ITEMS}', spent desc"
    )


def quality_by_body(release: Release, codice_ente: str | None = None) -> pd.DataFrame:
    """Files and rows by delivering body: codice_ente, body_name, files, and the counts of mart_data_quality."""
    return read(
        release,
        f"""
        select
            codice_ente,
            {_BODY_NAME} as body_name,
            count(*) as files,
            sum(rows_delivered)::bigint as rows_delivered,
            sum(rows_accepted)::bigint as rows_accepted,
            sum(rows_quarantined)::bigint as rows_quarantined,
            sum(rows_waiting)::bigint as rows_waiting
        from mart_data_quality
        where rule = ? and {_OF_BODY}
        group by codice_ente
        order by rows_quarantined desc, body_name
        """,
        (ALL_RULES, codice_ente, codice_ente),
    )


def broken_rules(release: Release, codice_ente: str | None = None) -> pd.DataFrame:
    """Rows of mart_data_quality, one per delivery and rule broken, with `body_name`; the most rows first."""
    return read(
        release,
        f"""
        select *, {_BODY_NAME} as body_name from mart_data_quality
        where rule <> ? and {_OF_BODY}
        order by rows_quarantined desc, file_name, rule
        """,
        (ALL_RULES, codice_ente, codice_ente),
    )


def deliveries(release: Release, codice_ente: str | None = None) -> pd.DataFrame:
    """Rows of mart_data_quality, one per delivery, with `body_name`; the refused first, then the latest."""
    return read(
        release,
        f"""
        select *, {_BODY_NAME} as body_name from mart_data_quality
        where rule = ? and {_OF_BODY}
        order by outcome = 'refused' desc, last_extraction desc nulls last, file_name
        """,
        (ALL_RULES, codice_ente, codice_ente),
    )


def reconciliation(release: Release) -> pd.DataFrame:
    return _rows(release, "mart_reconciliation", {}, "sort_order")
