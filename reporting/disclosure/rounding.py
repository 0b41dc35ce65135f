"""Controlled rounding for open data: one cube whose figures are multiples of a base and still add up, line by line.

Every figure moves by at most one base: where it is printed as 0, anything from 0 to the base is possible, and a printed
base may stand for nobody at all. So a zero may become a base and the other way round (the rounding is not
zero-restricted): with it, a printed base would tell that somebody is there. Which way a figure goes is drawn, with chances
by how near it is, from the secret seed; then a programme moves as few figures as it takes for all lines to add up.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import highspy
import numpy as np

from osservatorio.home import Home
from osservatorio.italian import number
from reporting.disclosure.attacker import Audit, Breach, audit
from reporting.disclosure.attacker_equations import Publication
from reporting.disclosure.cells import (
    Figure,
    Number,
    ProtectedSet,
    PublishedCell,
    PublishedTable,
    Table,
    figure_of,
)
from reporting.disclosure.facts import marks_of, present_vintage, values_of, where_of
from reporting.disclosure.history import promises, publication_of, shown_since, vintage_of
from reporting.disclosure.ledger import (
    CellState,
    Entry,
    Export,
    Ledger,
    LedgerCell,
    LedgerTable,
    derived_secret,
)
from reporting.disclosure.lines import Line, Part, lines_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import PURPOSE, policy_of
from reporting.disclosure.rounding_guard import Guard, RoundingCut
from reporting.disclosure.scheme import Kind, Scheme
from reporting.disclosure.solver import linear_model, new_solver
from reporting.disclosure.tables import InconsistentTables, check_lines
from reporting.disclosure.words import cannot_round, inconsistent, leak

DEFAULT_BASE = 5
STRAY = 0.1  # how often a figure that is a multiple already is drawn to move, each way
MOST_TRIES = 3
MOST_DOUBLINGS = 2
MOST_ROUNDS = 20
MOST_NODES = 2_000
GAP = 0.02  # of the programme: more would cost time and change nothing that readers see


@dataclass(frozen=True)
class Rounded:
    """Tables that may leave, how far their figures are from the true ones, and the audit that they passed.

    `largest` and `mean` are the largest and the mean distance; `exact` how many figures are printed as they are.
    """

    tables: tuple[PublishedTable, ...]
    base: int
    largest: float
    mean: float
    exact: int
    audit: Audit
    export: Export
    notes: tuple[str, ...]


def round_for(home: Home, given: ProtectedSet, *, release: str, export: str, at: datetime) -> Rounded:
    """Round tables under the home's settings, key and register, and register them: files may be written afterwards.

    Raises DisclosureError, UserError and LedgerError as `protect.protect_for`.
    """
    ledger = Ledger(home)
    policy = policy_of(home)
    rounded = round_tables(
        given,
        release=release,
        export=export,
        policy=policy,
        secret=derived_secret(home, PURPOSE),
        entries=ledger.entries(),
    )
    ledger.append(rounded.export, at)
    return rounded


def round_tables(
    given: ProtectedSet,
    *,
    release: str,
    export: str,
    policy: Policy,
    secret: bytes,
    entries: Sequence[Entry] = (),
    base: int | None = None,
) -> Rounded:
    """Round every figure that counts persons to a multiple of the base, so that all lines still add up.

    The base is 5, or the policy's threshold where that is more (a smaller one raises ValueError); it is doubled where no
    rounding keeps the promises of earlier exports. Amounts and rates are refused with ValueError: open data derive them
    from the rounded counts. Raises DisclosureError when the figures do not add up, when they cannot be rounded, or when,
    with all that was exported before, a figure could be known too well.
    """
    first = max(DEFAULT_BASE, policy.threshold) if base is None else base
    if first < policy.threshold:
        raise ValueError("the base of the rounding may not be less than the threshold")
    refused = {cell.measure for table in given.tables for cell in table.cells} - _persons(given.known)
    if refused:
        raise ValueError(f"only counts of persons are rounded, not {sorted(refused)}")
    try:
        values = values_of(given)
        vintage = present_vintage(given, values, release, secret)
        lines = lines_of(given.known, vintage.layouts, values, Part.CORE)
        check_lines(lines, values)
    except InconsistentTables as error:
        raise inconsistent(str(error)) from error
    marks = marks_of(given, values, secret)
    earlier = [vintage_of(entry.export) for entry in entries]
    breaches: list[Breach] = []
    for step in range(MOST_DOUBLINGS + 1):
        base = first << step
        guard = Guard(vintage, earlier, base, policy)
        for attempt in range(MOST_TRIES):
            rounded = _guarded(guard, lines, values, base, secret + bytes([attempt]))
            if rounded is None:
                break
            tables = tuple(_printed(given.known, table, rounded, base) for table in given.tables)
            new = Publication(export, release, given.known, tables, marks)
            result, breaches = _attack(new, entries, policy)
            if not breaches:
                leaving = _leaving(given, tables, marks, release, export, policy)
                return _result(tables, base, first, values, rounded, result, leaving)
    raise leak(given, breaches) if breaches else cannot_round(first)


def _persons(known: Scheme) -> set[str]:
    return {key for key, measure in known.measures.items() if measure.kind is Kind.PERSONS}


def _guarded(
    guard: Guard, lines: Sequence[Line], values: Mapping[Figure, Number], base: int, secret: bytes
) -> dict[Figure, int] | None:
    """A rounding in which the guard finds nothing; None when there is none or none is found soon."""
    cuts: list[RoundingCut] = []
    for _ in range(MOST_ROUNDS):
        rounded = _rounded(lines, values, base, secret, cuts)
        if rounded is None:
            return None
        broken = guard.cuts(rounded)
        if not broken:
            return rounded
        cuts += broken
    return None


def _rounded(
    lines: Sequence[Line],
    values: Mapping[Figure, Number],
    base: int,
    secret: bytes,
    cuts: Sequence[RoundingCut],
) -> dict[Figure, int] | None:
    """Multiples of the base near the values, whose lines and cuts hold; None when there are none."""
    figures = sorted({figure for line in lines for figure, _ in line.terms} | set(values))
    place = {figure: number for number, figure in enumerate(figures)}
    count = len(figures)
    draws = _draws(figures, secret)
    lower, upper = np.zeros(count), np.full(count, np.ceil(max(values.values(), default=0) / base) + 2)
    wish, price = np.zeros(count), np.zeros(count)
    for figure, value in values.items():
        at = place[figure]
        lower[at] = max(0.0, np.ceil(value / base - 1))
        upper[at] = np.floor(value / base + 1)
        wish[at] = _wish(value / base, draws[at, 0])
        price[at] = 1.0 + 0.1 * draws[at, 1]
    start, index, factor, low, high = [0], [], [], [], []
    for line in lines:
        index += [place[figure] for figure, _ in line.terms]
        factor += [coefficient for _, coefficient in line.terms]
        start.append(len(index))
        low.append(-np.inf if line.low is None else line.low / base)
        high.append(np.inf if line.high is None else line.high / base)
    for cut in cuts:
        index += [place[figure] for figure, _ in cut.terms]
        factor += [coefficient for _, coefficient in cut.terms]
        start.append(len(index))
        low.append(cut.least / base)
        high.append(np.inf)
    for at in range(count):  # figure - above + below = wish
        index += [at, count + at, 2 * count + at]
        factor += [1.0, -1.0, 1.0]
        start.append(len(index))
        low.append(wish[at])
        high.append(wish[at])
    solver = new_solver(mip_rel_gap=GAP, mip_max_nodes=MOST_NODES)
    solver.passModel(
        linear_model(
            np.concatenate([np.zeros(count), price, price]),
            (
                np.concatenate([lower, np.zeros(2 * count)]),
                np.concatenate([upper, np.full(2 * count, np.inf)]),
            ),
            (np.array(start, np.int32), np.array(index, np.int32), np.array(factor)),
            (np.array(low), np.array(high)),
            np.concatenate([np.ones(count), np.zeros(2 * count)]),
        )
    )
    solver.run()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    chosen = np.round(solver.getSolution().col_value[:count]).astype(int)
    return {figure: int(chosen[place[figure]]) * base for figure in values}


def _draws(figures: Sequence[Figure], secret: bytes) -> np.ndarray:
    """Two numbers between 0 and 1 for each figure, the same whatever the others are."""
    digests = (
        hmac.new(secret, b"round:" + repr((f.measure, f.at)).encode(), hashlib.sha256).digest()
        for f in figures
    )
    numbers = [[int.from_bytes(d[at : at + 6]) / 2**48 for at in (0, 6)] for d in digests]
    return np.array(numbers).reshape(-1, 2)


def _wish(steps: float, draw: float) -> float:
    """The multiple that a figure would like to be: up or down with chances that make the mean right."""
    below = float(np.floor(steps))
    if steps == below:
        return below + (1.0 if draw < STRAY else -1.0 if draw > 1 - STRAY and below > 0 else 0.0)
    return below + (1.0 if draw < steps - below else 0.0)


def _printed(known: Scheme, table: Table, rounded: Mapping[Figure, int], base: int) -> PublishedTable:
    cells = tuple(
        PublishedCell(
            cell.place,
            cell.measure,
            None
            if cell.value is None
            else rounded[figure_of(known, cell.measure, table.dimensions, cell.place)],
        )
        for cell in table.cells
    )
    return PublishedTable(table.key, table.dimensions, cells, table.title, base)


def _attack(new: Publication, entries: Sequence[Entry], policy: Policy) -> tuple[Audit, list[Breach]]:
    """Attack with all that was exported before. Returns the audit and what the rounding gives away."""
    earlier = [publication_of(entry) for entry in entries]
    promised = promises(entries, policy)
    excused = shown_since(entries, {})
    result = audit([*earlier, new], policy, demands=promised, excused=excused)
    breaches = list(result.breaches)
    if any(breach.cell.source != new.source for breach in breaches):
        before = audit(earlier, policy, demands=promised, excused=excused, explain=False)
        broken = {breach.cell.unknown for breach in before.breaches}
        breaches = [
            breach
            for breach in breaches
            if breach.cell.source == new.source or breach.cell.unknown not in broken
        ]
    return result, breaches


def _leaving(
    given: ProtectedSet,
    tables: Sequence[PublishedTable],
    marks: Mapping[tuple[str, frozenset[tuple[str, str]]], str],
    release: str,
    export: str,
    policy: Policy,
) -> Export:
    kept = []
    for table, printed in zip(given.tables, tables, strict=True):
        cells = tuple(
            LedgerCell(
                cell.place,
                cell.measure,
                shown.value,
                CellState.EMPTY if shown.value is None else CellState.ROUNDED,
                marks.get((cell.measure, where_of(given.known, table, cell)), ""),
            )
            for cell, shown in zip(table.cells, printed.cells, strict=True)
        )
        kept.append(LedgerTable(table.key, table.title, table.dimensions, printed.base, cells))
    return Export(release, export, policy.threshold, given.known, tuple(kept))


def _result(
    tables: tuple[PublishedTable, ...],
    base: int,
    first: int,
    values: Mapping[Figure, Number],
    rounded: Mapping[Figure, int],
    result: Audit,
    leaving: Export,
) -> Rounded:
    distances = [abs(float(values[figure]) - rounded[figure]) for figure in values]
    largest, mean = max(distances, default=0.0), sum(distances) / max(1, len(distances))
    notes = [
        f"Ogni numero è arrotondato a un multiplo di {base} e dista dal vero al più {base}; qui al più "
        f"{number(largest)}, in media {number(mean, 1)}. Tutte le somme tornano."
    ]
    if base > first:
        notes.append(
            f"La base è {base} e non {first} perché, insieme a quanto è già stato esportato, multipli di {first} "
            "direbbero troppo."
        )
    exact = sum(distance == 0 for distance in distances)
    return Rounded(tables, base, largest, mean, exact, result, leaving, tuple(notes))


def derived(known: Scheme, table: PublishedTable, dimensions: Collection[str], key: str) -> PublishedTable:
    """A table of fewer dimensions out of a rounded cube: its cells at the totals of the others. Nothing new is told.

    Raises ValueError for a dimension that the cube does not have, or that has no total to take its place.
    """
    left_out = [name for name in table.dimensions if name not in dimensions]
    if set(dimensions) - set(table.dimensions) or any(
        known.dimensions[name].total is None for name in left_out
    ):
        raise ValueError(f"{table.key} gives no table by {sorted(dimensions)}")
    places = [number for number, name in enumerate(table.dimensions) if name in dimensions]
    cells = [
        PublishedCell(
            tuple(cell.place[number] for number in places), cell.measure, cell.value, cell.is_withheld
        )
        for cell in table.cells
        if all(
            code == known.dimensions[name].total
            for name, code in zip(table.dimensions, cell.place, strict=True)
            if name in left_out
        )
    ]
    names = tuple(table.dimensions[number] for number in places)
    return PublishedTable(key, names, tuple(cells), table.title, table.base)
