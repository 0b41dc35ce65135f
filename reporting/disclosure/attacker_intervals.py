"""How far each unknown of the attacker can go: deduction first, then whole-number programmes.

Deduction passes through the rows until nothing narrows any more, rounding persons to whole numbers; it settles many
unknowns and leaves independent problems. In each of these, points with whole persons are looked for that bring as many
cells as possible to the ends that were promised: a point is a proof. For the cells that no point brings there, and for
all when the true ends are asked for, the smallest and the largest value are worked out one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import highspy
import numpy as np

from reporting.disclosure.attacker_equations import Equations, Unknown
from reporting.disclosure.attacker_nearby import CLOSE, Rows
from reporting.disclosure.highs import _Highs, linear_model, quiet_solver

PASSES = 60
PIVOT_BY_COST = 4  # primal simplex: only the objective changes from one programme to the next
SEED = 5_101_985
MOST_NODES = 5_000
ROUNDS = 40
LARGE = 2_000  # unknowns: a problem from which a whole-number programme takes seconds
LARGE_ROUNDS = 2
MOST_POINTS = 40


class Contradiction(ValueError):
    """What is published cannot all be true together."""


@dataclass(frozen=True)
class Demand:
    """What an interval should have: a width, and ends that it should reach where they are given."""

    width: float
    low: float | None = None
    high: float | None = None

    def is_met(self, low: float, high: float) -> bool:
        """Whether an interval has it."""
        return (
            high - low >= self.width - CLOSE
            and (self.low is None or low <= self.low + CLOSE)
            and (self.high is None or high >= self.high - CLOSE)
        )


@dataclass(frozen=True)
class Extent:
    """An interval of values that an unknown can have. `is_exact`: it can have no others; `is_endless`: nothing bounds it."""

    low: float
    high: float
    is_exact: bool
    is_endless: bool = False

    @property
    def width(self) -> float:
        """How wide it is: infinite where nothing bounds it."""
        return float("inf") if self.is_endless else self.high - self.low


class Attack:
    """The equations as arrays, narrowed by deduction. Raises Contradiction."""

    def __init__(self, equations: Equations) -> None:
        self.names = list(equations.low)
        self.place = {name: number for number, name in enumerate(self.names)}
        self.low = np.array([equations.low[name] for name in self.names], dtype=float)
        self.high = np.array([equations.high[name] for name in self.names], dtype=float)
        self.is_whole = np.array([equations.is_whole[name] for name in self.names], dtype=bool)
        finite = np.abs(np.concatenate([self.low, self.high]))
        self.roof = 10.0 * max(100.0, float(np.max(finite[np.isfinite(finite)], initial=0.0)))
        self.low = np.maximum(self.low, -self.roof)
        self.high = np.minimum(self.high, self.roof)
        lengths = [len(terms) for terms, _, _ in equations.rows]
        self.row = np.repeat(np.arange(len(lengths)), lengths)
        self.column = np.array(
            [self.place[one] for terms, _, _ in equations.rows for one in terms], dtype=np.int64
        )
        self.factor = np.array([f for terms, _, _ in equations.rows for f in terms.values()], dtype=float)
        self.least = np.array([low for _, low, _ in equations.rows], dtype=float)
        self.most = np.array([high for _, _, high in equations.rows], dtype=float)
        self._deduce()

    def _deduce(self) -> None:
        """Narrow each unknown by what each of its rows leaves to it, until that changes nothing."""
        rows = len(self.least)
        positive = self.factor > 0
        for _ in range(PASSES):
            small = self.factor * np.where(positive, self.low[self.column], self.high[self.column])
            large = self.factor * np.where(positive, self.high[self.column], self.low[self.column])
            bottom = np.bincount(self.row, weights=small, minlength=rows)
            top = np.bincount(self.row, weights=large, minlength=rows)
            scale = CLOSE * (1 + np.maximum(np.abs(bottom), np.abs(top)))
            if np.any(bottom > self.most + scale) or np.any(top < self.least - scale):
                raise Contradiction("the published figures contradict each other")
            ceiling = (self.most[self.row] - (bottom[self.row] - small)) / self.factor
            floor = (self.least[self.row] - (top[self.row] - large)) / self.factor
            upper, lower = np.where(positive, ceiling, floor), np.where(positive, floor, ceiling)
            low, high = self.low.copy(), self.high.copy()
            np.maximum.at(low, self.column, lower)
            np.minimum.at(high, self.column, upper)
            low = np.where(self.is_whole, np.ceil(low - CLOSE), low)
            high = np.where(self.is_whole, np.floor(high + CLOSE), high)
            if np.any(low > high + CLOSE):
                raise Contradiction("the published figures contradict each other")
            low = np.minimum(low, high)
            if np.all(low <= self.low + CLOSE) and np.all(high >= self.high - CLOSE):
                break
            # What is settled stays as it is: the last digits of large sums would only drift from pass to pass.
            is_settled = self.high - self.low <= CLOSE
            self.low = np.where(is_settled, self.low, np.maximum(low, self.low))
            self.high = np.where(is_settled, self.high, np.maximum(np.minimum(high, self.high), self.low))

    def extents(self, wanted: Mapping[Unknown, Demand], *, exact: bool = False) -> dict[Unknown, Extent]:
        """The extent of each unknown: as far as shows that its demand is met, or its true ends.

        True ends are given where the demand is not met, and everywhere with `exact`.
        """
        demands = {self.place[name]: demand for name, demand in wanted.items()}
        found: dict[int, Extent] = {}
        for problem in self._problems():
            mine = {place: demands[place] for place in problem.columns.tolist() if place in demands}
            if mine:
                found |= problem.extents(mine, exact)
        for place in demands:
            found.setdefault(place, Extent(float(self.low[place]), float(self.high[place]), True))
        return {self.names[place]: self._told(found[place]) for place in demands}

    def _told(self, extent: Extent) -> Extent:
        """The extent; one that goes on half the way to the roof, which only programmes need, has no end."""
        return replace(extent, is_endless=extent.high - extent.low > self.roof / 2)

    def _problems(self) -> list["_Problem"]:
        """The independent problems that deduction left, without rows that say nothing any more."""
        rows = len(self.least)
        positive = self.factor > 0
        small = self.factor * np.where(positive, self.low[self.column], self.high[self.column])
        large = self.factor * np.where(positive, self.high[self.column], self.low[self.column])
        bottom = np.bincount(self.row, weights=small, minlength=rows)
        top = np.bincount(self.row, weights=large, minlength=rows)
        says = (bottom < self.least - CLOSE) | (top > self.most + CLOSE)
        is_free = self.high - self.low > CLOSE
        kept = says[self.row] & is_free[self.column]
        above = np.arange(len(self.names))

        def root(one: int) -> int:
            while above[one] != one:
                above[one] = above[above[one]]
                one = int(above[one])
            return one

        first: dict[int, int] = {}
        for row, column in zip(self.row[kept].tolist(), self.column[kept].tolist(), strict=True):
            if row in first:
                above[root(column)] = root(first[row])
            first[row] = column
        touched = np.unique(self.column[kept])
        roots = np.array([root(column) for column in touched.tolist()], dtype=np.int64)
        return [_Problem(self, touched[roots == one], kept) for one in np.unique(roots)]


class _Problem:
    """One independent problem: its unknowns, its rows with known values on the other side, and points found in it."""

    def __init__(self, attack: Attack, columns: np.ndarray, kept: np.ndarray) -> None:
        self.columns = columns
        self.whole = attack.is_whole[columns]
        self.low, self.high = attack.low[columns], attack.high[columns]
        position = np.full(len(attack.names), -1, dtype=np.int64)
        position[columns] = np.arange(len(columns))
        mine = kept & (position[attack.column] >= 0)
        rows, number = np.unique(attack.row[mine], return_inverse=True)
        rest = np.isin(attack.row, rows) & ~mine
        known = np.bincount(
            attack.row[rest],
            weights=attack.factor[rest] * attack.low[attack.column[rest]],
            minlength=len(attack.least),
        )
        self.start = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(rows)))])
        self.index = position[attack.column[mine]]
        self.factor = attack.factor[mine]
        self.least, self.most = (attack.least - known)[rows], (attack.most - known)[rows]
        self.seen_low = np.full(len(columns), np.inf)
        self.seen_high = np.full(len(columns), -np.inf)
        self._simplex: _Highs | None = None
        self._points: list[np.ndarray] = []

    def extents(self, demands: Mapping[int, Demand], exact: bool) -> dict[int, Extent]:
        """The extents of unknowns, by their place in the attack."""
        inside = {place: number for number, place in enumerate(self.columns.tolist())}
        wanted = {inside[place]: demand for place, demand in demands.items()}
        if not exact:
            self._look_around(wanted)
        result = {}
        for place, demand in demands.items():
            column = inside[place]
            low, high = float(self.seen_low[column]), float(self.seen_high[column])
            is_shown = demand.is_met(low, high)
            if exact or not is_shown:
                low, sure_low = self._end(column, 1.0)
                high, sure_high = self._end(column, -1.0)
                result[place] = Extent(low, -high, sure_low and sure_high)
            else:
                result[place] = Extent(low, high, False)
        return result

    def _look_around(self, wanted: Mapping[int, Demand]) -> None:
        """Points that bring many unknowns at once to the ends they should reach, as long as that helps."""
        for sign in (1.0, -1.0):
            aims = {column: self._aim(column, demand, sign) for column, demand in wanted.items()}
            is_large = len(self.columns) > LARGE
            for _ in range(LARGE_ROUNDS if is_large else ROUNDS):
                left = self._left(sign, aims, wanted)
                if not left or not self._visit(left, sign, aims):
                    break
                if self._left(sign, aims, wanted) == left:
                    break
            if is_large:
                self._look_nearby(sign, aims, wanted)

    def _left(self, sign: float, aims: Mapping[int, float], wanted: Mapping[int, Demand]) -> list[int]:
        """The unknowns that no point brought to their aim yet, nor several to what they should have."""
        seen = self.seen_low if sign > 0 else -self.seen_high
        return [
            column
            for column, aim in aims.items()
            if seen[column] > aim + CLOSE
            and not wanted[column].is_met(self.seen_low[column], self.seen_high[column])
        ]

    def _look_nearby(self, sign: float, aims: Mapping[int, float], wanted: Mapping[int, Demand]) -> None:
        """Points for one unknown after the other, from the known point in which it is nearest to its aim."""
        rows = Rows(
            self.start, self.index, self.factor, self.least, self.most, self.low, self.high, self.whole
        )
        for column in self._left(sign, aims, wanted):
            if self._points and self._left(sign, {column: aims[column]}, wanted):
                best = min(self._points, key=lambda point: sign * point[column])
                point = rows.nearer(best, column, sign, aims[column])
                if point is not None:
                    self._keep(point)

    def _aim(self, column: int, demand: Demand, sign: float) -> float:
        """How far down sign x unknown should come."""
        if sign > 0:
            return demand.low if demand.low is not None else float(max(self.low[column], 0.0))
        above = demand.high if demand.high is not None else float(max(self.low[column], 0.0) + demand.width)
        return -above

    def _visit(self, columns: list[int], sign: float, aims: Mapping[int, float]) -> bool:
        """One point: the least sum of what the columns lack of their aims."""
        solver = self._programme()
        count = len(self.columns)
        for number, column in enumerate(columns):
            solver.addCol(1.0, 0.0, highspy.kHighsInf, 0, np.array([], dtype=np.int32), np.array([]))
            pair = np.array([column, count + number], dtype=np.int32)
            solver.addRow(-highspy.kHighsInf, aims[column], 2, pair, np.array([sign, -1.0]))
        solver.setOptionValue("mip_rel_gap", 0.05)
        solver.setOptionValue("mip_max_nodes", 20)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction("the published figures contradict each other")
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return False
        self._keep(np.asarray(solver.getSolution().col_value)[:count])
        return True

    def _keep(self, point: np.ndarray) -> None:
        point = np.where(self.whole, np.round(point), point)
        if len(self.columns) > LARGE:
            self._points = [*self._points[-MOST_POINTS:], point]
        np.minimum(self.seen_low, point, out=self.seen_low)
        np.maximum(self.seen_high, point, out=self.seen_high)

    def _end(self, column: int, sign: float) -> tuple[float, bool]:
        """The minimum of sign x unknown over points with whole persons, and whether it was settled."""
        if self._simplex is None:
            self._simplex = self._programme(relaxed=True)
            self._simplex.setOptionValue("presolve", "off")
            self._simplex.setOptionValue("simplex_strategy", PIVOT_BY_COST)
        self._simplex.changeColCost(column, sign)
        self._simplex.run()
        if self._simplex.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction("the published figures contradict each other")
        point = np.asarray(self._simplex.getSolution().col_value)
        value = float(self._simplex.getInfo().objective_function_value)
        self._simplex.changeColCost(column, 0.0)
        persons = point[self.whole]
        if np.all(np.abs(persons - np.round(persons)) < CLOSE):
            self._keep(point)
            return (float(np.round(value)) if self.whole[column] else value), True
        return self._whole_end(column, sign, value)

    def _whole_end(self, column: int, sign: float, relaxed: float) -> tuple[float, bool]:
        solver = self._programme()
        solver.setOptionValue("mip_max_nodes", MOST_NODES)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.9 if self.whole[column] else CLOSE)
        solver.changeColCost(column, sign)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction("the published figures contradict each other")
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            self._keep(np.asarray(solver.getSolution().col_value))
            value = float(solver.getInfo().objective_function_value)
            return (float(np.round(value)) if self.whole[column] else value), True
        return (float(np.ceil(relaxed - CLOSE)) if self.whole[column] else relaxed), False

    def _programme(self, *, relaxed: bool = False) -> _Highs:
        """The problem without an objective."""
        model = linear_model(
            np.zeros(len(self.columns)),
            (self.low, self.high),
            (self.start.astype(np.int32), self.index.astype(np.int32), self.factor),
            (self.least, self.most),
            None if relaxed else self.whole,
        )
        solver = quiet_solver(SEED)
        solver.passModel(model)
        return solver
