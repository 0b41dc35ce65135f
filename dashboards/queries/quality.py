"""What was delivered and what of it must be corrected, by delivering body."""

import pandas as pd

from dashboards.queries.reading import ALL_RULES, read
from osservatorio.release import Release

# A delivery may hold rows of several bodies, their codes separated by commas.
_BODY_NAME = """(
    select coalesce(string_agg(towns.name, ', ' order by towns.name), codice_ente, 'Ente non riconosciuto') from seeds.municipalities as towns
    where list_contains(string_split(codice_ente, ','), towns.municipality_code)
)"""
_OF_BODY = "(? is null or list_contains(string_split(codice_ente, ','), ?))"


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
