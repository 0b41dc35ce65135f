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

    def needs(self, side: float, point: np.ndarray) -> float:
        """What the others leave of a side."""
        return side - sum(factor * float(point[column]) for column, factor in self.rest)

    @property
    def span(self) -> float:
        """More than the others and the sides can ever ask for is not asked for: the sides' part of it."""
        return sum(abs(side) for side in (self.least, self.most) if np.isfinite(side))


@dataclass(frozen=True)
class Grown:
    """Trees of unknowns, one after the other: each step from an unknown to the next over an equality.

    `steps` are (unknown, the one before it or -1, its equality), `floors` the inequalities that an unknown stands in.
    """

    trees: tuple[tuple[tuple[int, int, Row | None], ...], ...]
    floors: dict[int, tuple[Row, ...]]
    low: np.ndarray
    whole: np.ndarray

    @property
    def columns(self) -> np.ndarray:
        """All of the unknowns."""
        return np.array([column for tree in self.trees for column, _, _ in tree], dtype=np.int64)

    def restore(self, point: np.ndarray) -> None:
        """As large as it takes, tree by tree."""
        for tree in self.trees:
            above: dict[int, float] = {}
            root = -np.inf
            for column, before, row in tree:
                if row is None:
                    above[column] = 0.0
                else:
                    factor = dict(row.mine)[column]
                    above[column] = above[before] + row.needs(row.least, point) / factor
                floors = [self.low[column]]
                for floor in self.floors.get(column, ()):
                    factor = dict(floor.mine)[column]
                    floors.append(floor.needs(floor.least if factor > 0 else floor.most, point) / factor)
                root = max(root, max(floors) - above[column])
            if self.whole[tree[0][0]]:
                root = np.ceil(root - CLOSE)
            for column, height in above.items():
                point[column] = root + height


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
    steps: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    floors: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        mine = [one for one in row.mine if one[0] in may]
        if not mine:
            continue
        rest = [*row.rest, *(one for one in row.mine if one[0] not in may)]
        if row.is_equality:
            told = Row(mine, rest, row.least, row.most)
            steps[mine[0][0]].append((mine[1][0], told))
            steps[mine[1][0]].append((mine[0][0], told))
        else:  # the first of them is enough: no other is negative
            floors[mine[0][0]].append(Row(mine[:1], rest, row.least, row.most))
    trees = []
    for nodes in forest:
        tree: list[tuple[int, int, Row | None]] = [(nodes[0], -1, None)]
        seen = {nodes[0]}
        for column, _, _ in tree:
            for other, row in steps[column]:
                if other not in seen:
                    seen.add(other)
                    tree.append((other, column, row))
        trees.append(tuple(tree))
    return Grown(tuple(trees), {column: tuple(found) for column, found in floors.items()}, low.copy(), whole)
