"""What two releases differ in besides deliveries: reference date, settings, program, definitions, lists, key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from osservatorio.fingerprint import table_columns, table_fingerprint

LISTS = "seeds"  # the schema of the reference lists


@dataclass(frozen=True)
class Circumstance:
    """Something other than deliveries that two releases differ in: `kind`, its name, and its value in each."""

    kind: str
    name: str
    before: str | None
    after: str | None


def circumstances(before: dict[str, Any], after: dict[str, Any]) -> list[Circumstance]:
    """What two manifests differ in: reference date, settings, program and libraries, definitions of the tables and
    formulas, key of the pseudonyms."""
    found = [
        Circumstance(kind, kind, before.get(kind), after.get(kind))
        for kind in ("as_of", "key_id")
        if before.get(kind) != after.get(kind)
    ]
    for kind in ("settings", "versions"):
        old, new = before.get(kind, {}), after.get(kind, {})
        found += [
            Circumstance(kind, name, _text(old.get(name)), _text(new.get(name)))
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ]
    for kind, old, new in (
        ("models", before.get("models", {}), after.get("models", {})),
        ("macros", *(manifest.get("graph", {}).get("macros", {}) for manifest in (before, after))),
    ):
        if kind == "macros" and not (old and new):  # manifests of earlier versions do not tell
            continue
        found += [
            Circumstance(kind, name, _short(old.get(name)), _short(new.get(name)))
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ]
    return found


def list_fingerprints(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The fingerprint of each reference list of the release in use on a connection."""
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = current_database() and schema_name = $schema",
        {"schema": LISTS},
    ).fetchall()
    columns = table_columns(con)
    return {name: table_fingerprint(con, LISTS, name, columns[LISTS, name])[1] for (name,) in rows}


def changed_lists(before: Mapping[str, str], after: Mapping[str, str]) -> list[Circumstance]:
    """The lists whose content differs, by the fingerprints of two releases."""
    return [
        Circumstance("lists", name, None, None)
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _short(checksum: str | None) -> str | None:
    return checksum[:12] if checksum else None
