"""What a rounding must leave open, together with all that was exported before.

A printed multiple says that the true figure is within a base of it. Where that, with the exact margins of earlier
exports, narrows a figure too much, the dual solution of the attacker's programme is an inequality on the multiples
themselves: the next rounding satisfies it. What earlier exports give away by themselves, no rounding can take back: it is
no reason to refuse one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reporting.disclosure.cells import Figure
from reporting.disclosure.cuts import SLACK, Reach, Width
from reporting.disclosure.needs import needs_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.solver import NOISE, Answer, Region, is_feasible
from reporting.disclosure.tables import InconsistentTables, System, system_of, told_anew
from reporting.disclosure.vintages import Fact, State, Vintage, by_release

MOST_CUTS = 60
MOST_SWEEPS = 25

Need = Reach | Width


@dataclass(frozen=True)
class RoundingCut:
    """sum of factor x printed figure >= least: what any rounding that keeps a promise satisfies.

    With an `unless` it is asked only of roundings that print this figure as the base or less.
    """

    terms: tuple[tuple[Figure, float], ...]
    least: float
    unless: Figure | None = None


class Guard:
    """Looks for what a rounding gives away, before it is printed.

    With nothing exported before that hangs together with the new tables it finds nothing.
    """

    def __init__(self, present: Vintage, earlier: Sequence[Vintage], base: int, policy: Policy) -> None:
        self.base = base
        self.policy = policy
        self.values = {figure: fact.value for figure, fact in present.facts.items()}
        system = _system(present, earlier, policy) if any(vintage.facts for vintage in earlier) else None
        self.system = None if system is None else _concerned(system, present, earlier)
        self._left: dict[Need, Need] = {}
        if self.system is None:
            return
        self.figures = {place: self.system.columns[place].figure for place in _places(self.system, present)}
        self.promised = needs_of(self.system, (), policy)
        self._before = _Look(self.system)

    def cuts(self, rounded: Mapping[Figure, int]) -> list[RoundingCut]:
        """The inequalities that a rounding breaks; none when it keeps every promise."""
        if self.system is None:
            return []
        lower, upper = self.system.lower.copy(), self.system.upper.copy()
        for place, figure in self.figures.items():
            lower[place] = max(lower[place], rounded[figure] - self.base)
            upper[place] = min(upper[place], rounded[figure] + self.base)
        look = _Look(replace(self.system, lower=lower, upper=upper))
        needs = [(need, None) for need in self.promised] + self._new_needs(rounded)
        needs = [(self._left.get(need, need), unless) for need, unless in needs]
        look.sweep([need for need, _ in needs])
        found: list[RoundingCut] = []
        for need, unless in needs:
            answers = look.unmet(need)
            if answers and self._is_no_secret(need, answers):
                continue
            if answers and (rest := self._rest(need)) is not need:
                need, answers = rest, look.unmet(rest)
            if answers:
                found.append(replace(self._cut(look, need, answers, rounded), unless=unless))
                if len(found) == MOST_CUTS:
                    break
        return found

    def _new_needs(self, rounded: Mapping[Figure, int]) -> list[tuple[Need, Figure | None]]:
        """What is promised for the new figures, and the figure that must be small for it to count.

        A sensitive figure must look as if it could be nobody or the threshold; any other one that is printed as the base
        or less must have its width.
        """
        threshold = float(self.policy.threshold)
        needs: list[tuple[Need, Figure | None]] = []
        for place, figure in self.figures.items():
            if self.policy.is_sensitive(self.values[figure]):
                needs += [(Reach(place, 1.0, 0.0), None), (Reach(place, -1.0, -threshold), None)]
            elif rounded[figure] <= self.base:
                needs.append((Width(place, threshold, False), figure))
        return needs

    def _is_no_secret(self, need: Need, answers: Sequence[tuple[Answer, float]]) -> bool:
        """Whether a need is that of a rounded figure which is known not to be small."""
        is_rounded = self.system.facts[self.system.columns[need.column]].state is State.ROUNDED
        (answer, sign), *_ = answers
        return is_rounded and sign > 0 and answer.value >= self.policy.threshold - SLACK

    def _rest(self, need: Need) -> Need:
        """The need itself, or what is left of one that earlier exports leave unmet: to narrow the figure no further."""
        if need not in self._left:
            self._left[need] = need
            if self._before.unmet(need):
                ends = sum(self._before.end(need.column, sign) for sign in (1.0, -1.0))
                rest = Width(need.column, min(float(self.policy.threshold), -ends), False)
                self._left[need] = self._left[rest] = rest
        return self._left[need]

    def _cut(
        self,
        look: "_Look",
        need: Need,
        answers: Sequence[tuple[Answer, float]],
        rounded: Mapping[Figure, int],
    ) -> RoundingCut:
        """constant + sum of cost x end of each figure <= target, where the ends are those that the multiples give."""
        system = look.system
        constant = 0.0
        terms: dict[Figure, float] = {}
        for answer, sign in answers:
            duals = np.zeros(len(system.low))
            duals[look.region.rows] = np.where(np.abs(answer.duals) > NOISE, answer.duals, 0.0)
            side = np.where(duals > 0, system.low, system.high)
            duals = np.where(np.isfinite(side), duals, 0.0)
            constant += float(duals @ np.where(np.isfinite(side), side, 0.0))
            spread = system.coefficient * duals[system.row_of]
            cost = -np.bincount(system.index, weights=spread, minlength=len(system.columns))
            cost[need.column] += sign
            known = look.region.position < 0
            ends = np.where(
                known, np.nan_to_num(system.value), np.where(cost > 0, system.lower, system.upper)
            )
            for place in np.flatnonzero(np.abs(cost) > NOISE).tolist():
                figure = self.figures.get(place)
                if (
                    figure is not None
                    and not known[place]
                    and self._is_end_of_rounding(place, cost[place], rounded[figure])
                ):
                    terms[figure] = terms.get(figure, 0.0) - float(cost[place])
                    constant += float(cost[place]) * (-self.base if cost[place] > 0 else self.base)
                else:
                    constant += float(cost[place]) * float(ends[place])
        return RoundingCut(tuple(terms.items()), constant - _target(need))

    def _is_end_of_rounding(self, place: int, cost: float, printed: int) -> bool:
        """Whether the end that counts is the one that the printed figure gives, not one known before."""
        if cost > 0:
            return printed - self.base > self.system.lower[place]
        return printed + self.base < self.system.upper[place]


class _Look:
    """How far the columns of a system can go: points found for one need serve the needs that follow."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._region: Region | None = None
        self.least = np.full(len(system.columns), np.inf)
        self.most = -self.least

    @property
    def region(self) -> Region:
        if self._region is None:
            self._region = Region(self.system, np.zeros(len(self.system.columns)))
            known = self._region.position < 0
            self.least[known] = self.most[known] = np.nan_to_num(self.system.value)[known]
        return self._region

    def sweep(self, needs: Sequence[Need]) -> None:
        """Look for points that bring many columns at once to where they must come, as long as that helps."""
        for sign in (1.0, -1.0):
            aims = {need: self._aim(need, sign) for need in needs if self.region.position[need.column] >= 0}
            left = [need for need, aim in aims.items() if aim is not None and self._is_left(need, sign, aim)]
            for _ in range(MOST_SWEEPS):
                if not left:
                    break
                self._visit([(need.column, float(aims[need] or 0.0)) for need in left], sign)
                still = [need for need in left if self._is_left(need, sign, float(aims[need] or 0.0))]
                if len(still) == len(left):
                    break
                left = still

    def _aim(self, need: Need, sign: float) -> float | None:
        """How far down sign x column should come for a need; None where the need does not ask it."""
        if isinstance(need, Reach):
            return need.target if need.sign == sign else None
        least = float(max(self.region.lower[need.column], 0.0))
        return least if sign > 0 else -(least + need.width)

    def _is_left(self, need: Need, sign: float, aim: float) -> bool:
        return self._seen(need.column, sign) > aim + SLACK and bool(self._lacks(need))

    def _lacks(self, need: Need) -> bool:
        """Whether the points found so far do not show that a need is met."""
        signs = (need.sign,) if isinstance(need, Reach) else (1.0, -1.0)
        return sum(self._seen(need.column, sign) for sign in signs) > _target(need) + SLACK

    def _visit(self, aims: Sequence[tuple[int, float]], sign: float) -> None:
        """One point: the least sum of what sign x column lacks of its aim."""
        point = self.system.value.copy()
        point[self.region.free] = self.region.nearest(aims, sign)
        self._keep(point)

    def unmet(self, need: Need) -> list[tuple[Answer, float]]:
        """The ends of a column that does not come as far as it must, each with its sign; empty where it does."""
        if self.region.position[need.column] < 0:
            return []
        if not self._lacks(need):
            return []
        signs = (need.sign,) if isinstance(need, Reach) else (1.0, -1.0)
        answers = [(self._ask(need.column, sign), sign) for sign in signs]
        return answers if sum(answer.value for answer, _ in answers) > _target(need) + SLACK else []

    def end(self, column: int, sign: float) -> float:
        """The least value of sign x column."""
        return self._ask(column, sign).value

    def _seen(self, column: int, sign: float) -> float:
        return float(self.least[column] if sign > 0 else -self.most[column])

    def _ask(self, column: int, sign: float) -> Answer:
        answer = self.region.smallest(column, sign)
        self._keep(answer.point)
        return answer

    def _keep(self, point: np.ndarray) -> None:
        np.fmin(self.least, point, out=self.least)
        np.fmax(self.most, point, out=self.most)


