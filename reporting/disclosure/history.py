"""What was exported before, as the protection and as the attacker need it."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping

from reporting.disclosure.attacker_equations import Publication, Unknown, Where
from reporting.disclosure.attacker_intervals import Demand
from reporting.disclosure.cells import Figure, Number, PublishedCell, PublishedTable, figure_of
from reporting.disclosure.exports import CellState, Export, LedgerCell, LedgerTable
from reporting.disclosure.ledger import Entry
from reporting.disclosure.lines import layout_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Kind
from reporting.disclosure.vintages import Fact, State, Vintage, both

WITHHELD = (CellState.WITHHELD, CellState.SENSITIVE)
_STATES = {
    CellState.SHOWN: State.SHOWN,
    CellState.SENSITIVE: State.SENSITIVE,
    CellState.WITHHELD: State.WITHHELD,
    CellState.ROUNDED: State.ROUNDED,
}


def mark_of(secret: bytes, figure: Figure, value: Number) -> str:
    """A mark that is equal when a figure is, and tells nothing of it to who lacks the secret."""
    text = f"{figure.measure}|{figure.at!r}|{float(value):.9g}"
    return hmac.new(secret, b"mark:" + text.encode(), hashlib.sha256).hexdigest()[:16]


def vintage_of(export: Export) -> Vintage:
    """A registered export as the protection sees it."""
    facts: dict[Figure, Fact] = {}
    exact, rounded = set(), set()
    for table in export.tables:
        for cell in table.cells:
            if cell.state is CellState.EMPTY or cell.measure in export.known.rates:
                continue
            figure = figure_of(export.known, cell.measure, table.dimensions, cell.place)
            layout = layout_of(export.known, table.dimensions, figure)
            (rounded if cell.state is CellState.ROUNDED else exact).add(layout)
            fact = Fact(
                _STATES[cell.state],
                cell.value if cell.state is CellState.SHOWN else None,
                cell.mark,
                width=cell.width,
                threshold=export.threshold,
            )
            if cell.state is CellState.ROUNDED and cell.value is not None:
                fact = Fact(
                    State.ROUNDED,
                    None,
                    cell.mark,
                    max(0.0, cell.value - table.base),
                    cell.value + table.base,
                    cell.width,
                )
            facts[figure] = both(facts[figure], fact) if figure in facts else fact
    return Vintage(
        export.release, export.known, facts, frozenset(exact | rounded), frozenset(rounded - exact)
    )


def publication_of(entry: Entry) -> Publication:
    """A registered export as a reader has it."""
    export = entry.export
    return Publication(
        entry.name,
        export.release,
        export.known,
        tuple(
            PublishedTable(
                table.key,
                table.dimensions,
                tuple(
                    PublishedCell(cell.place, cell.measure, cell.value, cell.state in WITHHELD)
                    for cell in table.cells
                ),
                table.title,
                table.base,
            )
            for table in export.tables
        ),
        {
            (cell.measure, _where(export, table.dimensions, cell.place)): cell.mark
            for table in export.tables
            for cell in table.cells
            if cell.mark
        },
    )


def promises(entries: Iterable[Entry], policy: Policy | None = None) -> dict[Unknown, Demand]:
    """What was promised for the cells of earlier exports: by each export then, or by one policy for all.

    A rounded figure promises the width that it has in the register, where it has one.
    """
    found: dict[Unknown, Demand] = {}
    for entry in entries:
        export = entry.export
        promised = policy or Policy(threshold=export.threshold)
        for table, cell in _cells(export):
            unknown = (export.release, cell.measure, _where(export, table.dimensions, cell.place))
            demand = _promise(export, cell, promised)
            if demand is not None and (unknown not in found or found[unknown].width < demand.width):
                found[unknown] = demand
    return found


def _promise(export: Export, cell: LedgerCell, policy: Policy) -> Demand | None:
    threshold = float(policy.threshold)
    if cell.state is CellState.SENSITIVE:
        return Demand(threshold, 0.0, threshold)
    if cell.state is CellState.ROUNDED and cell.width:
        return Demand(min(threshold, cell.width))
    if cell.state is not CellState.WITHHELD:
        return None
    kind = export.known.measures[cell.measure].kind
    width = policy.share * cell.width if kind is Kind.AMOUNT else 0.0
    return Demand(max(policy.width(kind), width))


def shown_since(entries: Iterable[Entry], now: Mapping[tuple[str, Where], str]) -> set[Unknown]:
    """Cells once withheld for the sake of others, whose figure was shown elsewhere: nobody's secret.

    `now` gives the marks of figures that are shown in tables not registered yet.
    """
    known = list(entries)
    marks = {
        ((cell.measure, _where(entry.export, table.dimensions, cell.place)), cell.mark)
        for entry in known
        for table, cell in _cells(entry.export)
        if cell.state is CellState.SHOWN
    } | set(now.items())
    return {
        (entry.export.release, *name)
        for entry in known
        for table, cell in _cells(entry.export)
        if cell.state is CellState.WITHHELD
        and ((name := (cell.measure, _where(entry.export, table.dimensions, cell.place))), cell.mark) in marks
    }


def _cells(export: Export) -> Iterator[tuple[LedgerTable, LedgerCell]]:
    for table in export.tables:
        for cell in table.cells:
            if cell.measure in export.known.measures:
                yield table, cell


def _where(export: Export, dimensions: Iterable[str], place: Iterable[str]) -> Where:
    return frozenset(
        (key, code)
        for key, code in zip(dimensions, place, strict=True)
        if code != export.known.dimensions[key].total
    )
