"""Marts of a release as cells, and when two of them are the same."""

from math import isclose
from pathlib import Path
from typing import Any

from osservatorio.home import Home
from osservatorio.release import open_release

Cells = dict[tuple[Any, ...], dict[str, Any]]


def read_mart(home: Path, mart: str, key: tuple[str, ...], where: str = "true") -> Cells:
    """The rows of a mart by key, which identifies them."""
    with open_release(Home(home)) as release:
        columns = [name for (name, *_) in release.rows(f"describe {mart}")]
        rows = [
            dict(zip(columns, row, strict=True))
            for row in release.rows(f"select * from {mart} where {where}")
        ]
    cells = {tuple(row[name] for name in key): row for row in rows}
    assert len(cells) == len(rows), mart
    return cells


def is_same(one: Any, other: Any) -> bool:
    """Equal, or numbers that differ in the last digits of floating point only."""
    if one is None or other is None or isinstance(other, str) or hasattr(other, "year"):
        return one == other
    return isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-6)


def differences(found: Cells, expected: Cells, leave_out: tuple[str, ...] = ()) -> list[tuple]:
    """Where (key, column) the mart says something else than expected; every key must be in both."""
    assert found.keys() == expected.keys()
    return [
        (place, name, found[place][name], value)
        for place, cell in expected.items()
        for name, value in cell.items()
        if name not in leave_out and not is_same(found[place][name], value)
    ]
