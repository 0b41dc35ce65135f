"""Who works in the services, and for how many of the hours that the co-design provides. Totals come last."""

import pandas as pd

from dashboards.queries.reading import ALL_PROFILES, ALL_SERVICES, TOTALS_LAST, Filter, rows_of
from osservatorio.release import Release


def staffing(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release,
        "mart_staffing",
        filters,
        f"period, {TOTALS_LAST}, profilo = '{ALL_PROFILES}', profilo_name",
    )


def contract_hours(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release, "mart_contract_hours", filters, f"period, service_code = '{ALL_SERVICES}', service_name"
    )
