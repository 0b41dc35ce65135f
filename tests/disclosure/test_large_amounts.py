"""The attacker and amounts of euro: what large sums leave in the last digits is no contradiction."""

import random

import pytest

from reporting.disclosure.attacker_equations import Publication, equations_of
from reporting.disclosure.attacker_intervals import Attack, Contradiction
from reporting.disclosure.cells import PublishedCell, PublishedTable
from reporting.disclosure.scheme import Dimension, Kind, Measure, Relation, Scheme, flat, scheme

TOWNS, AREAS = [f"t{number}" for number in range(10)], ["a", "b", "c"]
YEAR = "2022"


def known() -> Scheme:
    """Euro by municipality and area; and two figures that narrow each other slowly, so that deduction goes on for long."""
    return scheme(
        [
            Dimension("periodo", {"2022-S1": YEAR}),
            flat("comune", "AMBITO", TOWNS),
            flat("area", "TUTTE", AREAS),
        ],
        [Measure(key, Kind.AMOUNT) for key in ("speso", "u", "v")],
        [Relation({"v": 0.9, "u": -1.0}, 0.0, None), Relation({"u": 0.9, "v": -1.0}, 0.0, None)],
    )


def published(seed: int, wrong: float = 0.0) -> Publication:
    """Money of six municipalities of ten, by area; `wrong` euro too many in a total."""
    rng = random.Random(seed)
    spent = {town: round(rng.uniform(30_000, 200_000), 2) for town in TOWNS[:6]}
    areas = {"a": round(sum(spent.values()), 2), "b": round(rng.uniform(1e5, 3e5), 2), "c": 39_000.75}
    whole = round(sum(areas.values()) + wrong, 2)
    by_town = {**{(town, "a"): value for town, value in spent.items()}, ("AMBITO", "a"): areas["a"]}
    return Publication(
        "prova",
        "r",
        known(),
        (
            PublishedTable(
                "equipe",
                ("periodo", "comune", "area"),
                tuple(PublishedCell((YEAR, *place), "speso", value) for place, value in by_town.items()),
            ),
            PublishedTable(
                "aree",
                ("periodo", "area"),
                tuple(
                    PublishedCell((YEAR, area), "speso", value)
                    for area, value in (*areas.items(), ("TUTTE", whole))
                ),
            ),
            PublishedTable(
                "lente", ("periodo",), tuple(PublishedCell((YEAR,), key, None, True) for key in ("u", "v"))
            ),
        ),
    )


@pytest.mark.parametrize("seed", range(40))
def test_amounts_that_add_up_to_the_cent_contradict_nothing(seed: int):
    Attack(equations_of([published(seed)]))


@pytest.mark.parametrize("seed", range(5))
def test_a_total_that_is_two_euro_too_many_is_a_contradiction(seed: int):
    with pytest.raises(Contradiction):
        Attack(equations_of([published(seed, wrong=2.0)]))
