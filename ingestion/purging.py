"""Purging the landing: records past their term, what is held or noted of them, and quarantine past its own.

`plan_purge` finds what goes and changes nothing; `purge_landing` rewrites the file without it, in one step.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from ingestion.expiry import AS_OF, HELD_ROWS, LANDED, PLAN, Filled, expired, find_expired, kept
from ingestion.layout import HELD
from ingestion.purged_identifiers import GONE_HELD, PSEUDONYMS, list_identifiers
from ingestion.retention import Term, Terms
from osservatorio.contracts import Column, Contract, load_contracts
from osservatorio.database import attach
from osservatorio.home import Home
from osservatorio.rewriting import rewrite_database
from osservatorio.settings import Settings
from osservatorio.worker import Progress

GONE_ENTRIES = f"{PLAN}.gone_entries"  # extract, delivery_id, source_row: whose entries of the quarantine go
REMOVED = f"{PLAN}.removed"  # extract, delivery_id, row_count: rows that each delivery loses


@dataclass(frozen=True)
class ExtractPurge:
    """What goes of one extract: records, with all their versions (`rows`), and the span of the days they expired."""

    extract: str
    records: int
    rows: int
    first_due: date
    last_due: date


@dataclass(frozen=True)
class LandingPurge:
    """What goes of the landing."""

    extracts: tuple[ExtractPurge, ...]
    held_rows: int
    entries: int
    refusals: int
    pseudonyms: int

    @property
    def records(self) -> int:
        return sum(extract.records for extract in self.extracts)

    @property
    def is_empty(self) -> bool:
        return not (self.extracts or self.held_rows or self.entries or self.refusals)


def plan_purge(con: duckdb.DuckDBPyConnection, terms: Terms, as_of: date) -> LandingPurge:
    """Find what expired before `as_of` in the landing attached as `landing`; the lists go to the database `plan`."""
    filled = Filled.of(con)
    find_expired(con, terms, as_of, filled)
    old = _is_old(terms.quarantine)
    con.execute(f"create or replace table {GONE_HELD} as {_gone_held_query(old, filled.held)}")
    con.execute(f"create or replace table {GONE_ENTRIES} as {_gone_entries_query(filled.landed)}")
    con.execute(f"create or replace table {REMOVED} as {_removed_query(filled.landed)}")
    list_identifiers(con, filled)
    extracts = tuple(
        ExtractPurge(contract.extract, *numbers)
        for contract in _of(filled.landed)
        if (numbers := _row(con, _count_query(contract)))[0]
    )
    (held,) = _row(con, f"select count(*) from {GONE_HELD}")
    (entries,) = _row(con, f"select count(*) from landing.quarantine.rows as entry where {_goes(old)}")
    (refusals,) = _row(
        con, f"select count(*) from landing.meta.deliveries where outcome = 'refused' and {old}"
    )
    (pseudonyms,) = _row(con, f"select count(*) from {PSEUDONYMS}")
    return LandingPurge(extracts, held, entries, refusals, pseudonyms)


def purge_landing(
    home: Home, plan: Path, terms: Terms, *, settings: Settings, progress: Progress | None = None
) -> None:
    """Rewrite the landing without what the plan, saved in a file, lists. It changes in one step or not at all."""

    def select(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], str]:
        attach(con, plan, "plan", read_only=True)
        return dict(_selections(_is_old(terms.quarantine)))

    rewrite_database(
        home.landing, select, memory_limit=settings.memory_limit, threads=settings.threads, progress=progress
    )


def _selections(old: str) -> Iterator[tuple[tuple[str, str], str]]:
    for contract in load_contracts().values():
        extract = contract.extract
        yield ("landing", extract), f"select * from {kept(contract)}"
        yield (
            (HELD, extract),
            f"select * from {HELD_ROWS}.{extract} where (delivery_id, source_row) not in "
            f"(select (delivery_id, source_row) from {GONE_HELD} where extract = '{extract}')",
        )
    yield ("quarantine", "rows"), f"select * from landing.quarantine.rows as entry where not ({_goes(old)})"
    yield (
        ("meta", "deliveries"),
        f"""select deliveries.* replace (
            coalesce(purged, 0) + coalesce(removed.row_count, 0) as purged,
            case when not ({old}) then message end as message,
            case when not ({old}) then unknown_columns end as unknown_columns)
        from landing.meta.deliveries as deliveries
        left join {REMOVED} as removed on deliveries.outcome = 'landed'
            and removed.extract = deliveries.extract and removed.delivery_id = deliveries.delivery_id
        where not (outcome = 'refused' and {old})""",
    )


def _is_old(term: Term) -> str:
    """SQL: what was loaded then is past the term of the quarantine."""
    if term.years is None:
        return "false"
    return f"coalesce((loaded_at + to_years({term.years}))::date < {AS_OF}, false)"


def _goes(old: str) -> str:
    """SQL: the entry of the quarantine goes, because of its age or of the record it is about."""
    return f"""{old} or (entry.extract, entry.delivery_id, entry."row") in
        (select (extract, delivery_id, source_row) from {GONE_ENTRIES})"""


def _of(extracts: Collection[str]) -> Iterator[Contract]:
    """The contracts of some extracts, in their order."""
    return (contract for contract in load_contracts().values() if contract.extract in extracts)


def _gone_held_query(old: str, held: Collection[str]) -> str:
    """Held rows of a record that goes, or that refer to one, or past the term of the quarantine."""
    parts = ["(select '' as extract, '' as delivery_id, 0::bigint as source_row limit 0)"]
    for contract in _of(held):
        key = " and ".join(f"gone.{name} = held.{name}" for name in contract.key)
        reasons = [old, f"exists (select 1 from {expired(contract)} as gone where {key})"]
        reasons += [_refers_to_gone(column) for column in contract.references]
        parts.append(
            f"select '{contract.extract}' as extract, delivery_id, source_row "
            f"from {HELD_ROWS}.{contract.extract} as held where {' or '.join(reasons)}"
        )
    return " union all ".join(parts)


def _refers_to_gone(column: Column) -> str:
    target = column.reference
    assert target
    parent = load_contracts()[target.extract]
    same = f"parent.{target.column} = held.{column.name}"
    same += " and parent.codice_ente = held.codice_ente" if target.same_body else ""
    return (
        f"(exists (select 1 from {expired(parent)} as parent where {same}) "
        f"and not exists (select 1 from {kept(parent)} as parent where {same}))"
    )


def _gone_entries_query(landed: Collection[str]) -> str:
    """Entries of held rows that go, and of rows that had landed after waiting and go now."""
    parts = [f"select * from {GONE_HELD}"]
    for contract in _of(landed):
        key = ", ".join(contract.key)
        parts.append(
            f"""select '{contract.extract}', delivery_id, source_row
            from (from {LANDED}.{contract.extract} semi join {expired(contract)} using ({key})) as landed
            where (delivery_id, source_row) in (
                select (delivery_id, "row") from landing.quarantine.rows where extract = '{contract.extract}')"""
        )
    return " union all ".join(parts)


def _removed_query(landed: Collection[str]) -> str:
    parts = [f"select extract, delivery_id, count(*) as row_count from {GONE_HELD} group by all"]
    for contract in _of(landed):
        key = ", ".join(contract.key)
        parts.append(
            f"""select '{contract.extract}', delivery_id, count(*)
            from {LANDED}.{contract.extract} semi join {expired(contract)} using ({key}) group by all"""
        )
    return f"select extract, delivery_id, sum(row_count)::bigint as row_count from ({' union all '.join(parts)}) group by all"


def _count_query(contract: Contract) -> str:
    rows = f"{LANDED}.{contract.extract} semi join {expired(contract)} using ({', '.join(contract.key)})"
    return f"select count(*), (select count(*) from {rows}), min(due), max(due) from {expired(contract)}"


def _row(con: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None) -> tuple:
    return con.execute(query).fetchone() or ()
