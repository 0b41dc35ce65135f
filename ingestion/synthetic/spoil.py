"""Spoiled rows: copies of good rows, under new identifiers, with one value that no contract accepts.

The ways to spoil a value follow from the contract (kind, bounds, references, pairs of dates), so a spoiled row is
surely one for the quarantine. No good row is touched, so no figure moves.
"""

import re

import duckdb

from ingestion.synthetic.model import SENDER
from ingestion.synthetic.senders import all_senders
from osservatorio.contracts import Column, Contract, load_contracts

# Left as they are: they say whose file it is.
COMMON = frozenset({"codice_ente", "comune_riferimento", "data_estrazione", "stato_record"})
NEW_ID = "B"
UNKNOWN_ID = "ZZZ-"
PAIR = re.compile(r"(\w+) < (\w+)")
BY_KIND = {
    "date": ("'31/02/' || year(data_estrazione)",),
    "month": ("'13/' || year(data_estrazione)",),
    "year": ("'20' || anno",),
    "code": ("'non_previsto'",),
    "codes": ("'1|99'",),
    "flag": ("'forse'",),
    "int": ("'circa 20'",),
    "decimal": ("'circa 20'",),
    "istat": ("'Lentate S/S'",),
    # The control letter moves on by one; where there is no code, half of one.
    "cf": ("coalesce(left({0}, 15) || chr(65 + (ascii(right({0}, 1)) - 64) % 26), 'BCDFGH')",),
}


def spoil_rows(con: duckdb.DuckDBPyConnection, share: float) -> int:
    """Add `share` of spoiled rows to every `deliver_<extract>` (at least one where there are rows); how many."""
    if share == 0:
        return 0
    return sum(_spoil_extract(con, contract, share) for contract in load_contracts().values())


def ways_to_spoil(contract: Contract) -> list[tuple[str, str]]:
    """Column and SQL of its spoiled text (null: the value is missing), over the columns of a good row."""
    left_out = frozenset().union(*(sender.manner.left_out for sender in all_senders().values()))
    # Without an identifier of its own, a row is new only if what is spoiled is part of the key.
    in_key = frozenset(contract.key) if not _own_ids(contract) and not _key_reference(contract) else None
    return [
        (column.name, value)
        for column in contract.columns
        if column.name not in COMMON | left_out | _own_ids(contract) | _key_reference(contract)
        and (in_key is None or column.name in in_key)
        for value in _values(contract, column)
    ]


def _values(contract: Contract, column: Column) -> list[str]:
    values = [value.format(column.name) for value in BY_KIND.get(column.kind, ())]
    if column.reference:
        values = [f"'{UNKNOWN_ID}' || coalesce({column.name}, '0')"]
    if column.minimum is not None and column.kind in ("int", "decimal"):
        values.append("'-8'")
    if column.required:
        values.append("null")
    for rule in contract.rules:
        pair = PAIR.fullmatch(rule.invalid_when)
        if pair and pair[1] == column.name and rule.parent is None:
            values.append(f"coalesce(strftime({pair[2]} - 40, '%d/%m/%Y'), {BY_KIND['date'][0]})")
    return values


def _own_ids(contract: Contract) -> frozenset[str]:
    """The identifiers that the extract gives to its rows."""
    return frozenset(
        name for name in contract.key if (c := contract.column(name)).kind == "id" and not c.reference
    )


def _key_reference(contract: Contract) -> frozenset[str]:
    """Where the key has no identifier of its own but refers to another record's: that reference."""
    if _own_ids(contract):
        return frozenset()
    return frozenset(name for name in contract.key if contract.column(name).reference)


def _spoil_extract(con: duckdb.DuckDBPyConnection, contract: Contract, share: float) -> int:
    ways = ways_to_spoil(contract)
    table = f"deliver_{contract.extract}"
    selected = []
    for column in contract.columns:
        if column.name in _own_ids(contract):
            selected.append(f"{column.name} || '{NEW_ID}'")
        elif column.name in _key_reference(contract):
            selected.append(f"'{UNKNOWN_ID}' || {column.name}")
        else:
            selected.append(column.name)
    who = f"concat_ws('|', {', '.join(contract.key)}, data_estrazione)"
    columns = "case way " + " ".join(f"when {n} then '{name}'" for n, (name, _) in enumerate(ways)) + " end"
    values = "case way " + " ".join(f"when {n} then {value}" for n, (_, value) in enumerate(ways)) + " end"
    before = _count(con, table)
    con.execute(
        f"""
        insert into {table}
        with drawn as (
            select *, cast(floor(u({who}, 'way') * {len(ways)}) as integer) as way
            from {table}
            where stato_record is null
            order by u({who}, 'spoiled'), {who}
            limit cast(ceil({share!r} * (select count(*) from {table})) as bigint)
        )

        select {SENDER}, {", ".join(selected)}, {columns}, {values}
        from drawn
        """
    )
    return _count(con, table) - before


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
