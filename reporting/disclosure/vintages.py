"""What readers have of each figure, release by release: shown, withheld, rounded, or still to be decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reporting.disclosure.cells import Figure, Number
from reporting.disclosure.lines import Layout
from reporting.disclosure.scheme import Scheme, merged


class State(StrEnum):
    """What readers have of a figure."""

    OPEN = "da decidere"  # of the new tables: shown or withheld, as the protection will choose
    SHOWN = "mostrato"
    SENSITIVE = "oscurato, sensibile"  # withheld by the first rule
    WITHHELD = "oscurato"
    ROUNDED = "arrotondato"


# Of two facts about one figure, the one that tells more stands first.
_MOST_TELLING = (State.SHOWN, State.OPEN, State.SENSITIVE, State.WITHHELD, State.ROUNDED)


@dataclass(frozen=True)
class Fact:
    """A figure in a release.

    `value` is the true one where it is shown or to be decided, None otherwise. `mark` says whether the figure is the same
    in two releases, without telling what it is. `low` and `high` are what a rounded print tells of it. `width` is the
    width that the attacker's interval had when the figure was withheld, 0 where it is not known; `threshold` the one that
    was promised then, 0 where it is not known: a promise is kept as it was made, whatever the settings say by now.
    """

    state: State
    value: Number | None
    mark: str
    low: float | None = None
    high: float | None = None
    width: float = 0.0
    threshold: int = 0


@dataclass(frozen=True)
class Vintage:
    """Everything published from one release, and in what tables (`layouts`; `rounded` are those of rounded ones alone)."""

    release: str
    known: Scheme
    facts: Mapping[Figure, Fact] = field(default_factory=dict)
    layouts: frozenset[Layout] = frozenset()
    rounded: frozenset[Layout] = frozenset()

    @property
    def exact(self) -> "Vintage":
        """The same without what was only ever printed rounded."""
        facts = {figure: fact for figure, fact in self.facts.items() if fact.state is not State.ROUNDED}
        return Vintage(self.release, self.known, facts, self.layouts - self.rounded)

    @property
    def is_new(self) -> bool:
        """Whether tables to be protected are among them."""
        return any(fact.state is State.OPEN for fact in self.facts.values())


def by_release(vintages: Iterable[Vintage]) -> list[Vintage]:
    """One vintage per release, in the order of their first publication; that of the new tables comes last."""
    groups: dict[str, list[Vintage]] = {}
    for vintage in vintages:
        groups.setdefault(vintage.release, []).append(vintage)
    together = [_together(release, group) for release, group in groups.items()]
    return sorted(together, key=lambda vintage: vintage.is_new)


def _together(release: str, group: list[Vintage]) -> Vintage:
    known = group[0].known
    facts: dict[Figure, Fact] = {}
    for vintage in group:
        known = merged(known, vintage.known)
        for figure, fact in vintage.facts.items():
            facts[figure] = both(facts[figure], fact) if figure in facts else fact
    layouts = frozenset().union(*(vintage.layouts for vintage in group))
    exact = frozenset().union(*(vintage.layouts - vintage.rounded for vintage in group))
    return Vintage(release, known, facts, layouts, layouts - exact)


def both(one: Fact, other: Fact) -> Fact:
    """What is known by two facts about the same figure of the same release."""
    first, second = sorted((one, other), key=lambda fact: _MOST_TELLING.index(fact.state))
    lows = [fact.low for fact in (first, second) if fact.low is not None]
    highs = [fact.high for fact in (first, second) if fact.high is not None]
    return replace(
        first,
        low=max(lows, default=None),
        high=min(highs, default=None),
        width=min((fact.width for fact in (first, second) if fact.width), default=0.0),
        threshold=max(first.threshold, second.threshold),
    )
