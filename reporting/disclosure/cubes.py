"""The cubes behind tables that share dimensions in a circle.

Municipality x service, municipality x age and service x age hide a cube of three dimensions: nobody prints it, but its
cells are not negative, and that narrows what the three tables leave open. Tables that overlap without a circle can be
joined into some cube whatever their cells: there is nothing to add. So the graph of dimensions is made chordal, and the
cliques that no table covers are the cubes.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations

from reporting.disclosure.scheme import Scheme

MOST_CELLS = 6_000  # beyond it the cube is left out: its lines would outgrow any solver

Shape = frozenset[str]


def widest(shapes: Iterable[Shape]) -> list[Shape]:
    """The sets of dimensions that are not part of another, in their order."""
    all_of_them = list(dict.fromkeys(shapes))
    return [one for one in all_of_them if not any(one < other for other in all_of_them)]


def hidden_cubes(known: Scheme, shapes: Iterable[Shape]) -> list[Shape]:
    """The sets of dimensions of the cubes that tables of these dimensions hide."""
    tables = widest(shapes)
    neighbours: dict[str, set[str]] = {name: set() for table in tables for name in table}
    for table in tables:
        for one, other in combinations(sorted(table), 2):
            neighbours[one].add(other)
            neighbours[other].add(one)
    cliques = [one for one in _cliques(neighbours) if not any(one <= table for table in tables)]
    return sorted((one for one in cliques if size(known, one) <= MOST_CELLS), key=sorted)


def size(known: Scheme, shape: Iterable[str]) -> int:
    """How many cells a table of these dimensions has, totals included."""
    cells = 1
    for name in shape:
        cells *= len(known.dimensions[name].codes)
    return cells


def _cliques(neighbours: Mapping[str, set[str]]) -> list[Shape]:
    """The largest cliques of a chordal completion: nodes leave in the order that adds the fewest edges."""
    left = {name: set(others) for name, others in neighbours.items()}
    found = []
    while left:
        name = min(left, key=lambda node: (_missing_edges(left, node), len(left[node]), node))
        found.append(frozenset({name, *left[name]}))
        for one, other in combinations(sorted(left[name]), 2):
            left[one].add(other)
            left[other].add(one)
        for other in left.pop(name):
            left[other].discard(name)
    return widest(found)


def _missing_edges(graph: Mapping[str, set[str]], node: str) -> int:
    return sum(other not in graph[one] for one, other in combinations(sorted(graph[node]), 2))
