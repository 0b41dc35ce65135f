"""How much of each delivery is in quarantine and still waits for a correction."""

from typing import Any

from expectations.checks import Check, Finding, Severity
from expectations.dataset.scope import DELIVERIES, Scope, body_name, dataset_check
from expectations.sql import QUARANTINE
from osservatorio.italian import number, percent

LIST_TO_SEND_BACK = (
    "Le elenca «osservatorio quarantine --xlsx FILE»: fai correggere le righe all'ente e "
    "carica le righe corrette, in un file nuovo o in quello di prima."
)


def checks(scope: Scope) -> list[Check]:
    return [_share_per_delivery(scope), _share_per_body(scope), _refused()]


def _open_rows(scope: Scope) -> str:
    """CTEs up to `in_view`: each delivery known by the reference date with its rows in play and those still open.

    A row is open until it is accepted or a later delivery takes its place (the state of its quarantine entries);
    the rows in play are those read without those replaced.
    """
    return f"""{DELIVERIES},
        set_aside as (
            select delivery_id, "row", bool_or(state in ('open', 'waiting')) as is_open,
                bool_and(state = 'replaced') as is_replaced
            from {QUARANTINE} group by all
        ),
        by_delivery as (
            select delivery_id, count(*) filter (is_open) as open_rows, count(*) filter (is_replaced) as replaced_rows
            from set_aside group by all
        ),
        in_view as (
            select landed.extract, landed.codice_ente, landed.file_name,
                landed.rows_read - coalesce(by_delivery.replaced_rows, 0) as rows_in_play,
                coalesce(by_delivery.open_rows, 0) as open_rows
            from landed left join by_delivery using (delivery_id)
            where coalesce(landed.first_extraction, {scope.as_of_sql}) <= {scope.as_of_sql}
        )"""


def _share_per_delivery(scope: Scope) -> Check:
    limits = scope.thresholds

    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Nel file «{row['file_name']}» ({body_name(row['codice_ente'])}) sono in quarantena "
            f"{number(row['open_rows'])} righe su {number(row['rows_in_play'])} "
            f"({percent(row['open_rows'] / row['rows_in_play'])}): mancano dalle cifre.",
            row["extract"],
            row["codice_ente"],
        )

    return dataset_check(
        "quota_quarantena",
        Severity.WARNING,
        title=f"In ogni consegna al più il {percent(limits.quarantine_share, 0)} delle righe è in quarantena",
        message="In qualche consegna troppe righe sono in quarantena: mancano dalle cifre.",
        what_to_do=LIST_TO_SEND_BACK,
        query=f"""{_open_rows(scope)}
            select * from in_view
            where open_rows > {limits.quarantine_share} * rows_in_play and open_rows >= {limits.quarantine_rows}""",
        explain=explain,
    )


def _share_per_body(scope: Scope) -> Check:
    limits = scope.thresholds

    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Dell'estratto «{scope.title(row['extract'])}» di {body_name(row['codice_ente'])} sono in quarantena "
            f"{number(row['open_rows'])} righe su {number(row['rows_in_play'])} "
            f"({percent(row['open_rows'] / row['rows_in_play'])}): le cifre dell'ente sarebbero sbagliate.",
            row["extract"],
            row["codice_ente"],
        )

    return dataset_check(
        "quarantena_eccessiva",
        Severity.CRITICAL,
        title=f"Nessun ente ha in quarantena più del {percent(limits.blocking_quarantine_share, 0)} di un estratto "
        f"(da {number(limits.blocking_quarantine_rows)} righe in su)",
        message="Di un ente manca una parte così grande di un estratto che le sue cifre sarebbero sbagliate.",
        what_to_do=LIST_TO_SEND_BACK
        + " Se la chiave delle righe è cambiata, chiedi all'ente una consegna completa («…__completa»).",
        query=f"""{_open_rows(scope)}
            select extract, codice_ente, sum(open_rows)::bigint as open_rows, sum(rows_in_play)::bigint as rows_in_play
            from in_view
            group by all
            having sum(open_rows) > {limits.blocking_quarantine_share} * sum(rows_in_play)
                and sum(open_rows) >= {limits.blocking_quarantine_rows}""",
        explain=explain,
    )


def _refused() -> Check:
    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Il file «{row['file_name']}» è stato respinto per intero e non ne è ancora arrivato un altro con lo stesso nome.",
            row["extract"],
        )

    return dataset_check(
        "file_respinti",
        Severity.INFO,
        title="Nessun file respinto attende di essere sostituito",
        message="Qualche file è stato respinto per intero.",
        what_to_do="Leggi il motivo con «osservatorio status», fai correggere il file e ricaricalo.",
        query="select extract, file_name from {batch} where outcome = 'refused' order by file_name",
        explain=explain,
    )
