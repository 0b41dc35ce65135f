"""The search for the cheapest safe pattern: a set-covering programme that grows by the cuts its answers break."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from reporting.disclosure.cuts import Cut, Separation
from reporting.disclosure.greedy import safe_pattern, without_needless
from reporting.disclosure.highs import linear_model
from reporting.disclosure.solver import new_solver

ROUNDED = 1e-5  # of the solver: a bound this far above a whole number of steps is that number


@dataclass(frozen=True)
class Effort:
    """How long to look for the optimum, in units that do not depend on the machine.

    `iterations` of the simplex method in all whole programmes of one group, `rounds` of cuts. Beyond them the best safe
    pattern found is kept, and the gap is stated.
    """

    iterations: int = 20_000
    rounds: int = 16
    nodes: int = 2_000
    cuts: int = 200
    relaxed_rounds: int = 40
    idle: int = 4


USUAL = Effort()


@dataclass(frozen=True)
class Found:
    """A safe pattern, its weight and a weight under which no safe pattern can be; the cuts that prove it."""

    pattern: np.ndarray
    weight: float
    bound: float
    cuts: tuple[Cut, ...]


class Master:
    """minimise weight x pattern subject to the cuts: with shares between 0 and 1, or whole."""

    def __init__(self, weight: np.ndarray, choice: np.ndarray) -> None:
        self.choice = np.flatnonzero(choice)
        self.position = np.full(len(weight), -1, dtype=np.int32)
        self.position[self.choice] = np.arange(len(self.choice), dtype=np.int32)
        self.weight = weight[self.choice]
        self.solver = new_solver()
        self.solver.passModel(self._model([], self.weight))
        self.cuts: list[Cut] = []
        self.rows: list[tuple[np.ndarray, np.ndarray, float]] = []
        self.iterations = 0

    def add(self, cuts: Iterable[Cut]) -> None:
        for cut in cuts:
            columns, weights, least = self.position[cut.columns], cut.weights, 1.0
            if cut.condition is not None and self.position[cut.condition] >= 0:
                columns = np.append(columns, self.position[cut.condition])
                weights, least = np.append(weights, -1.0), 0.0
            row = (columns.astype(np.int32), weights, least)
            self.solver.addRow(least, highspy.kHighsInf, len(columns), *row[:2])
            self.rows.append(row)
            self.cuts.append(cut)

    def relaxed(self, always: np.ndarray) -> tuple[np.ndarray, float]:
        """The best shares between 0 and 1 under the cuts so far, and their weight without what is always withheld."""
        self.solver.run()
        pattern = always.astype(float)
        pattern[self.choice] = np.clip(np.asarray(self.solver.getSolution().col_value), 0.0, 1.0)
        return pattern, self.solver.getInfo().objective_function_value

    def whole(self, always: np.ndarray, gap: float, nodes: int) -> tuple[np.ndarray | None, float]:
        """A pattern within `gap` of the fewest steps under the cuts so far, and a bound on the steps of its choices.

        Remainders do not count, so that the solver can round its bound up. Each programme starts anew, and without the
        pattern known to be good: given one, HiGHS 1.16 now and then reports it as the best when it is not.
        """
        solver = new_solver(mip_rel_gap=0.0, mip_abs_gap=gap, mip_max_nodes=nodes, mip_allow_restart=False)
        model = self._model(self.rows, np.floor(self.weight))
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(self.choice)
        solver.passModel(model)
        solver.run()
        info = solver.getInfo()
        self.iterations = max(0, info.simplex_iteration_count)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, info.mip_dual_bound
        pattern = always.astype(float)
        pattern[self.choice] = np.round(np.asarray(solver.getSolution().col_value))
        return pattern, info.mip_dual_bound

    def _model(
        self, rows: Sequence[tuple[np.ndarray, np.ndarray, float]], cost: np.ndarray
    ) -> highspy.HighsLp:
        start = np.concatenate([[0], np.cumsum([len(columns) for columns, _, _ in rows])]).astype(np.int32)
        nothing = [np.array([], dtype=np.int32)]
        return linear_model(
            cost,
            (np.zeros(len(cost)), np.ones(len(cost))),
            (
                start,
                np.concatenate([*nothing, *(columns for columns, _, _ in rows)]).astype(np.int32),
                np.concatenate([*nothing, *(weights for _, weights, _ in rows)]).astype(float),
            ),
            (np.array([least for _, _, least in rows]), np.full(len(rows), highspy.kHighsInf)),
        )


def cheapest_pattern(
    separation: Separation, weight: np.ndarray, effort: Effort, begun: np.ndarray | None = None
) -> Found:
    """The safe pattern of fewest steps, looked for from `begun` on. Raises Impossible when there is none.

    `weight` is for each column a whole number of steps and a remainder, which decides between equals; all remainders
    together stay under one step.
    """
    best, met = safe_pattern(separation, weight, begun)
    best = without_needless(separation, weight, best)
    steps = np.floor(weight)
    spare = float((weight - steps)[separation.choice].sum())
    given = float(steps[separation.always].sum())
    master = Master(weight, separation.choice)
    master.add([*separation.held, *met])
    bound = given + np.ceil(_relaxed(separation, master, effort) - spare - ROUNDED)
    iterations = rounds = 0
    while (distance := float(steps @ best) - bound) > ROUNDED:
        if rounds == effort.rounds or iterations > effort.iterations:
            break
        gap = distance / 2 if distance > 2 else ROUNDED
        pattern, found = master.whole(separation.always, gap, effort.nodes)
        rounds, iterations = rounds + 1, iterations + master.iterations
        bound = max(bound, given + np.ceil(found - ROUNDED))
        if pattern is None:
            break
        broken = [unmet.cut for unmet, _ in zip(separation.unmet(pattern), range(effort.cuts), strict=False)]
        master.add(broken)
        mended, met = safe_pattern(separation, weight, pattern)
        master.add(met)
        mended = without_needless(separation, weight, mended, kept=np.where(steps > 0, pattern, 0.0))
        if weight @ mended < weight @ best:
            best = mended
        elif not broken and gap == ROUNDED:
            break
    least = float(bound + (weight - steps)[separation.always].sum())
    cost = float(weight @ best)
    return Found(best, cost, min(least, cost), tuple(master.cuts))


def _relaxed(separation: Separation, master: Master, effort: Effort) -> float:
    """Cuts for shares between 0 and 1, while they still raise the bound. Returns the bound."""
    bound, idle = 0.0, 0
    for _ in range(effort.relaxed_rounds):
        pattern, found = master.relaxed(separation.always)
        idle = idle + 1 if found < bound + 1e-3 * max(1.0, bound) else 0
        bound = max(bound, found)
        if idle >= effort.idle:
            break
        unmet = zip(separation.unmet(pattern), range(effort.cuts), strict=False)
        broken = [one.cut for one, _ in unmet if one.cut.lacks(pattern) > 1e-4]
        if not broken:
            break
        master.add(broken)
    return bound
