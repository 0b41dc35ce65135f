"""The landing as Parquet files, for an engine that works on many machines: one folder per Ambito, one part per year.

    DIR/ambito_code=<code>/<schema>/<table>/anno_estrazione=<year>/dati.parquet     landing and held, per extract
    DIR/ambito_code=<code>/<schema>/<table>/dati.parquet                           meta.deliveries, quarantine.rows
    DIR/ambito_code=<code>/seeds/<list>/dati.parquet                               the lists of this installation
    DIR/ambito_code=<code>/meta/variables/dati.parquet                             settings that change figures: name, JSON

Every row has its `ambito_code`, so that the rows of many Ambiti can be read together. What leaves is what the landing
holds, under pseudonyms; the values as they were delivered, which the quarantine keeps for whoever has to correct them,
stay at home. Lists and settings go along, because those of another Ambito are others.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from osservatorio.ambiti.code import AMBITO, checked_code
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.files import sync_file, sync_folder
from osservatorio.home import Home
from osservatorio.reference import SEEDS, lead_municipality, seed_types
from osservatorio.settings import Settings
from osservatorio.worker import Progress

YEAR = "anno_estrazione"
FILE = "dati.parquet"
BY_EXTRACT = ("landing", "held")
WHOLE = (("meta", "deliveries"), ("quarantine", "rows"))
LISTS = "seeds"
VARIABLES = ("meta", "variables")
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
    """Schema and name of every table of the landing that leaves."""
    for schema in BY_EXTRACT:
        for extract in load_contracts():
            yield schema, extract
    yield from WHOLE


def list_tables() -> list[tuple[str, str]]:
    """Schema and name of every list that goes along."""
    return [(LISTS, name) for name in seed_types()]


def _write_tables(
    home: Home, folder: Path, code: str, settings: Settings, progress: Progress | None
) -> dict[str, int]:
    rows: dict[str, int] = {}
    every = list(tables())
    steps = len(every) + len(list_tables()) + 1
    with connect(
        home.landing, read_only=True, memory_limit=settings.memory_limit, threads=settings.threads
    ) as con:

        def written(schema: str, table: str, write: Callable[[Path], int]) -> None:
            place = folder / schema / table
            place.mkdir(parents=True)
            rows[f"{schema}.{table}"] = write(place)
            if progress:
                progress("Scrittura delle tabelle", len(rows), steps)

        for schema, table in every:
            write = _write_by_year if schema in BY_EXTRACT else _write_whole
            written(schema, table, partial(write, con, f'landing.{schema}."{table}"', code))
        for name, types in seed_types().items():
            written(LISTS, name, partial(_write_query, con, _list(name, types), code))
        written(*VARIABLES, partial(_write_query, con, _variables(settings), code))
    return rows


def _list(name: str, types: dict[str, str]) -> str:
    columns = ", ".join(f"{_quoted(column)}: {_quoted(type_)}" for column, type_ in types.items())
    path = _quoted(str(SEEDS / f"{name}.csv"))
    return f"""select * from read_csv({path}, header = true, auto_detect = false, delim = ',', quote = '"',
        escape = '"', columns = {{{columns}}})"""


def _variables(settings: Settings) -> str:
    known = settings.model_variables().items()
    told = ", ".join(f"({_quoted(name)}, {_quoted(json.dumps(value))})" for name, value in known)
    return f"select * from (values {told}) as known (name, value)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_by_year(con: DuckDBPyConnection, table: str, code: str, place: Path) -> int:
    years = con.execute(f"select distinct year(data_estrazione) from {table} order by 1").fetchall()
    written = 0
    for (year,) in years or [(None,)]:  # an empty table still tells its columns
        part = place / f"{YEAR}={NO_YEAR if year is None else year}"
        part.mkdir()
        known = f"year(data_estrazione) is not distinct from {'null' if year is None else int(year)}"
        written += _copy(con, f"select {_columns(table)} from {table} where {known}", part / FILE, code)
    return written


def _write_whole(con: DuckDBPyConnection, table: str, code: str, place: Path) -> int:
    return _write_query(con, f"select {_columns(table)} from {table}", code, place)


def _write_query(con: DuckDBPyConnection, query: str, code: str, place: Path) -> int:
    return _copy(con, query, place / FILE, code)


def _columns(table: str) -> str:
    left_out = AS_DELIVERED.get(table.rsplit('"', 2)[1])
    return f"* exclude ({', '.join(left_out)})" if left_out else "*"


def _copy(con: DuckDBPyConnection, query: str, path: Path, code: str) -> int:
    """Write a query to one file, in the order of the landing. Returns its rows."""
    counted = con.execute(
        f"copy (select '{code}' as {AMBITO}, * from ({query})) to {_quoted(str(path))} "
        "(format parquet, compression zstd)"
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
