"""The search for the cheapest safe pattern: a set-covering programme that grows by the cuts its answers break."""

from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np

from reporting.disclosure.cuts import Cut, Separation
from reporting.disclosure.greedy import safe_pattern, without_needless
from reporting.disclosure.solver import new_solver


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
    """minimise weight x pattern subject to the cuts; relaxed at first, then whole."""

    def __init__(self, weight: np.ndarray, choice: np.ndarray) -> None:
        self.choice = np.flatnonzero(choice)
        self.position = np.full(len(weight), -1, dtype=np.int32)
        self.position[self.choice] = np.arange(len(self.choice), dtype=np.int32)
        self.solver = new_solver()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.choice), 0
        model.col_cost_ = weight[self.choice]
        model.col_lower_, model.col_upper_ = np.zeros(len(self.choice)), np.ones(len(self.choice))
        self.solver.passModel(model)
        self.cuts: list[Cut] = []
        self.iterations = 0

    def add(self, cuts: Iterable[Cut]) -> None:
        for cut in cuts:
            columns, weights, least = self.position[cut.columns], cut.weights, 1.0
            if cut.condition is not None and self.position[cut.condition] >= 0:
                columns = np.append(columns, self.position[cut.condition])
                weights, least = np.append(weights, -1.0), 0.0
            self.solver.addRow(least, highspy.kHighsInf, len(columns), columns.astype(np.int32), weights)
            self.cuts.append(cut)

    def make_whole(self, nodes: int) -> None:
        """From now on columns are 0 or 1."""
        places = np.arange(len(self.choice), dtype=np.int32)
        kinds = np.full(len(places), highspy.HighsVarType.kInteger)
        self.solver.changeColsIntegrality(len(places), places, kinds)
        options = {"mip_rel_gap": 0.0, "mip_max_nodes": nodes, "mip_allow_restart": False}
        for name, value in options.items():
            self.solver.setOptionValue(name, value)

    def solve(
        self, always: np.ndarray, hint: np.ndarray | None = None, gap: float = 0.0
    ) -> tuple[np.ndarray | None, float]:
        """A pattern within `gap` of the best under the cuts so far, and a bound on the weight of its choices.

        With a `hint`, a whole pattern known to be good, the answer is whole too.
        """
        if hint is not None:
            self.solver.setOptionValue("mip_abs_gap", gap)
            places = np.arange(len(self.choice), dtype=np.int32)
            self.solver.setSolution(len(places), places, hint[self.choice])
        self.solver.run()
        info = self.solver.getInfo()
        self.iterations = max(0, info.simplex_iteration_count)
        is_whole = hint is not None
        bound = info.mip_dual_bound if is_whole else info.objective_function_value
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, bound
        pattern = always.astype(float)
        values = np.asarray(self.solver.getSolution().col_value)
        pattern[self.choice] = np.round(values) if is_whole else np.clip(values, 0.0, 1.0)
        return pattern, bound


def cheapest_pattern(
    separation: Separation, weight: np.ndarray, step: float, effort: Effort, begun: np.ndarray | None = None
) -> Found:
    """The safe pattern of least weight, looked for from `begun` on. Raises Impossible when there is none.

    `weight` is for each column a whole number of steps and a remainder for ties; remainders of all columns together stay
    under half a `step`, so a bound within half a step proves that no safe pattern has fewer steps.
    """
    best, met = safe_pattern(separation, weight, begun)
    best = without_needless(separation, weight, best)
    master = Master(weight, separation.choice)
    master.add([*separation.held, *met])
    given = float(weight[separation.always].sum())
    bound = given + _relaxed(separation, master, effort)
    master.make_whole(effort.nodes)
    iterations = rounds = 0
    while (distance := float(weight @ best) - bound) > step / 2:
        if rounds == effort.rounds or iterations > effort.iterations:
            break
        gap = max(step / 2, distance / 2)
        pattern, found = master.solve(separation.always, best, gap)
        rounds, iterations = rounds + 1, iterations + master.iterations
        bound = max(bound, given + found)
        if pattern is None:
            break
        broken = [unmet.cut for unmet, _ in zip(separation.unmet(pattern), range(effort.cuts), strict=False)]
        master.add(broken)
        mended, met = safe_pattern(separation, weight, pattern)
        master.add(met)
        mended = without_needless(separation, weight, mended, kept=pattern)
        if weight @ mended < weight @ best:
            best = mended
        elif not broken and gap == step / 2:
            break
    cost = float(weight @ best)
    return Found(best, cost, min(bound, cost), tuple(master.cuts))


def _relaxed(separation: Separation, master: Master, effort: Effort) -> float:
    """Cuts for shares between 0 and 1, while they still raise the bound. Returns the bound."""
    bound, idle = 0.0, 0
    for _ in range(effort.relaxed_rounds):
        pattern, found = master.solve(separation.always)
        idle = idle + 1 if found < bound + 1e-3 * max(1.0, bound) else 0
        bound = max(bound, found)
        if pattern is None or idle >= effort.idle:
            break
        unmet = zip(separation.unmet(pattern), range(effort.cuts), strict=False)
        broken = [one.cut for one, _ in unmet if one.cut.lacks(pattern) > 1e-4]
        if not broken:
            break
        master.add(broken)
    return bound
