"""An invented cube of open data: minors with their spells, counted as the warehouse does."""

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

from osservatorio.reference import municipalities, services

AGES = ("0-2", "3-5", "6-8", "9-11", "12-14", "15-17", "18+")
YEARS = {2020: (True, False), 2021: (True, True), 2022: (False, True)}  # is_complete, is_covered


def open_data_cube(minors: int = 300, seed: int = 5) -> Iterator[dict[str, Any]]:
    """Rows of mart_open_data_cube for three years."""
    chance = random.Random(seed)
    towns = list(municipalities())
    with_cases = [code for code, service in services().items() if service.has_cases]
    weights = [1 + 3 * chance.random() ** 2 * number for number in range(len(towns))]
    for year, (is_complete, is_covered) in YEARS.items():
        minors_in, at_end = defaultdict(set), defaultdict(set)
        opened, closed = defaultdict(int), defaultdict(int)
        for minor in range(minors):
            town = chance.choices(towns, weights)[0]
            age, sex = chance.choice(AGES), chance.choice(["F", "M", "M"] if minor else ["non_indicato"])
            for service in chance.sample(with_cases, chance.choice([1, 1, 1, 2])):
                is_opened, is_closed = chance.random() < 0.5, chance.random() < 0.4
                for place in product((town, "AMBITO"), (service, "TUTTI"), (age, "TUTTE"), (sex, "TUTTI")):
                    minors_in[place].add(minor)
                    opened[place] += is_opened
                    closed[place] += is_closed
                    if not is_closed:
                        at_end[place].add(minor)
        for place, found in minors_in.items():
            yield {
                "year": year,
                **dict(zip(("municipality_code", "service_code", "age_band", "sex"), place, strict=True)),
                "is_complete": is_complete,
                "is_covered": is_covered,
                "minors_in_period": len(found),
                "minors_at_end": len(at_end[place]),
                "opened": opened[place],
                "closed": closed[place],
            }
