"""Figures of single services: supervised meetings, out-of-home care, the way through the services. Totals come last."""

import pandas as pd

from dashboards.queries.reading import ALL_MUNICIPALITIES, Filter, rows_of
from osservatorio.release import Release

_TOWNS = f"municipality_code = '{ALL_MUNICIPALITIES}', municipality_name"


def supervised_meetings(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_supervised_meetings", filters, f"period, {_TOWNS}")


def contact(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_contact", filters, f"period, {_TOWNS}")


def foster_care(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_foster_care", filters, f"period, {_TOWNS}")


def residential_care(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_residential_care", filters, f"period, {_TOWNS}")


def placement_stability(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_placement_stability", filters, f"year, {_TOWNS}")


def flow(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_flow", filters, f"year, {_TOWNS}")
