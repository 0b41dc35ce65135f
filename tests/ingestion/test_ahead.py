"""Items made ahead come in their order, no more of them than agreed, and errors where they arise."""

from collections.abc import Iterator
from threading import Event, current_thread, main_thread
from time import monotonic, sleep

import pytest

from ingestion.ahead import Ahead

PATIENCE = 60  # seconds


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 8])
def test_all_items_come_in_their_order(count, depth):
    ahead = Ahead(range(count), depth)
    assert list(ahead) == list(range(count))
    assert next(ahead, None) is None
    ahead.close()


@pytest.mark.parametrize("depth", [1, 2])
def test_so_many_are_made_before_they_are_asked_for_and_no_more(depth):
    made, enough = [], Event()

    def items() -> Iterator[int]:
        for number in range(9):
            assert current_thread() is not main_thread()
            made.append(number)
            if len(made) == depth:
                enough.set()
            yield number

    ahead = Ahead(items(), depth)
    assert enough.wait(PATIENCE)
    ahead.close()
    assert len(made) == depth


def test_an_error_comes_after_the_items_before_it():
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("spoilt")

    ahead = Ahead(items(), 2)
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="spoilt"):
        next(ahead)
    ahead.close()


def test_it_says_whether_its_thread_had_nothing_to_do():
    go_on, made = Event(), Event()

    def items() -> Iterator[int]:
        yield 1
        yield 2
        assert go_on.wait(PATIENCE)
        yield 3
        made.set()
        yield 4

    ahead = Ahead(items(), 2)
    assert next(ahead) == 1
    assert next(ahead) == 2  # the third is being made
    assert not ahead.was_ready
    go_on.set()
    assert made.wait(PATIENCE)
    until = monotonic() + PATIENCE
    while not all(coming.done() for coming in ahead._coming) and monotonic() < until:
        sleep(0.001)
    assert next(ahead) == 3
    assert ahead.was_ready
    ahead.close()
