"""What can grow without end ties nothing: without it, the protection and the auditor say the same of all others.

Both leave it out, each by its own code; here each is held against trying all values of the unknowns left out.
"""

import random
from itertools import pairwise

import numpy as np
import pytest

from reporting.disclosure.attacker_problem import Demand, Problem
from reporting.disclosure.attacker_rows import Rows
from reporting.disclosure.attacker_smaller import smaller
from reporting.disclosure.loose import Row, without_loose

TOP = 3
ROOF = 1_000
HIGH = 12  # of what may grow, when all its values are tried: more than rows of so small figures can ask of it


def random_stocks(seed: int) -> tuple[list[Row], list[str], list[str]]:
    """Figures printed or not, and a chain of stocks of which nobody knows how large they are: rows, the first, the second."""
    draw = random.Random(seed)
    told = [f"t{number}" for number in range(3)]
    stocks = [f"u{number}" for number in range(draw.randint(1, 3))]
    rows: list[Row] = []
    for before, after in pairwise(stocks):  # before + opened - closed = after
        opened, closed = draw.sample(told, 2)
        rows.append((((before, 1.0), (after, -1.0), (opened, 1.0), (closed, -1.0)), 0.0, 0.0))
    for stock in stocks:
        sign = draw.choice([1.0, 1.0, 1.0, -1.0])  # no less than a figure; now and then no more than it
        rows.append((((stock, sign), (draw.choice(told), -sign)), 0.0, None))
    if len(stocks) > 1 and draw.random() < 0.3:
        rows.append((((stocks[0], 1.0), (stocks[-1], 1.0), (told[0], -1.0)), 0.0, 0.0))
    chosen = draw.sample(told, 2)
    rows.append((tuple((one, 1.0) for one in chosen), None, float(draw.randint(2, 5))))
    return rows, told, stocks


def possible(rows: list[Row], told: list[str], stocks: list[str]) -> np.ndarray:
    """Whether printed figures can have these values, an axis for each: by trying all values of everything."""
    names = [*told, *stocks]
    sizes = [TOP + 1] * len(told) + [HIGH + 1] * len(stocks)
    values = dict(zip(names, np.indices(sizes, dtype=np.int8, sparse=True), strict=True))
    hold = np.ones(sizes, dtype=bool)
    for terms, low, high in rows:
        total = sum(np.int8(factor) * values[name] for name, factor in terms)
        if low is not None:
            hold &= total >= low
        if high is not None:
            hold &= total <= high
    return hold.any(axis=tuple(range(len(told), len(names))))


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_the_protection_says_the_same_without_what_can_grow(first: int):
    left_out = 0
    for seed in range(first, first + 20):
        rows, told, stocks = random_stocks(seed)
        left = [row for row in without_loose(rows, set(told)) if row is not None]
        names = {name for terms, _, _ in left for name, _ in terms}
        kept = [stock for stock in stocks if stock in names]
        left_out += len(stocks) - len(kept)
        assert np.array_equal(possible(left, told, kept), possible(rows, told, stocks)), seed
    assert left_out > 10


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_the_auditor_says_the_same_without_what_can_grow(first: int):
    grown = 0
    for seed in range(first, first + 20):
        rows, told, stocks = random_stocks(seed)
        given = as_arrays(rows, [*told, *stocks], len(told))
        less = smaller(given, np.arange(len(given.low)) < len(told))
        grown += sum(type(step).__name__ == "Grown" for step in less.steps)
        points = np.argwhere(possible(rows, told, stocks))
        demands = {number: Demand(float(TOP)) for number in range(len(told))}
        for exact in (True, False):
            for number, extent in Problem(given, demands).extents(exact).items():
                ends = (points[:, number].min(), points[:, number].max())
                assert (extent.low, extent.high) == ends, (seed, number)
    assert grown


def test_what_has_no_room_to_grow_stays():
    """A stock that cannot be as large as its rows may ask ties what it stands with."""
    rows = [((("u", 1.0), ("t", -1.0)), 0.0, None), ((("t", 1.0), ("s", 1.0)), None, 5.0)]
    given = as_arrays(rows, ["t", "s", "u"], 2, roof=2)
    extents = Problem(given, {0: Demand(3.0)}).extents(exact=True)
    assert (extents[0].low, extents[0].high) == (0.0, 2.0)


def as_arrays(rows: list[Row], names: list[str], told: int, roof: int = ROOF) -> Rows:
    place = {name: number for number, name in enumerate(names)}
    return Rows(
        np.concatenate([[0], np.cumsum([len(terms) for terms, _, _ in rows])]),
        np.array([place[name] for terms, _, _ in rows for name, _ in terms]),
        np.array([factor for terms, _, _ in rows for _, factor in terms]),
        np.array([-np.inf if low is None else low for _, low, _ in rows]),
        np.array([np.inf if high is None else high for _, _, high in rows]),
        np.zeros(len(names)),
        np.array([TOP] * told + [roof] * (len(names) - told), dtype=float),
        np.ones(len(names), dtype=bool),
    )
