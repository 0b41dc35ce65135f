"""Totals stay shown while they can: those in the way of any protection are given up, as few as it takes."""

from collections.abc import Collection, Sequence
from contextlib import suppress as ignoring
from dataclasses import dataclass, field

import numpy as np

from reporting.disclosure.cells import Figure
from reporting.disclosure.cuts import Impossible, Need, Separation, Unmet, columns_of
from reporting.disclosure.greedy import Mover, movements
from reporting.disclosure.pool import Pool
from reporting.disclosure.solver import SolverError
from reporting.disclosure.tables import System
from reporting.disclosure.vintages import State

INNER, TOTAL, GRAND_TOTAL = 0, 1, 2


class CannotProtect(Exception):
    """No way to withhold cells of these tables protects a figure: what was published before gives it away."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.figure = figure


@dataclass
class Problem:
    """The problem as it stands: what must be withheld, what may be (`choice`, within what is `allowed`), what is needed.

    `levels` says how much of a total each column is, `weight` how dear it is to withhold; `lost` are figures of earlier
    releases that nothing can protect any more.
    """

    system: System
    needs: list[Need]
    levels: np.ndarray
    weight: np.ndarray
    always: np.ndarray
    allowed: np.ndarray
    choice: np.ndarray
    lost: list[Figure] = field(default_factory=list)
    programmes: int = 0


def give_up_totals(state: Problem) -> None:
    """Allow totals to be withheld, as few as it takes for a safe pattern to exist. Raises CannotProtect.

    A cell that would be too narrow even with everything else withheld stays shown.
    """
    count = state.system.core_columns
    core = state.system.core()
    pool = Pool(core, columns_of(_within(count, state.needs)))
    shut: list[Unmet] = []
    while True:
        needs = _within(count, state.needs)
        always, choice = state.always[:count], state.allowed[:count].copy()
        choice[[unmet.need.column for unmet in shut]] = False
        separation = Separation(core, needs, always, choice, pool=pool)
        try:
            narrow = list(separation.unmet((always | choice).astype(float)))
        except Impossible as problem:
            give_way(state, core, problem, shut)
            shut = []
        else:
            if not narrow:
                state.choice = state.allowed.copy()
                state.choice[:count] = choice
                return
            shut += narrow
        finally:
            state.programmes += separation.programmes


def _within(count: int, needs: Sequence[Need]) -> list[Need]:
    """The needs of the first columns."""
    return [need for need in needs if need.column < count]


def give_way(state: Problem, system: System, problem: Impossible, shut: Collection[Unmet] = ()) -> None:
    """Allow more totals, so that a need can be met; an old figure that nothing helps is given up.

    `system` is that of the problem or its core. Where what would help is `shut`, for being too narrow itself, that is
    what more totals are for. Raises CannotProtect for a new figure that nothing helps.
    """
    wanted = [(problem.need, problem.low, problem.high, problem.helpers)]
    wanted += [(unmet.need, unmet.low, unmet.high, np.array([], dtype=np.int64)) for unmet in shut]
    if any(_allow_more(state, system, *one) for one in wanted):
        return
    column = system.columns[problem.need.column]
    if system.facts[column].state is State.OPEN:
        raise CannotProtect(column.figure)
    state.lost.append(column.figure)
    state.needs = [need for need in state.needs if need.column != problem.need.column]


def _allow_more(
    state: Problem,
    system: System,
    need: Need,
    low: float,
    high: float,
    helpers: np.ndarray,
) -> bool:
    """Allow what the cheapest movement that meets a need asks for, of the lowest level that will do."""
    count = len(system.columns)
    always, allowed, levels = (mask[:count] for mask in (state.always, state.allowed, state.levels))
    for level in (INNER, TOTAL, GRAND_TOTAL):
        may = system.is_open & ~always & (levels <= level)
        if np.all(allowed[may]):
            continue
        mover = Mover(system, np.where(allowed, 0.0, state.weight[:count]), always, may)
        for sign, target in movements(need, low, high):
            with ignoring(SolverError):
                moved = mover.cheapest(need.column, sign, target)
                if not np.all(allowed[moved]):
                    allowed[moved] = True
                    return True
        useful = helpers[may[helpers]]
        if not np.all(allowed[useful]):
            allowed[useful] = True
            return True
    return False
