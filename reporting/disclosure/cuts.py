"""What a pattern of withheld cells must give, and the inequality that a pattern breaks when it does not.

The method is that of Fischetti and Salazar-González: the attacker's interval of a cell is a linear programme whose bounds
depend on what is withheld; where the interval is too narrow, the dual solution is an inequality on the pattern that every
safe pattern satisfies.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reporting.disclosure.pool import Pool
from reporting.disclosure.solver import NOISE, Answer, Region
from reporting.disclosure.tables import System

SLACK = 1e-6
ASKED_FIRST = 8  # needs that are met, one by one, before points are looked for that show many at once
FEW_LEFT = 16  # needs: fewer are asked one by one
MOST_SWEEPS = 25


@dataclass(frozen=True)
class Reach:
    """sign x column must be able to come down to `target`: what a sensitive column needs, one for each side."""

    column: int
    sign: float
    target: float


@dataclass(frozen=True)
class Width:
    """The interval of a column must be this wide; where `is_conditional`, only if the column is withheld."""

    column: int
    width: float
    is_conditional: bool


Need = Reach | Width


@dataclass(frozen=True)
class Cut:
    """sum of weight x pattern >= 1 over the columns; with a `condition`, >= the pattern of that column."""

    columns: np.ndarray
    weights: np.ndarray
    condition: int | None

    def lacks(self, pattern: np.ndarray) -> float:
        """By how much a pattern misses it."""
        wanted = 1.0 if self.condition is None else float(pattern[self.condition])
        return wanted - float(self.weights @ pattern[self.columns])

    def renumbered(self, position: np.ndarray) -> "Cut":
        """The same cut where the columns stand elsewhere."""
        condition = None if self.condition is None else int(position[self.condition])
        return Cut(position[self.columns], self.weights, condition)


@dataclass(frozen=True)
class Unmet:
    """A need that a pattern does not meet: the interval's ends as far as they were worked out, and the cut."""

    need: Need
    low: float
    high: float
    cut: Cut


class Impossible(Exception):
    """A need that nothing that may be withheld can meet.

    `low` and `high` are the ends of the interval as far as they were worked out, `helpers` the columns that would help.
    """

    def __init__(self, need: Need, helpers: np.ndarray, low: float = -np.inf, high: float = np.inf) -> None:
        super().__init__(need)
        self.need = need
        self.low = low
        self.high = high
        self.helpers = helpers


class Separation:
    """Finds what a pattern lacks.

    `always` are the columns that every pattern withholds, `choice` those to choose from, `held` cuts that are known to
    be needed whatever this system says; `pool` has points found before, and a place for every column of the needs.
    """

    def __init__(
        self,
        system: System,
        needs: Sequence[Need],
        always: np.ndarray,
        choice: np.ndarray,
        held: Sequence[Cut] = (),
        pool: Pool | None = None,
    ) -> None:
        self.system = system
        self.reaches = [need for need in needs if isinstance(need, Reach)]
        self.widths = [need for need in needs if isinstance(need, Width)]
        self.always = always
        self.choice = choice
        self.held = tuple(held)
        self.pool = pool or Pool(system, columns_of(needs))
        self.programmes = 0

    def is_met(self, pattern: np.ndarray) -> bool:
        """Whether a pattern of 0 and 1 meets every need."""
        return self.missed(pattern) is None and next(self.unmet(pattern), None) is None

    def missed(self, pattern: np.ndarray) -> Cut | None:
        """A cut held from outside that a pattern misses."""
        return next((cut for cut in self.held if cut.lacks(pattern) > SLACK), None)

    def seen_to_be_met(self, pattern: np.ndarray) -> set[Need]:
        """The needs that a few points, looked for together, show to be met under a pattern of 0 and 1."""
        sweep = _Sweep(self, pattern)
        sweep.look_around()
        return {need for need in (*self.reaches, *self.widths) if not sweep.lacks(need)}

    def unmet(self, pattern: np.ndarray) -> Iterator[Unmet]:
        """The needs that a pattern does not meet, each with its cut. Raises Impossible where withholding cannot help."""
        sweep = _Sweep(self, pattern)
        for reach in self.reaches:
            if sweep.is_left(reach):
                answer = sweep.ask(reach.column, reach.sign)
                if answer.value > reach.target + SLACK:
                    ends = (answer.value, np.inf) if reach.sign > 0 else (-np.inf, -answer.value)
                    yield self._unmet(sweep.region, reach, *ends, [(answer, reach.sign)])
        for width in self.widths:
            if not sweep.is_left(width):
                continue
            down, up = sweep.ask(width.column, 1.0), sweep.ask(width.column, -1.0)
            if -up.value - down.value < sweep.wanted(width) - SLACK:
                yield self._unmet(sweep.region, width, down.value, -up.value, [(down, 1.0), (up, -1.0)])

    def _unmet(
        self, region: Region, need: Need, low: float, high: float, answers: Sequence[tuple[Answer, float]]
    ) -> Unmet:
        lacking = need.width if isinstance(need, Width) else -need.target
        gains = np.zeros(len(self.system.columns))
        for answer, sign in answers:
            constant, gain = _dual_bound(region, answer, need.column, sign)
            lacking += constant
            gains += gain
        condition = need.column if isinstance(need, Width) and need.is_conditional else None
        given = self.always.copy()
        if condition is not None:
            given[condition] = True
        lacking -= float(gains[given].sum())
        useful = np.flatnonzero(self.choice & ~given & (gains > SLACK))
        weights = np.minimum(gains[useful] / max(lacking, SLACK), 1.0)
        if (
            condition is None and float(weights.sum()) < 1.0 - SLACK
        ):  # not even all that may be withheld would do
            shut = self.system.is_open & ~given & ~self.choice
            raise Impossible(need, np.flatnonzero(shut & (gains > SLACK)), low, high)
        return Unmet(need, low, high, Cut(useful, weights, condition))


