"""Which records have outlived their term: the keys, by extract, that nothing kept refers to any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb

from ingestion.layout import HELD, SCHEMA
from ingestion.retention import Term, Terms
from osservatorio.contracts import Column, Contract, load_contracts

# The landing is attached read-only as `landing`; what is found goes to the attached database `plan`.
LANDED = SCHEMA
HELD_ROWS = f"landing.{HELD}"
PLAN = "plan.main"
AS_OF = f"(select as_of from {PLAN}.term)"  # the day at which terms are counted


@dataclass(frozen=True)
class Filled:
    """The extracts that have rows, by what holds them: what has none is not asked about, which spares many queries."""

    landed: frozenset[str]
    held: frozenset[str]

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> "Filled":
        """Of the landing attached as `landing`."""
        return cls(_with_rows(con, LANDED), _with_rows(con, HELD_ROWS))


def _with_rows(con: duckdb.DuckDBPyConnection, schema: str) -> frozenset[str]:
    parts = [f"(select '{extract}' from {schema}.{extract} limit 1)" for extract in load_contracts()]
    return frozenset(extract for (extract,) in con.execute(" union all ".join(parts)).fetchall())


def expired(contract: Contract) -> str:
    """The table of the expired keys of an extract: its key columns and `due`, the day after which it expires."""
    return f"{PLAN}.expired_{contract.extract}"


def kept(contract: Contract) -> str:
    """SQL: the rows of an extract that stay, every version of their records."""
    return f"(from {LANDED}.{contract.extract} anti join {expired(contract)} using ({_key(contract)}))"


def find_expired(con: duckdb.DuckDBPyConnection, terms: Terms, as_of: date, filled: Filled) -> None:
    """Fill the table `expired` of every extract with the records whose term ended before `as_of`.

    Children are judged before their parents, which stay as long as a record that stays refers to them.
    """
    con.execute(f"create or replace table {PLAN}.term as select $as_of::date as as_of", {"as_of": as_of})
    contracts = load_contracts()
    read = _judged_by(terms, filled.landed)
    for contract in contracts.values():
        if contract.extract in read:
            con.execute(
                f"create or replace temp table {_current(contract)} as {_current_query(contract, terms)}"
            )
    for contract in reversed(contracts.values()):
        query = _expired_query(contract, terms, filled.landed)
        con.execute(f"create or replace table {expired(contract)} as {query}")
    for extract in read:
        con.execute(f"drop table {_current(contracts[extract])}")


def _judged_by(terms: Terms, landed: Collection[str]) -> set[str]:
    """The extracts that have rows, and those whose dates the terms of these look at."""
    contracts = load_contracts()
    found = set(landed)
    for extract in landed:
        reference = (terms.extracts[extract].date or "").rpartition(".")[0]
        if reference and (target := contracts[extract].column(reference).reference):
            found.add(target.extract)
    return found


def _key(contract: Contract) -> str:
    return ", ".join(contract.key)


def _current(contract: Contract) -> str:
    return f"temp.main.current_{contract.extract}"


def _current_query(contract: Contract, terms: Terms) -> str:
    """Each record with what the terms look at in its current version, and whether it was withdrawn."""
    term = terms.extracts[contract.extract]
    dates = {name: contract.column(name) for name in _dates_read(contract, terms)}
    fields = {_day_of(name): _last_day(column) for name, column in dates.items()} | {
        name: name
        for name in ("codice_ente", "data_estrazione", "load_seq", "delivery_id", "stato_record")
        if name not in contract.key
    }
    reference = (term.date or "").rpartition(".")[0]
    if reference:
        fields[reference] = reference
    struct = ", ".join(f"'{name}': {value}" for name, value in fields.items())
    same_key = " and ".join(f"held.{column} = latest.{column}" for column in contract.key)
    return f"""
        with latest as (
            select {_key(contract)}, unnest(arg_max({{{struct}}}, row(data_estrazione, load_seq, source_row)))
            from {LANDED}.{contract.extract} group by {_key(contract)}
        ),
        replacements as (
            select codice_ente, delivery_id, max(data_estrazione) as replaced_at, max(load_seq) as load_seq
            from {LANDED}.{contract.extract}
            where delivery_id in (select delivery_id from landing.meta.deliveries where is_full_replacement)
            group by codice_ente, delivery_id
        )
        select latest.*,
            coalesce(stato_record, 'attivo') = 'annullato' or exists (
                select 1 from replacements
                where replacements.codice_ente = latest.codice_ente
                    and replacements.delivery_id <> latest.delivery_id
                    and (replacements.replaced_at, replacements.load_seq) > (latest.data_estrazione, latest.load_seq)
                    and not exists (
                        select 1 from {HELD_ROWS}.{contract.extract} as held
                        where held.delivery_id = replacements.delivery_id and {same_key}
                    )
            ) as is_withdrawn
        from latest"""


def _dates_read(contract: Contract, terms: Terms) -> set[str]:
    """The columns of an extract that some term looks at: its own, or one of an extract that refers to it."""
    own = terms.extracts[contract.extract]
    names = {name for name in (own.date, own.open_date) if name and "." not in name}
    for other in load_contracts().values():
        reference, _, column = (terms.extracts[other.extract].date or "").rpartition(".")
        target = other.column(reference).reference if reference else None
        if target and target.extract == contract.extract:
            names.add(column)
    return names


def _day_of(name: str) -> str:
    """The name of a date beside the columns of the key, one of which it may come from."""
    return f"day_{name}"


def _last_day(column: Column) -> str:
    match column.kind:
        case "month":
            return f"last_day({column.name})"
        case "year":
            return f"make_date({column.name}, 12, 31)"
    return column.name


def _expired_query(contract: Contract, terms: Terms, landed: Collection[str]) -> str:
    term = terms.extracts[contract.extract]
    if term.years is None or contract.extract not in landed:
        return f"select {_key(contract)}, null::date as due from {LANDED}.{contract.extract} where false"
    reference, _, column = (term.date or "").rpartition(".")
    parent = f"left join {_parent(contract, reference)}" if reference else ""
    day = _day_of(column)
    ended = f"records.{day}"
    if reference:  # what belongs to a withdrawn record ends with it
        ended = f"coalesce(parent.{day}, case when parent.is_withdrawn then parent.data_estrazione end)"
    conditions = "".join(f" and not exists ({query})" for query in _references_kept(contract, landed))
    key = ", ".join(f"records.{name}" for name in contract.key)
    return f"""
        with dated as (
            select records.*, {_due(term, ended)} as due from {_current(contract)} as records {parent}
        )
        select {key}, due from dated as records where due < {AS_OF}{conditions}"""


def _due(term: Term, ended: str) -> str:
    """The last day on which a record is kept, null for an open one."""
    parts = [
        f"{ended} + to_years({term.years})",
        f"case when records.is_withdrawn then records.data_estrazione + to_years({term.years}) end",
    ]
    if term.open_date and term.open_years is not None:
        parts.append(f"records.{_day_of(term.open_date)} + to_years({term.open_years})")
    return f"coalesce({', '.join(parts)})::date"


def _parent(contract: Contract, reference: str) -> str:
    target = contract.column(reference).reference
    assert target
    body = " and parent.codice_ente = records.codice_ente" if target.same_body else ""
    table = _current(load_contracts()[target.extract])
    return f"{table} as parent on parent.{target.column} = records.{reference}{body}"


def _references_kept(contract: Contract, landed: Collection[str]) -> list[str]:
    """SQL, for each column that refers to the extract: whether a row that stays refers to the record `records`."""
    queries = []
    for child in load_contracts().values():
        for column in child.references if child.extract in landed else ():
            target = column.reference
            if target and target.extract == contract.extract:
                body = " and child.codice_ente = records.codice_ente" if target.same_body else ""
                queries.append(
                    f"select 1 from {kept(child)} as child where child.{column.name} = records.{target.column}{body}"
                )
    return queries
