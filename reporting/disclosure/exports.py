"""A registered export: what readers got of each cell, and the same as plain values for the register's files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reporting.disclosure.cells import Figure, Number
from reporting.disclosure.scheme import Scheme, scheme_as_json, scheme_from_json


class CellState(StrEnum):
    """What readers got of a cell."""

    SHOWN = "s"
    SENSITIVE = "p"  # withheld by the first rule
    WITHHELD = "w"
    ROUNDED = "r"
    EMPTY = "e"  # nothing to show: a rate without a denominator


@dataclass(frozen=True)
class LedgerCell:
    """A cell as it left. `width` is that of the attacker's interval then, 0 for a shown one.

    For a rounded one it is the width that was promised, 0 where it must look as if it could be nobody.
    """

    place: tuple[str, ...]
    measure: str
    value: Number | None
    state: CellState
    mark: str
    width: float = 0.0


@dataclass(frozen=True)
class LedgerTable:
    """A table as it left; `base` is the rounding base, 0 where figures are exact."""

    key: str
    title: str
    dimensions: tuple[str, ...]
    base: int
    cells: tuple[LedgerCell, ...]

    def count(self, *states: CellState) -> int:
        """How many cells are in one of these states."""
        return sum(cell.state in states for cell in self.cells)


@dataclass(frozen=True)
class Finding:
    """What the protection had to say of its choice besides the cells; the figures are named, never valued.

    `given_up`, `lost` and `public` are as in `suppression.Suppression` and `protect.Protected`.
    """

    given_up: tuple[Figure, ...] = ()
    lost: tuple[Figure, ...] = ()
    public: tuple[Figure, ...] = ()
    weight: float = 0.0
    bound: float = 0.0


@dataclass(frozen=True)
class Export:
    """Tables that leave together, to be registered: which release, which export, under which threshold.

    `digest` is a keyed sum of the tables as they were before the protection, with the promise that they were protected
    under: who asks for the same again gets the same again. Empty for exports that are made anew every time.
    """

    release: str
    export: str
    threshold: int
    known: Scheme
    tables: tuple[LedgerTable, ...]
    digest: str = ""
    finding: Finding = field(default_factory=Finding)

    def is_same(self, other: "Export") -> bool:
        """Whether readers get the same from both, made from the same."""
        mine, theirs = ((one.release, one.export, one.digest) for one in (self, other))
        return mine == theirs and self._seen() == other._seen()

    def _seen(self) -> list[object]:
        return [
            (
                table.key,
                table.dimensions,
                table.base,
                [(c.place, c.measure, c.value, c.state) for c in table.cells],
            )
            for table in self.tables
        ]


def export_as_json(export: Export) -> dict[str, Any]:
    """An export as plain values."""
    return {
        "release": export.release,
        "export": export.export,
        "threshold": export.threshold,
        "digest": export.digest,
        "finding": _finding_as_json(export.finding),
        "scheme": scheme_as_json(export.known),
        "tables": [_table_as_json(table) for table in export.tables],
    }


def _table_as_json(table: LedgerTable) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "dimensions": list(table.dimensions),
        "base": table.base,
        "cells": [
            [*cell.place, cell.measure, cell.value, cell.state.value, cell.mark, cell.width]
            for cell in table.cells
        ],
    }


def export_from_json(values: Mapping[str, Any]) -> Export:
    """The export that `export_as_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return Export(
        values["release"],
        values["export"],
        values["threshold"],
        scheme_from_json(values["scheme"]),
        tuple(
            LedgerTable(
                table["key"],
                table["title"],
                tuple(table["dimensions"]),
                table["base"],
                tuple(_cell(line, len(table["dimensions"])) for line in table["cells"]),
            )
            for table in values["tables"]
        ),
        values["digest"],
        _finding(values["finding"]),
    )


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    figures = {
        name: [[f.measure, f.at] for f in getattr(finding, name)] for name in ("given_up", "lost", "public")
    }
    return {**figures, "weight": finding.weight, "bound": finding.bound}


def _finding(values: Mapping[str, Any]) -> Finding:
    figures = (_figures(values[name]) for name in ("given_up", "lost", "public"))
    return Finding(*figures, values["weight"], values["bound"])


def _figures(lines: Sequence[Any]) -> tuple[Figure, ...]:
    return tuple(Figure(measure, tuple((key, code) for key, code in at)) for measure, at in lines)


def _cell(line: list[Any], dimensions: int) -> LedgerCell:
    measure, value, state, mark, width = line[dimensions:]
    return LedgerCell(tuple(line[:dimensions]), measure, value, CellState(state), mark, width)
