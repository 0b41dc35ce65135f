"""Small changes of a known point: they satisfy everything, come as far as a whole programme where all may move, and move
nothing that is far away."""

import random

import numpy as np
import pytest

from reporting.disclosure.attacker_nearby import Rows


def grid(rows: int, columns: int, seed: int) -> tuple[Rows, np.ndarray]:
    """A table whose margins are printed: its cells are unknown persons, and one true table."""
    draw = random.Random(seed)
    table = np.array([[draw.randrange(0, 9) for _ in range(columns)] for _ in range(rows)], dtype=float)
    lines = [[r * columns + c for c in range(columns)] for r in range(rows)]
    lines += [[r * columns + c for r in range(rows)] for c in range(columns)]
    sums = np.array([table.flat[line].sum() for line in lines])
    count = rows * columns
    return (
        Rows(
            np.concatenate([[0], np.cumsum([len(line) for line in lines])]),
            np.array([one for line in lines for one in line]),
            np.ones(2 * count),
            sums,
            sums,
            np.zeros(count),
            np.full(count, 100.0),
            np.ones(count, dtype=bool),
        ),
        table.flatten(),
    )


@pytest.mark.parametrize("seed", range(8))
def test_it_comes_as_far_as_the_margins_let_it(seed: int):
    rows, true = grid(4, 5, seed)
    table = true.reshape(4, 5)
    for column in range(len(true)):
        r, c = divmod(column, 5)
        across, down = table[r].sum(), table[:, c].sum()
        lowest, highest = max(0.0, across + down - table.sum()), min(across, down)
        for sign, end in ((1.0, lowest), (-1.0, highest)):
            found = rows.nearer(true, column, sign, sign * end)
            assert found is not None
            assert rows.hold(found)
            assert found[column] == end


def test_what_is_far_away_stays_where_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reporting.disclosure.attacker_nearby.NEAR", (6,))
    near, true = grid(2, 3, 1)
    far = Rows(
        np.concatenate([near.start, near.start[1:] + near.start[-1]]),
        np.concatenate([near.index, near.index + len(true)]),
        np.concatenate([near.factor, near.factor]),
        np.tile(near.least, 2),
        np.tile(near.most, 2),
        np.tile(near.low, 2),
        np.tile(near.high, 2),
        np.tile(near.whole, 2),
    )
    both = np.concatenate([true, true])
    column = int(np.argmax(true))
    found = far.nearer(both, column, 1.0, 0.0)
    assert found is not None
    assert found[column] < true[column]
    assert np.array_equal(found[len(true) :], true)


def test_a_point_that_breaks_a_row_or_a_bound_is_none():
    rows, true = grid(3, 3, 2)
    assert rows.hold(true)
    assert not rows.hold(true + np.eye(9)[0])
    beyond = true.copy()
    beyond[[0, 4]] += 200
    beyond[[1, 3]] -= 200
    assert not rows.hold(beyond)
