"""Duties: rules by article, what does not follow them, deadlines, meetings of those who govern the services."""

import pandas as pd

from dashboards.queries.reading import ALL_LEVELS, ALL_MUNICIPALITIES, ALL_RULES, Filter, rows_of
from osservatorio.release import Release

_TOWNS = f"municipality_code = '{ALL_MUNICIPALITIES}', municipality_name"


def rule_compliance(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(
        release, "mart_rule_compliance", filters, f"period, {_TOWNS}, rule_id = '{ALL_RULES}', rule_order"
    )


def rule_findings(release: Release, **filters: Filter) -> pd.DataFrame:
    """The working list of the rules: duties before what is usual, broken before not assessable, the latest first."""
    return rows_of(
        release,
        "mart_rule_findings",
        filters,
        "severity = 'violazione' desc, outcome = 'not_compliant' desc, event_date desc nulls last, "
        "rule_id, codice_ente, record_id",
    )


def deadline_counts(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_deadline_counts", filters, f"deadline_order, {_TOWNS}")


def deadlines(release: Release, **filters: Filter) -> pd.DataFrame:
    """The working list of the deadlines, the oldest first."""
    return rows_of(release, "mart_deadlines", filters, "due_date, deadline_name, codice_ente, record_id")


def governance(release: Release, **filters: Filter) -> pd.DataFrame:
    return rows_of(release, "mart_governance", filters, f"period, level = '{ALL_LEVELS}', level_name")


def meetings(release: Release, **filters: Filter) -> pd.DataFrame:
    """The meetings one by one, the latest first."""
    return rows_of(release, "mart_meetings", filters, "meeting_date desc, codice_ente, record_id")
