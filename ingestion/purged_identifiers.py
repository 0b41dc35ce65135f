"""The identifiers of what a purge removes: what its proof looks for afterwards."""

from collections.abc import Callable, Collection, Iterator

import duckdb

from ingestion.expiry import HELD_ROWS, LANDED, PLAN, Filled, expired, kept
from osservatorio.contracts import Column, Contract, load_contracts

GONE_HELD = f"{PLAN}.gone_held"  # extract, delivery_id, source_row: held rows that go
PSEUDONYMS = f"{PLAN}.pseudonyms"  # value: those that no row that stays bears
NAMES = f"{PLAN}.names"  # value: identifiers that are not secret, long enough to be looked for as they are
# A text this long with letters and figures is an identifier wherever it stands, not a number or a date.
LEAST_NAME = "length(value) >= 8 and regexp_matches(value, '[0-9]') and regexp_matches(value, '[A-Za-z]')"


# What a union of nothing starts from.
NONE = "(select null::varchar as value limit 0)"


def list_identifiers(con: duckdb.DuckDBPyConnection, filled: Filled) -> None:
    """Fill the tables of the plan with the identifiers of the rows that it removes."""
    con.execute(f"create or replace table {PSEUDONYMS} as {_pseudonyms_query(filled)}")
    con.execute(f"create or replace table {NAMES} as {_names_query(filled)}")


def add_earlier(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Add what the plan of an interrupted purge, attached under a name, still looks for, to the plan of this one.

    What was delivered again since then is there by right.
    """
    for contract in load_contracts().values():
        key = ", ".join(contract.key)
        con.execute(
            f"""insert into {expired(contract)} by name
            from {database}.expired_{contract.extract} anti join {LANDED}.{contract.extract} using ({key})"""
        )
    for table, is_secret in ((PSEUDONYMS, True), (NAMES, False)):
        earlier = f"select value from {database}.{table.rsplit('.')[-1]}"
        staying = _staying(Filled.of(con), is_secret=is_secret)
        con.execute(f"insert into {table} {_difference(earlier, staying)}")


def _pseudonyms_query(filled: Filled) -> str:
    """Pseudonyms of the rows that go, without those that a row that stays bears."""
    gone = [NONE]
    for contract, column in _columns(filled.landed, lambda column: column.secret):
        key = ", ".join(contract.key)
        landed = f"{LANDED}.{contract.extract} semi join {expired(contract)} using ({key})"
        gone.append(f"select {column.name} as value from {landed}")
    for contract, column in _columns(filled.held, lambda column: column.secret):
        held = f"{HELD_ROWS}.{contract.extract} where (delivery_id, source_row) in {_lost(contract)}"
        gone.append(f"select {column.name} as value from {held}")
    return _difference(" union all ".join(gone), _staying(filled, is_secret=True))


def _names_query(filled: Filled) -> str:
    """Long identifiers of the records that go, without those that stand in a column of identifiers that stays."""
    gone = [NONE] + [
        f"select {column.name} as value from {expired(contract)}"
        for contract, column in _columns(
            filled.landed, lambda column: column.kind == "id" and not column.secret
        )
        if column.name in contract.key
    ]
    difference = _difference(" union all ".join(gone), _staying(filled, is_secret=False))
    return f"select value from ({difference}) where {LEAST_NAME}"


def _staying(filled: Filled, *, is_secret: bool) -> str:
    """SQL: the identifiers, as `value`, that rows that stay bear."""

    def chosen(column: Column) -> bool:
        return column.secret if is_secret else column.kind == "id"

    parts = [NONE]
    for contract, column in _columns(filled.landed, chosen):
        parts.append(f"select {column.name} as value from {kept(contract)}")
    for contract, column in _columns(filled.held, chosen):
        held = f"{HELD_ROWS}.{contract.extract} where (delivery_id, source_row) not in {_lost(contract)}"
        parts.append(f"select {column.name} as value from {held}")
    return " union all ".join(parts)


def _lost(contract: Contract) -> str:
    return f"(select (delivery_id, source_row) from {GONE_HELD} where extract = '{contract.extract}')"


def _difference(gone: str, staying: str) -> str:
    return (
        f"select distinct value from ({gone}) as gone anti join ({staying}) as staying using (value) "
        "where value is not null"
    )


def _columns(
    extracts: Collection[str], chosen: Callable[[Column], bool]
) -> Iterator[tuple[Contract, Column]]:
    """The chosen columns of some extracts."""
    for contract in load_contracts().values():
        for column in contract.columns:
            if contract.extract in extracts and chosen(column):
                yield contract, column
