"""Figures that nobody ever printed and that can all grow together: what they stand in ties nothing.

Opening and closing stocks by age and sex, of which no table tells, hang together with the cases opened and closed; but as
nobody knows how many there were, whatever was opened and closed fits. Lines with such figures are left out of a system, and
the figures with them: what is left says the same of all others.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

Name = Any  # ordered and hashable
Terms = tuple[tuple[Name, float], ...]
Row = tuple[Terms, float | None, float | None]  # low <= sum of factor x unknown <= high


def without_loose(rows: Sequence[Row], told: Collection[Name]) -> list[Row | None]:
    """The rows without unknowns that they can do without, None where a row says nothing then, in their order.

    `told` are the unknowns that somebody printed, which stay; no other is negative, and nothing bounds it from above. One
    that stands in a single equality is what the others leave to it: the equality becomes an inequality.
    """
    often = Counter(name for terms, _, _ in rows for name, _ in terms)
    rows = [
        _without_single(row, {name for name, _ in row[0] if often[name] == 1 and name not in told})
        for row in rows
    ]
    loose = _loose_ones(rows, told)
    return [None if any(name in loose for name, _ in row[0]) else row for row in rows]


def _without_single(row: Row, single: Collection[Name]) -> Row:
    terms, low, high = row
    if low is None or low != high or not single:
        return row
    chosen = min(single)
    rest = tuple(term for term in terms if term[0] != chosen)
    return (rest, low, None) if dict(terms)[chosen] < 0 else (rest, None, high)


def _loose_ones(rows: Sequence[Row], told: Collection[Name]) -> set[Name]:
    """The unknowns that can all grow together whatever the others are.

    Each inequality that they stand in holds once they are large enough; each equality ties two of them, one growing with
    the other, and no circle of equalities closes. Given any values of all others, one of each tree may be as large as it
    takes and the rest follow.
    """
    of: dict[Name, list[int]] = defaultdict(list)
    for number, (terms, _, _) in enumerate(rows):
        for name, _ in terms:
            if name not in told:
                of[name].append(number)
    loose = set(of)
    waiting = list(range(len(rows)))
    while True:
        while waiting:
            terms, low, high = rows[waiting.pop()]
            bound = [name for name in _bound_by(terms, low, high, loose) if name in loose]
            loose.difference_update(bound)
            waiting += [number for name in bound for number in of[name]]
        pairs = [
            [name for name, _ in terms if name in loose]
            for terms, low, high in rows
            if low is not None and low == high
        ]
        closed = _in_circles(pair for pair in pairs if pair)
        if not closed:
            return loose
        loose -= closed
        waiting = [number for name in closed for number in of[name]]


def _bound_by(terms: Terms, low: float | None, high: float | None, loose: Collection[Name]) -> list[Name]:
    """The loose unknowns of a line that cannot all grow without breaking it."""
    mine = [(name, factor) for name, factor in terms if name in loose]
    if low is not None and high is not None:
        is_pair = low == high and len(mine) == 2 and mine[0][1] == -mine[1][1]
        return [] if is_pair else [name for name, _ in mine]
    return [name for name, factor in mine if (factor > 0) is (low is None)]


def _in_circles(pairs: Iterable[list[Name]]) -> set[Name]:
    """The unknowns of those sets tied by pairs in which a pair more than a tree needs closes a circle."""
    above: dict[Name, Name] = {}

    def root(one: Name) -> Name:
        while above.setdefault(one, one) != one:
            one = above[one]
        return one

    closed = set()
    for one, other in pairs:
        if root(one) == root(other):
            closed.add(one)
        above[root(one)] = root(other)
    roots = {root(one) for one in closed}
    return {one for one in above if root(one) in roots}
