"""Releases made by hand: a few rows of marts, published as the pipeline does."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from osservatorio import publish as publishing
from osservatorio.database import attach, connect
from osservatorio.home import Home
from osservatorio.reference import SEEDS

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
AS_OF = "2023-12-31"
BUILD = {
    "as_of": AS_OF,
    "variables": {"complaint_answer_days": 30},
    "models": {"mart_budget": "abc"},
    "succeeded": True,
    "lineage": {"mart_budget": ["spese"], "mart_data_quality": ["spese", "operatori"]},
    "keys": {
        "mart_budget": ["year", "municipality_code", "area"],
        "mart_data_quality": ["delivery_id", "extract", "rule"],
    },
}
VERDICT = {"outcome": "superato", "publishable": True, "checks": 1, "failed": 0, "warnings": []}
Budget = tuple[str, str, float]  # municipality, area, spent
Measured = tuple[str, str, float, float]  # indicator, municipality, numerator, denominator
SPENT: Sequence[Budget] = [("108030", "TUTTE", 10.5), ("108039", "TUTTE", 20.0), ("AMBITO", "TUTTE", 30.5)]


class Landing:
    """The landing of a home, one delivery at a time."""

    def __init__(self, home: Home) -> None:
        from ingestion.layout import prepare

        home.prepare()
        self.path = home.landing
        with connect(self.path) as con:
            prepare(con)

    def deliver(
        self,
        delivery: str,
        body: str,
        *,
        extract: str = "spese",
        rows: int = 1,
        waiting: int = 0,
        day: date = date(2023, 12, 31),
        is_full_replacement: bool = False,
        municipality: str | None = None,
        waiting_municipality: str | None = None,
        first_key: int = 0,
        told: int | None = None,
        state: str | None = None,
    ) -> None:
        """A delivery with `rows` accepted rows about a municipality (the body itself), keys numbered from one on.

        `told` is what the rows say; without it no delivery repeats what another one said.
        """
        with connect(self.path) as con:
            (seq,) = con.execute("select count(*) + 1 from meta.deliveries").fetchone()
            con.execute(
                """insert into meta.deliveries by name select $d as delivery_id, $e as extract,
                $d || '.csv' as file_name, sha256($d) as sha256, $full as is_full_replacement, $b as codice_ente,
                $day as first_extraction, $day as last_extraction, $n + $w as rows_read, $n as accepted,
                0 as quarantined, $w as waiting, 0 as purged, 'landed' as outcome, $s as load_seq, $at as loaded_at""",
                {
                    "d": delivery,
                    "e": extract,
                    "b": body,
                    "n": rows,
                    "w": waiting,
                    "day": day,
                    "s": seq,
                    "at": NOW,
                }
                | {"full": is_full_replacement},
            )
            names = {
                "b": body,
                "m": municipality,
                "day": day,
                "d": delivery,
                "s": seq,
                "state": state,
            }
            key = {"spese": "id_spesa", "reclami": "id_reclamo"}.get(extract, "id_operatore")
            says = f", {seq if told is None else told} as importo" if extract == "spese" else ""
            columns = f"""$b as codice_ente, $m as comune_riferimento, $day as data_estrazione, $d as delivery_id,
                i as source_row, $s as load_seq, 'K' || ($k + i) as {key}, $state as stato_record{says}"""
            con.execute(
                f"insert into landing.landing.{extract} by name select {columns} from range($n) as numbers(i)",
                {**names, "k": first_key, "n": rows},
            )
            con.execute(
                f"""insert into held.{extract} by name select {columns}, true as waiting
                from range($n, $n + $w) as numbers(i)""",
                {**names, "m": waiting_municipality or municipality, "k": first_key, "n": rows, "w": waiting},
            )
            con.execute(
                """insert into quarantine.rows by name select $d as delivery_id, $e as extract, i as "row",
                'id.riferimento' as rule, 'waiting' as state from range($n, $n + $w) as numbers(i)""",
                {"d": delivery, "e": extract, "n": rows, "w": waiting},
            )

    def heal(self, delivery: str, extract: str = "spese") -> None:
        """The rows of a delivery that wait land."""
        with connect(self.path) as con:
            for statement in (
                "update meta.deliveries set accepted = rows_read, waiting = 0 where delivery_id = $d",
                "update quarantine.rows set state = 'landed' where delivery_id = $d",
                f"""insert into landing.landing.{extract} by name
                    select * exclude (source_file, waiting) from held.{extract} where delivery_id = $d""",
                f"delete from held.{extract} where delivery_id = $d",
            ):
                con.execute(statement, {"d": delivery})


def make_candidate(
    home: Home,
    spent: Sequence[Budget] = SPENT,
    *,
    core: str = "x",
    as_of: str = AS_OF,
    measured: Sequence[Measured] = (),
) -> Path:
    """A built release: two marts, the records of one table, and the seed that describes the marts.

    With `measured` there is also the long table of the indicators, for all services in 2023.
    """
    path = home.work / "candidate.duckdb"
    path.unlink(missing_ok=True)
    seed = str(SEEDS / "mart_columns.csv").replace("'", "''")
    with connect(path) as con:
        con.execute(
            """create table mart_budget (
                year integer, municipality_code varchar, area varchar, municipality_name varchar, spent double)"""
        )
        if spent:
            con.executemany(
                "insert into mart_budget values (2023, $1, $2, 'Comune ' || $1, $3)",
                [list(row) for row in spent],
            )
        con.execute(
            """create table mart_data_quality (
                delivery_id varchar, extract varchar, rule varchar, file_name varchar, outcome varchar,
                first_extraction date, last_extraction date, rows_delivered bigint, rows_accepted bigint,
                rows_quarantined bigint, rows_waiting bigint)"""
        )
        attach(con, home.landing, "archive", read_only=True)
        con.execute(
            """insert into mart_data_quality select delivery_id, extract, 'TUTTE', file_name, outcome, first_extraction,
                last_extraction, rows_read, accepted, quarantined + waiting, waiting
            from archive.meta.deliveries where first_extraction <= $1::date""",
            [as_of],
        )
        con.execute("detach archive")
        if measured:
            con.execute(
                """create table mart_indicators (
                    indicator_code varchar, period_type varchar, period varchar, municipality_code varchar,
                    service_code varchar, indicator_name varchar, municipality_name varchar, service_name varchar,
                    numerator double, denominator double, value double)"""
            )
            con.executemany(
                """insert into mart_indicators values ($1, 'year', '2023', $2, 'TUTTI', 'Indicatore ' || $1,
                    'Comune ' || $2, 'Tutti i servizi', $3, $4, $3 / $4)""",
                [list(row) for row in measured],
            )
        con.execute("create schema core")
        con.execute("create table core.fct as select $1 as pseudonym", [core])
        con.execute("create schema seeds")
        con.execute(f"create table seeds.mart_columns as select * from read_csv('{seed}', header = true)")
    return path


def put_out(
    home: Home,
    spent: Sequence[Budget] = SPENT,
    *,
    core: str = "x",
    key_id: str = "chiave1",
    later: int = 0,
    measured: Sequence[Measured] = (),
    **build: Any,
) -> tuple[str, bool]:
    """Publish a candidate, `later` minutes after the others. Returns its id and whether it is new."""
    if not home.landing.exists():
        Landing(home).deliver("d1", "108030", rows=2, waiting=1)
    content = BUILD | build
    path = make_candidate(home, spent, core=core, as_of=content["as_of"], measured=measured)
    at = NOW + timedelta(minutes=later)
    return publishing.publish(home, path, build=content, verdict=VERDICT, key_id=key_id, created_at=at)
