"""A desk of the reports for tests: a clock that stands still, and what it would write in the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from osservatorio.documents import Desk
from osservatorio.home import Home


def desk_of(home: Home, events: list[tuple[str, dict]] | None = None) -> Desk:
    """A desk whose clock stands still; what it records goes to `events`."""

    @contextmanager
    def recorded(event: str, **facts: object) -> Iterator[dict]:
        yield facts
        if events is not None:
            events.append((event, facts))

    return Desk(home, "Anna Rossi", "cruscotto", lambda: datetime(2023, 11, 6, 9, tzinfo=UTC), recorded)
