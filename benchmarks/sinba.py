"""What the national return on minors in care (SINBA) costs by its number of records: seconds, and memory at its most.

    python benchmarks/sinba.py [--records 10000 100000] [--incomplete 0.1] [--json FILE]

For each number a release and a landing are made (every minor with one spell; the share asked for lacks a required field),
and the command `export sinba` runs over them in a process of its own, as an office would: the workbook of what is missing,
then the XML as a stream, judged by the schema before it takes its place. Memory is the most that the process ever had
resident; it must not grow with the records beyond what the register of identifiers needs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from ingestion.layout import prepare
from osservatorio.beneficiaries import new_beneficiary_key
from osservatorio.home import Home
from osservatorio.reference import SEEDS

ROOT = Path(__file__).parent.parent
RELEASE = "2022-12-31-000000000000"
YEAR = 2022
# A row of the mart for each number `n`; every tenth part of a code list in turn.
_MART = """
    create table mart_sinba as
    select
        2022::bigint as year,
        '108039/' || lpad(n::varchar, 7, '0') as minor,
        '108039' as municipality_code, 'Seregno' as municipality_name, '108039' as codice_ente,
        '108039/' || lpad(n::varchar, 7, '0') as spells,
        case when n % 5 = 0 then 'adm|equipe_tutela' else 'equipe_tutela' end as services,
        true as is_minor, (n % 18)::bigint as age, (2022 - n % 18)::integer as birth_year,
        n % 20 = 0 as is_unaccompanied,
        (1 + n % 5)::varchar as condizione_minore,
        case when hash(n) % 10000 >= $incomplete * 10000 then (1 + n % 8)::varchar end as luogo_vita,
        (1 + n % 8)::varchar as scuola_frequentata, (1 + n % 4)::varchar as condizione_lavoro,
        n % 12 = 0 as is_disabled, '1|2|3' as composizione_famiglia, '108039' as comune_residenza,
        date '2020-01-01' + (n % 900)::integer as referred_on, (1 + n % 14)::varchar as referral_source,
        (1 + n % 13)::varchar as valutazione_minore, (1 + n % 13)::varchar as valutazione_famiglia,
        case when n % 2 = 0 then date '2021-05-01' end as reported_on,
        case when n % 3 = 0 then date '2022-05-01' end as measured_on,
        case when n % 3 = 0 then 'tribunale_minorenni' end as measure_authority,
        case when n % 3 = 0 then (1 + n % 7)::varchar end as measure_type,
        false as is_removal_403, case when n % 6 = 0 then (1 + n % 5)::varchar end as potesta_tutela,
        case when n % 7 = 0 then 'giudiziale' end as foster_form,
        case when n % 7 = 0 then 'etero_familiare' end as foster_kinship,
        case when n % 7 = 0 then 'residenziale' end as foster_intensity, null::varchar as foster_outcome,
        null::varchar as facility_character, null::varchar as facility_title, null::boolean as facility_with_parent,
        null::varchar as facility_outcome, n % 4 = 0 as is_closed,
        case when n % 4 = 0 then '4' end as motivo_chiusura, case when n % 4 = 0 then '1' end as situazione_chiusura
    from range($records) as numbers(n)
"""


@dataclass(frozen=True)
class Sample:
    """One return: records in care and written, seconds of the command by the clock and of the processor, megabytes of its memory and of its file."""

    records: int
    written: int
    seconds: float
    cpu_seconds: float
    memory_mb: int
    file_mb: float


def measure(records: int, incomplete: float, folder: Path) -> Sample:
    """Make a home of so many minors and run the command over it."""
    home = make_home(folder, records, incomplete)
    start = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "osservatorio.cli",
            "export",
            "sinba",
            str(YEAR),
            "--json",
            "--home",
            str(home.root),
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    told = json.loads(process.stdout.read()) if process.stdout else {}
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit("the command failed")
    xml = next(Path(name) for name in told["files"] if name.endswith(".xml"))
    if told["written"] + told["incomplete"] != records:
        raise SystemExit("records were lost")
    return Sample(
        records,
        told["written"],
        round(seconds, 1),
        round(used.ru_utime + used.ru_stime, 1),
        used.ru_maxrss // 1024,
        round(xml.stat().st_size / 1e6, 1),
    )


def make_home(folder: Path, records: int, incomplete: float) -> Home:
    """A demonstration's home with nothing in it but what the return reads."""
    home = Home(folder)
    home.prepare()
    new_beneficiary_key(home)
    (home.root / "dati_dimostrativi.txt").write_text("Misura di prova.\n", "utf-8")
    _make_landing(home, records)
    _make_release(home, records, incomplete)
    return home


