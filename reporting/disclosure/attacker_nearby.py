"""Small changes of a known point: whether an unknown can come further when only what is near it moves.

In a large problem most unknowns are far from any one of them. From a point that satisfies everything, a small programme
moves the unknowns that few rows away from the wanted one and leaves all others where they are: what it finds satisfies
everything too, so it is a proof like any other. Where it finds nothing, nothing is proved.
"""

from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from reporting.disclosure.highs import linear_model, quiet_solver

NEAR = (400, 2_500)  # unknowns that move together: few first, more where that does not do
SEED = 8_011_987
MOST_NODES = 50
CLOSE = 1e-6


@dataclass(frozen=True)
class Rows:
    """Rows of unknowns, `least <= A x <= most`, row by row, with the bounds of the unknowns and which are persons."""

    start: np.ndarray
    index: np.ndarray
    factor: np.ndarray
    least: np.ndarray
    most: np.ndarray
    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray

    @cached_property
    def row(self) -> np.ndarray:
        """The row of each coefficient."""
        return np.repeat(np.arange(len(self.least)), np.diff(self.start))

    def near(self, column: int, most: int) -> np.ndarray:
        """The unknowns near one, ring by ring of shared rows, as many as may move together."""
        reached = np.zeros(len(self.low), dtype=bool)
        reached[column] = True
        while True:
            touched = np.zeros(len(self.least), dtype=bool)
            touched[self.row[reached[self.index]]] = True
            further = reached.copy()
            further[self.index[touched[self.row]]] = True
            if np.array_equal(further, reached) or (further.sum() > most and reached.sum() > 1):
                return np.flatnonzero(reached)
            reached = further

    def nearer(self, point: np.ndarray, column: int, sign: float, aim: float) -> np.ndarray | None:
        """A point in which sign x unknown is as near to the aim as moving what is near it brings it; None for none."""
        best = None
        for most in NEAR:
            moved = self._moved(point, column, self.near(column, most), sign, aim)
            if moved is not None and (best is None or sign * moved[column] < sign * best[column]):
                best = moved
            if best is not None and sign * best[column] <= aim + CLOSE:
                break
        return best

    def _moved(
        self, point: np.ndarray, column: int, near: np.ndarray, sign: float, aim: float
    ) -> np.ndarray | None:
        """The point after the best move of what is near."""
        position = np.full(len(self.low), -1, dtype=np.int32)
        position[near] = np.arange(len(near), dtype=np.int32)
        moves = position[self.index] >= 0
        rows, number = np.unique(self.row[moves], return_inverse=True)
        fixed = np.where(moves, 0.0, self.factor * point[self.index])
        known = np.bincount(self.row, weights=fixed, minlength=len(self.least))[rows]
        lengths = np.append(np.bincount(number, minlength=len(rows)), 2)
        model = linear_model(
            np.append(np.zeros(len(near)), 1.0),
            (np.append(self.low[near], 0.0), np.append(self.high[near], highspy.kHighsInf)),
            (
                np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
                np.append(position[self.index[moves]], [position[column], len(near)]).astype(np.int32),
                np.append(self.factor[moves], [sign, -1.0]),
            ),
            (
                np.append(self.least[rows] - known, -highspy.kHighsInf),
                np.append(self.most[rows] - known, aim),
            ),
            np.append(self.whole[near], False),
        )
        solver = quiet_solver(SEED, mip_max_nodes=MOST_NODES)
        solver.passModel(model)
        solver.run()
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        moved = point.copy()
        moved[near] = np.asarray(solver.getSolution().col_value)[:-1]
        moved = np.where(self.whole, np.round(moved), moved)
        return moved if self.hold(moved) else None

    def hold(self, point: np.ndarray) -> bool:
        """Whether a point satisfies all rows and bounds, up to the last digits of what they sum."""
        parts = self.factor * point[self.index]
        rows = len(self.least)
        total = np.bincount(self.row, weights=parts, minlength=rows)
        slack = CLOSE * (1 + np.bincount(self.row, weights=np.abs(parts), minlength=rows))
        return bool(
            np.all(total >= self.least - slack)
            and np.all(total <= self.most + slack)
            and np.all(point >= self.low - CLOSE)
            and np.all(point <= self.high + CLOSE)
        )