def _target(need: Need) -> float:
    """What the sum of the ends of a column, each with its sign, must come down to."""
    return need.target if isinstance(need, Reach) else -need.width


def _system(present: Vintage, earlier: Sequence[Vintage], policy: Policy) -> System:
    """All that readers will know, with the figures of the new tables as rounded ones that are not printed yet.

    Ranges are those of the system of the true figures, which lie in them; where a figure that nobody printed again did
    change, nothing is guessed.
    """
    true = by_release([*earlier, present])
    order = [vintage.release for vintage in true]
    facts = {figure: Fact(State.ROUNDED, None, fact.mark) for figure, fact in present.facts.items()}
    vintages = by_release([*earlier, replace(present, facts=facts)])
    vintages.sort(key=lambda vintage: order.index(vintage.release))
    decided, assume_unchanged = _true_system(true, policy)
    return told_anew(decided, vintages, assume_unchanged=assume_unchanged)


def _true_system(vintages: Sequence[Vintage], policy: Policy) -> tuple[System, bool]:
    """The system of the true figures, and whether those that nobody printed again can be taken for unchanged."""
    try:
        system = system_of(vintages, policy)
        if is_feasible(system):
            return system, True
    except InconsistentTables:
        pass
    return system_of(vintages, policy, assume_unchanged=False), False


