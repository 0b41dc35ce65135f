"""Marts as they are kept in memory: read once, in their order, and cut by their own columns without a query.

A mart is small whatever the scale, and a page asks the same one several times: to cut it here takes a fifth of the time
of a query, which also waits for the engine's own threads.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from threading import Lock

import numpy as np
import pandas as pd

# Cuts kept of one mart: each page asks for a few, and people look at the same periods and places.
_MOST_CUTS = 200


class WholeMart:
    """The rows of a mart in their order, for all sessions that may see them. Safe to share between threads."""

    def __init__(self, rows: pd.DataFrame) -> None:
        # Sessions share the index of the columns: it is made here, once, and not by two of them at the same time.
        _ = rows.columns.is_unique, rows.columns.get_indexer(rows.columns)
        self._rows = rows
        self._values: dict[str, tuple[dict[Hashable, int], np.ndarray]] = {}
        self._cuts: OrderedDict[tuple[tuple[str, Hashable], ...], pd.DataFrame] = OrderedDict()
        self._lock = Lock()

    def rows(self, equal: Mapping[str, Hashable]) -> pd.DataFrame:
        """The rows equal to the values given by column, in their order; a missing value equals none.

        A shallow copy: pandas copies what somebody changes, so nobody changes another's. Raises KeyError for a column
        that the mart does not have.
        """
        asked = tuple(equal.items())
        with self._lock:
            if asked not in self._cuts:
                self._cuts[asked] = self._cut(equal)
                while len(self._cuts) > _MOST_CUTS:
                    self._cuts.popitem(last=False)
            self._cuts.move_to_end(asked)
            return self._cuts[asked].copy(deep=False)

    def _cut(self, equal: Mapping[str, Hashable]) -> pd.DataFrame:
        kept = np.ones(len(self._rows), dtype=bool)
        for column, value in equal.items():
            codes, of_row = self._coded(column)
            # No row has the code of a value that is nowhere, nor that of a missing one.
            kept &= of_row == codes.get(value, -2)
        return self._rows if kept.all() else self._rows.take(np.flatnonzero(kept)).reset_index(drop=True)

    def _coded(self, column: str) -> tuple[dict[Hashable, int], np.ndarray]:
        """The values of a column with the number of each, and the number that each row has (-1: missing)."""
        if column not in self._values:
            of_row, values = pd.factorize(self._rows[column])
            self._values[column] = {value: code for code, value in enumerate(values.tolist())}, of_row
        return self._values[column]
