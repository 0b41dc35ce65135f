"""The lists that a release brings: periods, places, services, code lists and the words of its columns."""

import pandas as pd

from dashboards.queries.reading import read
from osservatorio.release import Release


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


def columns(release: Release) -> pd.DataFrame:
    """mart, column_name, label, definition, format of each column of every mart, in the order of the seed; numerator and
    denominator of those that are indicators, empty where several indicators of one column differ in them."""
    return read(
        release,
        """
        select mart, column_name, label, definition, format,
            coalesce(numerator, '') as numerator, coalesce(denominator, '') as denominator
        from (select *, rowid as place from seeds.mart_columns) as described
        left join (
            select source_mart, source_column, min(numerator) as numerator, min(denominator) as denominator
            from seeds.indicators
            group by source_mart, source_column
            having min(numerator) = max(numerator) and min(denominator) = max(denominator)
        ) as divided on mart = source_mart and column_name = source_column
        order by place
        """,
    )


def indicators(release: Release) -> dict[str, str]:
    """Codes and names of the indicators, in their order."""
    found = read(release, "select indicator_code, name from seeds.indicators order by rowid")
    return dict(zip(found.indicator_code, found.name, strict=True))


def indicators_described(release: Release) -> pd.DataFrame:
    """code, definition of each indicator, in their order."""
    return read(release, "select indicator_code as code, definition from seeds.indicators order by rowid")


def has_mart(release: Release, mart: str) -> bool:
    """Whether the release has a mart: one published by an earlier version may lack it."""
    found = read(
        release,
        "select 1 from information_schema.tables where table_schema = 'main' and table_name = ?",
        (mart,),
    )
    return len(found) > 0
