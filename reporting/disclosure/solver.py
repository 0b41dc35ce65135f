"""The solver behind the protection: HiGHS, single-threaded and seeded, so that equal input gives equal output."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from reporting.disclosure.highs import _Highs, linear_model, quiet_solver
from reporting.disclosure.tables import System

SEED = 20_190_114
PRIMAL_SIMPLEX = 4
NOISE = 1e-9  # dual values under this are rounding errors


class SolverError(RuntimeError):
    """HiGHS ended without an answer."""


@dataclass(frozen=True)
class Answer:
    """The minimum of an objective over a region, a point that has it and the dual values of the region's rows."""

    value: float
    point: np.ndarray
    duals: np.ndarray


def new_solver(**options: Any) -> _Highs:
    """A solver of the protection."""
    return quiet_solver(SEED, **options)


class Region:
    """The values that an attacker still thinks possible when the open columns are withheld as `pattern` says.

    `pattern` has a share between 0 (shown) and 1 (withheld) for every column; a share in between, which only the
    relaxed problem has, lets a column move by that share of its range. Columns that cannot move are put into the
    right-hand sides. The optima of several objectives are found one after the other from the last basis.
    """

    def __init__(self, system: System, pattern: np.ndarray) -> None:
        self.system = system
        share = np.where(system.is_open, pattern, np.where(system.is_shown, 0.0, 1.0))
        value = system.known
        self.free = np.flatnonzero(share > NOISE)
        self.position = np.full(len(share), -1, dtype=np.int32)
        self.position[self.free] = np.arange(len(self.free), dtype=np.int32)
        moves = system.is_open & (share < 1)
        self.lower = np.where(moves, value - (value - system.lower) * share, system.lower)
        self.upper = np.where(moves, value + (system.upper - value) * share, system.upper)
        inside = self.position[system.index] >= 0
        fixed = np.where(inside, 0.0, system.coefficient * value[system.index])
        known = np.bincount(system.row_of, weights=fixed, minlength=len(system.low))
        length = np.bincount(system.row_of[inside], minlength=len(system.low))
        self.rows = np.flatnonzero(length)
        start = np.concatenate([[0], np.cumsum(length[self.rows])]).astype(np.int32)
        self.solver = new_solver(presolve="off", solver="simplex", simplex_strategy=PRIMAL_SIMPLEX)
        self.model = linear_model(
            np.zeros(len(self.free)),
            (self.lower[self.free], self.upper[self.free]),
            (start, self.position[system.index[inside]], system.coefficient[inside]),
            ((system.low - known)[self.rows], (system.high - known)[self.rows]),
        )
        self.solver.passModel(self.model)
        self.asked: int | None = None

    def smallest(self, column: int, sign: float) -> Answer:
        """The minimum of sign x column. Raises SolverError when the region is empty."""
        if self.asked is not None:
            self.solver.changeColCost(self.asked, 0.0)
        self.asked = int(self.position[column])
        self.solver.changeColCost(self.asked, sign)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(self.solver.modelStatusToString(status))
        solution = self.solver.getSolution()
        point = self.system.value.copy()
        point[self.free] = solution.col_value
        return Answer(self.solver.getInfo().objective_function_value, point, np.asarray(solution.row_dual))

    def nearest(self, aims: Sequence[tuple[int, float]], sign: float) -> np.ndarray:
        """The free columns at a point with the least sum of what sign x column exceeds its aim by.

        Raises SolverError when the region is empty.
        """
        solver = new_solver()
        solver.passModel(self.model)
        count, more = len(self.free), len(aims)
        nothing = (0, np.zeros(more, np.int32), np.array([], np.int32), np.array([]))
        solver.addCols(more, np.ones(more), np.zeros(more), np.full(more, np.inf), *nothing)
        places = self.position[[column for column, _ in aims]]
        solver.addRows(
            more,
            np.full(more, -np.inf),
            np.array([aim for _, aim in aims]),
            2 * more,
            2 * np.arange(more, dtype=np.int32),
            np.column_stack([places, count + np.arange(more)]).ravel().astype(np.int32),
            np.tile([sign, -1.0], more),
        )
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise SolverError(solver.modelStatusToString(solver.getModelStatus()))
        return np.asarray(solver.getSolution().col_value)[:count]


def is_feasible(system: System) -> bool:
    """Whether the true values of the new tables agree with all that was published before."""
    region = Region(system, np.zeros(len(system.columns)))
    solver = new_solver()
    solver.passModel(region.model)
    solver.run()
    return solver.getModelStatus() in (
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kModelEmpty,
    )


def nobody(system: System, places: Sequence[int]) -> set[int]:
    """Which of some columns can only be 0 when all new figures are shown. Those found above 0 leave, until none is."""
    region = Region(system, np.zeros(len(system.columns)))
    left = {place for place in places if region.position[place] >= 0}
    while left:
        values = region.nearest([(place, -1.0) for place in sorted(left)], -1.0)
        above = {place for place in left if values[region.position[place]] > 0.5}
        left -= above
        if not above:
            break
    solver = new_solver()
    solver.passModel(region.model)
    while left:
        columns = region.position[sorted(left)]
        solver.changeColsCost(len(columns), columns, np.full(len(columns), -1.0))
        solver.run()
        values = np.asarray(solver.getSolution().col_value)
        solver.changeColsCost(len(columns), columns, np.zeros(len(columns)))
        above = {place for place in left if values[region.position[place]] > 0.5}
        if not above:
            break
        left -= above
    return left
