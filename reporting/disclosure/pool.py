"""Points that prove needs met, kept from one pattern to the next.

A point of the attacker's region proves something for every pattern that withholds what moves in it, so few programmes are
solved twice.
"""

import numpy as np

from reporting.disclosure.tables import System

MOVED = 1e-7
MOST_POINTS = 4_000


class Pool:
    """Points of one system: which open columns move, and where the columns of interest stand."""

    def __init__(self, system: System, interesting: np.ndarray) -> None:
        self.open = np.flatnonzero(system.is_open)
        self.true = system.value[self.open]
        self.interesting = interesting
        self.where = np.full(len(system.columns), -1, dtype=np.int64)
        self.where[interesting] = np.arange(len(interesting))
        self.moves = np.zeros((64, len(self.open)), dtype=bool)
        self.values = np.zeros((64, len(interesting)))
        self.count = 0

    def add(self, point: np.ndarray) -> None:
        """Keep a point; the oldest give way when there are too many."""
        if self.count == MOST_POINTS:
            keep = MOST_POINTS // 2
            self.moves[:keep] = self.moves[self.count - keep : self.count].copy()
            self.values[:keep] = self.values[self.count - keep : self.count].copy()
            self.count = keep
        if self.count == len(self.moves):
            self.moves = np.concatenate([self.moves, np.zeros_like(self.moves)])
            self.values = np.concatenate([self.values, np.zeros_like(self.values)])
        self.moves[self.count] = np.abs(point[self.open] - self.true) > MOVED
        self.values[self.count] = point[self.interesting]
        self.count += 1

    def reached(self, pattern: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Least and largest values of the interesting columns over the points that a pattern of 0 and 1 allows."""
        shown = pattern[self.open] < 0.5
        allowed = ~(self.moves[: self.count, shown]).any(axis=1)
        values = self.values[: self.count][allowed]
        if not len(values):
            nothing = np.full(len(self.interesting), np.inf)
            return nothing, -nothing
        return values.min(axis=0), values.max(axis=0)
