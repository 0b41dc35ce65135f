"""The same problem with fewer unknowns: what can be said of those that are asked for stays as it was.

Most unknowns of an attack are asked of nobody: second names of a figure, what was left over when two figures were
compared, cells of cubes that no table prints. Five steps, over and over, leave them out without any loss:

- two unknowns that an equation ties one to one are one;
- an unknown that stands in one row only gives that row its room;
- an unknown that some rows would have large and none small (or the other way round) is as large as it may be;
- unknowns that can all grow together leave with their rows (`attacker_growing.py`);
- a row that the bounds imply, or that stands there twice, says nothing.

Points of the smaller problem are brought back to all unknowns, so that whoever uses one can try it on all rows.
"""

from dataclasses import dataclass, field

import numpy as np

from reporting.disclosure.attacker_growing import Grown, Row, growing
from reporting.disclosure.attacker_rows import CLOSE, Rows
from reporting.disclosure.attacker_steps import Room, Settled, Tied

PASSES = 30


@dataclass(frozen=True)
class Smaller:
    """What is left of a problem.

    `rows` are those of the unknowns `columns`, as the larger problem counts them. Each unknown asked for is
    `scale` x the unknown `place` of the smaller problem + `offset`; where `place` is -1 it is the offset, whatever else.
    """

    rows: Rows
    columns: np.ndarray
    place: np.ndarray
    scale: np.ndarray
    offset: np.ndarray
    steps: tuple[Tied | Room | Settled | Grown, ...] = field(repr=False)

    def larger(self, point: np.ndarray) -> np.ndarray:
        """A point of the smaller problem as one of the larger."""
        found = np.zeros(len(self.place))
        found[self.columns] = point
        for step in reversed(self.steps):
            step.restore(found)
        return found


def smaller(rows: Rows, asked: np.ndarray) -> Smaller:
    """A problem without what it can do without. `asked` marks the unknowns whose values count."""
    work = _Work(rows, asked)
    for _ in range(PASSES):
        changed = work.merge()
        work.tighten()
        changed |= work.settle()
        changed |= work.give_room()
        changed |= work.let_grow()
        changed |= work.drop_rows()
        if not changed:
            break
    return work.result()


