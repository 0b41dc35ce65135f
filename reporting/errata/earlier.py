"""The reports of one kind that were produced before a release, each as it was and as its figures are now.

Which ones there are is settled the moment a release is made: those that the audit log tells were produced by then, of
the same kind and edition, of the same period or an earlier one, from figures that are not younger. Of each period the
last version counts. What is produced afterwards changes nothing: a report that is produced again from its release has
the same errata.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import duckdb

from osservatorio.catalogue import created_at
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import Period, parse_period
from osservatorio.produced_reports import ProducedReport, produced_reports
from osservatorio.release import Release, manifest_path, open_release, release_path
from reporting.context import Context
from reporting.model import Report

MOST = 8  # reports compared, the latest periods first: each costs the making of two models


class Outcome(StrEnum):
    """What came of setting an earlier report beside the figures of now."""

    COMPARED = "confrontato"
    PROVISIONAL = "provvisorio"  # its period was not over: this report replaces it
    GONE = "eliminata"  # its release was purged
    UNREADABLE = "non si legge"  # the file of its release is damaged
    OTHER_VERSION = "altra versione"  # its release lacks what the report shows today
    NO_DATA = "senza dati"  # its period is no longer in the data
    TOO_OLD = "troppo indietro"


@dataclass(frozen=True)
class EarlierReport:
    """A report as it was (`then`, of `manifest`'s release) and as its figures are in the release at hand (`now`)."""

    period: Period
    release_id: str
    produced_on: date
    as_of: date
    outcome: Outcome
    manifest: dict[str, Any] | None = None
    then: Report | None = None
    now: Report | None = None


def earlier_reports(
    home: Home,
    kind: str,
    context: Context,
    context_on: Callable[[Release, Period], Context],
    recipe: Callable[[Context], Report],
) -> tuple[EarlierReport, ...]:
    """The earlier reports of a kind, for the edition of a context, from the first period to its own.

    `context_on` makes the context of another release and period; releases that are opened here are closed here.
    """
    town = context.municipality
    known = _last_versions(home, kind, town.slug if town else "", context)
    found = [_far(report, period) for period, report in known[:-MOST]]
    for period, report in known[-MOST:]:
        found.append(_set_beside(home, report, period, context.release, context_on, recipe))
    return tuple(found)


def _last_versions(home: Home, kind: str, slug: str, context: Context) -> list[tuple[Period, ProducedReport]]:
    """Of each period the report made from the release that was last reported from, in the order of the periods."""
    made = created_at(context.release.manifest)
    last: dict[str, tuple[Period, ProducedReport]] = {}
    for report in produced_reports(home):
        if (report.kind, report.slug) != (kind, slug) or report.at > made:
            continue
        if report.release_id == context.release.id or report.as_of > context.release.as_of:
            continue
        period = _period(report.period_code)
        if period and period.type == context.period.type and period.start <= context.period.start:
            last[period.code] = period, report
    return [last[code] for code in sorted(last)]


def _period(code: str) -> Period | None:
    try:
        return parse_period(code)
    except UserError:
        return None


def _far(report: ProducedReport, period: Period) -> EarlierReport:
    return EarlierReport(period, report.release_id, report.at.date(), report.as_of, Outcome.TOO_OLD)


def _set_beside(
    home: Home,
    report: ProducedReport,
    period: Period,
    current: Release,
    context_on: Callable[[Release, Period], Context],
    recipe: Callable[[Context], Report],
) -> EarlierReport:
    plain = replace(_far(report, period), outcome=Outcome.GONE)
    paths = (manifest_path(home, report.release_id), release_path(home, report.release_id))
    if not all(path.exists() for path in paths):
        return plain
    try:
        release = open_release(home, report.release_id)
    except UserError:
        return replace(plain, outcome=Outcome.UNREADABLE)
    with release:
        try:
            context = context_on(release, period)
            if not context.is_complete:
                return replace(plain, outcome=Outcome.PROVISIONAL)
            then = recipe(context)
        except (duckdb.Error, KeyError, UserError):
            # A release of an earlier version of the program may lack a mart or a column that is shown today.
            return replace(plain, outcome=Outcome.OTHER_VERSION)
        manifest = release.manifest
    try:
        now = recipe(context_on(current, period))
    except UserError:
        return replace(plain, outcome=Outcome.NO_DATA)
    return replace(plain, outcome=Outcome.COMPARED, manifest=manifest, then=then, now=now)
