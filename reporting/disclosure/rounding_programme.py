"""The programme that rounds: as few figures as it takes move from the multiple that was drawn for them.

Which way a figure goes is drawn, with chances by how near it is, from the secret seed; a figure that left before keeps
its multiple where it can. The programme then finds multiples near these for which all lines, and all inequalities of the
guard, hold.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

import highspy
import numpy as np

from reporting.disclosure.cells import Figure, Number
from reporting.disclosure.highs import linear_model
from reporting.disclosure.lines import Line
from reporting.disclosure.rounding_guard import RoundingCut
from reporting.disclosure.solver import new_solver

STRAY = 0.1  # how often a figure that is a multiple already is drawn to move, each way
KEEPING = 8.0  # what it costs to move a figure from the multiple that it left with before
MOST_NODES = 2_000
GAP = 0.02  # of the programme: more would cost time and change nothing that readers see

Row = tuple[Sequence[tuple[Figure, float]], float, float]


class Programme:
    """Rounds figures to multiples of a base. `kept` are the multiples that some of them left with before."""

    def __init__(
        self,
        lines: Sequence[Line],
        values: Mapping[Figure, Number],
        base: int,
        secret: bytes,
        kept: Mapping[Figure, int] | None = None,
    ) -> None:
        self.values = values
        self.base = base
        self.figures = sorted({figure for line in lines for figure, _ in line.terms} | set(values))
        self.place = {figure: number for number, figure in enumerate(self.figures)}
        self.rows: list[Row] = [
            (
                line.terms,
                -np.inf if line.low is None else line.low / base,
                np.inf if line.high is None else line.high / base,
            )
            for line in lines
        ]
        count = len(self.figures)
        self.lower = np.zeros(count)
        self.upper = np.full(count, np.ceil(max(values.values(), default=0) / base) + 2)
        self.wish, self.price = np.zeros(count), np.zeros(count)
        draws = _draws(self.figures, secret)
        for figure, value in values.items():
            at = self.place[figure]
            self.lower[at] = max(0.0, np.ceil(value / base - 1))
            self.upper[at] = np.floor(value / base + 1)
            self.wish[at] = _wish(value / base, draws[at, 0])
            self.price[at] = 1.0 + 0.1 * draws[at, 1]
            before = (kept or {}).get(figure, -1) / base
            if before.is_integer() and self.lower[at] <= before <= self.upper[at]:
                self.wish[at] = before
                self.price[at] *= KEEPING

    def solve(self, cuts: Sequence[RoundingCut] = ()) -> dict[Figure, int] | None:
        """Multiples for which all lines and cuts hold, figure by figure; None when there are none."""
        count = len(self.figures)
        start, index, factor, low, high = [0], [], [], [], []
        for terms, least, most in [*self.rows, *map(self._row, cuts)]:
            index += [self.place[figure] for figure, _ in terms]
            factor += [coefficient for _, coefficient in terms]
            start.append(len(index))
            low.append(least)
            high.append(most)
        for at in range(count):  # figure - above + below = wish
            index += [at, count + at, 2 * count + at]
            factor += [1.0, -1.0, 1.0]
            start.append(len(index))
            low.append(self.wish[at])
            high.append(self.wish[at])
        solver = new_solver(mip_rel_gap=GAP, mip_max_nodes=MOST_NODES)
        solver.passModel(
            linear_model(
                np.concatenate([np.zeros(count), self.price, self.price]),
                (
                    np.concatenate([self.lower, np.zeros(2 * count)]),
                    np.concatenate([self.upper, np.full(2 * count, np.inf)]),
                ),
                (np.array(start, np.int32), np.array(index, np.int32), np.array(factor)),
                (np.array(low), np.array(high)),
                np.concatenate([np.ones(count), np.zeros(2 * count)]),
            )
        )
        solver.run()
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        chosen = np.round(solver.getSolution().col_value[:count]).astype(int)
        return {figure: int(chosen[self.place[figure]]) * self.base for figure in self.values}

    def _row(self, cut: RoundingCut) -> Row:
        """A cut in steps of the base. One that may not matter gets a way out: a larger figure than it is about."""
        terms, least = dict(cut.terms), cut.least / self.base
        if cut.unless is not None and self.lower[self.place[cut.unless]] >= 1:
            bottom = sum(
                factor * (self.lower if factor > 0 else self.upper)[self.place[figure]]
                for figure, factor in cut.terms
            )
            freedom = max(0.0, least - bottom)
            terms[cut.unless] = terms.get(cut.unless, 0.0) + freedom
            least += freedom
        return list(terms.items()), least, np.inf


def _draws(figures: Sequence[Figure], secret: bytes) -> np.ndarray:
    """Two numbers between 0 and 1 for each figure, the same whatever the others are."""
    digests = (
        hmac.new(secret, b"round:" + repr((f.measure, f.at)).encode(), hashlib.sha256).digest()
        for f in figures
    )
    numbers = [[int.from_bytes(d[at : at + 6]) / 2**48 for at in (0, 6)] for d in digests]
    return np.array(numbers).reshape(-1, 2)


def _wish(steps: float, draw: float) -> float:
    """The multiple that a figure would like to be: up or down with chances that make the mean right."""
    below = float(np.floor(steps))
    if steps == below:
        return below + (1.0 if draw < STRAY else -1.0 if draw > 1 - STRAY and below > 0 else 0.0)
    return below + (1.0 if draw < steps - below else 0.0)
