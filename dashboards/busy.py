"""Whether somebody's page is being made: what can wait gives way to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

_changed = Condition()
_running = 0


@contextmanager
def running() -> Iterator[None]:
    """While a page is being made."""
    global _running
    with _changed:
        _running += 1
    try:
        yield
    finally:
        with _changed:
            _running -= 1
            _changed.notify_all()


def wait(seconds: float) -> bool:
    """Wait until no page is being made, so many seconds at most; whether none is."""
    with _changed:
        return _changed.wait_for(lambda: _running == 0, seconds)
