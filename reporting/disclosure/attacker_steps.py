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
    """Unknowns that stood in one row only: they take what the rest of the row leaves to them."""

    columns: np.ndarray
    factor: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rest: np.ndarray
    rest_factor: np.ndarray
    least: float

    def restore(self, point: np.ndarray) -> None:
        """Each at the end where it adds least to the row, then up in turn until the row has what it needs."""
        ends = self.factor * np.where(self.factor > 0, self.low, self.high)
        tops = self.factor * np.where(self.factor > 0, self.high, self.low)
        lacking = self.least - float(self.rest_factor @ point[self.rest]) - float(ends.sum())
        for place, column in enumerate(self.columns.tolist()):
            step = min(max(lacking, 0.0), float(tops[place] - ends[place]))
            lacking -= step
            point[column] = (ends[place] + step) / self.factor[place]


@dataclass(frozen=True)
class Settled:
    """Unknowns that may as well have this value."""

    columns: np.ndarray
    values: np.ndarray

    def restore(self, point: np.ndarray) -> None:
        """Give the unknowns left out their values."""
        point[self.columns] = self.values
