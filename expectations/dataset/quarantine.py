"""How much of each delivery is in quarantine and still waits for a correction."""

from typing import Any

from expectations.checks import Check, Finding, Severity
from expectations.dataset.scope import DELIVERIES, Scope, body_name, dataset_check
from expectations.sql import LANDING_SCHEMA, QUARANTINE, identifier, literals
from osservatorio.italian import number, percent

LIST_TO_SEND_BACK = (
    "Le elenca «osservatorio quarantine»: fai correggere le righe all'ente e "
    "ricarica il file corretto con lo stesso nome."
)


def checks(scope: Scope) -> list[Check]:
    return [_share_per_delivery(scope), _share_per_body(scope), _refused()]


def _open_rows(scope: Scope) -> str:
    """CTEs up to `open_rows (delivery_id, row_count)`: rows in quarantine that nothing later has put right.

    A row is put right when its key was accepted from a later delivery. Where the key is secret it cannot be
    followed, and a later delivery at least as large stands for it. A file of the same name, or a full
    replacement, puts right the whole delivery.
    """
    secret_keys = [e for e, c in scope.contracts.items() if any(c.column(k).secret for k in c.key)]
    corrected = " union all ".join(
        _corrected(extract, contract.key)
        for extract, contract in scope.contracts.items()
        if extract not in secret_keys
    )
    return f"""{DELIVERIES},
        in_view as (
            select * from landed where coalesce(first_extraction, {scope.as_of_sql}) <= {scope.as_of_sql}
        ),
        superseded as (
            select distinct earlier.delivery_id from in_view earlier
            join in_view later
                on later.extract = earlier.extract
                and later.load_seq > earlier.load_seq
                and (
                    earlier.codice_ente is null
                    or list_has_any(string_split(earlier.codice_ente, ','), string_split(later.codice_ente, ','))
                )
            where later.file_name = earlier.file_name
                or (later.is_full_replacement and later.last_extraction >= earlier.last_extraction)
                or (earlier.extract in ({literals(secret_keys)}) and later.accepted >= earlier.rows_read)
        ),
        faulty as (
            select delivery_id, extract, "row", any_value(row_values) as row_values, max(load_seq) as load_seq
            from {QUARANTINE} group by all
        ),
        corrected as ({corrected}),
        open_rows as (
            select delivery_id, count(*) as row_count from faulty
            where delivery_id not in (select delivery_id from superseded)
                and (delivery_id, "row") not in (select (delivery_id, "row") from corrected)
            group by delivery_id
        )"""


def _corrected(extract: str, key: tuple[str, ...]) -> str:
    same_key = " and ".join(
        f"cast(good.{identifier(name)} as varchar) = trim(faulty.row_values->>'{name}')" for name in key
    )
    return (
        f'select faulty.delivery_id, faulty."row" from faulty join {LANDING_SCHEMA}.{extract} good '
        f"on {same_key} and good.load_seq > faulty.load_seq where faulty.extract = '{extract}'"
    )


def _share_per_delivery(scope: Scope) -> Check:
    limits = scope.thresholds

    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Nel file «{row['file_name']}» ({body_name(row['codice_ente'])}) sono in quarantena "
            f"{number(row['open_rows'])} righe su {number(row['rows_read'])} "
            f"({percent(row['open_rows'] / row['rows_read'])}): mancano dalle cifre.",
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
            select in_view.extract, in_view.codice_ente, in_view.file_name, in_view.rows_read,
                open_rows.row_count as open_rows
            from in_view join open_rows on open_rows.delivery_id = in_view.delivery_id
            where open_rows.row_count > {limits.quarantine_share} * in_view.rows_read
                and open_rows.row_count >= {limits.quarantine_rows}""",
        explain=explain,
    )


def _share_per_body(scope: Scope) -> Check:
    limits = scope.thresholds

    def explain(row: dict[str, Any]) -> Finding:
        return Finding(
            f"Dell'estratto «{scope.title(row['extract'])}» di {body_name(row['codice_ente'])} sono in quarantena "
            f"{number(row['open_rows'])} righe su {number(row['rows_read'])} "
            f"({percent(row['open_rows'] / row['rows_read'])}): le cifre dell'ente sarebbero sbagliate.",
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
            select in_view.extract, in_view.codice_ente, sum(open_rows.row_count)::bigint as open_rows,
                sum(in_view.rows_read)::bigint as rows_read
            from in_view
            left join open_rows on open_rows.delivery_id = in_view.delivery_id
            where in_view.delivery_id not in (select delivery_id from superseded)
            group by in_view.extract, in_view.codice_ente
            having sum(open_rows.row_count) > {limits.blocking_quarantine_share} * sum(in_view.rows_read)
                and sum(open_rows.row_count) >= {limits.blocking_quarantine_rows}""",
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
