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
from reporting.disclosure.attacker_intervals import Contradiction
from reporting.disclosure.cells import (
    Figure,
    ProtectedSet,
    PublishedTable,
    all_cells,
    figure_of,
)
from reporting.disclosure.exports import Export, Finding
from reporting.disclosure.facts import marks_of, present_vintage, values_of, where_of
from reporting.disclosure.history import promises, publication_of, shown_since, vintage_of
from reporting.disclosure.leaving import demand_of, digest_of, published, published_before, registered
from reporting.disclosure.ledger import Entry, Ledger, derived_secret
from reporting.disclosure.master import USUAL, Effort
from reporting.disclosure.policy import Policy
from reporting.disclosure.primary import sensitive_figures
from reporting.disclosure.solver import is_feasible
from reporting.disclosure.suppression import Suppression, suppress
from reporting.disclosure.tables import Column, InconsistentTables, System, system_of
from reporting.disclosure.totals import CannotProtect
from reporting.disclosure.vintages import Vintage, by_release
from reporting.disclosure.words import cannot_protect, inconsistent, leak, notes_of

MOST_TRIES = 3
PURPOSE = "esportazioni protette"  # of the home's secret: marks must agree in all exports


@dataclass(frozen=True)
class Protected:
    """Tables that may leave, what was withheld and why, the audit that they passed, and what the register keeps.

    `notes` are sentences for the reader (Italian). `already_public` are sensitive figures that an earlier export showed:
    they are withheld, but nothing can protect them any more. `tries` counts the patterns that it took: more than one
    when the auditor refused one that the protection held to be safe, 0 when the register had it.
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
    policy, secret = policy_of(home), derived_secret(home, PURPOSE)

    def make(entries: Sequence[Entry]) -> Protected:
        return protect(
            given,
            release=release,
            export=export,
            policy=policy,
            secret=secret,
            entries=entries,
            effort=effort,
        )

    return Ledger(home).register(make, at)


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

    The same tables, history and secret give the same pattern. Tables that left before from this release, under this
    name and this promise, leave as they did then, whatever was exported since. Raises DisclosureError when the figures do
    not add up, when nothing can protect one of them, or when something could still be worked out; ValueError for a rate
    that comes without its numerator or denominator.
    """
    try:
        job = _Job(given, release, export, policy, secret, entries)
        before = [entry for entry in entries if job.is_of(entry)]
        return job.again(before[0]) if before else job.run(effort)
    except (InconsistentTables, Contradiction) as error:
        raise inconsistent(str(error)) from error
    except CannotProtect as problem:
        raise cannot_protect(given, problem.figure) from problem


