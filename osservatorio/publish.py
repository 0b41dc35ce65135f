"""Publishing: a candidate that passed becomes an immutable release, named from its content."""

import os
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from osservatorio import __version__
from osservatorio.database import connect
from osservatorio.files import sync_file, sync_folder, write_json
from osservatorio.home import Home
from osservatorio.release import manifest_path, release_path

# Pseudonymous records depend on the key, figures do not: the name of a release comes from its figures.
RECORD_SCHEMA = "core"
LIBRARIES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations")


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = current_database() order by all"
    ).fetchall()


def table_fingerprint(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> tuple[int, str]:
    """Row count and a fingerprint of a table's content that does not depend on the order of its rows.

    Floats count to nine significant figures: parallel sums may differ in the last bits.
    """
    columns = con.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_catalog = current_database() and table_schema = ? and table_name = ? "
        "order by ordinal_position",
        [schema, table],
    ).fetchall()
    parts = ", ".join(
        f"case when {_quote(name)} is null then '∅' else "
        + (f"printf('%.9g', {_quote(name)})" if kind in ("DOUBLE", "FLOAT") else f"{_quote(name)}::varchar")
        + " end"
        for name, kind in columns
    )
    # The sum (modulo 2^61) tells duplicates apart, which the exclusive or alone would cancel.
    count, mixed, summed = con.execute(
        f"with rows as (select md5_number(concat_ws(chr(31), {parts})) as h "
        f"from {_quote(schema)}.{_quote(table)}) "
        "select count(*), coalesce(bit_xor(h), 0)::varchar, "
        "coalesce(sum((h % 2305843009213693951)::hugeint), 0)::varchar from rows"
    ).fetchone()  # type: ignore[misc]
    names = "|".join(f"{name}:{kind}" for name, kind in columns)
    return count, f"{names}#{count}#{mixed}#{summed}"


def describe_candidate(path: Path) -> tuple[dict[str, int], str]:
    """Row counts of every table and the content hash of the figures (all schemas but the records')."""
    import hashlib

    digest = hashlib.sha256()
    counts: dict[str, int] = {}
    with connect(path, read_only=True) as con:
        for schema, table in _tables(con):
            count, fingerprint = table_fingerprint(con, schema, table)
            counts[table] = count
            if schema != RECORD_SCHEMA:
                digest.update(f"{schema}.{table}={fingerprint}\n".encode())
    return counts, digest.hexdigest()


def delivery_list(landing: Path) -> list[dict[str, Any]]:
    """The landed deliveries as a manifest lists them, in a fixed order."""
    with connect(landing, read_only=True) as con:
        relation = con.execute(
            "select delivery_id, file_name as file, extract, sha256, rows_read, accepted, quarantined "
            "from meta.deliveries where outcome = 'landed' order by extract, file_name, delivery_id"
        )
        names = [column[0] for column in relation.description]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def publish(
    home: Home,
    candidate: Path,
    *,
    build: dict[str, Any],
    verdict: dict[str, Any],
    key_id: str,
    created_at: datetime,
) -> tuple[str, bool]:
    """Give the candidate its name, put it in place and move the pointer. Returns the id and whether it is new.

    The order makes a crash harmless: file, then manifest, then pointer; each in one step.
    """
    counts, content = describe_candidate(candidate)
    release_id = f"{build['as_of']}-{content[:12]}"
    target = release_path(home, release_id)
    is_new = not (target.exists() and manifest_path(home, release_id).exists())
    if is_new:
        manifest = {
            "release_id": release_id,
            "as_of": build["as_of"],
            "settings": build["variables"],
            "created_at": created_at.isoformat(timespec="seconds"),
            "content_sha256": content,
            "key_id": key_id,
            "versions": {"osservatorio": __version__, **{name: version(name) for name in LIBRARIES}},
            "deliveries": delivery_list(home.landing),
            "row_counts": counts,
            "models": build["models"],
            "verdict": verdict,
        }
        home.releases.mkdir(parents=True, exist_ok=True)
        sync_file(candidate)
        os.chmod(candidate, 0o444)
        os.replace(candidate, target)
        sync_folder(home.releases)
        write_json(manifest_path(home, release_id), manifest)
    point_to(home, release_id)
    return release_id, is_new


def point_to(home: Home, release_id: str) -> None:
    """Move the pointer: readers see the release before or this one."""
    write_json(home.current, {"release_id": release_id, "file": f"releases/{release_id}.duckdb"})


def release_list(home: Home) -> list[dict[str, Any]]:
    """Every release with its manifest's main facts, newest first."""
    import json

    from osservatorio.release import current_release_id

    current = current_release_id(home)
    manifests = [json.loads(path.read_text("utf-8")) for path in home.releases.glob("*.manifest.json")]
    manifests.sort(key=lambda m: (m["created_at"], m["release_id"]), reverse=True)
    return [
        {
            "release_id": m["release_id"],
            "as_of": m["as_of"],
            "created_at": m["created_at"],
            "outcome": m["verdict"]["outcome"],
            "deliveries": len(m["deliveries"]),
            "is_current": m["release_id"] == current,
        }
        for m in manifests
    ]
