"""The smaller problem: the values that an unknown asked for can have are the same, and points come back to all unknowns."""

import random
from functools import cache
from itertools import product

import numpy as np
import pytest

from reporting.disclosure.attacker_near import around, narrowed
from reporting.disclosure.attacker_problem import Contradiction, Demand, Problem
from reporting.disclosure.attacker_rows import Rows
from reporting.disclosure.attacker_smaller import smaller

TOP = 3
INFINITE = float("inf")


def random_rows(seed: int) -> Rows:
    """A few unknown persons tied at random, with a true point in it: pairs, sums, totals that count once, bounds."""
    draw = random.Random(seed)
    count = draw.randint(4, 7)
    true = [draw.randint(0, TOP) for _ in range(count)]
    rows = []
    for _ in range(draw.randint(2, 6)):
        chosen = draw.sample(range(count), draw.choice([2, 2, 3, 4]))
        factors = [draw.choice([1.0, -1.0, 1.0, -1.0, 2.0]) for _ in chosen]
        value = sum(factor * true[one] for one, factor in zip(chosen, factors, strict=True))
        room = draw.choice([(0, 0), (0, 0), (0, INFINITE), (INFINITE, 1), (1, 2)])
        rows.append((chosen, factors, value - room[0], value + room[1]))
    return rows_of(rows, count)


def rows_of(rows: list[tuple[list[int], list[float], float, float]], count: int, top: float = TOP) -> Rows:
    return Rows(
        np.concatenate([[0], np.cumsum([len(chosen) for chosen, _, _, _ in rows])]),
        np.array([one for chosen, _, _, _ in rows for one in chosen]),
        np.array([factor for _, factors, _, _ in rows for factor in factors]),
        np.array([low for _, _, low, _ in rows]),
        np.array([high for _, _, _, high in rows]),
        np.zeros(count),
        np.full(count, top),
        np.ones(count, dtype=bool),
    )


@cache
def points_of(seed: int) -> np.ndarray:
    return all_points(random_rows(seed))


def all_points(rows: Rows) -> np.ndarray:
    """Every point that satisfies everything, by trying all."""
    count = len(rows.low)
    grid = np.indices([TOP + 1] * count).reshape(count, -1).T.astype(float)
    matrix = np.zeros((len(rows.least), count))
    np.add.at(matrix, (rows.row, rows.index), rows.factor)
    sums = grid @ matrix.T
    return grid[np.all((sums >= rows.least) & (sums <= rows.most), axis=1)]


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_what_is_asked_for_has_the_ends_that_trying_all_points_gives(first: int):
    fewer = looked_at = 0
    for seed in range(first, first + 20):
        rows = random_rows(seed)
        count = len(rows.low)
        draw = random.Random(seed)
        demands = {one: Demand(float(TOP)) for one in draw.sample(range(count), draw.randint(1, 3))}
        points = points_of(seed)
        problem = Problem(rows, demands)
        fewer += count - len(problem.smaller.columns)
        for exact in (True, False):
            for one, extent in Problem(rows, demands).extents(exact).items():
                looked_at += 1
                assert (extent.low, extent.high) == (points[:, one].min(), points[:, one].max()), (seed, one)
    assert looked_at > 60
    assert fewer > 40


@pytest.mark.parametrize("seed", range(40))
def test_points_come_back_to_all_unknowns(seed: int):
    rows = random_rows(seed)
    asked = np.zeros(len(rows.low), dtype=bool)
    asked[seed % len(asked)] = True
    less = smaller(rows, asked)
    found = 0
    for values in product(range(TOP + 1), repeat=min(5, len(less.columns))):
        point = np.array(values, dtype=float)
        if len(point) == len(less.columns) and less.rows.hold(point):
            found += 1
            whole = less.larger(point)
            assert rows.hold(whole)
            assert np.all(whole == np.round(whole))
            one = int(np.flatnonzero(asked)[0])
            place = int(less.place[one])
            value = less.offset[one] + (less.scale[one] * point[place] if place >= 0 else 0.0)
            assert whole[one] == value
    assert found or len(less.columns) > 5


