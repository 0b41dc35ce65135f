"""Promise 1, held over every landing that any test writes: rows read = accepted + quarantined + waiting, per file.

`watch` notes a home; `check_written` checks the landings of the homes noted that changed since it looked last. The
fixture `counts_balance` of the root conftest calls it after every test.
"""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import duckdb
from looking_in import looking_in

from osservatorio.home import Home

_IN = {
    "landing": "landing.landing",
    "held": "held",
}  # the file gives its name to the catalogue, which a schema shares
_seen: dict[str, tuple[int, int, int] | None] = {}  # by the path of the landing


def watch(root: Path) -> None:
    """Note a home whose landing is checked when the test ends."""
    _seen.setdefault(str(Home(root.absolute()).landing), None)


def watched(prepare: Callable[[Home], None]) -> Callable[[Home], None]:
    """`Home.prepare` that notes the home: whoever writes into one calls it first."""

    @wraps(prepare)
    def noted(home: Home) -> None:
        watch(home.root)
        prepare(home)

    return noted


def _state(landing: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(landing)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def check_written() -> None:
    """Check the landings that were written since the last call. This comes after every test: paths stay texts."""
    for landing, last in list(_seen.items()):
        now = _state(landing)
        if now is None:  # nothing was landed there, or the place is gone: whoever writes there says so again
            del _seen[landing]
        elif now != last:
            check_balance(Home(Path(landing).parent))
            _seen[landing] = now


def forget_written() -> None:
    """Take the landings as they are, without checking them."""
    for landing in list(_seen):
        _seen[landing] = _state(landing)


def check_balance(home: Home) -> None:
    """Every delivery's count adds up, and the tables hold exactly those rows, each once.

    Rows that `purge` took away are missing from the tables by their number. A refused file has no rows.
    """
    with looking_in(home.landing) as con:
        unbalanced = _unbalanced(con)
    assert not unbalanced, f"{home.landing}: rows that are not accounted for\n" + "\n".join(
        map(str, unbalanced)
    )


def _unbalanced(con: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """The deliveries whose account and tables disagree, with both."""
    kinds = {"landing": "'landed'", "held": "if(waiting, 'waiting', 'held')"}
    filled = con.execute(
        "select schema_name, table_name from duckdb_tables() where list_contains($schemas, schema_name) "
        "and estimated_size > 0 and not internal",
        {"schemas": list(kinds)},
    ).fetchall()
    rows = " union all ".join(
        f"select '{extract}' as extract, delivery_id, source_row, {kinds[schema]} as kind from {_IN[schema]}.{extract}"
        for schema, extract in filled
    )
    rows = rows or "select '' as extract, '' as delivery_id, 0 as source_row, '' as kind limit 0"
    cursor = con.execute(
        f"""with
            tables as (
                select extract, delivery_id, count(*) as row_count, count(distinct source_row) as places,
                    count(*) filter (kind = 'landed') as landed, count(*) filter (kind = 'held') as held,
                    count(*) filter (kind = 'waiting') as held_waiting
                from ({rows})
                group by all
            ),
            entries as (
                select extract, delivery_id,
                    count(distinct "row") filter (state <> 'landed') as entries,
                    count(distinct "row") filter (state = 'waiting') as entries_waiting
                from quarantine.rows
                group by all
            ),
            deliveries as (
                select extract, delivery_id, file_name, outcome, rows_read, accepted, quarantined, waiting,
                    coalesce(purged, 0) as purged
                from meta.deliveries
            ),
            refused as (
                select extract, delivery_id from deliveries
                where outcome = 'refused' and rows_read + accepted + quarantined + waiting <> 0
            ),
            compared as (
                select *
                from (select * from deliveries where outcome = 'landed') as deliveries
                full join tables using (extract, delivery_id)
                full join entries using (extract, delivery_id)
            )
        select compared.* from compared
        where rows_read is null
            or rows_read <> accepted + quarantined + waiting
            or rows_read <> coalesce(row_count, 0) + purged
            or row_count <> places
            or purged = 0 and (
                accepted <> coalesce(landed, 0)
                or quarantined <> coalesce(held, 0)
                or waiting <> coalesce(held_waiting, 0)
                or quarantined + waiting <> coalesce(entries, 0)
                or coalesce(entries_waiting, 0) > waiting
            )
        union all by name
        select *, 'refused' as outcome from refused"""
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
