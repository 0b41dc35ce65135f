"""How far each unknown of the attacker can go: deduction first, then whole-number programmes.

Deduction passes through the rows until nothing narrows any more, rounding persons to whole numbers; it settles many
unknowns and leaves independent problems, each for `attacker_problem.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from reporting.disclosure.attacker_equations import Equations, Unknown
from reporting.disclosure.attacker_problem import Contradiction, Demand, Extent, Problem
from reporting.disclosure.attacker_rows import CLOSE, Rows, first_tied

PASSES = 60


class Attack:
    """The equations as arrays, narrowed by deduction. Raises Contradiction."""

    def __init__(self, equations: Equations) -> None:
        self.names = sorted(equations.low, key=lambda one: (*one[:2], sorted(one[2])))
        self.place = {name: number for number, name in enumerate(self.names)}
        self.low = np.array([equations.low[name] for name in self.names], dtype=float)
        self.high = np.array([equations.high[name] for name in self.names], dtype=float)
        self.is_whole = np.array([equations.is_whole[name] for name in self.names], dtype=bool)
        finite = np.abs(np.concatenate([self.low, self.high]))
        self.roof = 10.0 * max(100.0, float(np.max(finite[np.isfinite(finite)], initial=0.0)))
        self.low = np.maximum(self.low, -self.roof)
        self.high = np.minimum(self.high, self.roof)
        # In an order of their own, so that equal publications give equal programmes however sets happened to be walked.
        rows = sorted(
            (sorted((self.place[one], factor) for one, factor in terms.items()), low, high)
            for terms, low, high in equations.rows
        )
        self.row = np.repeat(np.arange(len(rows)), [len(terms) for terms, _, _ in rows])
        self.column = np.array([place for terms, _, _ in rows for place, _ in terms], dtype=np.int64)
        self.factor = np.array([factor for terms, _, _ in rows for _, factor in terms], dtype=float)
        self.least = np.array([low for _, low, _ in rows], dtype=float)
        self.most = np.array([high for _, _, high in rows], dtype=float)
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
                raise Contradiction
            ceiling = (self.most[self.row] - (bottom[self.row] - small)) / self.factor
            floor = (self.least[self.row] - (top[self.row] - large)) / self.factor
            upper, lower = np.where(positive, ceiling, floor), np.where(positive, floor, ceiling)
            low, high = self.low.copy(), self.high.copy()
            np.maximum.at(low, self.column, lower)
            np.minimum.at(high, self.column, upper)
            low = np.where(self.is_whole, np.ceil(low - CLOSE), low)
            high = np.where(self.is_whole, np.floor(high + CLOSE), high)
            if np.any(low > high + CLOSE):
                raise Contradiction
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
        for columns, rows in self._problems(np.array(list(demands), dtype=np.int64)):
            mine = {
                number: demands[place] for number, place in enumerate(columns.tolist()) if place in demands
            }
            extents = Problem(rows, mine).extents(exact)
            found |= {int(columns[number]): extent for number, extent in extents.items()}
        for place in demands:
            found.setdefault(place, Extent(float(self.low[place]), float(self.high[place]), True))
        return {self.names[place]: self._told(found[place]) for place in demands}

    def _told(self, extent: Extent) -> Extent:
        """The extent; one that goes on half the way to the roof, which only programmes need, has no end."""
        return replace(extent, is_endless=extent.high - extent.low > self.roof / 2)

    def _problems(self, asked: np.ndarray) -> Iterator[tuple[np.ndarray, Rows]]:
        """The independent problems that deduction left and that some unknowns `asked` for stand in: unknowns and rows.

        Rows that say nothing any more are left out, and known values are on the other side.
        """
        rows = len(self.least)
        positive = self.factor > 0
        small = self.factor * np.where(positive, self.low[self.column], self.high[self.column])
        large = self.factor * np.where(positive, self.high[self.column], self.low[self.column])
        bottom = np.bincount(self.row, weights=small, minlength=rows)
        top = np.bincount(self.row, weights=large, minlength=rows)
        says = (bottom < self.least - CLOSE) | (top > self.most + CLOSE)
        is_free = self.high - self.low > CLOSE
        kept = says[self.row] & is_free[self.column]
        row, column, factor = self.row[kept], self.column[kept], self.factor[kept]
        known = np.bincount(
            self.row[~kept], weights=(self.factor * self.low[self.column])[~kept], minlength=rows
        )
        first = first_tied(row, column, rows, len(self.names))
        is_asked = np.zeros(len(self.names), dtype=bool)
        is_asked[first[asked]] = True
        is_asked = is_asked[first]
        touched = np.unique(column[is_asked[column]])
        order = np.argsort(first[column], kind="stable")
        roots = first[column][order]
        for one in np.unique(first[touched]).tolist():
            columns = touched[first[touched] == one]
            position = np.full(len(self.names), -1, dtype=np.int64)
            position[columns] = np.arange(len(columns))
            mine = order[slice(*np.searchsorted(roots, (one, one + 1)))]
            numbers, number = np.unique(row[mine], return_inverse=True)
            yield (
                columns,
                Rows(
                    np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(numbers)))]),
                    position[column[mine]],
                    factor[mine],
                    (self.least - known)[numbers],
                    (self.most - known)[numbers],
                    self.low[columns],
                    self.high[columns],
                    self.is_whole[columns],
                ),
            )
