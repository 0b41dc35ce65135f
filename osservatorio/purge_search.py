"""The proof of a purge: the identifiers that went are looked for in every file and every table that stays."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import duckdb
import numpy as np

from osservatorio.contracts import load_contracts
from osservatorio.database import attach
from osservatorio.home import Home
from osservatorio.locking import LOCK_FILE
from osservatorio.purge_releases import release_ids
from osservatorio.release import release_path

PSEUDONYM_BYTES = 64  # a pseudonym is written as so many figures from 0 to f
CHUNK = 16 << 20
SLOT_BITS = 22
SEARCHED = "cercato"
_HEX = np.zeros(256, dtype=bool)
_HEX[list(b"0123456789abcdef")] = True


@dataclass
class Proof:
    """What was looked for, where, and where it was found all the same (nowhere, when a purge has done its work)."""

    identifiers: int = 0
    files: int = 0
    file_bytes: int = 0
    tables: int = 0
    columns: int = 0
    found: list[str] = field(default_factory=list)


def search(con: duckdb.DuckDBPyConnection, home: Home, plan: Path) -> Proof:
    """Look for what the saved plan lists: its bytes in every file of the home, its values in every table.

    Pseudonyms are looked for everywhere; other identifiers by their column in tables, and as they are in files of
    text. The connection has the plan attached as `plan` and the landing as `landing`.
    """
    pseudonyms = {value.encode() for (value,) in con.execute("select value from plan.pseudonyms").fetchall()}
    names = {value.encode() for (value,) in con.execute("select value from plan.names").fetchall()}
    records = _records(con)
    proof = Proof(len(pseudonyms) + sum(records.values()))
    needles = _Needles(pseudonyms, names)
    for path in _files(home, plan):
        proof.files += 1
        proof.file_bytes += path.stat().st_size
        if any(needles.are_in(stream, is_text) for stream, is_text in _streams(path)):
            proof.found.append(str(path.relative_to(home.root)))
    _search_tables(con, "landing", home.landing, proof)
    _search_keys(con, [extract for extract, count in records.items() if count], proof)
    for release_id in release_ids(home):
        attach(con, release_path(home, release_id), SEARCHED, read_only=True)
        _search_tables(con, SEARCHED, release_path(home, release_id), proof)
        con.execute(f"detach {SEARCHED}")
    return proof


def _records(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many records went of each extract."""
    parts = ", ".join(f"(select count(*) from plan.expired_{extract})" for extract in load_contracts())
    return dict(zip(load_contracts(), con.execute(f"select {parts}").fetchone() or (), strict=True))


def _files(home: Home, plan: Path) -> Iterator[Path]:
    """The files of the home: its own, not deliveries that happen to lie in it, nor the list of what to look for."""
    for path in sorted(home.root.iterdir()):
        if path.is_file() and path != plan and not path.name.startswith(LOCK_FILE):
            yield path
    for folder in (home.releases, home.reports, home.exports, home.data_docs, home.work, home.keys):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _streams(path: Path) -> Iterator[tuple[IO[bytes], bool]]:
    """The bytes of a file and, where it is a container, those inside; and whether words in them stand apart."""
    with path.open("rb") as file:
        yield file, path.suffix not in (".duckdb", ".wal", ".pdf", ".docx", ".xlsx", ".png", ".parquet")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    yield member, True


