"""From the marts of a release to the tables of a year and of the year before, each cell with the persons behind it.

Two-way tables only. This module and those that it calls (`people`, `money`, `quality`) are the ones of the pack that read
exact counts of persons: what they make goes into the protection and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from osservatorio.periods import YEAR, Period
from reporting import queries
from reporting.assembly.known import TITLES, Codes, scheme_of
from reporting.assembly.money import budget, scenarios, sharing
from reporting.assembly.people import caseload, usage
from reporting.assembly.quality import complaints, compliance, satisfaction
from reporting.context import Context
from reporting.disclosure.cells import (
    Cell,
    Code,
    Figure,
    Number,
    ProtectedSet,
    Table,
    all_cells,
    figure_of,
)
from reporting.disclosure.scheme import Scheme
from reporting.protected import known
from reporting.protected.known import (
    AGE,
    AREA,
    BENEFIT,
    ISEE,
    LABELLED_AS,
    PHASE,
    SERVICE,
    TOWN,
)
from reporting.protected.seeds import record_rules, service_areas
from reporting.queries import AMBITO, TUTTE, TUTTI


def gather(context: Context, years: Sequence[Period]) -> ProtectedSet:
    """The tables of these years (the report's own and the one before it) of a release.

    `context` must be of the whole Ambito. Raises KeyError for a mart or a column that the release does not have.
    """
    codes = _codes(context)
    periods = tuple(year.code for year in years)
    tables = [
        *caseload(context, codes, periods),
        *usage(context, codes, periods),
        *budget(context, periods),
        *sharing(context, periods),
        *scenarios(context, codes, periods),
        *compliance(context, codes, periods),
        *complaints(context, periods),
        *satisfaction(context, periods),
    ]
    scheme = scheme_of(codes)
    return ProtectedSet(
        scheme,
        tuple(
            replace(table, title=TITLES[table.key]) for table in _with_rests(scheme, tables) if table.cells
        ),
        _names(context, codes),
    )


def _codes(context: Context) -> Codes:
    """The codes of the release's own seeds; the years are all those that it covers, whatever the report's."""
    release = context.release
    years = [int(record["period"]) for record in queries.periods(release, YEAR)]
    lists = context.labels.lists
    waves = context.read(
        known.SATISFACTION,
        ("rilevazione", "period"),
        {"municipality_code": AMBITO, "service_code": TUTTI, "phase": TUTTE},
    )
    return Codes(
        years=range(min(years) - 1, max(years) + 1),
        towns=list(lists["municipalities"]),
        areas=service_areas(release),
        ages=[*lists["age_band"], *lists["missing"]],
        budget_areas=list(lists["area"]),
        benefits=list(lists["prestazione"]),
        isee=[*lists["isee_band"]],
        rules=list(record_rules(release)),
        phases=list(lists["fase_soddisfazione"]),
        waves={row["rilevazione"]: str(row["period"])[:4] for row in waves},
        scenarios=[code for code in lists.get("isee_scenario", {}) if code != known.UNCHANGED],
    )


def _names(context: Context, codes: Codes) -> dict[Code, str]:
    """Codes and figures by name, for the messages of the protection."""
    by_dimension: dict[str, Iterable[str]] = {
        TOWN: [*codes.towns, AMBITO],
        SERVICE: [*codes.areas, TUTTI],
        AGE: codes.ages,
        AREA: [*codes.budget_areas, TUTTE],
        BENEFIT: [*codes.benefits, TUTTE],
        ISEE: codes.isee,
        PHASE: codes.phases,
    }
    names = {
        (dimension, code): context.labels.label(LABELLED_AS[dimension], code)
        for dimension, of_dimension in by_dimension.items()
        for code in of_dimension
    }
    names |= {(SERVICE, area): context.labels.label("area", area) for area in codes.areas.values()}
    names |= {("", rest.key): rest.name for rest in known.RESTS}
    return names | {("", key): context.column(*source).label for key, source in known.SOURCES.items()}


def _with_rests(scheme: Scheme, tables: Sequence[Table]) -> list[Table]:
    """The tables with what each whole has beyond a part of it, in the table of the part."""
    rests = {rest.part: rest for rest in known.RESTS}
    values: dict[Figure, Number] = {}
    for table, cell in all_cells(tuple(tables)):
        if cell.measure in scheme.measures and cell.value is not None:
            values[figure_of(scheme, cell.measure, table.dimensions, cell.place)] = cell.value
    result = []
    for table in tables:
        cells = list(table.cells)
        for cell in table.cells:
            rest = rests.get(cell.measure)
            whole = rest and values.get(figure_of(scheme, rest.whole, table.dimensions, cell.place))
            if rest and whole is not None and cell.value is not None and whole >= cell.value:
                cells.append(Cell(cell.place, rest.key, whole - cell.value))
        result.append(replace(table, cells=tuple(cells)))
    return result
