"""Rows that wait for the record that they refer to: they land by themselves in the run in which it arrives."""

from dataclasses import dataclass

import duckdb

from ingestion.batch_files import FileOfBatch
from ingestion.batches import RowChecker
from ingestion.checking import DELIVERED, FILES
from ingestion.conversion import text_of
from ingestion.layout import HELD
from ingestion.rules import SENDER
from osservatorio.contracts import Column, Contract


@dataclass(frozen=True)
class Settled:
    """Rows of one earlier delivery that wait no longer: `landed` now, or in quarantine for another reason."""

    file: str
    extract: str
    landed: int
    quarantined: int


def extracts_waiting(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The extracts of which some row waits."""
    found = con.execute(
        "select distinct extract from meta.deliveries where outcome = 'landed' and waiting > 0"
    )
    return {extract for (extract,) in found.fetchall()}


def land_waiting(con: duckdb.DuckDBPyConnection, contract: Contract, checker: RowChecker) -> list[Settled]:
    """Check again the rows of an extract that wait, land those whose parent is there, and move the counts.

    The rows keep their delivery, their place in the order of loading and their row number. To be called inside a
    transaction, with the tables of codes and parents loaded.
    """
    found = con.execute(
        "select delivery_id, file_name, load_seq from meta.deliveries "
        "where extract = $extract and outcome = 'landed' and waiting > 0 order by load_seq",
        {"extract": contract.extract},
    ).fetchall()
    files = [FileOfBatch(number, *row) for number, row in enumerate(found)]
    numbers, ids = [file.number for file in files], [file.delivery_id for file in files]
    con.execute(
        f"create or replace temp table {DELIVERED} as {_waiting_query(contract)}",
        {"numbers": numbers, "ids": ids},
    )
    accounts = checker.land_again(files)
    con.execute(f"drop table {DELIVERED}")
    settled = []
    for file in files:
        account = accounts[file.number]
        if not (account.accepted or account.quarantined):
            continue
        con.execute(
            """update meta.deliveries
            set accepted = accepted + $accepted, quarantined = quarantined + $quarantined, waiting = $waiting,
                first_extraction = least(first_extraction, $first), last_extraction = greatest(last_extraction, $last)
            where delivery_id = $id and outcome = 'landed'""",
            {
                "accepted": account.accepted,
                "quarantined": account.quarantined,
                "waiting": account.waiting,
                "first": account.first_extraction,
                "last": account.last_extraction,
                "id": file.delivery_id,
            },
        )
        settled.append(Settled(file.name, contract.extract, account.accepted, account.quarantined))
    return settled


def _waiting_query(contract: Contract) -> str:
    typed = ", ".join(f"held.{column.name}" for column in contract.columns)
    texts = ", ".join(f"{_text(column)} as {text_of(column.name)}" for column in contract.columns)
    return f"""
        select row_number() over () - 1 as row_no, {FILES}.number as file_no, source_row,
            null::varchar as flaw, null::varchar as flaw_found, null::varchar as {SENDER}, {typed}, {texts}
        from {HELD}.{contract.extract} as held
        join (select unnest($numbers::int[]) as number, unnest($ids::varchar[]) as delivery_id) as {FILES}
            on {FILES}.delivery_id = held.delivery_id
        where waiting"""


def _text(column: Column) -> str:
    """A typed value as a message shows it."""
    value = f"held.{column.name}"
    return {
        "date": f"strftime({value}, '%d/%m/%Y')",
        "month": f"strftime({value}, '%m/%Y')",
        "flag": f"case when {value} then 'S' when not {value} then 'N' end",
        "decimal": f"replace(regexp_replace({value}::varchar, '[.]?0+$', ''), '.', ',')",
    }.get(column.kind, f"{value}::varchar")
