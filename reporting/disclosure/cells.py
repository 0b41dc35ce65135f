"""Tables to protect: cells with their value and how many minors and families stand behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reporting.disclosure.scheme import Combine, Scheme

Code = tuple[str, str]  # dimension, code
Number = int | float


@dataclass(frozen=True, order=True)
class Figure:
    """One figure, whatever the table it stands in: a measure at a place.

    `at` names the codes in the order of their dimensions; a total code is left out, so the column of totals of one table
    and the row of totals of another are the same figure.
    """

    measure: str
    at: tuple[Code, ...]

    def code(self, dimension: str) -> str | None:
        """The code of a dimension, None at its total."""
        for name, code in self.at:
            if name == dimension:
                return code
        return None

    def moved(self, dimension: str, code: str | None) -> "Figure":
        """The figure at another code of a dimension (None: at its total)."""
        rest = [pair for pair in self.at if pair[0] != dimension]
        return Figure(self.measure, tuple(sorted([*rest, (dimension, code)] if code is not None else rest)))

    def of(self, measure: str) -> "Figure":
        """Another measure at the same place."""
        return Figure(measure, self.at)


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its codes in the order of the table's dimensions, a measure or a rate, and the value.

    `minors` and `families` are the persons and families that the value is about; None where they are not known. For a
    measure that counts minors, `minors` is the value itself by default. A value of None is a cell that is empty for
    everybody (a rate without a denominator).
    """

    place: tuple[str, ...]
    measure: str
    value: Number | None
    minors: int | None = None
    families: int | None = None


@dataclass(frozen=True)
class Table:
    """A table to protect. `key` names it in files and in the ledger; every dimension has its place in each cell."""

    key: str
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    title: str = ""


@dataclass(frozen=True)
class PublishedCell:
    """What readers see of a cell: the value, or that it is withheld. `value` is None when withheld or empty."""

    place: tuple[str, ...]
    measure: str
    value: Number | None
    is_withheld: bool = False


@dataclass(frozen=True)
class PublishedTable:
    """A table as readers get it. `base` is the rounding base of a table whose figures are rounded, 0 otherwise."""

    key: str
    dimensions: tuple[str, ...]
    cells: tuple[PublishedCell, ...]
    title: str = ""
    base: int = 0

    @property
    def withheld(self) -> int:
        """How many cells are withheld."""
        return sum(cell.is_withheld for cell in self.cells)


@dataclass(frozen=True)
class ProtectedSet:
    """Tables that leave together, and what everybody knows of them."""

    known: Scheme
    tables: tuple[Table, ...]
    names: Mapping[Code, str] = field(default_factory=dict)


def figure_of(known: Scheme, measure: str, dimensions: tuple[str, ...], place: tuple[str, ...]) -> Figure:
    """The figure that stands in a cell. Raises ValueError for a code that the hierarchy does not know."""
    at = []
    for key, code in zip(dimensions, place, strict=True):
        dimension = known.dimensions[key]
        if code == dimension.total:
            continue
        if code not in dimension.codes:
            raise ValueError(f"{code} is not a code of {key}")
        at.append((key, code))
    return canonical(known, Figure(measure, tuple(sorted(at))))


def canonical(known: Scheme, figure: Figure) -> Figure:
    """The one name of a figure that has several: stocks at the same moment are one figure.

    The stock at the end of a year is that of its last semester; the stock at the start of a period is that at the end of
    the period before, but not by ages: these are those that units have in one period, and no longer in another.
    """
    measure = known.measures[figure.measure]
    if not measure.is_stock:
        return figure
    names = (Combine.LAST,) if drifts(known, figure) else (Combine.LAST, Combine.FIRST)
    for key in known.frames:
        dimension = known.dimensions[key]
        code = figure.code(key)
        while code in dimension.children and measure.combine(key) in names:
            code = dimension.children[code][-1 if measure.combine(key) is Combine.LAST else 0]
            figure = figure.moved(key, code)
        if measure.opens and code in dimension.before and Combine.FIRST in names:
            return canonical(known, figure.of(measure.opens).moved(key, dimension.before[code]))
    return figure


def drifts(known: Scheme, figure: Figure) -> bool:
    """Whether a figure is of units that stand elsewhere in another period: those of an age."""
    return any(key in known.drifting for key, _ in figure.at)


def figures_behind(
    known: Scheme, dimensions: tuple[str, ...], cell: Cell | PublishedCell
) -> tuple[Figure, ...]:
    """What a shown cell tells: its own figure, or for a rate those that it is worked out from."""
    if rate := known.rates.get(cell.measure):
        names: tuple[str, ...] = (rate.numerator, rate.denominator)
    else:
        names = (cell.measure,)
    return tuple(figure_of(known, name, dimensions, cell.place) for name in names)


def all_cells(tables: tuple[Table, ...]) -> Iterator[tuple[Table, Cell]]:
    for table in tables:
        for cell in table.cells:
            yield table, cell
