"""Unknowns of an attack that can all grow together: given whatever the others are, they fit once they are large enough.

Opening and closing stocks that no table prints, say: with what was opened and closed in between, one is as large as it takes
and the next follows. The rows that they stand in say nothing of any other unknown, and tie problems that have nothing else
to do with each other.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from reporting.disclosure.attacker_rows import CLOSE

Entries = list[tuple[int, float]]
Asking = tuple[float, float, Entries]


@dataclass(frozen=True)
class Row:
    """A row with unknowns that may grow: these, all others, and its sides."""

    mine: Entries
    rest: Entries
    least: float
    most: float

    @property
    def is_equality(self) -> bool:
        """Whether both sides are one."""
        return self.most - self.least <= CLOSE

    @property
    def span(self) -> float:
        """More than the others and the sides can ever ask for is not asked for: the sides' part of it."""
        return sum(abs(side) for side in (self.least, self.most) if np.isfinite(side))


@dataclass(frozen=True)
class Sides:
    """What rows ask of an unknown of each, once all their others are known: (side - factor x others) / own factor."""

    side: np.ndarray
    own: np.ndarray
    row: np.ndarray
    others: np.ndarray
    factor: np.ndarray

    def needs(self, point: np.ndarray) -> np.ndarray:
        """How large the unknown of each row is to be."""
        told = np.bincount(self.row, weights=self.factor * point[self.others], minlength=len(self.side))
        return (self.side - told) / self.own


@dataclass(frozen=True)
class Grown:
    """Trees of unknowns: each step from an unknown to the next over an equality.

    `columns` come level by level, each with its `tree`. `before` is the place of the one that each comes from, for a root
    its own; `levels` are where levels start. What equalities ask is in `steps`, for all but the roots in the order of the
    columns; what inequalities ask in `floors`, of the columns at the places `under`.
    """

    columns: np.ndarray
    tree: np.ndarray
    before: np.ndarray
    levels: np.ndarray
    steps: Sides
    floors: Sides
    under: np.ndarray
    low: np.ndarray
    whole: np.ndarray

    def restore(self, point: np.ndarray) -> None:
        """As large as it takes, tree by tree."""
        above = np.zeros(len(self.columns))
        roots = int(self.levels[1])
        above[roots:] = self.steps.needs(point)
        for start, end in zip(self.levels[1:-1].tolist(), self.levels[2:].tolist(), strict=True):
            above[start:end] += above[self.before[start:end]]
        asked = self.low.copy()
        np.maximum.at(asked, self.under, self.floors.needs(point))
        root = np.full(roots, -np.inf)
        np.maximum.at(root, self.tree, asked - above)
        root = np.where(self.whole, np.ceil(root - CLOSE), root)
        point[self.columns] = root[self.tree] + above


def growing(
    rows: list[Row], may: set[int], low: np.ndarray, high: np.ndarray, whole: np.ndarray
) -> Grown | None:
    """Which of some unknowns can grow together, as far as it can ever take; None where there are none.

    `may` are unknowns that are not negative and that nobody asks for.
    """
    while True:
        _leave_bound(rows, may, whole)
        forest = _forest(rows, may)
        asked = _asked(rows, may, low, high)
        bad = {column for nodes, is_tree in forest if not is_tree for column in nodes}
        bad |= {
            column
            for nodes, is_tree in forest
            if is_tree and not _have_room(nodes, asked, low, high)
            for column in nodes
        }
        if not bad:
            break
        may -= bad
    if not may:
        return None
    return _planted(rows, may, [nodes for nodes, _ in forest], low, whole)


def _leave_bound(rows: list[Row], may: set[int], whole: np.ndarray) -> None:
    """Take out those that some row does not let grow, until none is left."""
    of: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for column, _ in row.mine:
            of[column].append(number)
    waiting = list(range(len(rows)))
    while waiting:
        row = rows[waiting.pop()]
        mine = [(column, factor) for column, factor in row.mine if column in may]
        if row.is_equality:
            bound = mine if not _is_step(row, mine, whole) else []
        elif np.isfinite(row.least) and np.isfinite(row.most):
            bound = mine
        else:
            bound = [one for one in mine if (one[1] > 0) is not bool(np.isfinite(row.least))]
        for column, _ in bound:
            may.discard(column)
            waiting += of[column]


