"""What a rounding must leave open, together with all that was exported before.

A printed multiple says that the true figure is within a base of it. Where that, with the exact margins of earlier
exports, narrows a figure too much, the dual solution of the attacker's programme is an inequality on the multiples
themselves: the next rounding satisfies it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reporting.disclosure.cells import Figure
from reporting.disclosure.cuts import SLACK, Reach, Width
from reporting.disclosure.needs import needs_of
from reporting.disclosure.policy import Policy
from reporting.disclosure.solver import NOISE, Answer, Region, nobody
from reporting.disclosure.tables import System, system_of
from reporting.disclosure.vintages import Fact, State, Vintage, by_release

MOST_CUTS = 60


@dataclass(frozen=True)
class RoundingCut:
    """sum of factor x printed figure >= least: what any rounding that keeps a promise satisfies."""

    terms: tuple[tuple[Figure, float], ...]
    least: float


class Guard:
    """Looks for what a rounding gives away, before it is printed."""

    def __init__(self, present: Vintage, earlier: Sequence[Vintage], base: int, policy: Policy) -> None:
        facts = {figure: Fact(State.ROUNDED, None, fact.mark) for figure, fact in present.facts.items()}
        vintages = by_release([*earlier, replace(present, facts=facts)])
        self.base = base
        self.policy = policy
        self.system = system_of(vintages, policy)
        self.figures = {
            place: column.figure
            for place, column in enumerate(self.system.columns)
            if present.facts.get(column.figure)
            and column in self.system.facts
            and self.system.facts[column].mark == present.facts[column.figure].mark
            and not self.system.is_shown[place]
        }
        self.earlier = needs_of(self.system, (), policy)

    def cuts(self, rounded: Mapping[Figure, int]) -> list[RoundingCut]:
        """The inequalities that a rounding breaks; none when it keeps every promise."""
        lower, upper = self.system.lower.copy(), self.system.upper.copy()
        for place, figure in self.figures.items():
            lower[place] = max(lower[place], rounded[figure] - self.base)
            upper[place] = min(upper[place], rounded[figure] + self.base)
        system = replace(self.system, lower=lower, upper=upper)
        small = [
            place
            for place, figure in self.figures.items()
            if rounded[figure] <= self.base and system.facts[system.columns[place]].state is State.ROUNDED
        ]
        empty = nobody(system, small)
        threshold = float(self.policy.threshold)
        needs: list[Reach | Width] = list(self.earlier)
        for place in small:
            if place not in empty:
                needs += [Reach(place, 1.0, 0.0), Reach(place, -1.0, -threshold)]
        return self._broken(system, needs, rounded)

    def _broken(
        self, system: System, needs: Sequence[Reach | Width], rounded: Mapping[Figure, int]
    ) -> list[RoundingCut]:
        region = Region(system, np.zeros(len(system.columns)))
        least = np.where(region.position >= 0, np.inf, np.nan_to_num(system.value))
        most = np.where(region.position >= 0, -np.inf, np.nan_to_num(system.value))
        found: list[RoundingCut] = []

        def ask(column: int, sign: float) -> Answer:
            answer = region.smallest(column, sign)
            np.fmin(least, answer.point, out=least)
            np.fmax(most, answer.point, out=most)
            return answer

        for need in needs:
            if len(found) >= MOST_CUTS:
                break
            if region.position[need.column] < 0:
                continue
            if isinstance(need, Reach):
                seen = least[need.column] if need.sign > 0 else -most[need.column]
                if seen <= need.target + SLACK:
                    continue
                answers, target = [(ask(need.column, need.sign), need.sign)], need.target
            else:
                if most[need.column] - least[need.column] >= need.width - SLACK:
                    continue
                answers = [(ask(need.column, sign), sign) for sign in (1.0, -1.0)]
                target = -need.width
            if sum(answer.value for answer, _ in answers) > target + SLACK:
                found.append(self._cut(system, region, need.column, answers, target, rounded))
        return found

    def _cut(
        self,
        system: System,
        region: Region,
        column: int,
        answers: Sequence[tuple[Answer, float]],
        target: float,
        rounded: Mapping[Figure, int],
    ) -> RoundingCut:
        """constant + sum of cost x end of each figure <= target, where the ends are those that the multiples give."""
        constant = 0.0
        terms: dict[Figure, float] = {}
        for answer, sign in answers:
            duals = np.zeros(len(system.low))
            duals[region.rows] = np.where(np.abs(answer.duals) > NOISE, answer.duals, 0.0)
            side = np.where(duals > 0, system.low, system.high)
            duals = np.where(np.isfinite(side), duals, 0.0)
            constant += float(duals @ np.where(np.isfinite(side), side, 0.0))
            spread = system.coefficient * duals[system.row_of]
            cost = -np.bincount(system.index, weights=spread, minlength=len(system.columns))
            cost[column] += sign
            known = region.position < 0
            ends = np.where(
                known, np.nan_to_num(system.value), np.where(cost > 0, system.lower, system.upper)
            )
            for place in np.flatnonzero(np.abs(cost) > NOISE).tolist():
                figure = self.figures.get(place)
                moves = (
                    figure is not None
                    and not known[place]
                    and self._is_end_of_rounding(place, cost[place], rounded[figure])
                )
                if figure is not None and moves:
                    terms[figure] = terms.get(figure, 0.0) - float(cost[place])
                    constant += float(cost[place]) * (-self.base if cost[place] > 0 else self.base)
                else:
                    constant += float(cost[place]) * float(ends[place])
        return RoundingCut(tuple(terms.items()), constant - target)

    def _is_end_of_rounding(self, place: int, cost: float, printed: int) -> bool:
        """Whether the end that counts is the one that the printed figure gives, not one known before."""
        if cost > 0:
            return printed - self.base > self.system.lower[place]
        return printed + self.base < self.system.upper[place]
