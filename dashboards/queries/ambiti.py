"""The Ambiti side by side: rows of the total of each, from a release of many."""

import pandas as pd

from dashboards.queries.reading import ALL_MUNICIPALITIES, ALL_SERVICES, read
from osservatorio.ambiti.code import AMBITO
from osservatorio.release import Release


def indicators_of_all(whole: Release, period: str) -> pd.DataFrame:
    """Rows of mart_indicators of the whole of each Ambito in a period, with `ambito_code`: by indicator, then Ambito."""
    return read(
        whole,
        f"""
        select * from mart_indicators
        where period = ? and municipality_code = ? and service_code = ?
        order by indicator_order, {AMBITO}
        """,
        (period, ALL_MUNICIPALITIES, ALL_SERVICES),
    )


def caseload_of_all(whole: Release, period: str) -> pd.DataFrame:
    """The rows of mart_caseload_by_municipality that total each Ambito in a period, with `ambito_code`."""
    return read(
        whole,
        f"""
        select * from mart_caseload_by_municipality
        where period = ? and municipality_code = ? and service_code = ?
        order by {AMBITO}
        """,
        (period, ALL_MUNICIPALITIES, ALL_SERVICES),
    )


def periods_of_all(whole: Release) -> pd.DataFrame:
    """period_type, period, is_complete (in every Ambito that has it), ambiti (how many have it), the latest first.

    As for one Ambito, those before the first act that it delivered are left out.
    """
    return read(
        whole,
        f"""
        with first_acts as (
            select {AMBITO}, min(period_start) as first_act from mart_service_usage group by all
        )
        select period_type, period, bool_and(is_complete) as is_complete, count(distinct {AMBITO}) as ambiti
        from mart_caseload_by_municipality
        left join first_acts using ({AMBITO})
        where municipality_code = ? and service_code = ? and period_start >= coalesce(first_act, period_start)
        group by period_type, period
        order by period desc
        """,
        (ALL_MUNICIPALITIES, ALL_SERVICES),
    )
