"""The auditor: attacks what is published as an outsider would, and says what gives way and because of which tables.

It knows no more than a reader: the printed tables, the description of their hierarchies, what was published before. It
does not know how the tables were protected, and shares no equations with what protected them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reporting.disclosure.attacker_equations import Equations, Hidden, Publication, Unknown, equations_of
from reporting.disclosure.attacker_intervals import Attack, Contradiction, Demand, Extent
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Kind

MOST_EXPLAINED = 5
TINY = 1e-6


@dataclass(frozen=True)
class Breach:
    """A withheld (or rounded) cell that can be known too well, and a smallest set of tables that is enough for it.

    `sources` are «publication: table»; empty where they were not looked for.
    """

    cell: Hidden
    low: float
    high: float
    sources: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether the very value can be worked out."""
        return self.high - self.low < TINY


@dataclass(frozen=True)
class TableAudit:
    """What the attack found in one table. `narrowest` is the width of its narrowest interval, None with none hidden."""

    source: str
    table: str
    cells: int
    withheld: int
    narrowest: float | None
    breaches: tuple[Breach, ...]


@dataclass(frozen=True)
class Audit:
    """What the attack found in all the tables asked for."""

    tables: tuple[TableAudit, ...]
    extents: dict[Unknown, Extent]

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Everything that can be known too well."""
        return tuple(breach for table in self.tables for breach in table.breaches)

    @property
    def withheld(self) -> int:
        """How many cells are withheld."""
        return sum(table.withheld for table in self.tables)


def audit(
    publications: Sequence[Publication],
    policy: Policy,
    *,
    demands: Mapping[Unknown, Demand] | None = None,
    excused: Collection[Unknown] = (),
    only: Collection[str] | None = None,
    explain: bool = True,
    exact: bool = False,
) -> Audit:
    """Attack everything published and judge every withheld and rounded cell.

    `only` names the sources whose tables are judged (all by default); everything serves the attack. `demands` are what
    was promised for particular unknowns, in place of the width that every withheld cell must have; `excused` ones are
    not judged. Intervals are worked out as far as it takes to see that they are wide enough, with `exact` to their true
    ends. Raises Contradiction when the publications contradict each other.
    """
    equations, attack = _attack(publications)
    asked = [one for one in (*equations.hidden, *equations.rounded) if only is None or one.source in only]
    asked = [one for one in asked if one.unknown not in excused]
    judge = _Judge(policy, equations, demands or {})
    extents = attack.extents({one.unknown: judge.demand(one.unknown) for one in asked}, exact=exact)
    breaches = [
        Breach(one, extents[one.unknown].low, extents[one.unknown].high)
        for one in asked
        if not judge.is_safe(one.unknown, extents[one.unknown])
    ]
    if explain:
        explained = {
            id(breach): replace(breach, sources=_sources(publications, breach, judge))
            for breach in _one_per_unknown(breaches)[:MOST_EXPLAINED]
        }
        breaches = [explained.get(id(breach), breach) for breach in breaches]
    secrets = [one for one in asked if not judge.is_no_secret(one.unknown, extents[one.unknown])]
    return Audit(tuple(_by_table(publications, only, secrets, extents, breaches)), extents)


def _attack(publications: Sequence[Publication]) -> tuple[Equations, Attack]:
    """The equations and what follows; where figures that nobody printed again did change, without that guess."""
    try:
        equations = equations_of(publications)
        return equations, Attack(equations)
    except Contradiction:
        equations = equations_of(publications, assume_unchanged=False)
        return equations, Attack(equations)


class _Judge:
    """Whether an interval is as wide as was promised."""

    def __init__(self, policy: Policy, equations: Equations, demands: Mapping[Unknown, Demand]) -> None:
        self.policy = policy
        self.demands = demands
        self.rounded = {one.unknown for one in equations.rounded} - {one.unknown for one in equations.hidden}
        self.is_whole = equations.is_whole

    def demand(self, unknown: Unknown) -> Demand:
        """What was promised for an unknown."""
        threshold = float(self.policy.threshold)
        if unknown in self.rounded:
            return Demand(threshold, 0.0, threshold)
        kind = Kind.PERSONS if self.is_whole[unknown] else Kind.AMOUNT
        return self.demands.get(unknown) or Demand(self.policy.width(kind))

    def is_no_secret(self, unknown: Unknown, extent: Extent) -> bool:
        """A rounded figure that cannot be small, or is nobody."""
        return unknown in self.rounded and (extent.low >= self.policy.threshold - TINY or extent.high < TINY)

    def is_safe(self, unknown: Unknown, extent: Extent) -> bool:
        """Whether the promise is kept."""
        return self.is_no_secret(unknown, extent) or self.demand(unknown).is_met(extent.low, extent.high)


def _one_per_unknown(breaches: Iterable[Breach]) -> list[Breach]:
    first = {breach.cell.unknown: breach for breach in reversed(list(breaches))}
    return sorted(first.values(), key=lambda breach: (breach.high - breach.low, repr(breach.cell)))


def _sources(publications: Sequence[Publication], breach: Breach, judge: _Judge) -> tuple[str, ...]:
    """A set of tables that gives the cell away and none of which can be spared."""
    kept = [
        replace(publication, tables=(table,)) for publication in publications for table in publication.tables
    ]

    def gives_away(tables: Sequence[Publication]) -> bool:
        equations, attack = _attack(tables)
        if breach.cell.unknown not in equations.low:
            return False
        wanted = {breach.cell.unknown: judge.demand(breach.cell.unknown)}
        extent = attack.extents(wanted)[breach.cell.unknown]
        return not judge.is_safe(breach.cell.unknown, extent)

    step = max(1, len(kept) // 2)
    while step:
        place = 0
        while place < len(kept):
            fewer = kept[:place] + kept[place + step :]
            if fewer and gives_away(fewer):
                kept = fewer
            else:
                place += step
        step = 0 if step == 1 else max(1, step // 2)
    return tuple(f"{one.source}: {one.tables[0].key}" for one in kept)


def _by_table(
    publications: Sequence[Publication],
    only: Collection[str] | None,
    secrets: Sequence[Hidden],
    extents: dict[Unknown, Extent],
    breaches: Sequence[Breach],
) -> Iterable[TableAudit]:
    for publication in publications:
        if only is not None and publication.source not in only:
            continue
        for table in publication.tables:
            name = (publication.source, table.key)
            hidden = [one for one in secrets if (one.source, one.table) == name]
            widths = [extents[one.unknown].high - extents[one.unknown].low for one in hidden]
            yield TableAudit(
                *name,
                cells=len(table.cells),
                withheld=table.withheld,
                narrowest=min(widths, default=None),
                breaches=tuple(one for one in breaches if (one.cell.source, one.cell.table) == name),
            )
