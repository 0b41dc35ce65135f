"""The facts that the generator starts from: the seeds of the warehouse, as tables of its workshop database."""

from datetime import date
from decimal import Decimal

import duckdb

from ingestion.synthetic.senders import PARTNER, all_senders
from osservatorio.reference import lead_municipality, municipalities, read_seed, services

AMBITO = "AMBITO"
# Spells may have opened up to eight years before the first day.
LOOKBACK_DAYS = 2920
# Municipalities outside the Ambito where a few families live: Milano, Monza, Desio, Cesano Maderno.
OUTSIDE = ["015146", "108033", "108023", "108019"]


def load_facts(con: duckdb.DuckDBPyConnection, years: tuple[int, int], scale: float, seed: int) -> None:
    """Set the variables and create the tables that the model reads (municipalities, services, senders, figures)."""
    _set_variables(con, years, scale, seed)
    _load_reference(con)
    _load_figures(con)


def _set_variables(con: duckdb.DuckDBPyConnection, years: tuple[int, int], scale: float, seed: int) -> None:
    variables: dict[str, object] = {
        "seed": seed,
        "scale": scale,
        "first_day": date(years[0], 1, 1),
        "last_day": date(years[1], 12, 31),
        "lookback": LOOKBACK_DAYS,
        "lead": lead_municipality().code,
        "outside": OUTSIDE,
    }
    for name, value in variables.items():
        con.execute(f"set variable {name} = ?", [value])


def _load_reference(con: duckdb.DuckDBPyConnection) -> None:
    residents = {row["municipality_code"]: row for row in read_seed("resident_minors")}
    con.execute(
        "create table municipalities (municipality_code varchar, name varchar, slug varchar,"
        " is_associated boolean, is_lead boolean, residents bigint)"
    )
    con.executemany(
        "insert into municipalities values (?, ?, ?, ?, ?, ?)",
        [
            [t.code, t.name, t.slug, t.is_associated, t.is_lead, int(residents[t.code]["resident_minors"])]
            for t in municipalities().values()
        ],
    )
    con.execute("create table services (service_code varchar, area varchar)")
    con.executemany("insert into services values (?, ?)", [[s.code, s.area] for s in services().values()])
    con.execute(
        "create table senders (sender varchar, body_code varchar, prefix varchar, is_partner boolean)"
    )
    con.executemany(
        "insert into senders values (?, ?, ?, ?)",
        [[s.name, s.body_code, s.prefix, s.name == PARTNER] for s in all_senders().values()],
    )
    con.execute("create table questions (question_code varchar, phase varchar)")
    con.executemany(
        "insert into questions values (?, ?)",
        [[row["question_code"], row["phase"]] for row in read_seed("questions")],
    )


def _load_figures(con: duckdb.DuckDBPyConnection) -> None:
    """What the source documents declare; totals that are sums of other figures are left out."""
    figures = read_seed("published_figures")
    minors = [row for row in figures if row["measure"] == "minors_at_end"]
    in_parts = {row["service_code"] for row in minors if row["municipality_code"] != AMBITO}
    con.execute(
        "create table published_minors (service_code varchar, municipality_code varchar,"
        " reference_date date, declared integer)"
    )
    con.executemany(
        "insert into published_minors values (?, ?, ?, ?)",
        [
            [
                row["service_code"],
                None if row["municipality_code"] == AMBITO else row["municipality_code"],
                date.fromisoformat(row["reference_date"]),
                int(row["declared"]),
            ]
            for row in minors
            if row["municipality_code"] != AMBITO or row["service_code"] not in in_parts
        ],
    )
    areas = {service.area for service in services().values()}
    yearly = [row for row in figures if row["measure"] == "resources" and row["area"] in areas]
    by_town = {row["area"] for row in yearly if row["municipality_code"] != AMBITO}
    con.execute(
        "create table published_resources (year integer, area varchar, municipality_code varchar,"
        " euro decimal(14, 2))"
    )
    con.executemany(
        "insert into published_resources values (?, ?, ?, ?)",
        [
            [
                int(row["first_year"]),
                row["area"],
                None if row["municipality_code"] == AMBITO else row["municipality_code"],
                Decimal(row["declared"]),
            ]
            for row in yearly
            if row["first_year"] == row["last_year"]
            and (row["municipality_code"] != AMBITO or row["area"] not in by_town)
        ],
    )
