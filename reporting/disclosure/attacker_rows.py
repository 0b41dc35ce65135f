"""Unknowns and the rows that tie them, as arrays."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

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

    def parts(self) -> list[tuple[np.ndarray, "Rows"]]:
        """The unknowns that no row ties, apart, each with its rows; in the order of their first unknown."""
        number = first_tied(self.row, self.index, len(self.least), len(self.low))
        found = []
        for one in dict.fromkeys(number.tolist()):
            columns = np.flatnonzero(number == one)
            inside = number[self.index] == one
            rows, place = np.unique(self.row[inside], return_inverse=True)
            position = np.full(len(self.low), -1, dtype=np.int64)
            position[columns] = np.arange(len(columns))
            found.append(
                (
                    columns,
                    Rows(
                        np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(rows)))]),
                        position[self.index[inside]],
                        self.factor[inside],
                        self.least[rows],
                        self.most[rows],
                        self.low[columns],
                        self.high[columns],
                        self.whole[columns],
                    ),
                )
            )
        return found

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


def first_tied(row: np.ndarray, column: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The first unknown (column) of those that each is tied to, given the row and the column of every coefficient."""
    number = np.arange(columns)
    while True:
        first = np.full(rows, columns)
        np.minimum.at(first, row, number[column])
        lower = number.copy()
        np.minimum.at(lower, column, first[row])
        lower = lower[lower]
        if np.array_equal(lower, number):
            return number
        number = lower
