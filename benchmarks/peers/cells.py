"""A mart of the product and the same mart of a peer, cell for cell: rows are paired by the mart's key.

Every value of the peer is read as the type that the product gives the column; texts, dates, whole numbers and exact
decimals must be equal, numbers in floating point may differ in the ninth digit: a sum depends on the order of its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

CLOSE = 1e-9
MOST_SHOWN = 3


@dataclass(frozen=True)
class Compared:
    """Marts, rows and cells compared, how many differ, and some of these in words (mart, column, key, both values)."""

    marts: int
    rows: int
    cells: int
    different: int
    shown: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(
    con: duckdb.DuckDBPyConnection,
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
    keys: Mapping[str, Sequence[str]],
) -> Compared:
    """Every mart of `ours` (name: what to select from) with that of `theirs`. A mart that is missing raises KeyError."""
    rows = cells = different = 0
    shown: list[str] = []
    for mart, relation in sorted(ours.items()):
        counted, width, found = _compare(con, mart, relation, theirs[mart], keys[mart])
        rows += counted
        cells += counted * width
        different += len(found)
        shown += found[:MOST_SHOWN]
    return Compared(len(ours), rows, cells, different, tuple(shown))


def _compare(
    con: duckdb.DuckDBPyConnection, mart: str, ours: str, theirs: str, key: Sequence[str]
) -> tuple[int, int, list[str]]:
    """Rows and columns of ours, and each difference in words."""
    types = {row[0]: row[1] for row in con.execute(f"describe select * from {ours}").fetchall()}
    their_names = [row[0] for row in con.execute(f"describe select * from {theirs}").fetchall()]
    (count,) = _row(con, f"select count(*) from {ours}")
    if list(types) != their_names:
        return count, len(types), [f"{mart}: columns {list(types)} and {their_names}"]
    read = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in types.items())
    con.execute(f"create or replace temp table ours as select * from {ours}")
    con.execute(f"create or replace temp table theirs as select {read} from {theirs}")
    same_key = " and ".join(f'ours."{name}" is not distinct from theirs."{name}"' for name in key)
    found = []
    for here, there in (("ours", "theirs"), ("theirs", "ours")):
        told = ", ".join(f'{here}."{name}"' for name in key)
        alone = con.execute(
            f"select {told} from {here} anti join {there} on {same_key} order by all"
        ).fetchall()
        found += [f"{mart}: only {here} has {row}" for row in alone]
    told = ", ".join(f'ours."{name}"' for name in key)
    for name, kind in types.items():
        unequal = con.execute(
            f'select {told}, ours."{name}", theirs."{name}" from ours join theirs on {same_key} '
            f"where not ({_same(name, kind)}) order by all"
        ).fetchall()
        found += [f"{mart}.{name} {row[:-2]}: {row[-2]!r} and {row[-1]!r}" for row in unequal]
    (their_count,) = _row(con, "select count(*) from theirs")
    if their_count != count:
        found.append(f"{mart}: {count} rows and {their_count}")
    return count, len(types), found


def _same(name: str, kind: str) -> str:
    exact = f'ours."{name}" is not distinct from theirs."{name}"'
    if kind not in ("DOUBLE", "FLOAT"):
        return exact
    far = f'{CLOSE} * greatest(1, abs(ours."{name}"))'
    return f'({exact} or coalesce(abs(ours."{name}" - theirs."{name}") <= {far}, false))'


def _row(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    assert row is not None
    return row
