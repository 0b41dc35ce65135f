"""What rests on several figures of the governance pack: shares, gaps, and which indicators may be told."""

from collections.abc import Iterator, Sequence

from osservatorio.periods import SEMESTER, Period, parse_period
from reporting.context import Context
from reporting.disclosure.cells import Figure
from reporting.disclosure.scheme import Scheme
from reporting.governance import known as own
from reporting.governance.gathering import spending_period
from reporting.governance.known import DEADLINE
from reporting.protected import known
from reporting.protected.known import AREA, PERIOD, RULE
from reporting.protected.view import Derived, figure_at
from reporting.queries import TUTTI, Record

COMPLIANCE, DEADLINES = "quota_conformita", "scadenze_tutte"
IN_TIME, WITH_TERM, IN_TIME_RATE = (
    "risposte_entro_termine",
    "reclami_termine_valutabile",
    "quota_entro_termine",
)
ALLOTTED, EXECUTION, ELAPSED, GAP = "risorse_anno", "quota_spesa_anno", "quota_anno_trascorsa", "scarto_spesa"
SOURCES = {
    COMPLIANCE: (known.RULES, "compliance_rate"),
    DEADLINES: (own.DEADLINES, "deadlines"),
    IN_TIME: (known.COMPLAINTS, "answered_within_term"),
    WITH_TERM: (known.COMPLAINTS, "term_assessable"),
    IN_TIME_RATE: (known.COMPLAINTS, "answered_within_term_rate"),
    ALLOTTED: (own.PROGRESS, "allotted"),
    EXECUTION: (own.PROGRESS, "execution_rate"),
    ELAPSED: (own.PROGRESS, "share_elapsed"),
    GAP: (own.PROGRESS, "execution_gap"),
}
CASES_PER_WORKER, RULES_KEPT = "casi_per_operatore", "regole_rispettate"


def derived_figures(context: Context, scheme: Scheme, periods: Sequence[Period]) -> Iterator[Derived]:
    """The figures that the marts work out from several of the protected ones."""
    yield from _compliance(context, scheme, periods)
    yield from _answers(context, scheme, periods)
    yield from _spending(context, scheme, periods)
    yield from _deadlines(context, scheme)


def _compliance(context: Context, scheme: Scheme, periods: Sequence[Period]) -> Iterator[Derived]:
    where = {"period": tuple(period.code for period in periods), "municipality_code": context.place}
    for row in context.read(known.RULES, ("period", "rule_id", "compliance_rate"), where):
        if row["rule_id"] in scheme.dimensions[RULE].parents:
            at = {PERIOD: row["period"], RULE: row["rule_id"]}
            bases = tuple(figure_at(scheme, key, at) for key in (known.COMPLIANT, known.NOT_COMPLIANT))
            yield Derived(COMPLIANCE, at, row["compliance_rate"], bases)


def _answers(context: Context, scheme: Scheme, periods: Sequence[Period]) -> Iterator[Derived]:
    """Complaints answered in time: the rule on complaints counts the same ones."""
    keys = (IN_TIME, WITH_TERM, IN_TIME_RATE)
    where = {
        "period": tuple(period.code for period in periods),
        "municipality_code": context.place,
        "service_code": TUTTI,
    }
    for row in context.read(known.COMPLAINTS, ("period", *(SOURCES[key][1] for key in keys)), where):
        at = {PERIOD: row["period"]}
        bases = tuple(
            figure_at(scheme, key, {**at, RULE: known.COMPLAINTS_RULE})
            for key in (known.COMPLIANT, known.NOT_COMPLIANT)
        )
        for key in keys:
            yield Derived(key, at, row[SOURCES[key][1]], bases)


def _spending(context: Context, scheme: Scheme, periods: Sequence[Period]) -> Iterator[Derived]:
    """Of the year so far; resources and the days that are over are nobody's."""
    keys = (ALLOTTED, EXECUTION, ELAPSED, GAP)
    semesters = tuple(period.code for period in periods if period.type == SEMESTER)
    columns = ("period", "area", *(SOURCES[key][1] for key in keys))
    for row in context.read(own.PROGRESS, columns, {"period": semesters, "municipality_code": context.place}):
        at = {PERIOD: spending_period(parse_period(row["period"])), AREA: row["area"]}
        spent = (figure_at(scheme, known.SPENT, at),)
        for key in keys:
            yield Derived(key, at, row[SOURCES[key][1]], spent if key in (EXECUTION, GAP) else ())


def _deadlines(context: Context, scheme: Scheme) -> Iterator[Derived]:
    rows = context.read(own.DEADLINES, ("deadline_kind", "deadlines"), {"municipality_code": context.place})
    for row in rows:
        at = {DEADLINE: row["deadline_kind"]}
        bases = tuple(figure_at(scheme, key, at) for key in (own.OVERDUE, own.UPCOMING))
        yield Derived(DEADLINES, at, row["deadlines"], bases)


def bases_of(scheme: Scheme, code: str, period: str) -> tuple[Figure, ...]:
    """The figures that an indicator of all services rests on: of the cases for each worker, the cases alone are few."""
    keys = (known.AT_END,) if code == CASES_PER_WORKER else (known.COMPLIANT, known.NOT_COMPLIANT)
    return tuple(figure_at(scheme, key, {PERIOD: period}) for key in keys)


def indicator_rows(
    context: Context, scheme: Scheme, periods: Sequence[Period]
) -> Iterator[tuple[Record, tuple[Figure, ...]]]:
    """The rows of mart_indicators that the pack tells, each with the figures that it rests on."""
    names = ("indicator_code", "period", "municipality_code", "service_code")
    where = {
        "indicator_code": (CASES_PER_WORKER, RULES_KEPT),
        "period": tuple(period.code for period in periods),
        "municipality_code": context.place,
        "service_code": TUTTI,
    }
    for row in context.read("mart_indicators", names, where):
        yield row, bases_of(scheme, row["indicator_code"], row["period"])
