"""The landing as Parquet files, for an engine that works on many machines: one folder per Ambito, one part per year.

    DIR/ambito_code=<code>/<schema>/<table>/anno_estrazione=<year>/dati.parquet     landing and held, per extract
    DIR/ambito_code=<code>/<schema>/<table>/dati.parquet                           meta.deliveries, quarantine.rows

Every row has its `ambito_code`, so that the rows of many Ambiti can be read together. What leaves is what the landing
holds, under pseudonyms; the values as they were delivered, which the quarantine keeps for whoever has to correct them,
stay at home.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from osservatorio.ambiti.code import AMBITO, checked_code
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.files import sync_file, sync_folder
from osservatorio.home import Home
from osservatorio.reference import lead_municipality
from osservatorio.settings import Settings
from osservatorio.worker import Progress

YEAR = "anno_estrazione"
FILE = "dati.parquet"
BY_EXTRACT = ("landing", "held")
WHOLE = (("meta", "deliveries"), ("quarantine", "rows"))
AS_DELIVERED = {"rows": ("found", "row_values")}  # values that nobody put under a pseudonym
NO_YEAR = "__HIVE_DEFAULT_PARTITION__"  # of held rows whose date could not be read


@dataclass(frozen=True)
class Exported:
    """What was written: the folder of the Ambito, its tables with their rows, and the size of all files in bytes."""

    folder: Path
    ambito: str
    rows: dict[str, int]
    size: int


def export_landing(
    home: Home, out: Path, settings: Settings, *, ambito: str | None = None, progress: Progress | None = None
) -> Exported:
    """Write the landing of a home below `out`, whole or not at all; others who use the computer cannot read it.

    The code of the Ambito is that of its lead municipality where none is given. Raises UserError when the landing is
    missing, the code is not one, or the folder already holds the Ambito.
    """
    code = checked_code(ambito if ambito is not None else lead_municipality().code)
    if not home.landing.exists():
        raise UserError(
            f"In «{home.root}» non c'è ancora nulla da esportare: carica prima le consegne con «osservatorio run»."
        )
    folder = out / f"{AMBITO}={code}"
    if folder.exists():
        raise UserError(
            f"«{folder}» esiste già e non lo sovrascrivo: indica un'altra cartella con --out o toglila di lì."
        )
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = out / f".{folder.name}.{os.getpid()}.tmp"
    try:
        unfinished.mkdir(mode=0o700)
        rows = _write_tables(home, unfinished, code, settings, progress)
        size = _shut_and_flush(unfinished)
        os.rename(unfinished, folder)  # fails where somebody else was faster
        sync_folder(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Exported(folder, code, rows, size)


def tables() -> Iterator[tuple[str, str]]:
    """Schema and name of every table that leaves."""
    for schema in BY_EXTRACT:
        for extract in load_contracts():
            yield schema, extract
    yield from WHOLE


def _write_tables(
    home: Home, folder: Path, code: str, settings: Settings, progress: Progress | None
) -> dict[str, int]:
    rows: dict[str, int] = {}
    every = list(tables())
    with connect(
        home.landing, read_only=True, memory_limit=settings.memory_limit, threads=settings.threads
    ) as con:
        for done, (schema, table) in enumerate(every, 1):
            place = folder / schema / table
            place.mkdir(parents=True)
            write = _write_by_year if schema in BY_EXTRACT else _write_whole
            rows[f"{schema}.{table}"] = write(con, f'landing.{schema}."{table}"', place, code)
            if progress:
                progress("Scrittura delle tabelle", done, len(every))
    return rows


def _write_by_year(con: DuckDBPyConnection, table: str, place: Path, code: str) -> int:
    years = con.execute(f"select distinct year(data_estrazione) from {table} order by 1").fetchall()
    written = 0
    for (year,) in years or [(None,)]:  # an empty table still tells its columns
        part = place / f"{YEAR}={NO_YEAR if year is None else year}"
        part.mkdir()
        known = f"year(data_estrazione) is not distinct from {'null' if year is None else int(year)}"
        written += _copy(con, f"select {_columns(table)} from {table} where {known}", part / FILE, code)
    return written


def _write_whole(con: DuckDBPyConnection, table: str, place: Path, code: str) -> int:
    return _copy(con, f"select {_columns(table)} from {table}", place / FILE, code)


def _columns(table: str) -> str:
    left_out = AS_DELIVERED.get(table.rsplit('"', 2)[1])
    return f"* exclude ({', '.join(left_out)})" if left_out else "*"


def _copy(con: DuckDBPyConnection, query: str, path: Path, code: str) -> int:
    """Write a query to one file, in the order of the landing. Returns its rows."""
    place = str(path).replace("'", "''")
    counted = con.execute(
        f"copy (select '{code}' as {AMBITO}, * from ({query})) to '{place}' (format parquet, compression zstd)"
    ).fetchone()
    return int(counted[0]) if counted else 0


def _shut_and_flush(folder: Path) -> int:
    """Only the owner reads what is in the folder, and it is on the disk. Returns its size in bytes."""
    size = 0
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o700)
        for name in files:
            path = Path(place, name)
            path.chmod(0o600)
            sync_file(path)
            size += path.stat().st_size
    return size
