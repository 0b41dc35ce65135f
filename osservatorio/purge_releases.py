"""Releases that purge removes: those past their term, and those that hold a record that the landing no longer has."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from osservatorio.contracts import Contract, load_contracts
from osservatorio.database import attach
from osservatorio.files import sync_folder, write_json
from osservatorio.fingerprint import RECORD_SCHEMA
from osservatorio.home import Home
from osservatorio.release import manifest_path, read_manifest, release_path

if TYPE_CHECKING:
    from ingestion.retention import Term

RELEASE = "pubblicazione"
PERSONS = "dim_minor"
BIRTH = "data_nascita"
MANIFEST = ".manifest.json"
INCOMPLETE = "è il resto di un comando interrotto"
HOLDS_PURGED = "contiene dati da eliminare"
OTHER_KEY = "ha pseudonimi di una chiave precedente"
PAST_TERM = "è oltre il suo termine"
# What the warehouse calls a column of the contracts that is part of a key.
RENAMED = {"codice_servizio": "service_code"}


@dataclass(frozen=True)
class OutdatedRelease:
    """A release to remove, and why (Italian)."""

    release_id: str
    reason: str


def find_outdated(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    term: "Term",
    as_of: date,
    *,
    key_id: str,
    current: str | None,
    other_keys: bool,
) -> list[OutdatedRelease]:
    """The releases to remove, by id. The one in use is never among them for its age alone.

    With `other_keys`, those whose pseudonyms are of another key than `key_id` are. The landing is attached as
    `landing` and what expires in it is listed in `plan`. Raises UserError when a release or its manifest cannot be
    read.
    """
    found = []
    for release_id in release_ids(home):
        path = release_path(home, release_id)
        if not (path.exists() and manifest_path(home, release_id).exists()):
            found.append(OutdatedRelease(release_id, INCOMPLETE))
            continue
        manifest = read_manifest(home, release_id)
        if holds_purged(con, path, under_same_key=manifest["key_id"] == key_id):
            found.append(OutdatedRelease(release_id, HOLDS_PURGED))
        elif other_keys and manifest["key_id"] != key_id:
            found.append(OutdatedRelease(release_id, OTHER_KEY))
        elif release_id != current and _is_past(manifest["created_at"], term, as_of):
            found.append(OutdatedRelease(release_id, PAST_TERM))
    return found


def release_ids(home: Home) -> list[str]:
    """Every release of which the file or the manifest is there."""
    files = [path.stem for path in home.releases.glob("*.duckdb")]
    manifests = [path.name.removesuffix(MANIFEST) for path in home.releases.glob(f"*{MANIFEST}")]
    return sorted({*files, *manifests})


def holds_purged(con: duckdb.DuckDBPyConnection, path: Path, *, under_same_key: bool) -> bool:
    """Whether a release has a record that is not among those that the landing keeps.

    The landing only ever grows between two purges: a record that it lacks was purged. Pseudonyms of another key
    cannot be compared; the body's own identifiers can.
    """
    attach(con, path, RELEASE, read_only=True)
    try:
        tables = con.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = $release and schema_name = $schema group by table_name order by table_name",
            {"release": RELEASE, "schema": RECORD_SCHEMA},
        ).fetchall()
        queries = [
            _lacking(table, columns, contract)
            for table, columns in tables
            for contract in load_contracts().values()
            if _has_key(columns, contract) and (under_same_key or not _is_secret(contract))
        ]
        if any(table == PERSONS and BIRTH in columns for table, columns in tables):
            queries.append(_too_many_persons())
        return any(con.execute(f"select exists ({query})").fetchone() == (True,) for query in queries)
    finally:
        con.execute(f"detach {RELEASE}")


def _has_key(columns: list[str], contract: Contract) -> bool:
    return all(RENAMED.get(name, name) in columns for name in contract.key)


def _is_secret(contract: Contract) -> bool:
    return any(contract.column(name).secret for name in contract.key)


def _lacking(table: str, columns: list[str], contract: Contract) -> str:
    """SQL: the rows of a table of the release whose record the landing does not keep."""
    from ingestion.expiry import kept

    pairs = [(RENAMED.get(name, name), name) for name in contract.key]
    same = " and ".join(f"record.{there} = landed.{here}" for there, here in pairs)
    present = " and ".join(f"record.{there} is not null" for there, _ in pairs)
    return (
        f"select 1 from {RELEASE}.{RECORD_SCHEMA}.{table} as record "
        f"where {present} and not exists (select 1 from {kept(contract)} as landed where {same})"
    )


def _too_many_persons() -> str:
    """SQL: dates of birth that more persons of the release have than records of minors that the landing keeps.

    A person has no identifier in a release; bodies may know one person each by an own record, never the reverse.
    """
    from ingestion.expiry import kept

    contract = load_contracts()["minori"]
    key = ", ".join(contract.key)
    return f"""
        select 1
        from (select {BIRTH}, count(*) as persons from {RELEASE}.{RECORD_SCHEMA}.{PERSONS} group by {BIRTH}) as there
        left join (
            select {BIRTH}, count(distinct ({key})) as records from {kept(contract)} group by {BIRTH}
        ) as here using ({BIRTH})
        where {BIRTH} is not null and persons > coalesce(records, 0)"""


def _is_past(created_at: str, term: "Term", as_of: date) -> bool:
    if term.years is None:
        return False
    created = datetime.fromisoformat(created_at).date()
    day = 28 if (created.month, created.day) == (2, 29) else created.day
    return created.replace(year=created.year + term.years, day=day) < as_of


@contextmanager
def replaceable(home: Home, release_id: str) -> Iterator[None]:
    """Let a release be published again under its name: its figures may be the same though its records are not.

    A release whose bytes are not those of its manifest is put in place again. Where nothing was published inside,
    the manifest is as it was.
    """
    path = manifest_path(home, release_id)
    if not path.exists():
        yield
        return
    manifest = json.loads(path.read_text("utf-8"))
    marked = manifest | {"file_sha256": ""}
    write_json(path, marked)
    shutil.rmtree(home.data_docs / release_id, ignore_errors=True)
    try:
        yield
    finally:
        if json.loads(path.read_text("utf-8")) == marked:
            write_json(path, manifest)


def remove_release(home: Home, release_id: str) -> None:
    """Remove a release with its manifest, the pages of its checks, its reports and its exports. May be repeated after a crash."""
    for path in (
        manifest_path(home, release_id),
        release_path(home, release_id),
        home.releases / f"{release_id}.duckdb.wal",
    ):
        if path.exists():
            path.chmod(0o600)
            path.unlink()
    sync_folder(home.releases)
    for folder in (home.data_docs / release_id, home.reports / release_id, home.exports / release_id):
        shutil.rmtree(folder, ignore_errors=True)
