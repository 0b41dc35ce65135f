"""The floor of `osservatorio run`: bare DuckDB that reads the same deliveries and runs the same SQL.

    python benchmarks/floor.py HOME DELIVERIES [--runs 3] [--threads 2] [--memory 1200MB] [--json FILE]

HOME is the home of a finished run over DELIVERIES. In a process of its own DuckDB reads every file as leniently as it
can into typed tables of the columns that the landing has, then runs the compiled SQL of every model, one after another.
There is no check, no pseudonym, no quarantine, no test, no account of rows and no tool around it: what a run takes
beyond this is what the product adds. Lines that cannot be read are skipped and values that are no dates or numbers
become null, so its figures are not those of the release: only the work is the same. What the models read beside the
deliveries (the account of the deliveries, lists that ship with the product) is copied from HOME, timed with the rest.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow
from compiled_models import CompiledModel, compile_models
from python_calamine import CalamineWorkbook

from ingestion.headers import normalise
from osservatorio.home import Home
from osservatorio.release import current_release_id, read_manifest, release_path

COPIED = ("meta", "quarantine", "held")  # schemas of the landing that do not come from the rows of a delivery
MODELS = "models.json"
DATES = "['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y', '%m/%Y', '%Y-%m', '%m-%Y', '%m.%Y']"
SAME_VALUES = 0.02  # as a share: how far what is read may be from what the landing has
GIVEN = {  # what the landing says of each row beside the columns of the delivery
    "delivery_id": "filename",
    "source_row": "0",
    "loaded_at": "timestamp '2023-01-15 09:00:00'",
    "load_seq": "1",
}


@dataclass(frozen=True)
class Floor:
    """Seconds of the wall to read and to model, of the processor to read and in all; peak memory in MB; rows read."""

    read: float
    models: float
    read_cpu: float
    cpu: float
    peak_mb: float
    rows: int

    @property
    def wall(self) -> float:
        return self.read + self.models


def _release_id(home: Home) -> str:
    name = current_release_id(home)
    if name is None:
        raise SystemExit(f"{home.root} has no release: run the deliveries first.")
    return name


def _typed(column: str, kind: str, present: set[str]) -> str:
    """A value of a delivery as the landing types it; null where it cannot be."""
    if column in GIVEN:
        return f"{GIVEN[column]}::{kind} as {column}"
    if column not in present:
        return f"null::{kind} as {column}"
    if kind == "DATE":
        return f"coalesce(try_strptime({column}, {DATES})::date, try_cast({column} as date)) as {column}"
    if kind == "BOOLEAN":
        return f"upper({column}) in ('S', 'SI', 'SÌ', '1', 'TRUE') as {column}"
    if kind == "VARCHAR":
        return column
    # 3.656,56 is written so by some; 3656.56 by others.
    number = f"case when contains({column}, ',') then translate({column}, ',.', '.') else {column} end"
    return f"try_cast({number} as {kind}) as {column}"


def _sources(con: duckdb.DuckDBPyConnection, files: list[Path]) -> list[tuple[str, set[str]]]:
    """What to select from, with the columns that it has: the CSV files by encoding and separator, each workbook."""
    found = []
    csv: dict[tuple[str, str, bytes], list[str]] = defaultdict(list)
    for path in files:
        if path.suffix == ".xlsx":
            rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            names = [normalise(str(name)) for name in rows[0]]
            columns = [
                [None if cell == "" else str(cell) for cell in column]
                for column in zip(*rows[1:], strict=True)
            ]
            if columns:
                con.register(path.stem, pyarrow.table(dict(zip(names, columns, strict=True))))
                found.append((f"(select *, '{path.name}' as filename from \"{path.stem}\")", set(names)))
            continue
        sample = path.read_bytes()
        try:
            sample.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = "latin-1"
        header = sample.splitlines()[0].removeprefix(b"\xef\xbb\xbf")
        separator = max(b";,\t|", key=header.count)
        csv[encoding, chr(separator), header].append(str(path))
    for (encoding, separator, header), paths in csv.items():
        options = (
            f"delim='{separator}', header=true, all_varchar=true, ignore_errors=true, null_padding=true, "
            f"encoding='{encoding}', filename=true, quote='\"', auto_detect=false, strict_mode=false"
        )
        names = [normalise(name) for name in header.decode(encoding).split(separator)]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        found.append((f"read_csv({paths}, {options}, columns={{{columns}}})", set(names)))
    return found


def _check_read(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Less work is no floor: every column must have as many values as in the landing, but for the bad rows."""
    counted = [
        con.execute(f"select count(columns(*)) from {place}.landing.{table}").fetchone() or ()
        for place in ("landing_db", "given")
    ]
    names = [name for name, *_ in con.execute(f"describe given.landing.{table}").fetchall()]
    for name, ours, theirs in zip(names, *counted, strict=True):
        if abs(ours - theirs) > max(SAME_VALUES * theirs, 20):
            raise SystemExit(f"{table}.{name}: {ours} values could be read, the landing has {theirs}")


