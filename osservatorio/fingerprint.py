"""What tells two releases apart: a fingerprint of their figures, whatever the order of rows, and one of their file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb

from osservatorio.database import connect

# Pseudonymous records depend on the key, figures do not: the name of a release comes from its figures.
RECORD_SCHEMA = "core"
# Where a figure names a record by its pseudonym, all that counts is that it is one.
PSEUDONYM_COLUMNS = {("mart_rule_findings", "record_id")}
PSEUDONYM = "[0-9a-f]{64}"


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def facts_of_files(*paths: Path) -> dict[str, str | int | bool | None]:
    """What the audit log keeps of files written for others: the folder (for a report, its release), names and digests."""
    facts: dict[str, str | int | bool | None] = {"cartella": paths[0].parent.name} if paths else {}
    return facts | {path.name: file_digest(path) for path in paths}


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = current_database() order by all"
    ).fetchall()


def table_columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Names and types of the columns of every table, by schema and table: asked once, not a table at a time."""
    columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, name, kind in con.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "where table_catalog = current_database() order by table_schema, table_name, ordinal_position"
    ).fetchall():
        columns.setdefault((schema, table), []).append((name, kind))
    return columns


def table_fingerprint(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    columns: list[tuple[str, str]] | None = None,
    where: tuple[str, str] | None = None,
) -> tuple[int, str]:
    """Row count and a fingerprint of a table's content that does not depend on the order of its rows.

    Floats count to nine significant figures: parallel sums may differ in the last bits. `columns` are the table's
    names and types, for who knows them already; `where` is a column and the value of the rows that count (all).
    """
    if columns is None:
        columns = table_columns(con)[schema, table]
    parts = ", ".join(
        f"case when {_quote(name)} is null then '∅' "
        + (
            f"when regexp_full_match({_quote(name)}, '{PSEUDONYM}') then '*' "
            if (table, name) in PSEUDONYM_COLUMNS
            else ""
        )
        + "else "
        + (f"printf('%.9g', {_quote(name)})" if kind in ("DOUBLE", "FLOAT") else f"{_quote(name)}::varchar")
        + " end"
        for name, kind in columns
    )
    # The sum (modulo 2^61) tells duplicates apart, which the exclusive or alone would cancel.
    count, mixed, summed = con.execute(
        f"with rows as (select md5_number(concat_ws(chr(31), {parts})) as h "
        f"from {_quote(schema)}.{_quote(table)}{f' where {_quote(where[0])} = ?' if where else ''}) "
        "select count(*), coalesce(bit_xor(h), 0)::varchar, "
        "coalesce(sum((h % 2305843009213693951)::hugeint), 0)::varchar from rows",
        [where[1]] if where else [],
    ).fetchone()  # type: ignore[misc]
    names = "|".join(f"{name}:{kind}" for name, kind in columns)
    return count, f"{names}#{count}#{mixed}#{summed}"


def table_fingerprints(path: Path) -> dict[tuple[str, str], tuple[int, str]]:
    """Row count and fingerprint of every table of a release but the records, by schema and table."""
    with connect(path, read_only=True) as con:
        columns = table_columns(con)
        return {
            (schema, table): table_fingerprint(con, schema, table, columns[schema, table])
            for schema, table in _tables(con)
            if schema != RECORD_SCHEMA
        }


def describe_candidate(path: Path) -> tuple[dict[str, int], str]:
    """Row counts of every table and the content hash of the figures (all schemas but the records')."""
    figures = table_fingerprints(path)
    with connect(path, read_only=True) as con:
        # Of the records, the largest tables, only the number counts here: they are not read.
        counts = {
            table: figures[schema, table][0] if schema != RECORD_SCHEMA else _count(con, schema, table)
            for schema, table in _tables(con)
        }
    return counts, content_digest(figures)


def _count(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    (count,) = con.execute(f"select count(*) from {_quote(schema)}.{_quote(table)}").fetchone() or (0,)
    return count


def content_digest(tables: Mapping[tuple[str, str], tuple[int, str]]) -> str:
    """The content hash of a release from the fingerprints of its tables, in their order."""
    digest = hashlib.sha256()
    for (schema, table), (_, fingerprint) in tables.items():
        digest.update(f"{schema}.{table}={fingerprint}\n".encode())
    return digest.hexdigest()
