"""Figures as they may be shown: every one by its name and place, with its value, or withheld.

A view is made from protected tables alone. What is worked out from several figures (a cost per minor, a share of the
caseload) is shown only where every one of them is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reporting.disclosure.cells import Figure, PublishedTable, canonical
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Scheme
from reporting.model import WITHHELD, Value


@dataclass(frozen=True)
class Derived:
    """A figure that tables do not have, and the figures that it is worked out from."""

    key: str
    at: Mapping[str, str]
    value: Value
    bases: tuple[Figure, ...]


@dataclass(frozen=True)
class TableAccount:
    """How many cells a protected table has, how many are withheld, and how many of these for the few persons behind."""

    key: str
    cells: int
    withheld: int
    few: int


@dataclass(frozen=True)
class ProtectedView:
    """The protected tables of a report: of its periods and of those before them.

    `tables` are as they leave; `accounts` say how much of each is withheld; `policy` is the promise that was kept.
    `indicators` are the rows of mart_indicators that may be told: code, period, municipality, service.
    """

    known: Scheme
    tables: tuple[PublishedTable, ...]
    accounts: tuple[TableAccount, ...]
    policy: Policy
    indicators: tuple[tuple[str, str, str, str], ...] = ()
    _derived: Mapping[tuple[str, frozenset[tuple[str, str]]], Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells: dict[tuple[str, frozenset[tuple[str, str]]], Value] = {}
        for table in self.tables:
            for cell in table.cells:
                at = dict(zip(table.dimensions, cell.place, strict=True))
                cells[cell.measure, self._where(at)] = WITHHELD if cell.is_withheld else cell.value
        object.__setattr__(self, "_cells", {**self._derived, **cells})

    def value(self, key: str, **at: str) -> Value:
        """A figure at a place: its value, `WITHHELD`, or None where no table has it.

        A dimension that is left out is at its total.
        """
        return self._cells.get((key, self._where(at)))  # type: ignore[attr-defined]

    def has(self, key: str, **at: str) -> bool:
        """Whether some table has a figure, shown or withheld."""
        return (key, self._where(at)) in self._cells  # type: ignore[attr-defined]

    def codes(self, table: str, dimension: str) -> tuple[str, ...]:
        """The codes of a dimension in a table, in their order, totals included."""
        found = next((one for one in self.tables if one.key == table), None)
        if found is None or dimension not in found.dimensions:
            return ()
        place = found.dimensions.index(dimension)
        return tuple(dict.fromkeys(cell.place[place] for cell in found.cells))

    def _where(self, at: Mapping[str, str]) -> frozenset[tuple[str, str]]:
        return frozenset((key, code) for key, code in at.items() if code != self.known.dimensions[key].total)


def shown_derived(
    known: Scheme, shown: frozenset[Figure], derived: Iterable[Derived]
) -> dict[tuple[str, frozenset[tuple[str, str]]], Value]:
    """The derived figures, each withheld where one that it is worked out from is withheld or was not printed."""
    found = {}
    for one in derived:
        at = frozenset((key, code) for key, code in one.at.items() if code != known.dimensions[key].total)
        found[one.key, at] = one.value if all(base in shown for base in one.bases) else WITHHELD
    return found


def shown_figures(known: Scheme, tables: Iterable[PublishedTable]) -> frozenset[Figure]:
    """Every figure whose value readers see."""
    return frozenset(
        figure_at(known, cell.measure, dict(zip(table.dimensions, cell.place, strict=True)))
        for table in tables
        for cell in table.cells
        if cell.measure in known.measures and not cell.is_withheld and cell.value is not None
    )


def figure_at(known: Scheme, measure: str, at: Mapping[str, str]) -> Figure:
    """The figure of a measure at a place, by its one name."""
    codes = sorted((key, code) for key, code in at.items() if code != known.dimensions[key].total)
    return canonical(known, Figure(measure, tuple(codes)))
