"""What was left out of a problem, and how its values follow from those of a point of the smaller one."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tied:
    """unknown = scale x other + offset, several at once."""

    columns: np.ndarray
    others: np.ndarray
    scale: np.ndarray
    offset: np.ndarray

    def restore(self, point: np.ndarray) -> None:
        """Give the unknowns left out their values."""
        point[self.columns] = self.scale * point[self.others] + self.offset


@dataclass(frozen=True)
class Room:
    """Unknowns that stood in one row only, of several rows: they take what the rest of their row leaves to them.

    `row` and `rest_row` say which of the rows each of them, and each unknown of the rest, stands in; `turn` is the place
    of each among those of its row. `least` is the lower side of each row.
    """

    columns: np.ndarray
    row: np.ndarray
    turn: np.ndarray
    factor: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rest: np.ndarray
    rest_row: np.ndarray
    rest_factor: np.ndarray
    least: np.ndarray

    def restore(self, point: np.ndarray) -> None:
        """Each at the end where it adds least to its row, then up in turn until the row has what it needs."""
        count = len(self.least)
        positive = self.factor > 0
        ends = self.factor * np.where(positive, self.low, self.high)
        tops = self.factor * np.where(positive, self.high, self.low)
        lacking = self.least - np.bincount(self.row, weights=ends, minlength=count)
        lacking -= np.bincount(self.rest_row, weights=self.rest_factor * point[self.rest], minlength=count)
        for turn in range(int(self.turn.max()) + 1):
            now = np.flatnonzero(self.turn == turn)
            step = np.clip(lacking[self.row[now]], 0.0, tops[now] - ends[now])
            lacking[self.row[now]] -= step
            point[self.columns[now]] = (ends[now] + step) / self.factor[now]


@dataclass(frozen=True)
class Settled:
    """Unknowns that may as well have this value."""

    columns: np.ndarray
    values: np.ndarray

    def restore(self, point: np.ndarray) -> None:
        """Give the unknowns left out their values."""
        point[self.columns] = self.values
