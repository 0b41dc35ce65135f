"""A delivery much smaller than the same body's earlier ones is probably cut short."""

from typing import Any

from expectations.checks import Check, Finding, Severity
from expectations.dataset.scope import (
    DELIVERIES,
    Scope,
    body_name,
    dataset_check,
    semester_label,
    semester_number,
)
from osservatorio.italian import number


def checks(scope: Scope) -> list[Check]:
    return [_small_delivery(scope)]


def _small_delivery(scope: Scope) -> Check:
    """Rows delivered per semester against what the body usually delivers.

    That is the least of three: the median of the earlier semesters, the semester before, the same semester of
    the year before. So a first delivery with the whole past, an extract renewed once a year and a service that
    shrinks do not warn again and again. Small extracts are left out; full replacements meet full replacements.
    """
    limits = scope.thresholds
    semester = semester_number("last_extraction")

    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Nel {semester_label(row['semester'])} {body_name(row['codice_ente'])} ha consegnato "
            f"{number(row['row_count'])} righe di «{scope.title(row['extract'])}», contro le "
            f"{number(row['typical'])} di prima.",
            row["extract"],
            row["codice_ente"],
        )

    return dataset_check(
        "volume",
        Severity.WARNING,
        title="Nessuna consegna è insolitamente piccola",
        message="Qualche consegna ha meno della metà delle righe che lo stesso ente consegna di solito.",
        what_to_do="Chiedi all'ente se il file è completo; se lo è, non serve fare altro.",
        query=f"""{DELIVERIES},
            latest_of_file as (
                select *, {semester} as semester from landed
                where last_extraction <= {scope.as_of_sql}
                qualify row_number() over (
                    partition by extract, codice_ente, file_name, semester order by load_seq desc
                ) = 1
            ),
            semesters as (
                select extract, codice_ente, is_full_replacement, semester, sum(rows_read)::bigint as row_count
                from latest_of_file group by all
            ),
            compared as (
                select *, count(*) over earlier as earlier_semesters,
                    least(
                        median(row_count) over earlier, last_value(row_count) over earlier,
                        any_value(row_count) over year_before
                    ) as typical
                from semesters
                window earlier as (
                        partition by extract, codice_ente, is_full_replacement order by semester
                        rows between unbounded preceding and 1 preceding
                    ),
                    year_before as (
                        partition by extract, codice_ente, is_full_replacement order by semester
                        range between 2 preceding and 2 preceding
                    )
            )
            select extract, codice_ente, semester, row_count, typical from compared
            where earlier_semesters >= {limits.volume_earlier_semesters}
                and typical >= {limits.volume_rows}
                and row_count < {limits.volume_share} * typical
                and semester > {semester_number(scope.as_of_sql)} - {limits.volume_looked_at_semesters}
            order by extract, codice_ente, semester""",
        explain=explain,
    )
