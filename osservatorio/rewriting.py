"""Rewriting a database: what its rows no longer hold is no longer in the file either.

DuckDB marks a deleted row and reuses its place some day; its bytes stay in the file until then. Here the rows to
keep are copied into a new file, which takes the place of the old one in one step: before that step nothing has
changed, after it no byte of a row left out is in the file.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from osservatorio.database import DEFAULT_MEMORY_LIMIT, attach, catalogue_name, connect
from osservatorio.files import sync_file, sync_folder
from osservatorio.interruption import stop_if_asked
from osservatorio.worker import Progress

NEW = "rewritten"
SUFFIX = ".riscrittura"
STEP = "Riscrittura dell'archivio"

Selections = Mapping[tuple[str, str], str]
Select = Callable[[duckdb.DuckDBPyConnection], Selections]


def rewriting_path(path: Path) -> Path:
    """The file being written, beside the one it will replace; left over only when a rewriting was interrupted."""
    return path.with_name(path.name + SUFFIX)


def rewrite_database(
    path: Path,
    select: Select,
    *,
    memory_limit: str = DEFAULT_MEMORY_LIMIT,
    threads: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Replace a database by a copy that holds what `select` chooses, in one step.

    `select` is given a connection where the old file is attached, read-only, under its own name (`landing` for
    `landing.duckdb`), and may make temporary tables there. It returns, for each (schema, table) that is not copied
    as it is, the query whose rows the new table gets, with the columns of the table in their order; a table without
    rows stays without. Names in queries are whole: `landing.meta.deliveries`. Stopped at any point, the old file is as it
    was. Raises UserError when another process holds the file.
    """
    target = rewriting_path(path)
    for left_over in (target, target.with_name(target.name + ".wal")):
        left_over.unlink(missing_ok=True)
    with connect(path, memory_limit=memory_limit, threads=threads) as con:
        con.execute("checkpoint")
    name = catalogue_name(path)
    with connect(None, memory_limit=memory_limit, threads=threads) as con:
        place = str(target.with_name(target.name + ".tmp")).replace("'", "''")
        con.execute(f"set temp_directory = '{place}'")  # spilled pages, encrypted
        attach(con, path, name, read_only=True)
        attach(con, target, NEW)
        selections = select(con)
        con.execute(f"copy from database {_quote(name)} to {NEW} (schema)")
        tables = _with_rows(con, name, _tables(con, name))
        for number, (schema, table) in enumerate(tables):
            if progress:
                progress(STEP, number, len(tables))
            place = f"{_quote(schema)}.{_quote(table)}"
            query = selections.get((schema, table)) or f"select * from {_quote(name)}.{place}"
            con.execute(f"insert into {NEW}.{place} {query}")
        con.execute(f"checkpoint {NEW}")
        con.execute(f"detach {NEW}")
    sync_file(target)
    stop_if_asked()
    os.replace(target, path)
    sync_folder(path.parent)
    if progress:
        progress(STEP, len(tables), len(tables))


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    return con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $name and not temporary order by all",
        {"name": database},
    ).fetchall()


def _with_rows(
    con: duckdb.DuckDBPyConnection, database: str, tables: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Those of the tables that have rows: most have none in a home that has just begun."""
    parts = [
        f"(select {number} from {_quote(database)}.{_quote(schema)}.{_quote(table)} limit 1)"
        for number, (schema, table) in enumerate(tables)
    ]
    if not parts:
        return []
    return [tables[number] for (number,) in sorted(con.execute(" union all ".join(parts)).fetchall())]


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
