"""One independent problem of the attacker: how far each of the unknowns asked for can go in it.

Points with whole persons are looked for that bring as many unknowns as possible at once to the ends that were promised:
a point that satisfies everything is a proof. For an unknown that no point brings there, a programme of its own looks for
the missing end; only where that does not exist, and everywhere when true ends are asked for, are the smallest and the
largest value worked out. Programmes are of the smaller problem (`attacker_smaller.py`); what they find counts once it
satisfies every row of the problem itself. In a large problem a programme first looks around the cells in question, with
what is far from them as in the last point (`attacker_near.py`), and first with persons in parts, which are often whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import highspy
import numpy as np

from reporting.disclosure.attacker_near import around, narrowed
from reporting.disclosure.attacker_part import Aims, Part
from reporting.disclosure.attacker_rows import CLOSE, Rows
from reporting.disclosure.attacker_smaller import smaller
from reporting.disclosure.highs import _Highs

SIGNS = (1.0, -1.0)  # towards the smallest value, towards the largest
MOST_NODES = 5_000
NODES_OF_A_VISIT = 20
GAP_OF_A_VISIT = 0.05
ROUNDS = 60
LARGE = 500  # unknowns: from here on the relaxed programme seldom has persons whole, and is not asked first


class Contradiction(ValueError):
    """What is published cannot all be true together."""

    def __init__(self, text: str = "the published figures contradict each other") -> None:
        super().__init__(text)


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


class Problem:
    """The unknowns of `rows`, what is demanded of some of them, and how far points brought them."""

    def __init__(self, rows: Rows, demands: Mapping[int, Demand]) -> None:
        self.rows = rows
        self.demands = demands
        asked = np.zeros(len(rows.low), dtype=bool)
        asked[list(demands)] = True
        self.smaller = smaller(rows, asked)
        self.seen_low = np.full(len(rows.low), np.inf)
        self.seen_high = np.full(len(rows.low), -np.inf)
        self._parts = [Part(columns, part) for columns, part in self.smaller.rows.parts()]
        self._part_of = np.full(len(self.smaller.columns), -1, dtype=np.int64)
        self._position = np.full(len(self.smaller.columns), -1, dtype=np.int64)
        for number, part in enumerate(self._parts):
            self._part_of[part.columns] = number
            self._position[part.columns] = np.arange(len(part.columns))

    def extents(self, exact: bool) -> dict[int, Extent]:
        """The extents of the unknowns that something is demanded of."""
        self._keep(self._somewhere)
        if not exact:
            for chosen in self._by_part():
                for sign in SIGNS:
                    self._look_around(chosen, sign)
        return {column: self._extent(column, demand, exact) for column, demand in self.demands.items()}

    @cached_property
    def _somewhere(self) -> np.ndarray:
        """A point of the smaller problem: what is looked for in one of its parts is put into it."""
        point = np.zeros(len(self.smaller.columns))
        for part in self._parts:
            solver = part.programme()
            self._solve(solver)
            part.latest = part.rounded(np.asarray(solver.getSolution().col_value))
            point[part.columns] = part.latest
        return point

    def _by_part(self) -> list[list[int]]:
        """The unknowns that something is demanded of, apart where they have nothing to do with each other."""
        found: dict[int, list[int]] = {}
        for column in self.demands:
            if (place := int(self.smaller.place[column])) >= 0:
                found.setdefault(int(self._part_of[place]), []).append(column)
        return list(found.values())

    def _extent(self, column: int, demand: Demand, exact: bool) -> Extent:
        if not exact:
            for sign in SIGNS:
                if self._is_left(column, sign):
                    self._reach(column, sign)
            low, high = float(self.seen_low[column]), float(self.seen_high[column])
            if demand.is_met(low, high):
                return Extent(low, high, False)
        low, sure_low = self._end(column, 1.0)
        high, sure_high = self._end(column, -1.0)
        return Extent(low, -high, sure_low and sure_high)

    def _reach(self, column: int, sign: float) -> None:
        """Look for a point that brings one unknown to its aim: near the last point first, then anywhere."""
        place = int(self.smaller.place[column])
        if place >= 0:
            part = self._parts[int(self._part_of[place])]
            aim = self._aim(column, sign) - sign * self.smaller.offset[column]
            aims = Aims(
                self._position[[place]], np.array([sign * self.smaller.scale[column]]), np.array([aim])
            )
            if len(part.columns) > LARGE and self._visit_near(part, aims) and not self._is_left(column, sign):
                return
        self._end(column, sign, self._aim(column, sign))

    def _look_around(self, chosen: Sequence[int], sign: float) -> None:
        """Points that bring many unknowns of a part at once to the ends they should reach, as long as that helps."""
        left = [column for column in chosen if self._is_left(column, sign)]
        for _ in range(ROUNDS):
            if not left or not self._visit([(column, sign) for column in left]):
                break
            still = [column for column in left if self._is_left(column, sign)]
            if len(still) == len(left):
                break
            left = still

    def _is_left(self, column: int, sign: float) -> bool:
        """Whether no point brought an unknown to its aim yet, nor several to what it should have."""
        seen = self.seen_low[column] if sign > 0 else -self.seen_high[column]
        return bool(
            seen > self._aim(column, sign) + CLOSE
            and not self.demands[column].is_met(self.seen_low[column], self.seen_high[column])
        )

    def _aim(self, column: int, sign: float) -> float:
        """How far down sign x unknown should come."""
        demand, least = self.demands[column], float(max(self.rows.low[column], 0.0))
        if sign > 0:
            return demand.low if demand.low is not None else least
        return -(demand.high if demand.high is not None else least + demand.width)

    def _visit(self, chosen: Sequence[tuple[int, float]]) -> bool:
        """One point: the least sum of what unknowns of a part, each with its sign, lack of their aims."""
        columns, signs = np.array([column for column, _ in chosen]), np.array([sign for _, sign in chosen])
        place = self.smaller.place[columns]
        part = self._parts[int(self._part_of[place[0]])]
        aims = Aims(
            self._position[place],
            signs * self.smaller.scale[columns],
            np.array([self._aim(*one) for one in chosen]) - signs * self.smaller.offset[columns],
        )
        is_new = len(part.columns) > LARGE and self._visit_near(part, aims)
        if is_new and not all(self._is_left(*one) for one in chosen):
            return True
        solver = part.programme(aims, mip_rel_gap=GAP_OF_A_VISIT, mip_max_nodes=NODES_OF_A_VISIT)
        return self._solve(solver) and self._keep_in(part, np.asarray(solver.getSolution().col_value))

    def _visit_near(self, part: Part, aims: Aims) -> bool:
        """The same with what is far from the unknowns as in the last point; whether there is a new point."""
        columns = around(part.rows, aims.place)
        inside = Part(columns, narrowed(part.rows, columns, part.latest))
        aims = replace(aims, place=np.searchsorted(columns, aims.place))
        for is_relaxed in (True, False):
            solver = inside.programme(
                aims, relaxed=is_relaxed, mip_rel_gap=GAP_OF_A_VISIT, mip_max_nodes=NODES_OF_A_VISIT
            )
            solver.run()
            if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
                return False
            found = np.asarray(solver.getSolution().col_value)[: len(columns)]
            if inside.is_whole(found):
                point = part.latest.copy()
                point[columns] = found
                return self._keep_in(part, point)
        return False

    def _end(self, column: int, sign: float, aim: float | None = None) -> tuple[float, bool]:
        """The minimum of sign x unknown over points with whole persons, and whether it was settled.

        Where the programme does not settle it, what points have shown: no interval is called wider than is proved. With
        an aim, the programme may stop as soon as it is there.
        """
        place, scale = int(self.smaller.place[column]), float(self.smaller.scale[column])
        offset = sign * float(self.smaller.offset[column])
        if place < 0:
            return offset, True
        cost = sign * scale
        part = self._parts[int(self._part_of[place])]
        if len(part.columns) <= LARGE:
            value, is_whole = self._relaxed_end(part, int(self._position[place]), cost)
            if is_whole:
                return self._rounded(column, value + offset), True
        options = {} if aim is None else {"objective_target": aim - offset + CLOSE}
        solver = part.programme(
            mip_max_nodes=MOST_NODES,
            mip_rel_gap=0.0,
            mip_abs_gap=0.9 * abs(scale) if self.rows.whole[column] else CLOSE,
            **options,
        )
        solver.changeColCost(int(self._position[place]), cost)
        found = self._solve(solver) and self._keep_in(part, np.asarray(solver.getSolution().col_value))
        is_best = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if found and is_best:
            return self._rounded(column, float(solver.getInfo().objective_function_value) + offset), True
        seen = float(self.seen_low[column] if sign > 0 else -self.seen_high[column])
        return (seen if np.isfinite(seen) else sign * float(self.rows.low[column])), False

    def _rounded(self, column: int, value: float) -> float:
        return float(np.round(value)) if self.rows.whole[column] else value

    def _relaxed_end(self, part: Part, position: int, cost: float) -> tuple[float, bool]:
        """The minimum with persons in parts, and whether it has them whole all the same."""
        simplex = part.simplex
        simplex.changeColCost(position, cost)
        self._solve(simplex)
        point = np.asarray(simplex.getSolution().col_value)
        value = float(simplex.getInfo().objective_function_value)
        simplex.changeColCost(position, 0.0)
        return value, part.is_whole(point) and self._keep_in(part, point)

    def _keep_in(self, part: Part, found: np.ndarray) -> bool:
        """Take note of the point that a programme found in a part, with what all other parts may be."""
        point = self._somewhere.copy()
        point[part.columns] = part.rounded(found[: len(part.columns)])
        if not self._keep(point):
            return False
        part.latest = point[part.columns]
        return True

    def _keep(self, point: np.ndarray) -> bool:
        """Take note of how far a point of the smaller problem brings the unknowns, if it is one of the problem itself."""
        point = self.smaller.larger(np.where(self.smaller.rows.whole, np.round(point), point))
        if not self.rows.hold(point):
            return False
        np.minimum(self.seen_low, point, out=self.seen_low)
        np.maximum(self.seen_high, point, out=self.seen_high)
        return True

    def _solve(self, solver: _Highs) -> bool:
        """Run a programme; whether it found a point. Raises Contradiction where there is none."""
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction
        return solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
