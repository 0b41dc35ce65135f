"""The proof: on random populations no withheld cell is known better than was promised, by two attackers.

The auditor works out every interval to its true ends. On tiny populations every other population that prints the same
tables is listed, one by one, and what it finds must be what the auditor found.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from by_hand import SECRET, uncovered
from populations import Population, all_alike, cell_names, random_population

from reporting.disclosure.attacker import audit
from reporting.disclosure.attacker_equations import Publication, Unknown
from reporting.disclosure.attacker_intervals import Demand
from reporting.disclosure.cells import PublishedTable
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import Protected, protect

POPULATIONS = 200
PARTS = 10
TINY = 60
UNCOVERED = 50
TITLE = "riservatezza"


@cache
def random_one(seed: int) -> tuple[Population, Protected]:
    """A random population and its tables protected: what one test attacks, another un-hides."""
    population = random_population(seed)
    return population, protected(population)


def protected(population: Population) -> Protected:
    return protect(population.given, release="r", export="prova", policy=population.policy, secret=SECRET)


def published(population: Population, tables: tuple[PublishedTable, ...]) -> list[Publication]:
    return [Publication("prova", "r", population.given.known, tables)]


def unknown_of(population: Population, dimensions, place) -> Unknown:
    totals = {d.key: d.total for d in population.given.known.dimensions.values()}
    codes = zip(dimensions, place, strict=True)
    return "r", "minori", frozenset((key, code) for key, code in codes if code != totals[key])


def promised(population: Population) -> dict[Unknown, tuple[int, float, float]]:
    """What the promise says of every cell, from the minors and families behind it: the value and the two ends.

    Written from the words of the promise, not from the code that keeps it: from nobody to the threshold, or as far
    from the true value as that is.
    """
    t = population.policy.threshold
    found = {}
    for table in population.given.tables:
        for cell in table.cells:
            if 0 < cell.minors < t or 0 < cell.families < 3:
                ends = (max(0, cell.value - t), max(t, cell.value + 1))
                found[unknown_of(population, table.dimensions, cell.place)] = (cell.value, *ends)
    return found


def shown_cells(
    population: Population, found: Protected
) -> Iterator[tuple[PublishedTable, tuple[str, ...], int | None]]:
    for table in found.tables:
        for cell in table.cells:
            yield table, cell.place, cell.value


@pytest.mark.parametrize("part", range(PARTS))
def test_no_withheld_cell_is_known_better_than_promised(part, record_property):
    """200 populations; every interval is worked out to its ends by the auditor, without knowing what was promised."""
    count = {"popolazioni": 0, "celle oscurate": 0, "più strette della promessa": 0, "ricavabili": 0}
    for seed in range(part, POPULATIONS, PARTS):
        population, found = random_one(seed)
        promises = promised(population)
        extents = audit(
            published(population, found.tables), population.policy, exact=True, explain=False
        ).extents
        count["popolazioni"] += 1
        for table, place, value in shown_cells(population, found):
            unknown = unknown_of(population, table.dimensions, place)
            if value is not None:
                assert unknown not in promises, (seed, place)
                continue
            extent = extents[unknown]
            _, low, high = promises.get(unknown, (0, np.inf, -np.inf))
            is_wide = extent.high - extent.low >= population.policy.threshold
            count["celle oscurate"] += 1
            count["ricavabili"] += extent.low == extent.high
            count["più strette della promessa"] += not (is_wide and extent.low <= low and extent.high >= high)
    record_property("counts", {"of": f"{TITLE}, intervalli", "counts": count})
    assert count["più strette della promessa"] == 0
    assert count["celle oscurate"] > 100


def test_listing_every_population_finds_what_the_auditor_finds(record_property):
    """On tiny populations: the smallest and the largest value of each withheld cell over all that print the same."""
    count = {"popolazioni": 0, "elencate": 0, "celle": 0, "discordi": 0, "più strette della promessa": 0}
    for seed in range(1_000, 1_000 + TINY):
        population = random_population(seed, tiny=True)
        found = protected(population)
        alike = all_alike(population, found.tables)
        if alike is None:
            continue
        count["popolazioni"] += 1
        count["elencate"] += len(alike)
        promises = promised(population)
        extents = audit(
            published(population, found.tables), population.policy, exact=True, explain=False
        ).extents
        values = [cell.value for table in found.tables for cell in table.cells]
        for number, (dimensions, place) in enumerate(cell_names(found.tables)):
            if values[number] is not None:
                continue
            unknown = unknown_of(population, dimensions, place)
            low, high = int(alike[:, number].min()), int(alike[:, number].max())
            _, least, most = promises.get(unknown, (0, np.inf, -np.inf))
            count["celle"] += 1
            count["discordi"] += (extents[unknown].low, extents[unknown].high) != (low, high)
            is_wide = high - low >= population.policy.threshold
            count["più strette della promessa"] += not (is_wide and low <= least and high >= most)
    record_property("counts", {"of": f"{TITLE}, tutte le popolazioni possibili", "counts": count})
    assert count["popolazioni"] >= TINY // 2
    assert count["celle"] > 200
    assert count["discordi"] == 0
    assert count["più strette della promessa"] == 0


def test_listing_finds_what_the_auditor_finds_where_nothing_was_protected(record_property):
    """The same of unsafe tables, where the first rule alone was applied: both attackers break the same cells."""
    count = {"celle": 0, "discordi": 0, "ricavabili": 0}
    for seed in range(2_000, 2_000 + TINY // 2):
        population = random_population(seed, tiny=True)
        sensitive = promised(population)
        tables = tuple(_naive(population, table, sensitive) for table in population.given.tables)
        alike = all_alike(population, tables)
        if alike is None:
            continue
        extents = audit(published(population, tables), population.policy, exact=True, explain=False).extents
        for number, (dimensions, place) in enumerate(cell_names(tables)):
            unknown = unknown_of(population, dimensions, place)
            if unknown in extents:
                low, high = int(alike[:, number].min()), int(alike[:, number].max())
                count["celle"] += 1
                count["discordi"] += (extents[unknown].low, extents[unknown].high) != (low, high)
                count["ricavabili"] += low == high
    record_property("counts", {"of": f"{TITLE}, con la sola prima regola", "counts": count})
    assert count["discordi"] == 0
    assert count["ricavabili"] > 20


def _naive(population: Population, table, sensitive) -> PublishedTable:
    from by_hand import printed

    return printed(
        table,
        [c.place for c in table.cells if unknown_of(population, table.dimensions, c.place) in sensitive],
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_no_secondary_cell_can_be_spared(part, record_property):
    """Show any one cell that no rule withholds: the auditor refuses, every time."""
    count = {"celle scoperte": 0, "rifiutate": 0}
    for seed in range(part, UNCOVERED, PARTS):
        population, found = random_one(seed)
        demands = {
            unknown: Demand(population.policy.threshold, low, high)
            for unknown, (_, low, high) in promised(population).items()
        }
        for figure in sorted(found.suppression.secondary):
            tables = tuple(
                uncovered(table, given, _places_of(population, given, figure))
                for table, given in zip(found.tables, population.given.tables, strict=True)
            )
            result = audit(published(population, tables), population.policy, demands=demands, explain=False)
            count["celle scoperte"] += 1
            count["rifiutate"] += bool(result.breaches)
    record_property("counts", {"of": f"{TITLE}, una cella in meno", "counts": count})
    assert count["celle scoperte"] > 10
    assert count["rifiutate"] == count["celle scoperte"]


def _places_of(population: Population, table, figure) -> list[tuple[str, ...]]:
    unknown = "r", figure.measure, frozenset(figure.at)
    return [c.place for c in table.cells if unknown_of(population, table.dimensions, c.place) == unknown]


def test_a_policy_of_the_proof_is_one_of_the_product():
    assert {random_population(seed).policy for seed in range(20)} == {
        Policy(threshold=3),
        Policy(threshold=5),
    }
