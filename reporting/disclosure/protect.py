"""The one way in: tables with their counts go in, tables that may leave come out, attacked and registered.

    protected = protect_for(home, ProtectedSet(known, tables), release=…, export=…, at=…)
    write(protected.tables)          # only now

`protect` is the same without a home: policy, secret and earlier exports are given, and nothing is registered.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from osservatorio.home import Home
from osservatorio.settings import Settings
from reporting.disclosure.attacker import Audit, Breach, audit
from reporting.disclosure.attacker_equations import Publication
from reporting.disclosure.attacker_intervals import Demand
from reporting.disclosure.cells import (
    Cell,
    Figure,
    ProtectedSet,
    PublishedCell,
    PublishedTable,
    Table,
    all_cells,
    figure_of,
    figures_behind,
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
from reporting.disclosure.master import USUAL, Effort
from reporting.disclosure.policy import Policy
from reporting.disclosure.primary import sensitive_figures
from reporting.disclosure.scheme import Kind, Scheme
from reporting.disclosure.solver import is_feasible
from reporting.disclosure.suppression import CannotProtect, Suppression, suppress
from reporting.disclosure.tables import Column, InconsistentTables, System, system_of
from reporting.disclosure.vintages import Vintage, by_release
from reporting.disclosure.words import cannot_protect, inconsistent, leak, notes_of

MOST_TRIES = 3
PURPOSE = "esportazioni protette"  # of the home's secret: marks must agree in all exports


@dataclass(frozen=True)
class Protected:
    """Tables that may leave, what was withheld and why, the audit that they passed, and what the register keeps.

    `notes` are sentences for the reader (Italian). `already_public` are sensitive figures that an earlier export showed:
    they are withheld, but nothing can protect them any more. `tries` counts the patterns that it took: more than one
    when the auditor refused one that the protection held to be safe.
    """

    tables: tuple[PublishedTable, ...]
    suppression: Suppression
    audit: Audit
    export: Export
    already_public: tuple[Figure, ...]
    notes: tuple[str, ...]
    tries: int


def protect_for(
    home: Home, given: ProtectedSet, *, release: str, export: str, at: datetime, effort: Effort = USUAL
) -> Protected:
    """Protect tables under the home's settings, key and register, and register them: files may be written afterwards.

    Raises DisclosureError as `protect` does, UserError when the home has no key or a threshold that is too low,
    LedgerError when the register cannot be trusted or written.
    """
    ledger = Ledger(home)
    protected = protect(
        given,
        release=release,
        export=export,
        policy=policy_of(home),
        secret=derived_secret(home, PURPOSE),
        entries=ledger.entries(),
        effort=effort,
    )
    ledger.append(protected.export, at)
    return protected


def policy_of(home: Home) -> Policy:
    """The promise that a home makes. Raises UserError for a threshold that is too low."""
    return Policy(threshold=Settings.of(home).disclosure_threshold)


def protect(
    given: ProtectedSet,
    *,
    release: str,
    export: str,
    policy: Policy,
    secret: bytes,
    entries: Sequence[Entry] = (),
    effort: Effort = USUAL,
) -> Protected:
    """Withhold what must be withheld, attack the result together with all earlier exports, and give what may leave.

    The same tables, history and secret give the same pattern. Raises DisclosureError when the figures do not add up,
    when nothing can protect one of them, or when something could still be worked out; ValueError for a rate that comes
    without its numerator or denominator.
    """
    try:
        job = _Job(given, release, export, policy, secret, entries)
        return job.run(effort)
    except InconsistentTables as error:
        raise inconsistent(str(error)) from error
    except CannotProtect as problem:
        raise cannot_protect(given, problem.figure) from problem


class _Job:
    """One protection: the tables, what was exported before, and the system of all of them."""

    def __init__(
        self,
        given: ProtectedSet,
        release: str,
        export: str,
        policy: Policy,
        secret: bytes,
        entries: Sequence[Entry],
    ) -> None:
        self.given = given
        self.known = given.known
        self.release = release
        self.export = export
        self.policy = policy
        self.secret = secret
        self.entries = entries
        self.values = values_of(given)
        self.marks = marks_of(given, self.values, secret)
        present = present_vintage(given, self.values, release, secret)
        self.vintages = by_release([*(vintage_of(entry.export) for entry in entries), present])
        self.system = _system(self.vintages, policy)
        self.sensitive = sensitive_figures(self.known, given.tables, policy)
        place = self.system.place
        self.public = frozenset(f for f in self.sensitive if self.system.is_shown[place[Column(f)]])

    def run(self, effort: Effort) -> Protected:
        refused: list[frozenset[Figure]] = []
        while True:
            found = suppress(
                self.vintages[-1].known,
                self.system,
                frozenset().union(*(vintage.layouts for vintage in self.vintages)),
                self.sensitive,
                self.policy,
                self.secret,
                effort,
                tuple(refused),
            )
            withheld = found.withheld | self.public
            tables = tuple(_published(self.known, table, withheld) for table in self.given.tables)
            result, breaches = self._attack(tables, found)
            if not breaches:
                return Protected(
                    tables,
                    found,
                    result,
                    self._leaving(tables, found, result),
                    tuple(sorted(self.public)),
                    notes_of(self.given, found, self.public),
                    len(refused) + 1,
                )
            refused.append(found.withheld)
            if len(refused) == MOST_TRIES:
                raise leak(self.given, breaches)

    def _attack(self, tables: tuple[PublishedTable, ...], found: Suppression) -> tuple[Audit, list[Breach]]:
        """Attack the new tables with all the earlier ones. Returns the audit and what it broke that can be helped."""
        earlier = [publication_of(entry) for entry in self.entries]
        new = Publication(self.export, self.release, self.known, tables, self.marks)
        demands = promises(self.entries, self.policy)
        shown = {}
        beyond_help = set()
        for table, cell in all_cells(self.given.tables):
            if cell.measure not in self.known.measures or cell.value is None:
                continue
            figure = figure_of(self.known, cell.measure, table.dimensions, cell.place)
            name = (cell.measure, where_of(self.known, table, cell))
            if figure in self.public:
                beyond_help.add((self.release, *name))
            elif figure in found.sensitive:
                demands[self.release, *name] = self._demand(figure)
            elif figure not in found.withheld:
                shown[name] = self.marks[name]
        excused = beyond_help | shown_since(self.entries, shown)
        result = audit([*earlier, new], self.policy, demands=demands, excused=excused)
        breaches = [breach for breach in result.breaches if breach.cell.source == new.source]
        old = [breach for breach in result.breaches if breach.cell.source != new.source]
        if old:
            promised = promises(self.entries, self.policy)
            before = audit(earlier, self.policy, demands=promised, excused=excused, explain=False)
            broken = {breach.cell.unknown for breach in before.breaches}
            breaches += [breach for breach in old if breach.cell.unknown not in broken]
        return result, breaches

    def _demand(self, figure: Figure) -> Demand:
        kind = self.known.measures[figure.measure].kind
        return Demand(self.policy.width(kind), *self.policy.reach(float(self.values[figure]), kind))

    def _leaving(self, tables: tuple[PublishedTable, ...], found: Suppression, result: Audit) -> Export:
        """What the register will keep: cells as readers get them, marks, and how wide the intervals were."""
        kept = []
        for table, printed in zip(self.given.tables, tables, strict=True):
            cells = []
            for cell, shown in zip(table.cells, printed.cells, strict=True):
                name = (cell.measure, where_of(self.known, table, cell))
                extent = result.extents.get((self.release, *name)) if shown.is_withheld else None
                cells.append(
                    LedgerCell(
                        cell.place,
                        cell.measure,
                        shown.value,
                        self._state(table, cell, shown, found),
                        self.marks.get(name, ""),
                        extent.high - extent.low if extent else 0.0,
                    )
                )
            kept.append(LedgerTable(table.key, table.title, table.dimensions, 0, tuple(cells)))
        return Export(self.release, self.export, self.policy.threshold, self.known, tuple(kept))

    def _state(self, table: Table, cell: Cell, shown: PublishedCell, found: Suppression) -> CellState:
        """The state of a cell; sensitive where it must go on reaching from nobody to the threshold."""
        if cell.value is None:
            return CellState.EMPTY
        if not shown.is_withheld:
            return CellState.SHOWN
        if cell.measure in self.known.measures:
            figure = figure_of(self.known, cell.measure, table.dimensions, cell.place)
            demand = self._demand(figure)
            kind = self.known.measures[cell.measure].kind
            usual = (0.0, float(self.policy.threshold))
            if figure in found.sensitive and kind is Kind.PERSONS and (demand.low, demand.high) == usual:
                return CellState.SENSITIVE
        return CellState.WITHHELD


def _system(vintages: Sequence[Vintage], policy: Policy) -> System:
    """The system of everything; where a figure that nobody printed again did change, without guessing otherwise."""
    system = system_of(vintages, policy)
    return system if is_feasible(system) else system_of(vintages, policy, assume_unchanged=False)


def _published(known: Scheme, table: Table, withheld: Collection[Figure]) -> PublishedTable:
    """A table as readers get it: a rate is withheld with any figure that it is worked out from."""
    cells = []
    for cell in table.cells:
        behind = figures_behind(known, table.dimensions, cell) if cell.value is not None else ()
        is_withheld = any(figure in withheld for figure in behind)
        cells.append(
            PublishedCell(cell.place, cell.measure, None if is_withheld else cell.value, is_withheld)
        )
    return PublishedTable(table.key, table.dimensions, tuple(cells), table.title)
