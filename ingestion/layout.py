"""The tables of the landing file, and how an older file is brought to them.

`landing.<extract>` holds every accepted version of every record, `held.<extract>` the rows that were not accepted (typed
and under pseudonyms, as far as their values are valid), `quarantine.rows` what is wrong with each, `meta.deliveries`
the account.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import duckdb

from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.files import sync_folder

SCHEMA = "landing.landing"  # the file gives its name to the catalogue, which the schema shares: say both
HELD = "held"
# What makes one version of a record later than another; the warehouse's macro `current_version` orders alike.
VERSION = "data_estrazione, load_seq, source_row"

# Texts that hardly repeat: looking for a dictionary in them, as DuckDB does by itself, takes more than twice as long to
# write, and saves next to nothing. Tables of older files, and rewritten ones, do without: nothing else depends on it.
DISTINCT = " using compression zstd"

PROVENANCE = (  # of each row; the name of the file is in the account of the delivery
    ("delivery_id", "VARCHAR"),
    ("source_row", "BIGINT"),
    ("loaded_at", "TIMESTAMP"),
    ("load_seq", "BIGINT"),
)
OF_HELD = (("source_file", "VARCHAR"), ("waiting", "BOOLEAN"))
DELIVERIES = {
    "delivery_id": "VARCHAR",
    "extract": "VARCHAR",
    "file_name": "VARCHAR",
    "sha256": "VARCHAR",
    "size_bytes": "BIGINT",
    "format": "VARCHAR",
    "encoding": "VARCHAR",
    "separator": "VARCHAR",
    "is_full_replacement": "BOOLEAN",
    "sender": "VARCHAR",
    "codice_ente": "VARCHAR",
    "first_extraction": "DATE",
    "last_extraction": "DATE",
    "rows_read": "BIGINT",
    "accepted": "BIGINT",
    "quarantined": "BIGINT",
    "waiting": "BIGINT",
    "purged": "BIGINT",
    "outcome": "VARCHAR",
    "message": "VARCHAR",
    "unknown_columns": "VARCHAR",
    "key_id": "VARCHAR",
    "load_seq": "BIGINT",
    "loaded_at": "TIMESTAMP",
}
QUARANTINE = {
    "delivery_id": "VARCHAR",
    "extract": "VARCHAR",
    "file": "VARCHAR",
    "row": "BIGINT",
    "column": "VARCHAR",
    "rule": "VARCHAR",
    "message": "VARCHAR",
    "found": "VARCHAR",
    "row_values": "JSON",
    "load_seq": "BIGINT",
    "loaded_at": "TIMESTAMP",
    "state": "VARCHAR",
    "closed_at": "TIMESTAMP",
    "closed_by": "VARCHAR",
}


def create(path: Path) -> None:
    """Make the landing where there is none, with its tables and without rows, in one step: whole or not at all."""
    new = path.with_name(f"{path.name}.nuovo")
    for left_over in (new, new.with_name(f"{new.name}.wal"), path.with_name(f"{path.name}.wal")):
        left_over.unlink(missing_ok=True)
    with connect(new) as con:
        prepare(con)
        con.execute("checkpoint")
    os.replace(new, path)
    sync_folder(path.parent)


def bring_up_to_date(path: Path) -> None:
    """Give a landing that an earlier version wrote the present layout; what is of the present one is only looked at.

    Raises UserError when another process holds the file, or it cannot be written.
    """
    with connect(path, read_only=True) as con:
        if _layout_of(con) == _digest(_tables()):
            return
    with connect(path) as con:
        prepare(con)
        con.execute("checkpoint")


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create what the landing lacks, in one transaction: every table of every contract, also when nobody delivered it.

    A file of the present layout is left as it is, which is what makes this cheap.
    """
    tables = _tables()
    layout = _digest(tables)
    if _layout_of(con) == layout:
        return
    holds_no_rows = _value(con, "select count(*) from quarantine.rows") and not _has_states(con)
    con.execute("begin")
    for schema in (SCHEMA, HELD, "quarantine", "meta"):
        con.execute(f"create schema if not exists {schema}")
    distinct = _distinct_texts()
    for table, types in tables.items():
        columns = ", ".join(
            f'"{name}" {kind}{DISTINCT if (table, name) in distinct else ""}' for name, kind in types.items()
        )
        con.execute(f"create table if not exists {table} ({columns})")
        _complete(con, table, types)
    con.execute("update meta.deliveries set purged = 0 where purged is null")
    if holds_no_rows:
        _hold_rows_set_aside(con)
    con.execute("create or replace table meta.layout as select $layout as layout", {"layout": layout})
    con.execute("commit")


def _digest(tables: dict[str, dict[str, str]]) -> str:
    return hashlib.sha256(repr(tables).encode()).hexdigest()[:16]


def _layout_of(con: duckdb.DuckDBPyConnection) -> object:
    return _value(con, "select layout from meta.layout")


def _tables() -> dict[str, dict[str, str]]:
    """Every table with its columns and their types."""
    tables = {"meta.deliveries": DELIVERIES, "quarantine.rows": QUARANTINE}
    for contract in load_contracts().values():
        types = {column.name: column.duckdb_type for column in contract.columns} | dict(PROVENANCE)
        tables[f"{SCHEMA}.{contract.extract}"] = types
        tables[f"{HELD}.{contract.extract}"] = types | dict(OF_HELD)
    return tables


def _distinct_texts() -> set[tuple[str, str]]:
    """Tables and their columns whose texts are nearly all different: a record's own identifier, a row set aside."""
    return {("quarantine.rows", "row_values")} | {
        (f"{schema}.{contract.extract}", name)
        for contract in load_contracts().values()
        for name in contract.key
        for schema in (SCHEMA, HELD)
        if contract.column(name).kind in ("id", "cf") and not contract.column(name).reference
    }


def _complete(con: duckdb.DuckDBPyConnection, table: str, types: dict[str, str]) -> None:
    """Give a table of an older layout the columns that it lacks, in the present order, and take off those of no use."""
    present = [column[0] for column in con.execute(f"select * from {table} limit 0").description or ()]
    for name in (column for column in present if column not in types):
        con.execute(f'alter table {table} drop column "{name}"')
    present = [column for column in present if column in types]
    if present != list(types):
        columns = ", ".join(
            f'"{name}"' if name in present else f'null::{kind} as "{name}"' for name, kind in types.items()
        )
        con.execute(f"create or replace table {table} as select {columns} from {table}")


def _value(con: duckdb.DuckDBPyConnection, query: str) -> object:
    """The single value of a query, None where its table is not there."""
    with suppress(duckdb.CatalogException):
        row = con.execute(query).fetchone()
        return row[0] if row else None
    return None


def _has_states(con: duckdb.DuckDBPyConnection) -> bool:
    with suppress(duckdb.BinderException):
        con.execute("select state from quarantine.rows limit 0")
        return True
    return False


def _hold_rows_set_aside(con: duckdb.DuckDBPyConnection) -> None:
    """Bring in what was set aside before rows were held.

    Its values are gone: the rows are held without any, to be delivered again, and those that waited wait no longer.
    """
    con.execute("update quarantine.rows set state = 'open'")
    con.execute("update meta.deliveries set waiting = 0")
    for extract in load_contracts():
        con.execute(
            f"""insert into {HELD}.{extract} by name
            select delivery_id, file as source_file, "row" as source_row, loaded_at, load_seq, false as waiting
            from quarantine.rows where extract = $extract group by all""",
            {"extract": extract},
        )
