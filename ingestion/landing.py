"""Queries over the landing: the lists and parents that rows are checked against, the account of deliveries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from ingestion.checking import CODE_VALUES
from ingestion.layout import DELIVERIES, SCHEMA, VERSION
from ingestion.rules import parent_columns, parent_name
from osservatorio.contracts import Contract
from osservatorio.reference import code_list, code_list_names


def load_code_values(con: duckdb.DuckDBPyConnection) -> None:
    """The temporary table of every code of every list, with the key (lower case) that it is looked up by."""
    lists, keys, codes = zip(
        *((name, code.lower(), code) for name in sorted(code_list_names()) for code in code_list(name)),
        strict=True,
    )
    con.execute(
        f"""create or replace temp table {CODE_VALUES} as
        select unnest($lists::varchar[]) as code_list, unnest($keys::varchar[]) as key, unnest($codes::varchar[]) as code""",
        {"lists": list(lists), "keys": list(keys), "codes": list(codes)},
    )


def load_parents(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """For each reference, the temporary table of the parents landed: `key` (and body), and `record`.

    The record is a struct with what row rules look at in the parent's latest version.
    """
    for column in contract.references:
        target = column.reference
        if target is None:
            continue
        names = parent_columns(contract, column.name)
        fields = ", ".join(f"'{name}': {name}" for name in names) or "'exists': true"
        body = "codice_ente, " if target.same_body else ""
        con.execute(
            f"""create or replace temp table "{parent_name(column.name)}" as
            select {body}{target.column} as key,
                arg_max({{{fields}}}, row({VERSION})) as record
            from {SCHEMA}.{target.extract}
            group by {body}key"""
        )


def next_load_seq(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the next delivery to land."""
    (last,) = con.execute("select coalesce(max(load_seq), 0) from meta.deliveries").fetchone() or (0,)
    return int(last) + 1


def landed_on(con: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """The deliveries that the landing already holds, with the time when each was loaded."""
    return dict(
        con.execute("select delivery_id, loaded_at from meta.deliveries where outcome = 'landed'").fetchall()
    )


def other_keys(con: duckdb.DuckDBPyConnection, key_id: str) -> list[str]:
    """Ids of keys, other than this one, under which rows were landed."""
    query = (
        "select distinct key_id from meta.deliveries where outcome = 'landed' and key_id <> $key order by all"
    )
    return [found for (found,) in con.execute(query, {"key": key_id}).fetchall()]


def record_deliveries(con: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the account of deliveries; an earlier refusal of the same delivery, or of a file so named, gives way."""
    if not rows:
        return
    con.execute(
        """delete from meta.deliveries
        where outcome = 'refused' and (list_contains($ids, delivery_id) or list_contains($names, file_name))""",
        {"ids": [row["delivery_id"] for row in rows], "names": [row["file_name"] for row in rows]},
    )
    columns = {name: [row[name] for row in rows] for name in DELIVERIES}
    values = ", ".join(f"unnest(${name}::{kind}[])" for name, kind in DELIVERIES.items())
    con.execute(f"insert into meta.deliveries select {values}", columns)
