"""What families owe and pay: by service, by band of ISEE, under other thresholds."""

import pandas as pd

from dashboards.queries.reading import ALL_MUNICIPALITIES, ALL_PRESTAZIONI, Filter, rows_of
from osservatorio.release import Release

_TOTALS_LAST = (
    f"year, municipality_code = '{ALL_MUNICIPALITIES}', municipality_name, "
    f"prestazione = '{ALL_PRESTAZIONI}', prestazione_name"
)


def cost_sharing(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_cost_sharing", filters, _TOTALS_LAST)


def cost_sharing_by_isee(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_cost_sharing_by_isee", filters, f"isee_band_order, {_TOTALS_LAST}")


def isee_scenarios(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_isee_simulation", filters, f"scenario_order, {_TOTALS_LAST}")
