"""The part of a problem around a few of its unknowns: what is far from them keeps the values of a point that holds.

A point that brings one cell to where it should be seldom has to differ everywhere from one that is known. The programme
around a few cells is small, and whatever it finds is a point of the whole problem: a proof as good as any. What it does
not find says nothing; then the whole problem is asked.
"""

import numpy as np

from reporting.disclosure.attacker_rows import Rows

STEPS = 3
WIDEST = 12  # unknowns: over longer rows, grand totals, everything would be near


def around(rows: Rows, places: np.ndarray) -> np.ndarray:
    """The unknowns (sorted) that a few rows lead to from those at `places`, these included."""
    is_near = np.zeros(len(rows.low), dtype=bool)
    is_near[places] = True
    is_short = np.diff(rows.start) <= WIDEST
    for _ in range(STEPS):
        touched = np.zeros(len(rows.least), dtype=bool)
        touched[rows.row[is_near[rows.index]]] = True
        is_near[rows.index[(touched & is_short)[rows.row]]] = True
    return np.flatnonzero(is_near)


def narrowed(rows: Rows, columns: np.ndarray, point: np.ndarray) -> Rows:
    """The rows of some unknowns, in their order, while all others are as in a point."""
    position = np.full(len(rows.low), -1, dtype=np.int64)
    position[columns] = np.arange(len(columns))
    is_mine = position[rows.index] >= 0
    known = np.bincount(
        rows.row[~is_mine],
        weights=rows.factor[~is_mine] * point[rows.index[~is_mine]],
        minlength=len(rows.least),
    )
    kept, number = np.unique(rows.row[is_mine], return_inverse=True)
    return Rows(
        np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(kept)))]),
        position[rows.index[is_mine]],
        rows.factor[is_mine],
        (rows.least - known)[kept],
        (rows.most - known)[kept],
        rows.low[columns],
        rows.high[columns],
        rows.whole[columns],
    )
