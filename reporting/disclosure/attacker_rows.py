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
