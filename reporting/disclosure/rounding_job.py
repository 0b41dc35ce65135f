"""One rounding, from the figures to what may leave: guarded, attacked, and the same again when it left before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from osservatorio.italian import number, quantity
from reporting.disclosure.attacker import Audit, Breach
from reporting.disclosure.attacker_equations import Name, Publication, Unknown
from reporting.disclosure.cells import (
    Cell,
    Figure,
    Number,
    ProtectedSet,
    PublishedCell,
    PublishedTable,
    Table,
    all_cells,
    figure_of,
)
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.facts import where_of
from reporting.disclosure.history import vintage_of
from reporting.disclosure.ledger import CellState, Entry, Export, LedgerCell, LedgerTable
from reporting.disclosure.lines import Line
from reporting.disclosure.policy import Policy
from reporting.disclosure.rounding_attack import attack_rounded
from reporting.disclosure.rounding_guard import Guard, RoundingCut
from reporting.disclosure.rounding_programme import Programme
from reporting.disclosure.scheme import Scheme
from reporting.disclosure.vintages import Vintage
from reporting.disclosure.words import cannot_round, leak

DEFAULT_BASE = 5
MOST_TRIES = 3
MOST_DOUBLINGS = 2
MOST_ROUNDS = 20


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


@dataclass(frozen=True)
class RoundingJob:
    """One rounding: the tables with their values and marks, and what was exported before."""

    given: ProtectedSet
    release: str
    export: str
    policy: Policy
    entries: tuple[Entry, ...]
    values: Mapping[Figure, Number]
    marks: Mapping[Name, str]

    @cached_property
    def first_base(self) -> int:
        """The base that is tried first."""
        return max(DEFAULT_BASE, self.policy.threshold)

    @cached_property
    def sensitive(self) -> frozenset[Unknown]:
        """The figures behind which somebody stands, but few."""
        return frozenset(
            self._unknown(table, cell)
            for table, cell in all_cells(self.given.tables)
            if self.policy.is_sensitive(cell.value)
        )

    def _unknown(self, table: Table, cell: Cell) -> Unknown:
        return self.release, cell.measure, where_of(self.given.known, table, cell)

    def again(self, base: int | None) -> Rounded | None:
        """The same export as it left before, attacked once more; None when it never did.

        Raises DisclosureError where what left since gives something away.
        """
        for entry in reversed(self.entries):
            if not self._is_same(entry.export, base):
                continue
            printed = tuple(
                PublishedTable(
                    table.key,
                    table.dimensions,
                    tuple(PublishedCell(cell.place, cell.measure, cell.value) for cell in table.cells),
                    given.title,
                    table.base,
                )
                for table, given in zip(entry.export.tables, self.given.tables, strict=True)
            )
            others = [other for other in self.entries if other is not entry]
            result, breaches, _ = self._attack(printed, others)
            if breaches:
                raise self._leak(printed, others)
            return self._result(printed, result, entry.export)
        return None

    def _is_same(self, export: Export, base: int | None) -> bool:
        """Whether an export is of these very figures, rounded as they would be now."""
        return (
            (export.release, export.export) == (self.release, self.export)
            and export.known == self.given.known
            and len(export.tables) == len(self.given.tables)
            and all(
                (table.key, table.dimensions) == (mine.key, mine.dimensions)
                and table.base >= self.policy.threshold
                and base in (None, table.base)
                and [(cell.place, cell.measure, cell.mark) for cell in table.cells]
                == [(cell.place, cell.measure, self._mark(mine, cell)) for cell in mine.cells]
                for table, mine in zip(export.tables, self.given.tables, strict=True)
            )
        )

    def _mark(self, table: Table, cell: Cell) -> str:
        return self.marks.get((cell.measure, where_of(self.given.known, table, cell)), "")

    def run(self, vintage: Vintage, lines: Sequence[Line], first: int, secret: bytes) -> Rounded:
        """A rounding that keeps all promises, of the smallest base that does. Raises DisclosureError."""
        earlier = [vintage_of(entry.export) for entry in self.entries]
        kept = self._printed_before(vintage)
        unsafe: tuple[PublishedTable, ...] | None = None
        for base in (first << step for step in range(MOST_DOUBLINGS + 1)):
            guard = Guard(vintage, earlier, base, self.policy)
            for attempt in range(MOST_TRIES):
                programme = Programme(lines, self.values, base, secret + bytes([attempt]), kept)
                rounded = _guarded(guard, programme)
                if rounded is None:
                    break
                tables = tuple(
                    _printed(self.given.known, table, rounded, base) for table in self.given.tables
                )
                result, breaches, known = self._attack(tables, self.entries)
                if not breaches:
                    return self._result(tables, result, self._leaving(tables, known))
                unsafe = tables
        raise cannot_round(first) if unsafe is None else self._leak(unsafe, self.entries)

    def _printed_before(self, vintage: Vintage) -> dict[Figure, int]:
        """The multiples that figures had when they last left, where they did not change since."""
        kept: dict[Figure, int] = {}
        for entry in self.entries:
            known = entry.export.known
            for table in entry.export.tables:
                for cell in table.cells:
                    if cell.state is CellState.ROUNDED and cell.value is not None:
                        figure = figure_of(known, cell.measure, table.dimensions, cell.place)
                        fact = vintage.facts.get(figure)
                        if fact is not None and fact.mark == cell.mark:
                            kept[figure] = int(cell.value)
        return kept

    def _attack(
        self, tables: tuple[PublishedTable, ...], entries: Sequence[Entry], *, explain: bool = False
    ) -> tuple[Audit, list[Breach], dict[Unknown, float]]:
        new = Publication(self.export, self.release, self.given.known, tables, self.marks)
        return attack_rounded(new, entries, self.policy, self.sensitive, explain=explain)

    def _leak(self, tables: tuple[PublishedTable, ...], entries: Sequence[Entry]) -> DisclosureError:
        """The error of tables that give something away, with the tables that are enough for it."""
        _, breaches, _ = self._attack(tables, entries, explain=True)
        return leak(self.given, breaches)

    def _leaving(self, tables: Sequence[PublishedTable], known: Mapping[Unknown, float]) -> Export:
        kept = []
        for table, printed in zip(self.given.tables, tables, strict=True):
            cells = tuple(
                LedgerCell(
                    cell.place,
                    cell.measure,
                    shown.value,
                    CellState.EMPTY if shown.value is None else CellState.ROUNDED,
                    self._mark(table, cell),
                    self._width(self._unknown(table, cell), shown, printed.base, known),
                )
                for cell, shown in zip(table.cells, printed.cells, strict=True)
            )
            kept.append(LedgerTable(table.key, table.title, table.dimensions, printed.base, cells))
        return Export(self.release, self.export, self.policy.threshold, self.given.known, tuple(kept))

    def _width(
        self, unknown: Unknown, shown: PublishedCell, base: int, known: Mapping[Unknown, float]
    ) -> float:
        """The width that is promised for a small figure; 0 for one that must look as if it could be nobody."""
        is_small = shown.value is not None and shown.value <= base
        usual = float(self.policy.threshold) if is_small and unknown not in self.sensitive else 0.0
        return known.get(unknown, usual)

    def _result(self, tables: tuple[PublishedTable, ...], result: Audit, leaving: Export) -> Rounded:
        base = tables[0].base if tables else self.first_base
        rounded = {
            figure_of(self.given.known, cell.measure, table.dimensions, cell.place): cell.value
            for table in tables
            for cell in table.cells
            if cell.value is not None
        }
        distances = [abs(float(value) - rounded[figure]) for figure, value in self.values.items()]
        largest, mean = max(distances, default=0.0), sum(distances) / max(1, len(distances))
        exact = sum(distance == 0 for distance in distances)
        known = sum(
            0 < cell.width < self.policy.threshold
            or (cell.width > 0 and self._unknown(mine, of) in self.sensitive)
            for table, mine in zip(leaving.tables, self.given.tables, strict=True)
            for cell, of in zip(table.cells, mine.cells, strict=True)
        )
        notes = self._notes(base, largest, mean, known)
        return Rounded(tables, base, largest, mean, exact, result, leaving, notes)

    def _notes(self, base: int, largest: float, mean: float, known: int) -> tuple[str, ...]:
        notes = [
            f"Ogni numero è arrotondato a un multiplo di {base} e dista dal vero al più {base}; qui al più "
            f"{number(largest)}, in media {number(mean, 1)}. Tutte le somme tornano."
        ]
        if base > self.first_base:
            notes.append(
                f"La base è {base} e non {self.first_base} perché, insieme a quanto è già stato esportato, multipli di "
                f"{self.first_base} direbbero troppo."
            )
        if known:
            notes.append(
                f"{quantity(known, 'numero piccolo era già noto', 'numeri piccoli erano già noti')} da esportazioni "
                "precedenti con più precisione di quanta se ne promette: gli arrotondamenti non la aumentano."
            )
        return tuple(notes)


def _guarded(guard: Guard, programme: Programme) -> dict[Figure, int] | None:
    """A rounding in which the guard finds nothing; None when there is none or none is found soon."""
    cuts: list[RoundingCut] = []
    for _ in range(MOST_ROUNDS):
        rounded = programme.solve(cuts)
        if rounded is None:
            return None
        broken = guard.cuts(rounded)
        if not broken:
            return rounded
        cuts += broken
    return None


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