def _is_step(row: Row, mine: Entries, whole: np.ndarray) -> bool:
    """Whether an equality leads from one of its two unknowns to the other, in whole steps where they are whole."""
    if len(mine) != 2 or mine[0][1] != -mine[1][1]:
        return False
    (one, factor), (other, _) = mine
    others = [(column, times) for column, times in row.rest + row.mine if column not in (one, other)]
    is_even = abs(factor) == 1 and abs(row.least - round(row.least)) <= CLOSE
    is_even &= all(whole[column] and times == round(times) for column, times in others)
    return bool(whole[one] == whole[other] and (is_even or not whole[one]))


def _forest(rows: list[Row], may: set[int]) -> list[tuple[list[int], bool]]:
    """The unknowns that equalities tie together, and whether they are a tree."""
    near: dict[int, list[int]] = {column: [] for column in sorted(may)}
    for row in rows:
        if row.is_equality:
            pair = [column for column, _ in row.mine if column in may]
            if len(pair) == 2:
                near[pair[0]].append(pair[1])
                near[pair[1]].append(pair[0])
    seen: set[int] = set()
    forest = []
    for start in near:
        if start in seen:
            continue
        nodes, waiting = [], [start]
        seen.add(start)
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            for other in near[node]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        forest.append((nodes, sum(len(near[node]) for node in nodes) == 2 * (len(nodes) - 1)))
    return forest


def _asked(rows: list[Row], may: set[int], low: np.ndarray, high: np.ndarray) -> dict[int, float]:
    """The most that the rows of each unknown could ever ask of it."""
    asked: dict[int, float] = defaultdict(float)
    for row in rows:
        mine = [column for column, _ in row.mine if column in may]
        if mine:
            others = [one for one in (*row.rest, *row.mine) if one[0] not in may]
            most = row.span + sum(abs(f) * float(max(abs(low[c]), abs(high[c]))) for c, f in others)
            for column in mine:
                asked[column] += most
    return asked


def _have_room(nodes: list[int], asked: dict[int, float], low: np.ndarray, high: np.ndarray) -> bool:
    """Whether the unknowns of a tree can be as large as all their rows together could ever ask for."""
    most = sum(asked[node] for node in nodes)
    return bool(np.min(high[nodes]) >= 2 * (most + np.max(low[nodes]) + 1))


def _planted(
    rows: list[Row], may: set[int], forest: list[list[int]], low: np.ndarray, whole: np.ndarray
) -> Grown:
    """The trees, ready to be walked from their roots."""
    ways: dict[int, list[tuple[int, Asking]]] = defaultdict(list)
    floors: list[tuple[int, Asking]] = []
    for row in rows:
        mine = [one for one in row.mine if one[0] in may]
        if not mine:
            continue
        rest = [*row.rest, *(one for one in row.mine if one[0] not in may)]
        (column, factor), *other = mine
        if row.is_equality:
            ((twin, opposite),) = other
            ways[column].append((twin, (row.least, opposite, rest)))
            ways[twin].append((column, (row.least, factor, rest)))
        else:  # the first of them is enough: no other is negative
            floors.append((column, (row.least if factor > 0 else row.most, factor, rest)))
    level = [(nodes[0], number, nodes[0]) for number, nodes in enumerate(forest)]
    seen = {column for column, _, _ in level}
    order, starts, steps = list(level), [0, len(level)], []
    while level:
        following = []
        for column, tree, _ in level:
            for twin, asking in ways[column]:
                if twin not in seen:
                    seen.add(twin)
                    following.append((twin, tree, column))
                    steps.append(asking)
        level = following
        order += level
        starts.append(len(order))
    columns = np.array([column for column, _, _ in order], dtype=np.int64)
    place = {column: number for number, column in enumerate(columns.tolist())}
    return Grown(
        columns,
        np.array([tree for _, tree, _ in order], dtype=np.int64),
        np.array([place[before] for _, _, before in order], dtype=np.int64),
        np.array(starts, dtype=np.int64),
        _sides(steps),
        _sides([asking for _, asking in floors]),
        np.array([place[column] for column, _ in floors], dtype=np.int64),
        low[columns],
        whole[columns[: starts[1]]],
    )


def _sides(asking: list[Asking]) -> Sides:
    """What rows ask, as arrays: `asking` are the side, the factor of the unknown asked for, and all others of its row."""
    return Sides(
        np.array([side for side, _, _ in asking], dtype=float),
        np.array([own for _, own, _ in asking], dtype=float),
        np.repeat(np.arange(len(asking)), [len(rest) for _, _, rest in asking]),
        np.array([column for _, _, rest in asking for column, _ in rest], dtype=np.int64),
        np.array([factor for _, _, rest in asking for _, factor in rest], dtype=float),
    )
