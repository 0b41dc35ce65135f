"""Protected tables on their way out: as readers get them, as the register keeps them, and as they leave once more."""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping

from reporting.disclosure.attacker_equations import Name, Unknown
from reporting.disclosure.attacker_intervals import Demand, Extent
from reporting.disclosure.cells import (
    Cell,
    Figure,
    Number,
    ProtectedSet,
    PublishedCell,
    PublishedTable,
    Table,
    figure_of,
    figures_behind,
)
from reporting.disclosure.exports import CellState, LedgerCell, LedgerTable
from reporting.disclosure.facts import where_of
from reporting.disclosure.history import WITHHELD
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Kind, Scheme, scheme_as_json


def published(known: Scheme, table: Table, withheld: Collection[Figure]) -> PublishedTable:
    """A table as readers get it: a rate is withheld with any figure that it is worked out from."""
    cells = []
    for cell in table.cells:
        behind = figures_behind(known, table.dimensions, cell) if cell.value is not None else ()
        cells.append(_cell(cell, is_withheld=any(figure in withheld for figure in behind)))
    return PublishedTable(table.key, table.dimensions, tuple(cells), table.title)


def published_before(table: Table, kept: LedgerTable) -> PublishedTable:
    """A table as readers got it when the register took it down."""
    pairs = zip(table.cells, kept.cells, strict=True)
    cells = tuple(_cell(cell, is_withheld=then.state in WITHHELD) for cell, then in pairs)
    return PublishedTable(table.key, table.dimensions, cells, table.title)


def _cell(cell: Cell, *, is_withheld: bool) -> PublishedCell:
    return PublishedCell(cell.place, cell.measure, None if is_withheld else cell.value, is_withheld)


def demand_of(known: Scheme, figure: Figure, value: Number, policy: Policy) -> Demand:
    """What is promised for a sensitive figure."""
    kind = known.measures[figure.measure].kind
    return Demand(policy.width(kind), *policy.reach(float(value), kind))


def registered(
    known: Scheme,
    release: str,
    table: Table,
    printed: PublishedTable,
    sensitive: Mapping[Figure, Demand],
    marks: Mapping[Name, str],
    extents: Mapping[Unknown, Extent],
    policy: Policy,
) -> LedgerTable:
    """What the register keeps of a table: cells as readers get them, marks, and how wide the intervals were."""
    cells = []
    for cell, shown in zip(table.cells, printed.cells, strict=True):
        name = (cell.measure, where_of(known, table, cell))
        extent = extents.get((release, *name)) if shown.is_withheld else None
        state = _state(known, table, cell, shown, sensitive, policy)
        width = extent.high - extent.low if extent else 0.0
        cells.append(LedgerCell(cell.place, cell.measure, shown.value, state, marks.get(name, ""), width))
    return LedgerTable(table.key, table.title, table.dimensions, 0, tuple(cells))


def _state(
    known: Scheme,
    table: Table,
    cell: Cell,
    shown: PublishedCell,
    sensitive: Mapping[Figure, Demand],
    policy: Policy,
) -> CellState:
    """The state of a cell; sensitive where it must go on reaching from nobody to the threshold."""
    if cell.value is None:
        return CellState.EMPTY
    if not shown.is_withheld:
        return CellState.SHOWN
    if cell.measure in known.measures and known.measures[cell.measure].kind is Kind.PERSONS:
        demand = sensitive.get(figure_of(known, cell.measure, table.dimensions, cell.place))
        if demand is not None and (demand.low, demand.high) == (0.0, float(policy.threshold)):
            return CellState.SENSITIVE
    return CellState.WITHHELD


def digest_of(given: ProtectedSet, policy: Policy, secret: bytes) -> str:
    """A keyed sum of tables before their protection and of the promise: equal when the same is asked for again."""
    content = [
        [policy.threshold, policy.families, policy.share],
        scheme_as_json(given.known),
        [[table.key, table.dimensions, [_content(cell) for cell in table.cells]] for table in given.tables],
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(secret, b"tables:" + text.encode(), hashlib.sha256).hexdigest()


def _content(cell: Cell) -> list[object]:
    counts = [
        None if number is None else float(number) for number in (cell.value, cell.minors, cell.families)
    ]
    return [*cell.place, cell.measure, *counts]
