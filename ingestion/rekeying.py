"""Bringing the landing under a longer key: every pseudonym is keyed once more, without the originals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from ingestion.layout import HELD, SCHEMA
from ingestion.pseudonyms import keyed, pads
from osservatorio.contracts import load_contracts
from osservatorio.home import Home
from osservatorio.rewriting import rewrite_database
from osservatorio.settings import Settings
from osservatorio.worker import Progress

ARCHIVE = "landing"
PADS = "temp.main.pads"


@dataclass(frozen=True)
class Rekeyed:
    """How many pseudonyms (values, not persons) were keyed once more, in how many tables that hold any."""

    pseudonyms: int = 0
    tables: int = 0


def rekey_landing(
    home: Home,
    secrets: Sequence[bytes],
    key_id: str,
    *,
    settings: Settings,
    progress: Progress | None = None,
) -> Rekeyed:
    """Key every pseudonym of the landing with each of `secrets` in turn, and write the id of the key they end.

    The landing is rewritten into a new file that takes its place in one step: stopped at any point, it is as it was;
    afterwards no byte of it is an earlier pseudonym. Raises UserError when another process holds it, AssertionError
    when a pseudonym would be lost.
    """
    counts: dict[tuple[str, str], int] = {}

    def select(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], str]:
        _write_pads(con, secrets, key_id)
        present = set(con.execute("select schema_name, table_name from duckdb_tables()").fetchall())
        secret = {place: names for place, names in _secret_columns() if place in present}
        counts.update({place: _count(con, place, names) for place, names in secret.items()})
        queries = {place: _query(place, names, len(secrets)) for place, names in secret.items()}
        queries["meta", "deliveries"] = (
            f"select deliveries.* replace (pads.key_id as key_id) from {ARCHIVE}.meta.deliveries as deliveries, {PADS}"
        )
        return queries

    rewrite_database(
        home.landing,
        select,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        progress=progress,
    )
    return Rekeyed(sum(counts.values()), sum(1 for count in counts.values() if count))


def _write_pads(con: duckdb.DuckDBPyConnection, secrets: Sequence[bytes], key_id: str) -> None:
    """One row with the pads and the id of the key: they never stand in the text of a statement."""
    values = pads(secrets)
    columns = ", ".join(f"${name}::blob as {name}" for name in values)
    con.execute(
        f"create temp table {PADS.rsplit('.')[-1]} as select $key_id as key_id, {columns}",
        {"key_id": key_id, **values},
    )


def _secret_columns() -> Iterable[tuple[tuple[str, str], list[str]]]:
    """Each table that may hold pseudonyms, as (schema, table), with its columns that do."""
    for contract in load_contracts().values():
        names = [column.name for column in contract.columns if column.secret]
        if names:
            for schema in (SCHEMA.rsplit(".")[-1], HELD):
                yield (schema, contract.extract), names


def _count(con: duckdb.DuckDBPyConnection, place: tuple[str, str], names: Sequence[str]) -> int:
    parts = " + ".join(f"count({name})" for name in names)
    (count,) = con.execute(f"select {parts} from {ARCHIVE}.{'.'.join(place)}").fetchone() or (0,)
    return int(count)


def _query(place: tuple[str, str], names: Sequence[str], links: int) -> str:
    replaced = ", ".join(f"{keyed(f'rows.{name}', links, 'pads.')} as {name}" for name in names)
    return f"select rows.* replace ({replaced}) from {ARCHIVE}.{'.'.join(place)} as rows, {PADS}"
