"""A safe pattern found fast: the cheapest way to move each sensitive cell, one after the other, then a clean-up.

The exact search starts from it, and it is what remains when that runs out of time. For each need that is not met, a
linear programme finds the cheapest set of cells that, withheld too, lets the cell move as far as it must.
"""

from collections.abc import Iterator

import highspy
import numpy as np

from reporting.disclosure.cuts import SLACK, Cut, Impossible, Need, Reach, Separation, Unmet
from reporting.disclosure.highs import linear_model
from reporting.disclosure.solver import SolverError, new_solver
from reporting.disclosure.tables import System


def safe_pattern(
    separation: Separation, weight: np.ndarray, begun: np.ndarray | None = None
) -> tuple[np.ndarray, list[Cut]]:
    """A pattern of 0 and 1 that meets every need, and the cuts met on the way. `begun` is a pattern to extend.

    Raises Impossible when there is none.
    """
    pattern = separation.always.astype(float) if begun is None else begun.copy()
    mover = Mover(separation.system, weight, separation.always, separation.choice)
    mover.set_free(pattern)
    cuts: list[Cut] = []
    while True:
        if missed := separation.missed(pattern):
            more = _cheapest_of(missed, weight, pattern)
        elif found := next(separation.unmet(pattern), None):
            cuts.append(found.cut)
            more = _more(mover, found, pattern)
        else:
            return pattern, cuts
        pattern[more] = 1.0
        mover.set_free(pattern)


def without_needless(
    separation: Separation, weight: np.ndarray, pattern: np.ndarray, kept: np.ndarray | None = None
) -> np.ndarray:
    """The pattern without the columns that it can do without, the dearest first; those of `kept` are not tried."""
    pattern = pattern.copy()
    chosen = np.flatnonzero(separation.choice & (pattern > 0.5))
    if kept is not None:
        chosen = chosen[kept[chosen] < 0.5]
    for column in sorted(chosen, key=lambda one: (-weight[one], one)):
        pattern[column] = 0.0
        try:
            is_met = separation.is_met(pattern)
        except Impossible:
            is_met = False
        if not is_met:
            pattern[column] = 1.0
    return pattern


def _cheapest_of(cut: Cut, weight: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """The column that does most for a missed cut, by its weight."""
    shown = pattern[cut.columns] < 0.5
    worth = np.where(shown, cut.weights / weight[cut.columns], -1.0)
    return cut.columns[[int(np.argmax(worth))]]


def _more(mover: "Mover", found: Unmet, pattern: np.ndarray) -> np.ndarray:
    """Columns to withhold besides, so that a need is met."""
    for sign, target in movements(found.need, found.low, found.high):
        try:
            moved = mover.cheapest(found.need.column, sign, target)
        except SolverError:
            continue
        more = moved[pattern[moved] < 0.5]
        if len(more):
            return more
    more = found.cut.columns[pattern[found.cut.columns] < 0.5]
    if not len(more):
        raise Impossible(found.need, np.array([], dtype=np.int64))
    return more


def movements(need: Need, low: float, high: float) -> Iterator[tuple[float, float]]:
    """Ways to meet a need whose interval is from low to high: a sign, and how far down sign x column must come."""
    if isinstance(need, Reach):
        yield need.sign, need.target
    else:
        yield -1.0, -(low + need.width)
        yield 1.0, high - need.width


class Mover:
    """Cheapest movements of the cells of a system, away from their true values. Shown columns stay where they are."""

    def __init__(self, system: System, weight: np.ndarray, always: np.ndarray, choice: np.ndarray) -> None:
        self.system = system
        self.weight = weight
        unknown = ~system.is_open & ~system.is_shown
        self.moving = np.flatnonzero(always | choice | unknown)
        self.choice = np.flatnonzero(choice)
        self.position = np.full(len(system.columns), -1, dtype=np.int32)
        self.position[self.moving] = np.arange(len(self.moving), dtype=np.int32)
        self.solver = new_solver(presolve="off", solver="simplex")
        self.solver.passModel(self._model())

    def _model(self) -> highspy.HighsLp:
        """The rows of the system over the moving columns; for each choice x - up + down = value, up and down at a price."""
        system, moving, choice = self.system, self.moving, self.choice
        inside = self.position[system.index] >= 0
        fixed = np.where(inside, 0.0, system.coefficient * system.known[system.index])
        known = np.bincount(system.row_of, weights=fixed, minlength=len(system.low))
        length = np.bincount(system.row_of[inside], minlength=len(system.low))
        rows = np.flatnonzero(length)
        each = np.arange(len(choice))
        triples = np.stack(
            [self.position[choice], len(moving) + each, len(moving) + len(choice) + each], axis=1
        )
        ends = np.concatenate([np.cumsum(length[rows]), length[rows].sum() + 3 * (each + 1)])
        value, price = system.value[choice], self.weight[choice]
        return linear_model(
            np.concatenate([np.zeros(len(moving)), price, price]),
            (
                np.concatenate([system.lower[moving], np.zeros(2 * len(choice))]),
                np.concatenate([system.upper[moving], np.full(2 * len(choice), highspy.kHighsInf)]),
            ),
            (
                np.concatenate([[0], ends]).astype(np.int32),
                np.concatenate([self.position[system.index[inside]], triples.ravel()]).astype(np.int32),
                np.concatenate([system.coefficient[inside], np.tile([1.0, -1.0, 1.0], len(choice))]),
            ),
            (
                np.concatenate([(system.low - known)[rows], value]),
                np.concatenate([(system.high - known)[rows], value]),
            ),
        )

    def set_free(self, pattern: np.ndarray) -> None:
        """Movements of what the pattern withholds cost nothing, those of other choices their weight."""
        price = np.where(pattern[self.choice] > 0.5, 0.0, self.weight[self.choice])
        places = len(self.moving) + np.arange(2 * len(self.choice), dtype=np.int32)
        self.solver.changeColsCost(len(places), places.astype(np.int32), np.concatenate([price, price]))

    def cheapest(self, column: int, sign: float, target: float) -> np.ndarray:
        """The choices that move when sign x column comes down to the target. Raises SolverError when it cannot."""
        place = int(self.position[column])
        lower, upper = self.system.lower[column], self.system.upper[column]
        self.solver.changeColBounds(place, *((lower, target) if sign > 0 else (-target, upper)))
        self.solver.run()
        status = self.solver.getModelStatus()
        self.solver.changeColBounds(place, lower, upper)
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(self.solver.modelStatusToString(status))
        moved = np.asarray(self.solver.getSolution().col_value)[self.position[self.choice]]
        return self.choice[np.abs(moved - self.system.value[self.choice]) > SLACK]