def test_second_names_and_what_is_left_over_are_left_out():
    """Two names of a figure, a part of it and the rest: one unknown is asked for, and one is all that is left."""
    rows = rows_of(
        [
            ([0, 1], [1.0, -1.0], 0.0, 0.0),
            ([1, 2, 3], [1.0, -1.0, -1.0], 0.0, 0.0),
            ([0, 4], [1.0, 1.0], 5.0, 5.0),
        ],
        5,
        9.0,
    )
    less = smaller(rows, np.array([False, True, False, False, False]))
    assert len(less.columns) == 1
    assert len(less.rows.least) == 0
    assert (less.rows.low[0], less.rows.high[0]) == (0.0, 5.0)
    whole = less.larger(np.array([4.0]))
    assert whole[[0, 1, 4]].tolist() == [4.0, 4.0, 1.0]
    assert whole[2] + whole[3] == 4.0


def test_a_point_that_does_not_hold_proves_nothing(monkeypatch: pytest.MonkeyPatch):
    """Were the smaller problem wrong, no cell would be called safe for it: its points are tried on the rows themselves."""
    rows = random_rows(3)
    demands = {one: Demand(1.0) for one in range(len(rows.low))}
    monkeypatch.setattr(Rows, "hold", lambda self, point: False)
    problem = Problem(rows, demands)
    for exact in (False, True):
        for one, extent in problem.extents(exact).items():
            if problem.smaller.place[one] >= 0:
                assert not demands[one].is_met(extent.low, extent.high)
    assert not np.isfinite(problem.seen_low).any()


def test_an_end_that_no_programme_settles_is_what_points_have_shown(monkeypatch: pytest.MonkeyPatch):
    """A programme that stops at its limit proves no end: the interval told is not wider than the true one."""
    monkeypatch.setattr("reporting.disclosure.attacker_problem.MOST_NODES", 0)
    monkeypatch.setattr("reporting.disclosure.attacker_problem.LARGE", -1)
    for seed in range(60):
        rows = random_rows(seed)
        points = points_of(seed)
        for one, extent in (
            Problem(rows, {one: Demand(99.0) for one in range(len(rows.low))}).extents(False).items()
        ):
            if extent.low <= extent.high:
                assert points[:, one].min() <= extent.low, (seed, one)
                assert extent.high <= points[:, one].max(), (seed, one)


def test_looking_around_a_point_finds_what_trying_all_points_gives(monkeypatch: pytest.MonkeyPatch):
    """As in large problems: what is far stays as it was, and what is not found there is looked for everywhere."""
    monkeypatch.setattr("reporting.disclosure.attacker_problem.LARGE", -1)
    monkeypatch.setattr("reporting.disclosure.attacker_near.STEPS", 1)
    visits: list[bool] = []
    near = Problem._visit_near
    monkeypatch.setattr(Problem, "_visit_near", lambda *given: visits.append(near(*given)) or visits[-1])
    for seed in range(80):
        rows = random_rows(seed)
        points = points_of(seed)
        demands = {one: Demand(float(TOP)) for one in range(len(rows.low))}
        for one, extent in Problem(rows, demands).extents(exact=False).items():
            assert (extent.low, extent.high) == (points[:, one].min(), points[:, one].max()), (seed, one)
    assert sum(visits) > 40


@pytest.mark.parametrize("seed", range(40))
def test_a_point_near_another_is_one_of_the_whole_problem(seed: int):
    rows = random_rows(seed)
    points = points_of(seed)
    start = points[seed % len(points)]
    columns = around(rows, np.array([seed % len(start)]))
    inside = narrowed(rows, columns, start)
    assert inside.hold(start[columns])
    assert seed % len(start) in columns
    for values in product(range(TOP + 1), repeat=min(4, len(columns))):
        if len(values) == len(columns):
            whole = start.copy()
            whole[columns] = values
            assert rows.hold(whole) == inside.hold(whole[columns])


def test_what_cannot_all_be_true_is_told():
    rows = rows_of([([0, 1], [1.0, 1.0], 3.0, 3.0), ([0, 1], [1.0, -1.0], 0.0, 0.0)], 2)
    with pytest.raises(Contradiction):
        Problem(rows, {0: Demand(1.0)}).extents(exact=False)
