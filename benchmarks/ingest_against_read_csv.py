"""How fast deliveries are ingested, against a bare lenient `read_csv` of the same files.

    python benchmarks/ingest_against_read_csv.py [--rows 20000000] [--files 8] [--bad 0.03] [--runs 1] [--json FILE]

Deliveries of `interventi` are generated, one CSV file for each body, with a share of bad rows of several kinds; the
parents that they refer to are landed first, untimed. Then, each in a process of its own, with the same number of
threads and the same memory limit:

- `read_csv`: DuckDB reads the files as leniently as it can (rows that do not fit are skipped) into a typed table of
  a new database file. Nothing is checked and no identity is replaced: the least that loading the files can cost.
  Its options are the plain ones of somebody who knows the columns. They are not what it costs: with no options but
  `ignore_errors` and the separator, with or without padding of short rows or a date format, it took the same processor
  time (4.1 to 4.8 s for 2.5 million rows, in turn, four times each). Two thirds of that is writing the table.
- `ingest`: the real stage. Every check, pseudonyms, landing, quarantine with its messages, the account of every row.

The ratio is the speed of `ingest` over that of `read_csv`. Memory is the largest resident memory of the process.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.ingest import ingest
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.keys import load_key, new_key
from osservatorio.reference import code_list, municipalities
from osservatorio.settings import Settings

EXTRACT = "interventi"
LOADED_AT = datetime(2023, 1, 15, 9)
ROWS_OF_A_CASE = 100  # interventions of one presa in carico
OPERATORS = 2000

# What a bad row holds: (column, SQL of the value). The last two spoil the line itself.
SPOILT: tuple[tuple[str, str], ...] = (
    ("data_intervento", "'31/02/2022'"),
    ("data_intervento", "'2022-12-31'"),  # after the extraction
    ("durata_minuti", "'1.440'"),
    ("durata_minuti", "'-30'"),
    ("durata_minuti", "''"),
    ("tipo", "'chiacchierata'"),
    ("esito", "''"),
    ("id_intervento", "'due parole'"),
    ("id_presa_in_carico", "'PIC-mai-vista'"),
    ("id_operatore", "'OP 12 / bis!'"),
    ("id_operatore", "'OP-mai-visto'"),
    ("esito", "'svolto;in più'"),
    ("esito", "null"),
)


def write_deliveries(folder: Path, rows: int, files: int, bad: float) -> None:
    """Deliveries of about `rows` rows in all, one file for each of `files` bodies, and of their parents apart."""
    for part in ("parents", EXTRACT):
        (folder / part).mkdir(parents=True)
    bodies = list(municipalities().values())[:files]
    con = duckdb.connect()
    for town in bodies:
        in_file = rows // len(bodies)
        cases = max(1, in_file // ROWS_OF_A_CASE)
        parents = folder / "parents"
        body = f"'{town.code}'"
        _write(con, "minori", parents / f"minori__{town.slug}.csv", _minor(body), cases)
        _write(con, "prese_in_carico", parents / f"prese_in_carico__{town.slug}.csv", _case(body), cases)
        path = folder / EXTRACT / f"{EXTRACT}__{town.slug}__2022-12-30.csv"
        _write(con, EXTRACT, path, _spoilt(_intervention(body, cases), bad), in_file)
    operator = _operator(f"'{bodies[0].code}'")
    _write(con, "operatori", folder / "parents" / f"operatori__{bodies[0].slug}.csv", operator, OPERATORS)


def _write(
    con: duckdb.DuckDBPyConnection, extract: str, path: Path, values: dict[str, str], rows: int
) -> None:
    """A delivery whose values are SQL of the row's number `n`; columns without a value are empty."""
    names = [column.name for column in load_contracts()[extract].columns]
    line = ", ".join(values.get(name, "''") for name in names)
    con.execute(
        f"""copy (
            select '{";".join(names)}' as line
            union all
            select concat_ws(';', {line}) from (select n, (hash(n, '{path.name}') >> 1)::bigint as h from range({rows}) as numbers(n))
        ) to '{path}' (format csv, header false, quote '', escape '', delimiter '')"""
    )


def _minor(body: str) -> dict[str, str]:
    return {
        "codice_ente": body,
        "data_estrazione": "'2022-12-30'",
        "id_minore": "'MIN-' || n",
        "data_nascita": "'2010-05-17'",
        "sesso": f"'{_code('sesso')}'",
        "cittadinanza": f"'{_code('cittadinanza')}'",
        "minore_straniero_non_accompagnato": "'N'",
    }


def _case(body: str) -> dict[str, str]:
    return {
        "codice_ente": body,
        "data_estrazione": "'2022-12-30'",
        "id_presa_in_carico": "'PIC-' || n",
        "id_minore": "'MIN-' || n",
        "codice_servizio": f"'{_code('services_with_cases')}'",
        "data_apertura": "'2017-03-01'",
    }


def _operator(body: str) -> dict[str, str]:
    return {
        "codice_ente": body,
        "data_estrazione": "'2022-12-30'",
        "id_operatore": "'OP-' || n",
        "profilo": f"'{_code('profilo_operatore')}'",
        "datore": f"'{_code('datore_operatore')}'",
        "iscrizione_albo": "'S'",
        "data_inizio": "'2015-01-01'",
    }


