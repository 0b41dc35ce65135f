"""Which records of an extract may be others than in the build before: those that deliveries, or the date, touched.

A record's current version depends on the rows of its key, on the rows of its body that a full replacement leaves out,
and on the rows that waited at the reference date (`macros/current_version.sql`). More keys than needed do no harm.
"""

import duckdb

from osservatorio.build_parts import digest, quoted

SCHEMA = "scratch.renewal"
SEEN = f"{SCHEMA}.deliveries"
LANDING = "landing_db"
# What a row that waited, or an error that was mended, changes in the account of an older delivery.
_MAY_CHANGE = ("accepted", "quarantined", "waiting")
_SOURCE = {"meta": ("deliveries",), "quarantine": ("rows",)}


class SeenOtherwise(Exception):
    """The deliveries of the build before are no longer what they were: purged, under another key, or not there."""


def remember_deliveries(con: duckdb.DuckDBPyConnection) -> None:
    """Keep, with the tables of the build, which deliveries it saw."""
    con.execute(f"create schema if not exists {SCHEMA}")
    con.execute(f"create or replace table {SEEN} as from {LANDING}.meta.deliveries")


def source_contents(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What each table of the landing holds (name as in the texts -> token).

    Of the records, the account of the deliveries answers: they are only ever added, and the account tells of it.
    """
    from osservatorio.build_parts import fingerprints

    contents = {}
    accounts: dict[str, list[object]] = {}
    for row in con.execute(f"select extract, * from {LANDING}.meta.deliveries order by all").fetchall():
        accounts.setdefault(row[0], []).append(row)
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $name", {"name": LANDING}
    ).fetchall()
    for schema, table in tables:
        name = ".".join(map(quoted, (LANDING, schema, table)))
        if table in _SOURCE.get(schema, ()):
            contents[name] = digest(sorted(fingerprints(con, name).items()))
        elif schema in ("landing", "held"):
            (count,) = con.execute(f"select count(*) from {name}").fetchone() or (0,)
            contents[name] = digest([count, accounts.get(table, [])])
    return contents


def find_touched_deliveries(con: duckdb.DuckDBPyConnection) -> None:
    """List in `touched_deliveries` the deliveries that are new, or whose account changed, since the build before.

    Raises SeenOtherwise when one that was seen has changed in what never changes by itself.
    """
    lasting = ", ".join(
        row[0] for row in con.execute(f"describe {SEEN}").fetchall() if row[0] not in _MAY_CHANGE
    )
    lost = con.execute(
        f"select 1 from (select {lasting} from {SEEN} except select {lasting} from {LANDING}.meta.deliveries) limit 1"
    ).fetchone()
    if lost:
        raise SeenOtherwise
    con.execute(
        f"""create or replace table {SCHEMA}.touched_deliveries as
        select distinct delivery_id from (from {LANDING}.meta.deliveries except from {SEEN})"""
    )


def find_touched_records(
    con: duckdb.DuckDBPyConnection, extract: str, key: list[str], before: str, table: str
) -> None:
    """List in `table` the keys of an extract's records that may be others than at `before` (ISO), the earlier date."""
    landed, held = f"{LANDING}.landing.{extract}", f"{LANDING}.held.{extract}"
    names = ", ".join(key)
    # A number or a date by itself lets a branch skip what was landed long ago; joined by `or` none would be skipped.
    (first,) = con.execute(
        f"select min(load_seq) from {LANDING}.meta.deliveries where delivery_id in (from {SCHEMA}.touched_deliveries)"
    ).fetchone() or (None,)
    con.execute(
        f"""create or replace table {table} as
        with touched as (from {SCHEMA}.touched_deliveries),
        once_waiting as (
            select distinct delivery_id, "row" as source_row from {LANDING}.quarantine.rows
            where extract = $extract and state = 'landed'
        ),
        replacing as (
            select delivery_id from {LANDING}.meta.deliveries
            where is_full_replacement and extract = $extract and (
                delivery_id in (from touched) or last_extraction > $before::date
                or delivery_id in (select delivery_id from once_waiting)
            )
        ),
        bodies as (
            select distinct codice_ente from {landed} where delivery_id in (from replacing)
            union
            select distinct codice_ente from {held} where delivery_id in (from replacing)
        )
        select {names} from {landed} where load_seq >= $first and delivery_id in (from touched)
        union
        select {names} from {landed} where data_estrazione > $before::date
        union
        select {names} from {landed} where codice_ente in (from bodies)
        union
        select {names} from {landed} inner join once_waiting using (delivery_id, source_row)""",
        {"extract": extract, "before": before, "first": first},
    )