def columns_of(needs: Iterable[Need]) -> np.ndarray:
    """The columns that something is needed of, each once."""
    return np.unique([need.column for need in needs]).astype(np.int64)


class _Sweep:
    """One look at all needs under one pattern. Points found on the way serve the needs that follow, and later sweeps."""

    def __init__(self, separation: Separation, pattern: np.ndarray) -> None:
        self.separation = separation
        self.pool = separation.pool
        self.pattern = pattern
        self.is_whole = bool(np.all((pattern < NOISE) | (pattern > 1 - NOISE)))
        if self.is_whole:
            self.least, self.most = self.pool.reached(pattern)
        else:
            self.least = np.full(len(self.pool.interesting), np.inf)
            self.most = -self.least
        self._region: Region | None = None
        self._asked = 0

    @property
    def region(self) -> Region:
        if self._region is None:
            self._region = Region(self.separation.system, self.pattern)
        return self._region

    def wanted(self, width: Width) -> float:
        """The width that a need asks for under the pattern."""
        return width.width * float(self.pattern[width.column] if width.is_conditional else 1.0)

    def is_left(self, need: Need) -> bool:
        """Whether no points show yet that a need is met. After some that programmes had to show, many are shown at once."""
        if not self.lacks(need):
            return False
        self._asked += 1
        if self._asked == ASKED_FIRST:
            self.look_around()
            return self.lacks(need)
        return True

    def lacks(self, need: Need) -> bool:
        """Whether the points found so far do not show that a need is met."""
        if isinstance(need, Reach):
            return self.reached(need.column, need.sign) > need.target + SLACK
        wanted = self.wanted(need)
        seen = -self.reached(need.column, -1.0) - self.reached(need.column, 1.0)
        return wanted > SLACK and seen < wanted - SLACK

    def look_around(self) -> None:
        """Points that bring many columns at once to where they must come, as long as that helps."""
        needs = (*self.separation.reaches, *self.separation.widths)
        for sign in (1.0, -1.0):
            left = [need for need in needs if self.lacks(need) and self._aim(need, sign) is not None]
            for _ in range(MOST_SWEEPS):
                if len(left) < FEW_LEFT:
                    break
                aims = {need.column: float(self._aim(need, sign) or 0.0) for need in left}
                point = self.separation.system.value.copy()
                point[self.region.free] = self.region.nearest(tuple(aims.items()), sign)
                self._note(point)
                still = [need for need in left if self.lacks(need) and not self._is_there(need, sign)]
                if len(still) == len(left):
                    break
                left = still

    def _aim(self, need: Need, sign: float) -> float | None:
        """How far down sign x column should come for a need; None where the need does not ask it."""
        if self.region.position[need.column] < 0:
            return None
        if isinstance(need, Reach):
            return need.target if need.sign == sign else None
        least = float(max(self.region.lower[need.column], 0.0))
        return least if sign > 0 else -(least + self.wanted(need))

    def _is_there(self, need: Need, sign: float) -> bool:
        aim = self._aim(need, sign)
        return aim is None or self.reached(need.column, sign) <= aim + SLACK

    def reached(self, column: int, sign: float) -> float:
        """The least value of sign x column that is known to be possible."""
        place = self.pool.where[column]
        return float(self.least[place] if sign > 0 else -self.most[place])

    def ask(self, column: int, sign: float) -> Answer:
        answer = self.region.smallest(column, sign)
        self._note(answer.point)
        return answer

    def _note(self, point: np.ndarray) -> None:
        """Take down how far a point brings the columns; it serves other patterns too."""
        self.separation.programmes += 1
        values = point[self.pool.interesting]
        np.minimum(self.least, values, out=self.least)
        np.maximum(self.most, values, out=self.most)
        if self.is_whole:
            self.pool.add(point)


def _dual_bound(region: Region, answer: Answer, column: int, sign: float) -> tuple[float, np.ndarray]:
    """constant - sum of gain x pattern is at most the minimum of sign x column, whatever the pattern."""
    system = region.system
    duals = np.zeros(len(system.low))
    duals[region.rows] = np.where(np.abs(answer.duals) > NOISE, answer.duals, 0.0)
    side = np.where(duals > 0, system.low, system.high)
    duals = np.where(np.isfinite(side), duals, 0.0)
    side = np.where(np.isfinite(side), side, 0.0)
    spread = system.coefficient * duals[system.row_of]
    cost = -np.bincount(system.index, weights=spread, minlength=len(system.columns))
    cost[column] += sign
    ends = np.where(cost > 0, system.lower, system.upper)
    value = system.known
    unknown = ~system.is_open & ~system.is_shown
    constant = float(duals @ side) + float(cost @ np.where(unknown, ends, value))
    gain = np.where(system.is_open, cost * (value - ends), 0.0)
    return constant, gain
