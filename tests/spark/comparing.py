"""Two engines' marts, cell for cell: rows are paired by the mart's key, whatever order they come in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

# Sums in floating point depend on the order of the rows; a difference in the ninth digit is none.
CLOSE = 1e-9
MOST_SHOWN = 5


@dataclass(frozen=True)
class Compared:
    """A mart of both engines: rows and columns compared, and what differs in words (key, column, one and the other)."""

    mart: str
    rows: int
    columns: int
    differences: tuple[str, ...]


def compare_marts(release: Path, marts: Path, ambito: str, keys: dict[str, list[str]]) -> dict[str, Compared]:
    """Every mart of the release with that of the Ambito below `marts`."""
    with duckdb.connect() as con:
        con.execute(f"attach '{release}' as release (read_only)")
        return {
            mart: _compare(con, mart, f"{marts}/{mart}/ambito_code={ambito}/*.parquet", key)
            for mart, key in sorted(keys.items())
        }


def _compare(con: duckdb.DuckDBPyConnection, mart: str, files: str, key: list[str]) -> Compared:
    con.execute(f"create or replace temp view ours as select * from release.main.{mart}")
    con.execute(
        f"create or replace temp view theirs as select * from read_parquet('{files}', hive_partitioning = false)"
    )
    ours, theirs = _columns(con, "ours"), _columns(con, "theirs")
    if list(ours) != list(theirs):
        return Compared(mart, 0, 0, (f"{mart}: columns {list(ours)} and {list(theirs)}",))
    differences = [
        f"{mart}.{name}: type {ours[name]} and {theirs[name]}"
        for name in ours
        if _kind(ours[name]) != _kind(theirs[name])
    ]
    same_key = " and ".join(f"ours.{name} is not distinct from theirs.{name}" for name in key)
    told_key = "concat_ws(' | ', " + ", ".join(f"coalesce(ours.{n}, theirs.{n})::varchar" for n in key) + ")"
    for here, there in (("ours", "theirs"), ("theirs", "ours")):
        alone = con.execute(
            f"select {told_key.replace('ours.', f'{here}.').replace('theirs.', f'{here}.')} from {here} "
            f"anti join {there} on {same_key} order by all"
        ).fetchall()
        differences += [f"{mart}: only {here} has [{row[0]}]" for row in alone]
    for name, kind in ours.items():
        found = con.execute(
            f"select {told_key}, ours.{name}, theirs.{name} from ours join theirs on {same_key} "
            f"where not ({_same(name, kind)}) order by 1"
        ).fetchall()
        differences += [f"{mart}.{name} [{row[0]}]: {row[1]!r} and {row[2]!r}" for row in found]
    counts = [_value(con, f"select count(*) from {side}") for side in ("ours", "theirs")]
    if counts[0] != counts[1]:
        differences.append(f"{mart}: {counts[0]} rows and {counts[1]}")
    return Compared(mart, counts[0], len(ours), tuple(differences))


def _same(name: str, kind: str) -> str:
    exact = f"ours.{name} is not distinct from theirs.{name}"
    if _kind(kind) != "floating point":
        return exact
    far = f"{CLOSE} * greatest(1, abs(ours.{name}))"
    return f"({exact} or coalesce(abs(ours.{name} - theirs.{name}) <= {far}, false))"


def _kind(kind: str) -> str:
    """Types that hold the same values: the engines differ in how wide their numbers are."""
    if kind in ("DOUBLE", "FLOAT"):
        return "floating point"
    if "INT" in kind and not kind.endswith("]"):
        return "whole"
    if kind.startswith("DECIMAL"):
        scale = kind.rstrip(")").split(",")[1].strip()
        return "whole" if scale == "0" else f"decimal of {scale}"
    if "[]" in kind:
        return "list"
    return kind


def _columns(con: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe {view}").fetchall()}


def _value(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    assert row is not None
    return row[0]