def _make_landing(home: Home, records: int) -> None:
    with duckdb.connect(str(home.landing)) as con:
        prepare(con)
        for extract, columns in (
            (
                "minori",
                "'108039' as codice_ente, sha256('m' || n) as id_minore, sha256('c' || n) as codice_fiscale",
            ),
            (
                "prese_in_carico",
                "'108039' as codice_ente, sha256('m' || n) as id_minore, "
                "lpad(n::varchar, 7, '0') as id_presa_in_carico",
            ),
        ):
            required = con.execute(
                "select column_name, data_type from duckdb_columns() "
                "where table_name = $table and schema_name = 'landing' and not is_nullable",
                {"table": extract},
            ).fetchall()
            given = {
                "codice_ente",
                "id_minore",
                "codice_fiscale",
                "id_presa_in_carico",
                "data_estrazione",
                "load_seq",
            }
            filled = "".join(
                f", {_any_value(kind)} as {name}"
                for name, kind in required
                if name not in given | {"source_row"}
            )
            con.execute(
                f"insert into landing.landing.{extract} by name select {columns}, date '2022-12-31' as data_estrazione, "
                f"1 as load_seq, n as source_row{filled} from range(?) as numbers(n)",
                [records],
            )


def _any_value(kind: str) -> str:
    values = {"DATE": "date '2015-01-01'", "BOOLEAN": "false", "TIMESTAMP": "timestamp '2023-01-01'"}
    return values.get(kind, "'x'" if kind == "VARCHAR" else "1")


def _make_release(home: Home, records: int, incomplete: float) -> None:
    path = home.releases / f"{RELEASE}.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema seeds")
        for name in ("municipalities", "services", "sinba_mapping", "mart_columns", "code_lists"):
            con.execute(
                f"create table seeds.{name} as from read_csv($file, header = true, all_varchar = true)",
                {"file": str(SEEDS / f"{name}.csv")},
            )
        con.execute("alter table seeds.services alter sort_order type integer")
        con.execute(_MART, {"records": records, "incomplete": incomplete})
        con.execute(
            "create table mart_caseload_by_municipality as select 'year' as period_type, '2022' as period, "
            "date '2022-01-01' as period_start, true as is_complete, true as is_covered, "
            "'AMBITO' as municipality_code, 'TUTTI' as service_code, ?::bigint as minors_in_period",
            [records],
        )
    manifest = {"release_id": RELEASE, "as_of": date(YEAR, 12, 31).isoformat()}
    (home.releases / f"{RELEASE}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    home.current.write_text(json.dumps({"release_id": RELEASE}), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--incomplete", type=float, default=0.1, help="share of minors that lack a field")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    given = parser.parse_args()
    samples = []
    for records in given.records:
        with tempfile.TemporaryDirectory() as folder:
            sample = measure(records, given.incomplete, Path(folder) / "home")
        samples.append(sample)
        print(
            f"{sample.records:>8} records, {sample.written:>8} written: {sample.seconds:>6.1f} s, "
            f"{sample.cpu_seconds:>6.1f} s of processor, "
            f"{sample.memory_mb:>5} MB resident, {sample.file_mb:>6.1f} MB of XML"
        )
    if given.json:
        given.json.write_text(json.dumps([asdict(sample) for sample in samples], indent=1), "utf-8")


if __name__ == "__main__":
    main()
