"""Invented populations as tables to round, and a reader who knows nothing but what is printed."""

import random
from collections.abc import Iterator, Sequence
from itertools import product

from reporting.disclosure.cells import Cell, ProtectedSet, PublishedTable, Table
from reporting.disclosure.ledger import Entry, Export
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import protect
from reporting.disclosure.rounding import Rounded, round_tables
from reporting.disclosure.scheme import Combine, Dimension, Measure, Relation, flat, scheme

SECRET = b"segreto di prova"
POLICY = Policy(threshold=5)
ALL = "TUTTI"
PEOPLE, OPENED = "minors_in_period", "opened"


def known_of(sizes: Sequence[int], distinct: Sequence[int] = (), measures: Sequence[str] = (PEOPLE,)):
    """A scheme of dimensions d0, d1 …; over those in `distinct` a person may stand in several parts."""
    dimensions = [
        flat(f"d{number}", ALL, [f"{chr(97 + number)}{code}" for code in range(size)])
        for number, size in enumerate(sizes)
    ]
    over = {f"d{number}": Combine.DISTINCT for number in distinct}
    relations = [Relation({OPENED: 1.0, PEOPLE: -1.0}, None, 0.0)] if len(measures) > 1 else []
    return scheme(
        [*dimensions, Dimension("year", {"2022-S1": "2022", "2022-S2": "2022"}, None)],
        [Measure(key, over=over if key == PEOPLE else {}) for key in measures],
        relations,
    )


def population(chance: random.Random, sizes: Sequence[int], people: int) -> list[tuple[int, ...]]:
    """Persons as places in the dimensions, uneven as real ones are: many empty cells, some full ones."""
    weights = [[chance.random() ** 3 + 0.02 for _ in range(size)] for size in sizes]
    return [tuple(chance.choices(range(len(w)), w)[0] for w in weights) for _ in range(people)]


def tables_of(
    sizes: Sequence[int],
    people: Sequence[tuple[int, ...]],
    shapes: Sequence[Sequence[int]],
    *,
    year: str = "2022",
    distinct: Sequence[int] = (),
    also: Sequence[tuple[int, tuple[int, ...]]] = (),
) -> ProtectedSet:
    """Tables of a population, one per shape (the dimensions that it has), with all their totals.

    `also` are second places of persons: who, and where else.
    """
    known = known_of(sizes, distinct)
    stands = [(who, place) for who, place in enumerate(people)] + list(also)
    tables = []
    for shape in shapes:
        names = tuple(f"d{number}" for number in shape)
        axes = [known.dimensions[name].codes for name in names]
        counted = {place: set() for place in product(*axes)}
        for who, at in stands:
            codes = [(ALL, f"{chr(97 + number)}{at[number]}") for number in shape]
            for place in product(*codes):
                counted[place].add(who)
        cells = tuple(Cell((*place, year), PEOPLE, len(found)) for place, found in counted.items())
        tables.append(Table("per_" + "_".join(names), (*names, "year"), cells))
    return ProtectedSet(known, tuple(tables))


def registered(*exports: Export) -> list[Entry]:
    return [Entry(n, "2023-01-01T09:00:00", export) for n, export in enumerate(exports, 1)]


def suppressed(given: ProtectedSet, release: str = "r1", entries: Sequence[Entry] = ()) -> Export:
    """The same tables as the mayors get them: exact margins, small cells withheld."""
    return protect(
        given, release=release, export="assemblea", policy=POLICY, secret=SECRET, entries=entries
    ).export


def rounding(given: ProtectedSet, entries: Sequence[Entry] = (), release: str = "r1", **options) -> Rounded:
    return round_tables(
        given,
        release=release,
        export="open-data 2022",
        policy=options.pop("policy", POLICY),
        secret=options.pop("secret", SECRET),
        entries=entries,
        **options,
    )


def values_by_place(table: PublishedTable | Table) -> dict[tuple[str, ...], int]:
    return {cell.place: int(cell.value) for cell in table.cells}


def sums(table: PublishedTable | Table) -> Iterator[tuple[str, int, list[int]]]:
    """Every total of a table with the figures that should add up to it: dimension, total, parts."""
    values = values_by_place(table)
    for place, value in values.items():
        for number, code in enumerate(place):
            if code == ALL:
                parts = [
                    other
                    for at, other in values.items()
                    if at[number] != ALL
                    and at[:number] + at[number + 1 :] == place[:number] + place[number + 1 :]
                ]
                yield table.dimensions[number], value, parts
