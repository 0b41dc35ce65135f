"""What the office owes, by when, and what is missing for it.

The Percorso di coprogettazione asks for an account every semester, a synthesis every year and an overall evaluation
(«Rendicontazioni, dati e relazioni»), and sets no days for any of them: those of the house are counted from the end of
the period, and a home may set others in its settings.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import SEMESTER, YEAR, Period, parse_period, period_at
from osservatorio.release import Release
from reporting import queries
from reporting.due.readiness import Data, FileState, Readiness, readiness
from reporting.kinds import KINDS, Kind

DAYS = {SEMESTER: 30, YEAR: 60}  # of the house, from the end of the period


class State(StrEnum):
    RUNNING = "periodo in corso"
    NO_DATA = "dati da caricare"
    NO_TEXTS = "testi da scrivere"
    TO_PRODUCE = "da produrre"
    TO_REPEAT = "da produrre di nuovo"
    READY = "pronto"


@dataclass(frozen=True)
class Due:
    """A report that is due: the last day for it, and how far it is."""

    report: Readiness
    day: date
    days: int
    state: State
    is_late: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values for other programs."""
        return {
            "scadenza": self.day.isoformat(),
            "giorni_dalla_fine": self.days,
            "fine_periodo": self.report.period.end.isoformat(),
            "stato": str(self.state),
            "in_ritardo": self.is_late,
            **self.report.as_json(),
        }


def calendar(home: Home, release: Release, today: date, deadlines: Mapping[str, int]) -> list[Due]:
    """Every report of the Ambito from the first period of the release to the one of today, by day.

    `deadlines` are the days of the home for some kinds. Raises UserError for a kind that there is not.
    """
    days = days_of_kinds(deadlines)
    found = [
        _due(readiness(home, release, kind, period), days[kind.key], today)
        for kind in KINDS.values()
        if kind.is_owed
        for period in periods_until(release, kind, today)
    ]
    return sorted(found, key=lambda due: (due.day, list(KINDS).index(due.report.kind.key)))


def days_of_kinds(deadlines: Mapping[str, int]) -> dict[str, int]:
    """The days after the end of its period in which each kind is due. Raises UserError for an unknown kind."""
    for name in deadlines:
        if name not in KINDS:
            close = difflib.get_close_matches(name, KINDS, n=1)
            hint = f"forse «{close[0]}»" if close else f"quelli previsti sono {join_words(list(KINDS))}"
            raise UserError(
                f"Nelle impostazioni, sezione «scadenze», il rapporto «{name}» non esiste: {hint}."
            )
    return {key: deadlines.get(key, DAYS[kind.period_type]) for key, kind in KINDS.items()}


def periods_until(release: Release, kind: Kind, today: date) -> Iterator[Period]:
    """The periods of a kind from the first one that the release covers to the one of today, the oldest first."""
    covered = queries.periods(release, kind.period_type)
    if not covered:
        return
    period = parse_period(covered[0]["period"])
    last = max(today, covered[-1]["period_start"])
    while period.start <= last:
        yield period
        period = period_at(period.type, period.end + timedelta(days=1))


def _due(report: Readiness, days: int, today: date) -> Due:
    day = report.period.end + timedelta(days=days)
    state = _state(report, today)
    return Due(report, day, days, state, today > day and state is not State.READY)


def _state(report: Readiness, today: date) -> State:
    if report.period.end >= today:
        return State.RUNNING
    if report.data is not Data.COMPLETE:
        return State.NO_DATA
    if report.waiting or report.problems:
        return State.NO_TEXTS
    if report.is_produced:
        return State.READY
    is_new = all(file.state is FileState.MISSING for file in report.files)
    return State.TO_PRODUCE if is_new else State.TO_REPEAT