class _Needles:
    """Pseudonyms and names to look for in bytes."""

    def __init__(self, pseudonyms: set[bytes], names: set[bytes]) -> None:
        self._pseudonyms = pseudonyms
        self._heads = np.unique(np.array([np.frombuffer(p[:8], "<u8")[0] for p in pseudonyms], dtype="<u8"))
        self._is_likely = np.zeros(1 << SLOT_BITS, dtype=bool)
        self._is_likely[_slots(self._heads)] = True
        self._names = names

    def are_in(self, stream: IO[bytes], is_text: bool) -> bool:
        """Whether one of them is in the stream; names only where words stand apart."""
        before = b""
        while chunk := stream.read(CHUNK):
            block = before + chunk
            if self._pseudonyms and self._has_pseudonym(block):
                return True
            if is_text and self._names and not self._names.isdisjoint(_words(block)):
                return True
            before = block[-PSEUDONYM_BYTES:]
        return False

    def _has_pseudonym(self, block: bytes) -> bool:
        if len(block) < PSEUDONYM_BYTES:
            return False
        data = np.frombuffer(block, dtype=np.uint8)
        run = np.concatenate(([0], np.cumsum(_HEX[data], dtype=np.int64)))
        starts = np.flatnonzero(run[PSEUDONYM_BYTES:] - run[:-PSEUDONYM_BYTES] == PSEUDONYM_BYTES)
        if not len(starts):
            return False
        heads = np.lib.stride_tricks.sliding_window_view(data, 8)[starts].copy().view("<u8").ravel()
        maybe = self._is_likely[_slots(heads)]  # few pass, and only those are compared
        likely = starts[maybe][np.isin(heads[maybe], self._heads)]
        return any(block[start : start + PSEUDONYM_BYTES] in self._pseudonyms for start in likely)


def _slots(heads: np.ndarray) -> np.ndarray:
    """Where the first eight bytes of a text fall in a table of flags."""
    return (heads * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - SLOT_BITS)


_APART = bytes(c if (chr(c).isalnum() and c < 128) or c in b"._/-" else 32 for c in range(256))


def _words(block: bytes) -> set[bytes]:
    """What stands between characters that no identifier has; a point or a dash at the end belongs to the sentence."""
    words = block.translate(_APART).split()
    return {*words, *(word.strip(b"._/-") for word in words)}


def _search_tables(con: duckdb.DuckDBPyConnection, database: str, path: Path, proof: Proof) -> None:
    """Look for pseudonyms in every column of text, whole or inside a longer text."""
    tables = con.execute(
        "select schema_name, table_name, any_value(estimated_size), "
        "list(column_name) filter (data_type in ('VARCHAR', 'JSON')) "
        "from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name) "
        "where database_name = $database group by all order by all",
        {"database": database},
    ).fetchall()
    for schema, table, size, columns in tables:
        proof.tables += 1
        proof.columns += len(columns or ())
        if not (size and columns):
            continue
        names = ", ".join(f"'{name}'" for name in columns)
        texts = ", ".join(f'"{name}"::varchar' for name in columns)
        found = con.execute(
            f"""with texts as (
                select unnest([{names}]) as name, unnest([{texts}]) as text from "{database}"."{schema}"."{table}"
            ),
            likely as (
                select name, case when length(text) = {PSEUDONYM_BYTES} then [text]
                    else regexp_extract_all(text, '[0-9a-f]{{{PSEUDONYM_BYTES}}}') end as parts
                from texts where length(text) >= {PSEUDONYM_BYTES}
            )
            select distinct name from (select name, unnest(parts) as value from likely)
            where value in (from plan.pseudonyms) order by name"""
        ).fetchall()
        proof.found += [f"{path.name}: {schema}.{table}.{name}" for (name,) in found]


def _search_keys(con: duckdb.DuckDBPyConnection, extracts: list[str], proof: Proof) -> None:
    """Look for the records that went, by their key, among those that stay and those held, and for what names them."""
    for contract in (load_contracts()[extract] for extract in extracts):
        key = ", ".join(contract.key)
        for schema in ("landing", "held"):
            (found,) = con.execute(
                f"select exists (from landing.{schema}.{contract.extract} semi join plan.expired_{contract.extract} using ({key}))"
            ).fetchone() or (False,)
            if found:
                proof.found.append(f"landing.duckdb: {schema}.{contract.extract}")
    (found,) = con.execute(
        """select exists (
            select 1 from (select unnest(row_values ->> '$.*') as value from landing.quarantine.rows)
            where value in (from plan.names)
        )"""
    ).fetchone() or (False,)
    if found:
        proof.found.append("landing.duckdb: quarantine.rows")
