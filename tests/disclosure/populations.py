"""Random small populations and their joint tables, and every population that looks the same from outside."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, product
from random import Random

import numpy as np

from reporting.disclosure.cells import Cell, ProtectedSet, PublishedTable, Table
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Combine, Dimension, Measure, flat, scheme

KEYS = ("comune", "servizio", "eta")
TOTALS = ("AMBITO", "TUTTI", "TUTTE")


@dataclass(frozen=True)
class Minor:
    """A minor, the family it belongs to, and where it is counted; of services, perhaps several."""

    family: int
    town: str
    services: tuple[str, ...]
    age: str


@dataclass(frozen=True)
class Population:
    """Minors, their tables of two dimensions each, and the promise to keep."""

    given: ProtectedSet
    minors: tuple[Minor, ...]
    policy: Policy
    is_distinct: bool


def random_population(seed: int, *, tiny: bool = False) -> Population:
    """Towns of very different sizes, services of which a minor has one or more, brothers in one family.

    The tables are town x service, town x age and service x age, each with all its totals; every second population has
    towns in two zones, every third counts minors who may be in several services.
    """
    random = Random(seed)
    is_distinct = seed % 3 == 0
    towns, services, ages = (
        (2, 2, 2) if tiny else (random.randint(3, 5), random.randint(2, 4), random.randint(2, 3))
    )
    dimensions = (
        _towns(towns, in_zones=not tiny and seed % 2 == 0),
        flat("servizio", "TUTTI", [f"s{n}" for n in range(services)]),
        flat("eta", "TUTTE", [f"e{n}" for n in range(ages)]),
    )
    size = (
        random.randint(5, 9)
        if tiny and is_distinct
        else random.randint(8, 13)
        if tiny
        else random.randint(30, 160)
    )
    minors = tuple(_minors(random, size, dimensions, is_distinct))
    policy = Policy(threshold=3 if tiny else random.choice((3, 5)))
    over = {"servizio": Combine.DISTINCT} if is_distinct else {}
    known = scheme(dimensions, [Measure("minori", over=over)])
    tables = tuple(_table(pair, dimensions, minors) for pair in combinations(range(3), 2))
    return Population(ProtectedSet(known, tables), minors, policy, is_distinct)


def _towns(count: int, *, in_zones: bool) -> Dimension:
    codes = [f"c{n}" for n in range(count)]
    if not in_zones:
        return flat("comune", "AMBITO", codes)
    zones = {code: ("nord", "sud")[n % 2] for n, code in enumerate(codes)}
    return Dimension("comune", {"nord": "AMBITO", "sud": "AMBITO", **zones}, "AMBITO")


def leaves(dimension: Dimension) -> list[str]:
    return [code for code in dimension.codes if code not in dimension.children]


def _minors(random: Random, size: int, dimensions: Sequence[Dimension], is_distinct: bool) -> Iterator[Minor]:
    towns, services, ages = (leaves(dimension) for dimension in dimensions)
    weights = [random.choice((1, 2, 4, 9)) for _ in towns]
    offered = [random.choice((1, 3, 6)) for _ in services]
    family = 0
    town = towns[0]
    for _ in range(size):
        if random.random() > 0.25:  # else a brother or sister of the one before
            family += 1
            (town,) = random.choices(towns, weights)
        count = random.choice((1, 1, 2)) if is_distinct else 1
        chosen = {random.choices(services, offered)[0] for _ in range(count)}
        yield Minor(family, town, tuple(sorted(chosen)), random.choice(ages))


def _table(pair: tuple[int, int], dimensions: Sequence[Dimension], minors: Sequence[Minor]) -> Table:
    dims = [dimensions[number] for number in pair]
    people: dict[tuple[str, ...], set[int]] = defaultdict(set)
    families: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, minor in enumerate(minors):
        codes = [
            _upwards(d, (([minor.town], minor.services, [minor.age]))[n])
            for d, n in zip(dims, pair, strict=True)
        ]
        for place in product(*codes):
            people[place].add(number)
            families[place].add(minor.family)
    places = product(*(dimension.codes for dimension in dims))
    cells = [Cell(p, "minori", len(people[p]), len(people[p]), len(families[p])) for p in places]
    return Table("".join(KEYS[number][0] for number in pair), tuple(d.key for d in dims), tuple(cells))


def _upwards(dimension: Dimension, codes: Sequence[str]) -> list[str]:
    found = dict.fromkeys(codes)
    for code in codes:
        while code in dimension.parents:
            code = dimension.parents[code]
            found[code] = None
    return list(found)


# Brute force


def all_alike(
    population: Population, tables: Sequence[PublishedTable], most: int = 400_000
) -> np.ndarray | None:
    """Every cell of every table (columns, in the order of `cell_names`) in every population that prints the same.

    A population is how many minors there are of each kind: a town, a set of services, an age. None when there would be
    more than `most` to look at, or when not even the number of all minors is shown.
    """
    total = _grand_total(tables)
    kinds = list(_kinds(population))
    if total is None or _count(total, len(kinds)) > most:
        return None
    counts = _compositions(total, len(kinds))
    shown = [cell.value for table in tables for cell in table.cells]
    for (dimensions, place), value in zip(cell_names(tables), shown, strict=True):
        if value is not None:
            counts = counts[_column(kinds, dimensions, place, counts) == value]
    columns = [_column(kinds, dimensions, place, counts) for dimensions, place in cell_names(tables)]
    return np.stack(columns, axis=1)


def cell_names(tables: Sequence[PublishedTable]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(table.dimensions, cell.place) for table in tables for cell in table.cells]


def _grand_total(tables: Sequence[PublishedTable]) -> int | None:
    values = {cell.value for table in tables for cell in table.cells if set(cell.place) <= set(TOTALS)}
    (total,) = values
    return None if total is None else int(total)


def _kinds(population: Population) -> Iterator[dict[str, tuple[str, ...]]]:
    known = population.given.known
    towns, services, ages = (leaves(known.dimensions[key]) for key in KEYS)
    sizes = range(1, len(services) + 1) if population.is_distinct else (1,)
    chosen = [some for size in sizes for some in combinations(services, size)]
    for town, some, age in product(towns, chosen, ages):
        codes: Mapping[str, Sequence[str]] = {"comune": [town], "servizio": some, "eta": [age]}
        yield {key: tuple(_upwards(known.dimensions[key], codes[key])) for key in KEYS}


def _column(
    kinds: Sequence[dict[str, tuple[str, ...]]],
    dimensions: Sequence[str],
    place: Sequence[str],
    counts: np.ndarray,
) -> np.ndarray:
    counted = [all(code in kind[key] for key, code in zip(dimensions, place, strict=True)) for kind in kinds]
    return counts[:, np.array(counted)].sum(axis=1)


def _count(total: int, parts: int) -> int:
    from math import comb

    return comb(total + parts - 1, parts - 1)


@lru_cache(maxsize=32)
def _compositions(total: int, parts: int) -> np.ndarray:
    """All ways to share a total among parts, one per row."""
    chosen = chain.from_iterable(combinations(range(total + parts - 1), parts - 1))
    bars = np.fromiter(chosen, dtype=np.int16).reshape(-1, parts - 1)
    edges = np.concatenate(
        [np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + parts - 1)], axis=1
    )
    return np.diff(edges, axis=1) - 1
