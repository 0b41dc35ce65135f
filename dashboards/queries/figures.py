"""Figures of the services: the rows of one mart, filtered by its own columns. Totals come last."""

from datetime import date

import pandas as pd

from dashboards.queries.lists import labels
from dashboards.queries.reading import (
    ALL_AREAS,
    ALL_CATEGORIES,
    ALL_GRAVITIES,
    ALL_INTERVENTIONS,
    ALL_ITEMS,
    ALL_MUNICIPALITIES,
    ALL_PHASES,
    TOTALS_LAST,
    Filter,
    read,
    rows_of,
)
from osservatorio.release import Release


def caseload(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_caseload_by_municipality", filters, f"period, {TOTALS_LAST}")


def profile(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release,
        "mart_caseload_profile",
        filters,
        f"dimension, period, {TOTALS_LAST}, category_order, category_name",
    )


def profile_dimensions(release: Release) -> dict[str, str]:
    """Codes and names of the dimensions that the profile describes, in their order."""
    names = labels(release, "profile_dimension")
    described = set(read(release, "select distinct dimension from mart_caseload_profile").dimension)
    return {code: name for code, name in names.items() if code in described}


def usage(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release,
        "mart_service_usage",
        filters,
        f"period, {TOTALS_LAST}, intervention_type = '{ALL_INTERVENTIONS}', interventions desc",
    )


def complaints(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_complaints", filters, f"period, {TOTALS_LAST}")


def complaints_by_category(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release,
        "mart_complaints_by_category",
        filters,
        f"category = '{ALL_CATEGORIES}', category_name, gravity = '{ALL_GRAVITIES}', gravity_name",
    )


def satisfaction(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release,
        "mart_satisfaction",
        filters,
        f"wave_end, rilevazione, {TOTALS_LAST}, phase = '{ALL_PHASES}', phase_name",
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
    return rows_of(release, "mart_controls", filters, f"period, {TOTALS_LAST}")


def budget(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release,
        "mart_budget",
        filters,
        f"year, municipality_code = '{ALL_MUNICIPALITIES}', municipality_name, area = '{ALL_AREAS}', area_name",
    )


def expenditure(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release, "mart_expenditure", filters, f"period, {TOTALS_LAST}, voce = '{ALL_ITEMS}', spent desc"
    )


def reconciliation(release: Release) -> pd.DataFrame:
    return rows_of(release, "mart_reconciliation", {}, "sort_order")