def _places(system: System, present: Vintage) -> list[int]:
    """Where the figures of the new tables stand that readers do not know yet."""
    return [
        place
        for place, column in enumerate(system.columns)
        if not system.is_shown[place]
        and (mine := present.facts.get(column.figure)) is not None
        and column in system.facts
        and system.facts[column].mark == mine.mark
    ]


def _concerned(system: System, present: Vintage, earlier: Sequence[Vintage]) -> System | None:
    """The part of a system that hangs together with the new tables; None where nobody was told of any of it."""
    reached = np.zeros(len(system.columns), dtype=bool)
    reached[_places(system, present)] = True
    while True:
        touched = np.zeros(len(system.low), dtype=bool)
        touched[system.row_of[reached[system.index]]] = True
        inside = system.index[touched[system.row_of]]
        further = reached.copy()
        further[inside] |= ~system.is_shown[inside]
        if np.array_equal(further, reached):
            break
        reached = further
    told = {(figure, fact.mark) for vintage in earlier for figure, fact in vintage.facts.items()}
    nearby = {system.columns[place] for place in {*inside.tolist(), *np.flatnonzero(reached).tolist()}}
    is_told = any(
        (column.figure, system.facts[column].mark) in told for column in nearby if column in system.facts
    )
    return system.part(reached) if is_told else None
