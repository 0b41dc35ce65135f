"""From the marts of a release to the tables of the semesters of two years, each cell with the persons behind it.

All semesters and years that are over leave together: a semester protected alone would be given away by its year. This is
the one module of the pack that reads exact counts of persons: what it makes goes into the protection, or to level two.
"""

from collections.abc import Sequence
from dataclasses import replace

from osservatorio.periods import SEMESTER, YEAR, Period, parse_period
from reporting import queries
from reporting.context import Context
from reporting.disclosure.cells import Code, ProtectedSet, Table
from reporting.governance import known as own
from reporting.governance.known import DEADLINE, FIGURES, Codes, scheme_of
from reporting.governance_queries import deadline_kinds, require_marts
from reporting.protected import known
from reporting.protected.counting import cells_of, columns_of, fewest
from reporting.protected.known import AREA, LABELLED_AS, PERIOD, RULE, SERVICE
from reporting.protected.seeds import record_rules, service_areas
from reporting.queries import TUTTE, TUTTI, Record

NEEDS = ("mart_deadlines", "mart_deadline_counts", "mart_meetings", "mart_budget_progress")


def periods_of(context: Context) -> list[Period]:
    """The semesters of the report's year and of the year before, and these years, as far as they are over; and the
    report's own semester, over or not. Figures of other running periods would be of no use, and would have to be protected.
    """
    years = (context.period.start.year - 1, context.period.start.year)
    return [
        parse_period(row["period"])
        for kind in (SEMESTER, YEAR)
        for row in queries.periods(context.release, kind)
        if int(row["period"][:4]) in years and (row["is_complete"] or row["period"] == context.period.code)
    ]


def gather(context: Context, periods: Sequence[Period]) -> ProtectedSet:
    """The tables of these periods, of the context's place. Raises UserError for a release that lacks one of the marts."""
    require_marts(context.release, NEEDS)
    codes = _codes(context)
    tables = [
        _caseload(context, periods),
        _acts(context, periods),
        _spending(context, codes, periods),
        _checks(context, codes, periods),
        _complaints(context, periods),
        _deadlines(context),
    ]
    return ProtectedSet(
        scheme_of(codes),
        tuple(replace(table, title=own.TITLES[table.key]) for table in tables if table.cells),
        _names(context, codes),
    )


def spending_period(semester: Period) -> str:
    """The period whose spending is that from the first day of the year to the end of a semester."""
    return semester.code if semester.code.endswith("1") else semester.code[:4]


def _codes(context: Context) -> Codes:
    """The codes of the release's own seeds; the years are all those that it covers, whatever the report's."""
    years = [int(record["period"]) for record in queries.periods(context.release, YEAR)]
    return Codes(
        years=range(min(years) - 1, max(years) + 1),
        areas=service_areas(context.release),
        budget_areas=list(context.labels.lists["area"]),
        rules=list(record_rules(context.release)),
        deadlines=[row["deadline_kind"] for row in deadline_kinds(context.release)],
    )


def _read(
    context: Context,
    mart: str,
    index: Sequence[str],
    figures: Sequence[str],
    periods: Sequence[Period],
    beside: Sequence[str] = (),
    **where: object,
) -> list[Record]:
    """Rows of a mart at the context's place: of these periods, with the columns of figures and those `beside` them."""
    names = (*index, *dict.fromkeys((*columns_of(figures, FIGURES), *beside)))
    of_place = {"period": tuple(period.code for period in periods), "municipality_code": context.place}
    return context.read(mart, names, {**of_place, **where})


def _caseload(context: Context, periods: Sequence[Period]) -> Table:
    """Minors and cases at the end, and cases opened and closed, by service: behind a case there is at least one minor.

    Cases at the end are told of all services together, but who knows the minors of each service nearly has them.
    """
    figures = (known.MINORS_AT_END, known.OPENED, known.CLOSED, known.AT_END)

    def behind(row: Record, key: str) -> int | None:
        if key == known.MINORS_AT_END:
            return None
        minors = row["minors_at_end"] if key == known.AT_END else row["minors_in_period"]
        return fewest(row[FIGURES[key].column], minors)

    rows = _read(
        context, known.CASELOAD, ("period", "service_code"), figures, periods, beside=("minors_in_period",)
    )
    return Table(
        "casistica_servizio_semestre",
        (PERIOD, SERVICE),
        tuple(cells_of(rows, lambda r: (r["period"], r["service_code"]), figures, behind, FIGURES)),
    )