def _intervention(body: str, cases: int) -> dict[str, str]:
    return {
        "codice_ente": body,
        "comune_riferimento": f"case when h % 20 = 0 then {_any('municipalities', 'h // 20')} else '' end",
        "data_estrazione": "'2022-12-30'",
        "stato_record": "case h % 50 when 0 then 'annullato' when 1 then '' else 'attivo' end",
        "id_intervento": "'INT-' || n",
        "id_presa_in_carico": f"'PIC-' || (h // 64 % {cases})",
        "tipo": _any("tipo_intervento", "h // 1000"),
        "settore": _any("settore_intervento", "h // 100000"),
        "data_intervento": "strftime(date '2018-01-01' + (h // 10000000 % 1800)::integer, '%Y-%m-%d')",
        "durata_minuti": "10 + h // 128 % 24 * 5",
        "id_operatore": f"'OP-' || (h // 256 % {OPERATORS})",
        "esito": "case when h // 512 % 10 < 8 then 'svolto' else 'assente' end",
    }


def _spoilt(values: dict[str, str], bad: float) -> dict[str, str]:
    """The same values, a share `bad` of the rows each spoilt in one of the ways of `SPOILT`."""
    way = f"case when hash(h) % 1000000 < {bad * 1e6:.0f} then hash(h) // 1000000 % {len(SPOILT)} end"
    result = dict(values)
    for name, value in values.items():
        ways = " ".join(
            f"when {place} then {text}" for place, (column, text) in enumerate(SPOILT) if column == name
        )
        if ways:
            result[name] = f"case {way} {ways} else ({value})::varchar end"
    return result


def _code(name: str) -> str:
    return next(iter(code_list(name)))


def _any(name: str, draw: str) -> str:
    """SQL: one of a list's codes, by a number."""
    codes = list(code_list(name))
    return f"[{', '.join(repr(code) for code in codes)}][1 + {draw} % {len(codes)}]"


def run_read_csv(files: Path, out: Path, settings: Settings) -> dict[str, int]:
    """The bare lenient reading. Gives the rows of the typed table."""
    types = {column.name: column.duckdb_type for column in load_contracts()[EXTRACT].columns}
    with connect(out / "bare.duckdb", memory_limit=settings.memory_limit, threads=settings.threads) as con:
        con.execute(f"create table {EXTRACT} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
        con.execute(
            f"""insert into {EXTRACT} select * from read_csv(
                $files, delim = ';', header = true, columns = $types, auto_detect = false,
                ignore_errors = true, null_padding = true, dateformat = '%Y-%m-%d')""",
            {"files": [str(path) for path in sorted(files.iterdir())], "types": types},
        )
        con.execute("checkpoint")
        (rows,) = con.execute(f"select count(*) from {EXTRACT}").fetchone() or (0,)
    return {"rows_loaded": rows}


def run_ingest(files: Path, out: Path, settings: Settings) -> dict[str, int]:
    """The real stage, into a home that holds the parents. Gives the account of all files."""
    home = Home(out)
    result = ingest(files, home, load_key(home), loaded_at=LOADED_AT, settings=settings)
    counts = ("rows_read", "accepted", "quarantined", "waiting")
    return {name: sum(getattr(delivery, name) for delivery in result.deliveries) for name in counts}


RUNS = {"read_csv": run_read_csv, "ingest": run_ingest}


def land_parents(folder: Path) -> None:
    """A home with the key and the parents, to be copied for each run."""
    home = Home(folder / "home")
    home.prepare()
    ingest(folder / "parents", home, new_key(home), loaded_at=LOADED_AT)


def measure(name: str, folder: Path) -> dict[str, Any]:
    """Run one of the two in a new process over a copy of the home."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(folder / "home", out)
    done = subprocess.run(
        [sys.executable, __file__, "--only", name, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    shutil.rmtree(out)
    return json.loads(done.stdout)


def run_here(name: str, folder: Path) -> None:
    """Run one of the two in this process and print what it took as JSON."""
    start = time.perf_counter()
    counts = RUNS[name](folder / EXTRACT, folder / "out", Settings())
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime + children.ru_utime + children.ru_stime
    peak = (used.ru_maxrss + children.ru_maxrss) * 1024 / 1e6
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": peak, **counts}))


def compare(folder: Path, rows: int, runs: int) -> dict[str, list[dict[str, Any]]]:
    """Run both in turn, print every run and the ratio of the medians."""
    samples: dict[str, list[dict[str, Any]]] = {name: [] for name in RUNS}
    for _ in range(runs):
        for name, own in samples.items():
            own.append(one := measure(name, folder))
            counts = ", ".join(
                f"{key} {value:,}" for key, value in one.items() if key not in ("wall", "cpu", "peak_mb")
            )
            print(
                f"{name:<9} {one['wall']:7.1f} s {rows / one['wall']:>11,.0f} rows/s {one['cpu']:7.1f} s of processor "
                f"{one['peak_mb']:6.0f} MB   {counts}",
                flush=True,
            )
    for measured in ("wall", "cpu"):
        bare, full = (
            statistics.median(one[measured] for one in samples[name]) for name in ("read_csv", "ingest")
        )
        print(f"ratio of speed, by {measured} seconds (median of {runs}): {bare / full:.2f}")
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--bad", type=float, default=0.03, help="share of the rows that are spoilt")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write every sample here")
    parser.add_argument("--folder", type=Path, help="keep the files here, and use them again")
    parser.add_argument("--only", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        run_here(options.only, options.folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "home").exists():
            write_deliveries(folder, options.rows, options.files, options.bad)
            land_parents(folder)
        size = sum(path.stat().st_size for path in (folder / EXTRACT).iterdir())
        settings = Settings()
        print(
            f"{options.rows:,} rows in {options.files} files, {size / 1e6:,.0f} MB; {settings.threads} threads of "
            f"{os.cpu_count()} cores, memory limit {settings.memory_limit}"
        )
        samples = compare(folder, options.rows, options.runs)
    if options.json:
        options.json.write_text(json.dumps(samples, indent=1))


if __name__ == "__main__":
    main()
