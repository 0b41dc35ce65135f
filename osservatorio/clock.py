"""The times that stages record never run backwards, whatever the computer's clock says.

A clock that went back to 1970 would put every delivered row in quarantine as one of the future, and the release just
made after all others in their list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from osservatorio.catalogue import last_creation
from osservatorio.home import Home
from osservatorio.italian import date_it
from osservatorio.landing_state import last_loading

# What every autumn takes back is no fault of the clock.
SUMMER_TIME = timedelta(hours=1)


@dataclass(frozen=True)
class Moment:
    """A time to record, and what a person must know of it (Italian), if anything."""

    at: datetime
    note: str | None = None


def loading_time(home: Home, now: datetime) -> Moment:
    """The time of a loading: now, or that of the last loading when the clock is behind it. Local, without offset."""
    local, last = now.replace(tzinfo=None), last_loading(home)
    if last is None or last <= local:
        return Moment(local)
    return Moment(last, _note(local, last, "dell'ultimo caricamento"))


def publishing_time(home: Home, now: datetime) -> Moment:
    """The time of a publication: now, or just after the last release when the clock is not past it."""
    last = last_creation(home)
    if last is None or last < now:
        return Moment(now)
    return Moment(last + timedelta(seconds=1), _note(now, last, "dell'ultima pubblicazione"))


def _note(now: datetime, last: datetime, what: str) -> str | None:
    if last - now <= SUMMER_TIME:
        return None
    return (
        f"L'orologio del computer segna il {date_it(now)} alle {now:%H:%M}, prima {what} ({date_it(last)} alle "
        f"{last:%H:%M}): registro quest'ultima ora. Controlla data e ora del computer."
    )