def _acts(context: Context, periods: Sequence[Period]) -> Table:
    """Acts of all services together."""
    figures = (known.DELIVERED,)
    whole = {"service_code": TUTTI, "intervention_type": TUTTI}
    rows = _read(context, known.USAGE, ("period",), figures, periods, beside=("minors_reached",), **whole)

    def behind(row: Record, key: str) -> int | None:
        return fewest(row[FIGURES[key].column], row["minors_reached"])

    return Table(
        "interventi_semestre",
        (PERIOD,),
        tuple(cells_of(rows, lambda r: (r["period"],), figures, behind, FIGURES)),
    )


def _spending(context: Context, codes: Codes, periods: Sequence[Period]) -> Table:
    """What was spent from the first day of the year, by area: that of the second semester is the year's."""
    figures = (known.COMMITTED, known.SPENT)
    semesters = [period for period in periods if period.type == SEMESTER]
    minors = _minors_of_areas(context, codes, semesters)

    def behind(row: Record, _: str) -> int | None:
        return minors.get((row["period"], row["area"])) or None

    def place(row: Record) -> tuple[str, ...]:
        return spending_period(parse_period(row["period"])), row["area"]

    rows = _read(context, own.PROGRESS, ("period", "area"), figures, semesters)
    return Table(
        "risorse_area_semestre", (PERIOD, AREA), tuple(cells_of(rows, place, figures, behind, FIGURES))
    )


def _minors_of_areas(
    context: Context, codes: Codes, semesters: Sequence[Period]
) -> dict[tuple[str, str], int]:
    """At least how many minors an area followed in a semester: those of its largest service."""
    most: dict[tuple[str, str], int] = {}
    for row in _read(
        context, known.CASELOAD, ("period", "service_code"), (), semesters, ("minors_in_period",)
    ):
        area = TUTTE if row["service_code"] == TUTTI else codes.areas.get(row["service_code"], "")
        place = (row["period"], area)
        most[place] = max(most.get(place, 0), row["minors_in_period"] or 0)
    return most


def _checks(context: Context, codes: Codes, periods: Sequence[Period]) -> Table:
    """Checks of the rules on records, and their total; those on whole periods are nobody's, and are read as they are."""
    figures = (known.COMPLIANT, known.NOT_COMPLIANT, own.NOT_ASSESSABLE)
    columns = columns_of(figures, FIGURES)
    rules = [
        row
        for row in _read(context, known.RULES, ("period", "rule_id"), figures, periods)
        if row["rule_id"] in codes.rules
    ]
    totals = [
        {
            "period": period.code,
            "rule_id": TUTTE,
            **{name: sum(row[name] for row in rules if row["period"] == period.code) for name in columns},
        }
        for period in periods
        if any(row["period"] == period.code for row in rules)
    ]

    def behind(row: Record, _: str) -> int | None:
        """All complaints are told elsewhere: what was answered in time gives away what was not."""
        return fewest(*(row[name] for name in columns)) if row["rule_id"] == known.COMPLAINTS_RULE else None

    return Table(
        "verifiche_regola_semestre",
        (PERIOD, RULE),
        tuple(cells_of([*rules, *totals], lambda r: (r["period"], r["rule_id"]), figures, behind, FIGURES)),
    )


def _complaints(context: Context, periods: Sequence[Period]) -> Table:
    """Complaints received; how many were answered in time is a rule among the others."""
    figures = (known.RECEIVED,)
    rows = _read(context, known.COMPLAINTS, ("period",), figures, periods, service_code=TUTTI)
    cells = cells_of(rows, lambda r: (r["period"],), figures, lambda row, key: None, FIGURES)
    return Table("reclami_semestre", (PERIOD,), tuple(cells))


def _deadlines(context: Context) -> Table:
    """Deadlines at the reference date by kind, and all kinds together."""
    figures = (own.OVERDUE, own.UPCOMING)
    columns = columns_of(figures, FIGURES)
    rows = context.read(own.DEADLINES, ("deadline_kind", *columns), {"municipality_code": context.place})
    total = {"deadline_kind": TUTTE, **{name: sum(row[name] for row in rows) for name in columns}}
    cells = cells_of(
        [*rows, *([total] if rows else [])],
        lambda r: (r["deadline_kind"],),
        figures,
        lambda row, key: None,
        FIGURES,
    )
    return Table("scadenze", (DEADLINE,), tuple(cells))


def _names(context: Context, codes: Codes) -> dict[Code, str]:
    """Codes and figures by name, for the messages of the protection."""
    listed = {SERVICE: [*codes.areas, TUTTI], AREA: [*codes.budget_areas, TUTTE]}
    names = {
        (dimension, code): context.labels.label(LABELLED_AS[dimension], code)
        for dimension, of_dimension in listed.items()
        for code in of_dimension
    }
    names |= {(DEADLINE, row["deadline_kind"]): row["name"] for row in deadline_kinds(context.release)}
    sources = known.sources(FIGURES.values())
    return names | {("", key): context.column(*source).label for key, source in sources.items()}