def run_floor(
    home: Home, deliveries: Path, models: list[CompiledModel], work: Path, threads: int, memory: str
) -> Floor:
    """Read and model once, in this process, into new files under `work`."""
    started = time.perf_counter()
    settings = {"threads": threads, "memory_limit": memory, "temp_directory": str(work / "tmp")}
    con = duckdb.connect(config={**settings, "preserve_insertion_order": False})
    con.execute(f"attach '{home.landing}' as given (read_only)")
    con.execute(f"attach '{release_path(home, _release_id(home))}' as published (read_only)")
    for name in ("landing_db", "release", "scratch"):
        con.execute(f"attach '{work / name}.duckdb' as {name}")
    for schema in ("landing", *COPIED):
        con.execute(f"create schema landing_db.{schema}")
    tables = con.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = 'given'"
    ).fetchall()
    for schema, table in tables:
        if schema in COPIED:
            con.execute(
                f'create table landing_db.{schema}."{table}" as select * from given.{schema}."{table}"'
            )
    by_extract: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(deliveries.iterdir()):
        by_extract[path.name.split("__")[0]].append(path)
    rows = 0
    for schema, table in tables:
        if schema != "landing":
            continue
        con.execute(f"create table landing_db.landing.{table} as select * from given.landing.{table} limit 0")
        kinds = con.execute(f"describe given.landing.{table}").fetchall()
        for source, present in _sources(con, by_extract[table]):
            values = ", ".join(_typed(name, kind, present) for name, kind, *_ in kinds)
            inserted = con.execute(
                f"insert into landing_db.landing.{table} select {values} from {source}"
            ).fetchone()
            rows += inserted[0] if inserted else 0
        _check_read(con, table)
    read, read_cpu = time.perf_counter(), time.process_time()
    for schema, table in con.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = 'published' and table_schema = 'seeds'"
    ).fetchall():
        con.execute(f"create schema if not exists release.{schema}")
        con.execute(f'create table release.{schema}."{table}" as from published.{schema}."{table}"')
    for schema in {model.relation.rsplit(".", 1)[0] for model in models}:
        con.execute(f"create schema if not exists {schema}")
    for model in models:
        con.execute(f"create {model.kind} {model.relation} as ({model.sql})")
    con.close()
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return Floor(read - started, ended - read, read_cpu, time.process_time(), peak, rows)


def measure_floor(home: Home, deliveries: Path, threads: int, memory: str) -> Floor:
    """The floor once, in a new process over new files; compiling the models is not in its seconds."""
    manifest = read_manifest(home, _release_id(home))
    with tempfile.TemporaryDirectory(dir=home.root.parent) as folder:
        work = Path(folder)
        models = compile_models(home, manifest["as_of"], manifest["settings"])
        (work / MODELS).write_text(json.dumps([asdict(model) for model in models]))
        command = [sys.executable, __file__, "--once", folder, str(home.root), str(deliveries)]
        command += ["--threads", str(threads), "--memory", memory]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return Floor(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("deliveries", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--memory", default="1200MB")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    home = Home(options.home.resolve())
    if options.once:
        models = [CompiledModel(**model) for model in json.loads((options.once / MODELS).read_text())]
        floor = run_floor(home, options.deliveries, models, options.once, options.threads, options.memory)
        print(json.dumps(asdict(floor)))
        return
    floors = [
        measure_floor(home, options.deliveries.resolve(), options.threads, options.memory)
        for _ in range(options.runs)
    ]
    print(f"{floors[0].rows} rows, median of {options.runs} runs, {options.threads} threads")
    for name in ("read", "models", "wall", "read_cpu", "cpu", "peak_mb"):
        values = [getattr(floor, name) for floor in floors]
        print(f"{name:<8} {statistics.median(values):>8.1f}  [{min(values):.1f}-{max(values):.1f}]")
    if options.json:
        options.json.write_text(json.dumps([asdict(floor) for floor in floors], indent=1))


if __name__ == "__main__":
    main()
