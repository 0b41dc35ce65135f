"""The figures of a set of tables to protect: their values, their marks, what is to be decided of them."""

from collections.abc import Mapping

from reporting.disclosure.attacker_equations import Name, Where
from reporting.disclosure.cells import (
    Cell,
    Figure,
    Number,
    ProtectedSet,
    Table,
    all_cells,
    figure_of,
    figures_behind,
)
from reporting.disclosure.history import mark_of
from reporting.disclosure.lines import layout_of
from reporting.disclosure.scheme import Scheme
from reporting.disclosure.tables import InconsistentTables
from reporting.disclosure.vintages import Fact, State, Vintage

SAME = 1e-9


def values_of(given: ProtectedSet) -> dict[Figure, Number]:
    """The value of every figure of a set.

    Raises InconsistentTables where two cells give a figure two values, ValueError for a rate whose numerator or
    denominator is not among the tables.
    """
    known = given.known
    values: dict[Figure, Number] = {}
    for table, cell in all_cells(given.tables):
        if cell.measure in known.measures and cell.value is not None:
            figure = figure_of(known, cell.measure, table.dimensions, cell.place)
            if abs(values.setdefault(figure, cell.value) - cell.value) > SAME:
                raise InconsistentTables(f"{table.key}: {figure.measure} {dict(figure.at)}")
    for table, cell in all_cells(given.tables):
        if cell.measure in known.rates and cell.value is not None:
            for figure in figures_behind(known, table.dimensions, cell):
                if figure not in values:
                    raise ValueError(f"{table.key}: the rate {cell.measure} comes without {figure.measure}")
    return values


def present_vintage(
    given: ProtectedSet, values: Mapping[Figure, Number], release: str, secret: bytes
) -> Vintage:
    """The new tables as a vintage: every figure is to be decided but those that anybody can look up."""
    known = given.known
    facts = {}
    for figure, value in values.items():
        state = State.SHOWN if known.measures[figure.measure].is_public else State.OPEN
        facts[figure] = Fact(state, value, mark_of(secret, figure, value))
    layouts = {
        layout_of(known, table.dimensions, figure_of(known, cell.measure, table.dimensions, cell.place))
        for table, cell in all_cells(given.tables)
        if cell.measure in known.measures
    }
    return Vintage(release, known, facts, frozenset(layouts))


def where_of(known: Scheme, table: Table, cell: Cell) -> Where:
    """The codes of a cell that are not totals."""
    codes = zip(table.dimensions, cell.place, strict=True)
    return frozenset((key, code) for key, code in codes if code != known.dimensions[key].total)


def marks_of(given: ProtectedSet, values: Mapping[Figure, Number], secret: bytes) -> dict[Name, str]:
    """The mark of every figure in a cell, by measure and codes."""
    marks: dict[Name, str] = {}
    for table, cell in all_cells(given.tables):
        if cell.measure in given.known.measures and cell.value is not None:
            figure = figure_of(given.known, cell.measure, table.dimensions, cell.place)
            marks[cell.measure, where_of(given.known, table, cell)] = mark_of(secret, figure, values[figure])
    return marks
