"""A part of an attacker's problem as programmes: somewhere in it, near what unknowns should have, at their ends."""

from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from reporting.disclosure.attacker_rows import CLOSE, Rows
from reporting.disclosure.highs import _Highs, linear_model, quiet_solver

PIVOT_BY_COST = 4  # primal simplex: only the objective changes from one programme to the next
SEED = 5_101_985


@dataclass(frozen=True)
class Aims:
    """Unknowns by their place in a part: factor x unknown should come down to its side."""

    place: np.ndarray
    factor: np.ndarray
    side: np.ndarray


class Part:
    """Unknowns of the smaller problem that have nothing to do with its others: `columns` of it, and their rows.

    `latest` is the last point that was found in it.
    """

    def __init__(self, columns: np.ndarray, rows: Rows) -> None:
        self.columns = columns
        self.rows = rows
        self.latest = rows.low

    def rounded(self, point: np.ndarray) -> np.ndarray:
        """A point with the last digits of persons taken off."""
        return np.where(self.rows.whole, np.round(point), point)

    def is_whole(self, point: np.ndarray) -> bool:
        """Whether persons are whole in a point."""
        persons = point[self.rows.whole]
        return bool(np.all(np.abs(persons - np.round(persons)) < CLOSE))

    @cached_property
    def simplex(self) -> _Highs:
        """A programme with persons in parts, kept from one objective to the next."""
        return self.programme(relaxed=True, presolve="off", solver="simplex", simplex_strategy=PIVOT_BY_COST)

    def programme(
        self,
        aims: Aims | None = None,
        *,
        relaxed: bool = False,
        **options: object,
    ) -> _Highs:
        """The part as a programme without an objective; with `aims`, the sum of what unknowns lack of them."""
        rows = self.rows
        count = len(rows.low)
        aims = aims or Aims(np.empty(0, int), np.empty(0), np.empty(0))
        more = len(aims.place)
        pairs = np.column_stack([aims.place, count + np.arange(more)]).ravel()
        model = linear_model(
            np.concatenate([np.zeros(count), np.ones(more)]),
            (
                np.concatenate([rows.low, np.zeros(more)]),
                np.concatenate([rows.high, np.full(more, highspy.kHighsInf)]),
            ),
            (
                np.concatenate([rows.start, rows.start[-1] + 2 * np.arange(1, more + 1)]).astype(np.int32),
                np.concatenate([rows.index, pairs]).astype(np.int32),
                np.concatenate([rows.factor, np.column_stack([aims.factor, -np.ones(more)]).ravel()]),
            ),
            (
                np.concatenate([rows.least, np.full(more, -highspy.kHighsInf)]),
                np.concatenate([rows.most, aims.side]),
            ),
            None if relaxed else np.concatenate([rows.whole, np.zeros(more, dtype=bool)]),
        )
        solver = quiet_solver(
            SEED, mip_heuristic_run_feasibility_jump=False, **options
        )  # dear, and of no help
        solver.passModel(model)
        return solver