class _Work:
    """A problem on its way: coefficients as triplets, in the order of their rows."""

    def __init__(self, rows: Rows, asked: np.ndarray) -> None:
        self.given = rows
        self.asked = asked
        self.row, self.column, self.factor = (
            rows.row.copy(),
            rows.index.astype(np.int64),
            rows.factor.astype(float),
        )
        self.least, self.most = rows.least.copy(), rows.most.copy()
        self.low, self.high = rows.low.copy(), rows.high.copy()
        self.whole = rows.whole
        count = len(self.low)
        self.is_left = np.ones(count, dtype=bool)
        self.steps: list[Tied | Room | Settled | Grown] = []
        self.place = np.arange(count)
        self.scale, self.offset = np.ones(count), np.zeros(count)

    def merge(self) -> bool:
        """Two unknowns that an equation ties one to one become one: which of them stays is the one asked for."""
        lengths = np.bincount(self.row, minlength=len(self.least))
        is_pair = (lengths == 2) & (self.most - self.least <= CLOSE)
        first = np.flatnonzero(is_pair[self.row])[::2]
        gone: dict[int, tuple[int, float, float]] = {}
        kept: set[int] = set()
        for at in first.tolist():
            one, other = int(self.column[at]), int(self.column[at + 1])
            a, b, value = self.factor[at], self.factor[at + 1], self.least[self.row[at]]
            if (
                one in gone
                or other in gone
                or abs(abs(a) - abs(b)) > 0
                or self.whole[one] != self.whole[other]
            ):
                continue
            if other in kept or (self.asked[other] and not self.asked[one] and one not in kept):
                one, other, a, b = other, one, b, a
            offset = value / b
            if other in kept or (self.whole[one] and abs(offset - round(offset)) > CLOSE):
                continue
            gone[other] = (one, -a / b, round(offset) if self.whole[one] else offset)
            kept.add(one)
        if not gone:
            return False
        columns = np.array(list(gone), dtype=np.int64)
        others = np.array([gone[one][0] for one in gone], dtype=np.int64)
        scale = np.array([gone[one][1] for one in gone])
        offset = np.array([gone[one][2] for one in gone], dtype=float)
        ends = np.sort([(self.low[columns] - offset) / scale, (self.high[columns] - offset) / scale], axis=0)
        np.maximum.at(self.low, others, ends[0])
        np.minimum.at(self.high, others, ends[1])
        self.asked = self.asked.copy()
        self.asked[others] |= self.asked[columns]
        self.steps.append(Tied(columns, others, scale, offset))
        self._rename(columns, others, scale, offset)
        return True

    def _rename(self, columns: np.ndarray, others: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> None:
        """Write the unknowns that stay in place of those that go."""
        count = len(self.low)
        new, times, plus = np.arange(count), np.ones(count), np.zeros(count)
        new[columns], times[columns], plus[columns] = others, scale, offset
        shift = np.bincount(self.row, weights=self.factor * plus[self.column], minlength=len(self.least))
        self.least, self.most = self.least - shift, self.most - shift
        self.factor, self.column = self.factor * times[self.column], new[self.column]
        self.offset = self.scale * plus[self.place] + self.offset
        self.scale, self.place = self.scale * times[self.place], new[self.place]
        self.is_left[columns] = False
        order = np.lexsort((self.column, self.row))
        row, column, factor = self.row[order], self.column[order], self.factor[order]
        starts = np.flatnonzero(np.append(True, (np.diff(row) != 0) | (np.diff(column) != 0)))
        total = np.add.reduceat(factor, starts) if len(starts) else factor
        stays = np.abs(total) > CLOSE
        self.row, self.column, self.factor = row[starts][stays], column[starts][stays], total[stays]

    def tighten(self) -> None:
        """Narrow the bounds once by what each row leaves to each of its unknowns."""
        bottom, top, small, large = self._reach()
        positive = self.factor > 0
        ceiling = (self.most[self.row] - (bottom[self.row] - small)) / self.factor
        floor = (self.least[self.row] - (top[self.row] - large)) / self.factor
        upper, lower = np.where(positive, ceiling, floor), np.where(positive, floor, ceiling)
        low, high = self.low.copy(), self.high.copy()
        np.maximum.at(low, self.column, lower)
        np.minimum.at(high, self.column, upper)
        low = np.where(self.whole, np.ceil(low - CLOSE), low)
        high = np.where(self.whole, np.floor(high + CLOSE), high)
        sound = (
            low <= high
        )  # where not, the programmes will find the contradiction, or it is one of last digits
        self.low, self.high = np.where(sound, low, self.low), np.where(sound, high, self.high)

    def _reach(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The least and the most that each row can sum to, and what each coefficient adds to either."""
        positive = self.factor > 0
        small = self.factor * np.where(positive, self.low[self.column], self.high[self.column])
        large = self.factor * np.where(positive, self.high[self.column], self.low[self.column])
        rows = len(self.least)
        bottom = np.bincount(self.row, weights=small, minlength=rows)
        return bottom, np.bincount(self.row, weights=large, minlength=rows), small, large

    def settle(self) -> bool:
        """Unknowns that rows would have large, or small, and no row the other way round; and those that are known."""
        count = len(self.low)
        up = (self.factor > 0) & np.isfinite(self.most[self.row])
        up |= (self.factor < 0) & np.isfinite(self.least[self.row])
        down = (self.factor < 0) & np.isfinite(self.most[self.row])
        down |= (self.factor > 0) & np.isfinite(self.least[self.row])
        hurts_up = np.bincount(self.column[up], minlength=count) > 0
        hurts_down = np.bincount(self.column[down], minlength=count) > 0
        stands = np.bincount(self.column, minlength=count) > 0
        is_known = self.is_left & stands & (self.high - self.low <= CLOSE)
        free = self.is_left & ~self.asked & stands & ~is_known & ~(hurts_up & hurts_down)
        goes = np.flatnonzero(free | is_known)
        if not len(goes):
            return False
        values = np.where(hurts_up & ~is_known, self.low, self.high)[goes]
        self.steps.append(Settled(goes, values))
        known = np.full(count, 0.0)
        known[goes] = values
        shift = np.bincount(self.row, weights=self.factor * known[self.column], minlength=len(self.least))
        self.least, self.most = self.least - shift, self.most - shift
        self.is_left[goes] = False
        self._keep(self.is_left[self.column])
        return True

    def give_room(self) -> bool:
        """Unknowns that stand in one row only leave it; its sides move apart by what they could add."""
        single = self.is_left & ~self.asked & (np.bincount(self.column, minlength=len(self.low)) == 1)
        rows = len(self.least)
        units = np.abs(np.abs(self.factor) - 1) <= 0
        whole = self.whole[self.column] & (self.factor == np.round(self.factor))
        is_even = np.bincount(self.row[~whole], minlength=rows) == 0
        is_even &= _is_even(self.least) & _is_even(self.most)
        may = single[self.column] & (~self.whole[self.column] | (units & is_even[self.row]))
        if not may.any():
            return False
        _, _, small, large = self._reach()
        rooms, number = np.unique(self.row[may], return_inverse=True)
        position = np.full(rows, -1, dtype=np.int64)
        position[rooms] = np.arange(len(rooms))
        rest = ~may & (position[self.row] >= 0)
        columns = self.column[may]
        self.steps.append(
            Room(
                columns,
                number,
                np.arange(len(number)) - np.searchsorted(number, number),
                self.factor[may],
                self.low[columns],
                self.high[columns],
                self.column[rest],
                position[self.row[rest]],
                self.factor[rest],
                self.least[rooms],
            )
        )
        self.least = self.least - np.bincount(self.row[may], weights=large[may], minlength=rows)
        self.most = self.most - np.bincount(self.row[may], weights=small[may], minlength=rows)
        self.is_left[columns] = False
        self._keep(~may)
        return True

    def let_grow(self) -> bool:
        """Unknowns that can all grow together, whatever the others are, leave with their rows."""
        may = self.is_left & ~self.asked & (self.low >= 0)
        may &= np.bincount(self.column, minlength=len(self.low)) > 0
        may &= self.high >= np.max(self.high, initial=0.0) / 2
        touched = np.unique(self.row[may[self.column]])
        rows = []
        for row in touched.tolist():
            inside = slice(*np.searchsorted(self.row, (row, row + 1)))
            entries = list(zip(self.column[inside].tolist(), self.factor[inside].tolist(), strict=True))
            mine = [entry for entry in entries if may[entry[0]]]
            rest = [entry for entry in entries if not may[entry[0]]]
            rows.append(Row(mine, rest, float(self.least[row]), float(self.most[row])))
        found = growing(rows, set(np.flatnonzero(may).tolist()), self.low, self.high, self.whole)
        if found is None:
            return False
        self.steps.append(found)
        gone = np.zeros(len(self.low), dtype=bool)
        gone[found.columns] = True
        self.is_left &= ~gone
        leaves = np.bincount(self.row, weights=gone[self.column], minlength=len(self.least)) > 0
        self._keep(~leaves[self.row])
        return True

    def drop_rows(self) -> bool:
        """Rows that the bounds imply, and all but one of those that have the same coefficients."""
        bottom, top, _, _ = self._reach()
        least = np.where(bottom >= self.least - CLOSE, -np.inf, self.least)
        most = np.where(top <= self.most + CLOSE, np.inf, self.most)
        changed = bool(np.any(np.isfinite(self.least) & ~np.isfinite(least)))
        changed |= bool(np.any(np.isfinite(self.most) & ~np.isfinite(most)))
        self.least, self.most = least, most
        first: dict[tuple[bytes, bytes], int] = {}
        starts = np.searchsorted(self.row, np.arange(len(least) + 1))
        for row in np.flatnonzero(np.diff(starts)).tolist():
            columns, factors = (
                self.column[starts[row] : starts[row + 1]],
                self.factor[starts[row] : starts[row + 1]],
            )
            key = (columns.tobytes(), (factors / factors[0]).tobytes())
            other = first.setdefault(key, row)
            if other != row:
                times = self.factor[starts[other]] / factors[0]
                ends = sorted((times * self.least[row], times * self.most[row]))
                self.least[other] = max(self.least[other], ends[0])
                self.most[other] = min(self.most[other], ends[1])
                self.least[row], self.most[row] = -np.inf, np.inf
                changed = True
        says = np.isfinite(self.least) | np.isfinite(self.most)
        self._keep(says[self.row])
        return changed

    def _keep(self, kept: np.ndarray) -> None:
        self.row, self.column, self.factor = self.row[kept], self.column[kept], self.factor[kept]

    def result(self) -> Smaller:
        """What is left, renumbered; unknowns that no row concerns any more stay where they are asked for."""
        stands = np.bincount(self.column, minlength=len(self.low)) > 0
        idle = np.flatnonzero(self.is_left & ~stands & ~self.asked)
        self.steps.append(Settled(idle, self.low[idle]))
        columns = np.flatnonzero(self.is_left & (stands | self.asked))
        position = np.full(len(self.low), -1, dtype=np.int64)
        position[columns] = np.arange(len(columns))
        rows, number = np.unique(self.row, return_inverse=True)
        start = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(rows)))])
        left = Rows(
            start,
            position[self.column],
            self.factor,
            self.least[rows],
            self.most[rows],
            self.low[columns],
            self.high[columns],
            self.whole[columns],
        )
        known = position[self.place] < 0
        offset = np.where(known, self.scale * self.low[self.place] + self.offset, self.offset)
        return Smaller(left, columns, position[self.place], self.scale, offset, tuple(self.steps))


def _is_even(sides: np.ndarray) -> np.ndarray:
    """Whether a side is a whole number, or none."""
    finite = np.where(np.isfinite(sides), sides, 0.0)
    return np.abs(finite - np.round(finite)) <= CLOSE
