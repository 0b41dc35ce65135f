"""Duties: rules by article, deadlines by kind, meetings of those who govern the services, counted."""

import pandas as pd

from dashboards.queries.reading import ALL_LEVELS, ALL_MUNICIPALITIES, ALL_RULES, Filter, rows_of
from osservatorio.release import Release

_TOWNS = f"municipality_code = '{ALL_MUNICIPALITIES}', municipality_name"


def rule_compliance(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release, "mart_rule_compliance", filters, f"period, {_TOWNS}, rule_id = '{ALL_RULES}', rule_order"
    )


def deadline_counts(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_deadline_counts", filters, f"deadline_order, {_TOWNS}")


def governance(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_governance", filters, f"period, level = '{ALL_LEVELS}', level_name")