class _Job:
    """One protection: the tables, what was exported before, and what is promised for them."""

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
        self.sensitive = sensitive_figures(self.known, given.tables, policy)
        self.digest = digest_of(given, policy, secret)

    def is_of(self, entry: Entry) -> bool:
        """Whether an entry of the register is of these very tables."""
        one = entry.export
        return (one.release, one.export, one.digest) == (self.release, self.export, self.digest)

    def again(self, entry: Entry) -> Protected:
        """The tables as they left then, attacked together with all that left since."""
        kept = entry.export
        tables = tuple(published_before(*pair) for pair in zip(self.given.tables, kept.tables, strict=True))
        hidden = {
            figure_of(self.known, cell.measure, table.dimensions, cell.place)
            for table in tables
            for cell in table.cells
            if cell.is_withheld and cell.measure in self.known.measures
        }
        told = kept.finding
        found = Suppression(
            frozenset(hidden - {*told.public}),
            frozenset(self.sensitive - {*told.public}),
            told.given_up,
            told.lost,
            told.weight,
            told.bound,
            programmes=0,
        )
        result = audit(
            [publication_of(one) for one in self.entries],
            self.policy,
            demands=promises(self.entries),
            excused=shown_since(self.entries, {}),
        )
        if breaches := [breach for breach in result.breaches if breach.cell.source == entry.name]:
            raise leak(self.given, breaches)
        return Protected(
            tables, found, result, kept, told.public, notes_of(self.given, found, told.public), 0
        )

    def run(self, effort: Effort) -> Protected:
        """A new choice of what to withhold. Patterns that the auditor refuses go back, up to `MOST_TRIES`."""
        present = present_vintage(self.given, self.values, self.release, self.secret)
        vintages = by_release([*(vintage_of(entry.export) for entry in self.entries), present])
        system = _system(vintages, self.policy)
        public = frozenset(one for one in self.sensitive if system.is_shown[system.place[Column(one)]])
        layouts = frozenset().union(*(vintage.layouts for vintage in vintages))
        refused: list[frozenset[Figure]] = []
        while True:
            found = suppress(
                vintages[-1].known,
                system,
                layouts,
                self.sensitive,
                self.policy,
                self.secret,
                effort,
                tuple(refused),
            )
            withheld = found.withheld | public
            tables = tuple(published(self.known, table, withheld) for table in self.given.tables)
            result, breaches = self._attack(tables, found, public)
            if not breaches:
                left = tuple(sorted(public))
                return Protected(
                    tables,
                    found,
                    result,
                    self._leaving(tables, found, result, left),
                    left,
                    notes_of(self.given, found, left),
                    len(refused) + 1,
                )
            refused.append(found.withheld)
            if len(refused) == MOST_TRIES:
                raise leak(self.given, breaches)

    def _attack(
        self, tables: tuple[PublishedTable, ...], found: Suppression, public: Collection[Figure]
    ) -> tuple[Audit, list[Breach]]:
        """Attack the new tables with all the earlier ones. Returns the audit and what it broke that can be helped."""
        earlier = [publication_of(entry) for entry in self.entries]
        new = Publication(self.export, self.release, self.known, tables, self.marks)
        demands = promises(self.entries)
        shown = {}
        beyond_help = set()
        for table, cell in all_cells(self.given.tables):
            if cell.measure not in self.known.measures or cell.value is None:
                continue
            figure = figure_of(self.known, cell.measure, table.dimensions, cell.place)
            name = (cell.measure, where_of(self.known, table, cell))
            if figure in public:
                beyond_help.add((self.release, *name))
            elif figure in found.sensitive:
                demands[self.release, *name] = demand_of(self.known, figure, self.values[figure], self.policy)
            elif figure not in found.withheld:
                shown[name] = self.marks[name]
        excused = beyond_help | shown_since(self.entries, shown)
        result = audit([*earlier, new], self.policy, demands=demands, excused=excused)
        breaches = [breach for breach in result.breaches if breach.cell.source == new.source]
        old = [breach for breach in result.breaches if breach.cell.source != new.source]
        if old:
            promised = promises(self.entries)
            before = audit(earlier, self.policy, demands=promised, excused=excused, explain=False)
            broken = {breach.cell.unknown for breach in before.breaches}
            breaches += [breach for breach in old if breach.cell.unknown not in broken]
        return result, breaches

    def _leaving(
        self,
        tables: tuple[PublishedTable, ...],
        found: Suppression,
        result: Audit,
        public: tuple[Figure, ...],
    ) -> Export:
        demands = {
            figure: demand_of(self.known, figure, self.values[figure], self.policy)
            for figure in found.sensitive
        }
        kept = tuple(
            registered(
                self.known, self.release, table, printed, demands, self.marks, result.extents, self.policy
            )
            for table, printed in zip(self.given.tables, tables, strict=True)
        )
        finding = Finding(found.given_up, found.lost, public, found.weight, found.bound)
        return Export(
            self.release, self.export, self.policy.threshold, self.known, kept, self.digest, finding
        )


def _system(vintages: Sequence[Vintage], policy: Policy) -> System:
    """The system of everything; where a figure that nobody printed again did change, without guessing otherwise.

    So a corrected total may leave without its parts. Raises InconsistentTables when the new figures break a line among
    themselves.
    """
    try:
        system = system_of(vintages, policy)
        if is_feasible(system):
            return system
    except InconsistentTables:
        pass
    return system_of(vintages, policy, assume_unchanged=False)
