"""From the marts of a release to the tables of a year and of the year before, each cell with the persons behind it.

Two-way tables only. This is the one module of the pack that reads exact counts of persons: what it makes goes into the
protection and nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from osservatorio.periods import YEAR, Period
from reporting import queries
from reporting.assembly import known
from reporting.assembly.known import (
    AGE,
    AREA,
    BENEFIT,
    ISEE,
    LABELLED_AS,
    PERIOD,
    PHASE,
    RULE,
    SCENARIO,
    SERVICE,
    TOWN,
    WAVE,
    Codes,
)
from reporting.assembly.seeds import record_rules, service_areas
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
from reporting.disclosure.scheme import Kind, Scheme
from reporting.queries import AMBITO, TUTTE, TUTTI, Record

TEAMS = "equipe_territoriale"
LEAST_AMOUNT = 1.0  # under it an amount cannot look as if it were less
Place = tuple[str, ...]
Behind = Callable[[Record, str], int | None]  # a row of a mart and a figure -> the persons it is about


@dataclass(frozen=True)
class Gathered:
    """The tables of a year, to be protected, and the codes they are made of."""

    given: ProtectedSet
    codes: Codes


def gather(context: Context, years: Sequence[Period]) -> Gathered:
    """The tables of these years (the report's own and the one before it) of a release.

    `context` must be of the whole Ambito. Raises KeyError for a mart or a column that the release does not have.
    """
    codes = _codes(context)
    periods = tuple(year.code for year in years)
    tables = [
        *_caseload(context, codes, periods),
        *_usage(context, codes, periods),
        *_budget(context, codes, periods),
        *_sharing(context, codes, periods),
        *_scenarios(context, codes, periods),
        *_compliance(context, codes, periods),
        *_complaints(context, periods),
        *_satisfaction(context, codes, periods),
    ]
    scheme = known.scheme_of(codes)
    return Gathered(
        ProtectedSet(
            scheme,
            tuple(
                replace(table, title=known.TITLES[table.key])
                for table in _with_rests(scheme, tables)
                if table.cells
            ),
            _names(context, codes),
        ),
        codes,
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


def _cells(
    records: Iterable[Record],
    place: Callable[[Record], Place],
    figures: Sequence[str],
    behind: Behind,
) -> list[Cell]:
    """One cell per row and figure; a figure that the mart does not have in a row has no cell.

    A rate is withheld with either of its figures, so nobody is told to stand behind it. An amount of nothing is no
    secret that anything could hide: there is no smaller one.
    """
    ratios = {item.key for item in known.RATIOS}
    amounts = {item.key for item in known.COUNTED if item.measure.kind is Kind.AMOUNT}
    cells = []
    for record in records:
        for key in figures:
            value = record[known.SOURCES[key][1]]
            if key in ratios:
                printed = None if value is None else round(float(value), known.PRINTED)
                cells.append(Cell(place(record), key, printed))
            elif value is not None:
                amount = round(60 * float(value)) if key == known.MINUTES else _number(value)
                is_nothing = key in amounts and abs(amount) < LEAST_AMOUNT
                minors = None if is_nothing else behind(record, key)
                cells.append(Cell(place(record), key, amount, minors=minors))
    return cells


def _number(value: object) -> Number:
    return value if isinstance(value, int) else round(float(value), 6)  # type: ignore[arg-type]


def _columns(figures: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(known.SOURCES[key][1] for key in figures))


def _fewest(*counts: int | None) -> int | None:
    """The smallest of the counts that are not nobody; None where none is known."""
    told = [count for count in counts if count]
    return min(told, default=None)


# The caseload


def _caseload(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    moves = (known.AT_START, known.OPENED, known.CLOSED, known.AT_END)
    # The minors of the year stand in the two-way tables, whose margins they are.
    of_town = (*moves, known.MINORS_AT_END, known.RESIDENTS, known.PER_1000)

    def behind(row: Record, key: str) -> int | None:
        if key in (known.MINORS, known.MINORS_AT_END, known.RESIDENTS):
            return None
        minors = row["minors_at_end"] if key == known.AT_END else row["minors_in_period"]
        return _fewest(row[known.SOURCES[key][1]], minors)

    def read(**where: object) -> list[Record]:
        return context.read(
            known.CASELOAD,
            ("period", "municipality_code", "service_code", *_columns((*of_town, known.MINORS))),
            {"period_type": YEAR, "period": tuple(years), **where},
        )

    areas = [
        *context.read(
            known.BUDGET,
            ("year", "municipality_code", "minors_in_year"),
            {"year": tuple(map(int, years)), "area": TEAMS},
        )
    ]
    teams = [
        Cell((str(row["year"]), row["municipality_code"], TEAMS), known.MINORS, row["minors_in_year"])
        for row in areas
        if TEAMS in codes.areas.values()
    ]
    return [
        Table(
            "casistica_comune",
            (PERIOD, TOWN),
            tuple(
                _cells(
                    read(service_code=TUTTI), lambda r: (r["period"], r["municipality_code"]), of_town, behind
                )
            ),
        ),
        Table(
            "casistica_servizio",
            (PERIOD, SERVICE),
            tuple(
                _cells(
                    read(municipality_code=AMBITO),
                    lambda r: (r["period"], r["service_code"]),
                    (*moves, known.MINORS_AT_END),
                    behind,
                )
            ),
        ),
        Table(
            "minori_comune_servizio",
            (PERIOD, TOWN, SERVICE),
            tuple(
                _cells(
                    read(),
                    lambda r: (r["period"], r["municipality_code"], r["service_code"]),
                    (known.MINORS,),
                    behind,
                )
            ),
        ),
        Table("minori_equipe_comune", (PERIOD, TOWN, SERVICE), tuple(teams)),
        Table("minori_comune_eta", (PERIOD, TOWN, AGE), tuple(_ages(context, codes, years))),
    ]


def _ages(context: Context, codes: Codes, years: Sequence[str]) -> Iterable[Cell]:
    """Every age in every municipality, with a zero where the mart has no row; totals are those of the caseload."""
    where = {"period_type": YEAR, "period": tuple(years), "service_code": TUTTI}
    columns = ("period", "municipality_code", "minors_in_period")
    bands = context.read(known.PROFILE, (*columns, "category"), {**where, "dimension": "age_band"})
    found = {(r["period"], r["municipality_code"], r["category"]): r["minors_in_period"] for r in bands}
    for row in context.read(known.CASELOAD, columns, where):
        place = (row["period"], row["municipality_code"])
        for band in codes.ages:
            yield Cell((*place, band), known.MINORS, found.get((*place, band), 0))
        yield Cell((*place, TUTTE), known.MINORS, row["minors_in_period"])


# The use of the services


def _usage(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    figures = (
        known.ACTS,
        known.DELIVERED,
        known.BY_USER,
        known.BY_SERVICE,
        known.NO_SHOW,
        known.MINUTES,
        known.DELIVERY_RATE,
    )

    def behind(row: Record, key: str) -> int | None:
        if key == known.MINUTES:
            return row["minors_reached"] or (1 if row["hours_delivered"] else None)
        return _fewest(row[known.SOURCES[key][1]], row["minors_reached"])

    def read(**where: object) -> list[Record]:
        return context.read(
            known.USAGE,
            ("period", "municipality_code", "service_code", *_columns((*figures, known.REACHED))),
            {"period_type": YEAR, "period": tuple(years), "intervention_type": TUTTI, **where},
        )

    of_cases = {*codes.areas, TUTTI}
    by_service = [row for row in read(municipality_code=AMBITO) if row["service_code"] in of_cases]
    return [
        Table(
            "interventi_comune",
            (PERIOD, TOWN),
            tuple(
                _cells(
                    read(service_code=TUTTI), lambda r: (r["period"], r["municipality_code"]), figures, behind
                )
            ),
        ),
        Table(
            "interventi_servizio",
            (PERIOD, SERVICE),
            tuple(_cells(by_service, lambda r: (r["period"], r["service_code"]), figures, behind)),
        ),
        # Almost everybody is reached: of a municipality, who is not would be counted on the fingers.
        Table(
            "minori_raggiunti",
            (PERIOD,),
            tuple(
                _cells(
                    read(municipality_code=AMBITO, service_code=TUTTI),
                    lambda r: (r["period"],),
                    (known.REACHED,),
                    lambda row, key: None,
                )
            ),
        ),
    ]


# The money


def _budget(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    figures = (known.ALLOTTED, known.COMMITTED, known.SPENT, known.EXECUTION_RATE)
    year = {"year": tuple(map(int, years))}

    def behind(row: Record, key: str) -> int | None:
        return row["minors_in_year"] or None if key in (known.COMMITTED, known.SPENT) else None

    def read(**where: object) -> list[Record]:
        names = ("year", "municipality_code", "area", "minors_in_year", *_columns(figures))
        return context.read(known.BUDGET, names, {**year, **where})

    placed = _placed(context, years)

    def in_care(row: Record, _: str) -> int | None:
        few = placed.get((str(row["year"]), row["municipality_code"]), 0)
        return few or (1 if row["fees_spent"] else None)

    fees = context.read(
        known.BUDGET, ("year", "municipality_code", *_columns((known.FEES,))), {**year, "area": TUTTE}
    )
    return [
        Table(
            "risorse_area",
            (PERIOD, AREA),
            tuple(
                _cells(read(municipality_code=AMBITO), lambda r: (str(r["year"]), r["area"]), figures, behind)
            ),
        ),
        Table(
            "risorse_equipe_comune",
            (PERIOD, TOWN, AREA),
            tuple(
                _cells(
                    read(area=TEAMS),
                    lambda r: (str(r["year"]), r["municipality_code"], r["area"]),
                    figures,
                    behind,
                )
            ),
        ),
        Table(
            "rette_comune",
            (PERIOD, TOWN),
            tuple(_cells(fees, lambda r: (str(r["year"]), r["municipality_code"]), (known.FEES,), in_care)),
        ),
    ]


def _placed(context: Context, years: Sequence[str]) -> dict[Place, int]:
    """At least how many minors fees and foster contributions are about: those of the larger kind of placement."""
    most: dict[Place, int] = {}
    for mart in ("mart_foster_care", "mart_residential_care"):
        names = ("period", "municipality_code", "minors_in_period")
        for row in context.read(mart, names, {"period_type": YEAR, "period": tuple(years)}):
            place = (row["period"], row["municipality_code"])
            most[place] = max(most.get(place, 0), row["minors_in_period"] or 0)
    return most


# What families pay


def _sharing(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    figures = (known.OBLIGED, known.PAYERS, known.DUE, known.CHARGED, known.PAID, known.COLLECTION_RATE)
    of_band = figures[:-1]
    year = {"year": tuple(map(int, years))}

    def behind(row: Record, key: str) -> int | None:
        if key in (known.OBLIGED, known.PAYERS):
            return None
        return _fewest(row["obliged_persons"], row["payers"])

    def read(mart: str, index: str, of: Sequence[str], **where: object) -> list[Record]:
        return context.read(
            mart, ("year", index, *_columns((known.OBLIGED, known.PAYERS, *of))), {**year, **where}
        )

    def by(index: str) -> Callable[[Record], Place]:
        return lambda row: (str(row["year"]), row[index])

    towns = read(known.SHARING, "municipality_code", figures, prestazione=TUTTE)
    benefits = read(known.SHARING, "prestazione", figures, municipality_code=AMBITO)
    bands = read(known.BY_ISEE, "isee_band", of_band, municipality_code=AMBITO, prestazione=TUTTE)
    return [
        Table(
            "compartecipazione_comune",
            (PERIOD, TOWN),
            tuple(_cells(towns, by("municipality_code"), figures, behind)),
        ),
        Table(
            "compartecipazione_prestazione",
            (PERIOD, BENEFIT),
            tuple(_cells(benefits, by("prestazione"), figures, behind)),
        ),
        Table(
            "compartecipazione_isee", (PERIOD, ISEE), tuple(_cells(bands, by("isee_band"), of_band, behind))
        ),
    ]


def _scenarios(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    """What other ISEE thresholds would bring; nothing from a release made before there was a simulation.

    Scenarios of one place follow one another, so all of it is as sensitive as the one that changes least: where it
    changes nothing for anybody, what is due then is what is due now.
    """
    if not codes.scenarios or (known.SIMULATION, "scenario_code") not in context.definitions:
        return []
    figures = (known.DUE_THEN, known.PAY_MORE, known.PAY_LESS, known.EXEMPT)
    names = ("year", "municipality_code", "scenario_code", "affected_minors", *_columns(figures))
    where = {"year": int(years[-1]), "prestazione": TUTTE}
    rows = [r for r in context.read(known.SIMULATION, names, where) if r["scenario_code"] in codes.scenarios]
    fewest: dict[str, int] = {}
    for row in rows:
        town = row["municipality_code"]
        fewest[town] = min(fewest.get(town, row["affected_minors"]), row["affected_minors"])

    def behind(row: Record, key: str) -> int | None:
        return max(1, fewest[row["municipality_code"]]) if key == known.DUE_THEN else None

    def place(row: Record) -> Place:
        return str(row["year"]), row["municipality_code"], row["scenario_code"]

    return [Table("simulazione_isee", (PERIOD, TOWN, SCENARIO), tuple(_cells(rows, place, figures, behind)))]


# Rules, complaints, satisfaction


def _compliance(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    """Checks on records about persons; those on whole periods are nobody's, and are read as they are."""
    figures = (known.COMPLIANT, known.NOT_COMPLIANT)
    columns = _columns(figures)
    where = {"period_type": YEAR, "period": tuple(years)}
    rows = context.read(known.RULES, ("period", "municipality_code", "rule_id", *columns), where)
    rules = [row for row in rows if row["municipality_code"] == AMBITO and row["rule_id"] in codes.rules]
    # The mart's total of the Ambito has the checks on whole periods too: the margin is of the rules that stand here.
    totals = [
        {
            "period": period,
            "rule_id": TUTTE,
            "municipality_code": AMBITO,
            **{name: sum(row[name] for row in rules if row["period"] == period) for name in columns},
        }
        for period in years
        if any(row["period"] == period for row in rules)
    ]
    towns = [row for row in rows if row["municipality_code"] != AMBITO and row["rule_id"] == TUTTE]

    def behind(row: Record, _: str) -> int | None:
        """All complaints are told elsewhere: what was answered in time gives away what was not."""
        return _fewest(*(row[name] for name in columns)) if row["rule_id"] == known.COMPLAINTS_RULE else None

    return [
        Table(
            "verifiche_regola",
            (PERIOD, RULE),
            tuple(_cells([*rules, *totals], lambda r: (r["period"], r["rule_id"]), figures, behind)),
        ),
        Table(
            "verifiche_comune",
            (PERIOD, TOWN),
            tuple(
                _cells([*towns, *totals], lambda r: (r["period"], r["municipality_code"]), figures, behind)
            ),
        ),
    ]


def _complaints(context: Context, years: Sequence[str]) -> list[Table]:
    """The complaints of the Ambito by what came of them: parts that add up to all.

    How many were answered in time is a rule among the others, and stands there alone.
    """
    names = ("received", "answered", "upheld")
    where = {"period_type": YEAR, "period": tuple(years), "municipality_code": AMBITO, "service_code": TUTTI}
    cells = []
    for row in context.read(known.COMPLAINTS, ("period", *names), where):
        received, answered, upheld = (row[name] or 0 for name in names)
        outcomes = {
            known.UPHELD: upheld,
            known.NOT_UPHELD: answered - upheld,
            known.UNANSWERED: received - answered,
            TUTTI: received,
        }
        cells += [Cell((row["period"], code), known.RECEIVED, count) for code, count in outcomes.items()]
    return [Table("reclami_esito", (PERIOD, known.OUTCOME), tuple(cells))]


def _satisfaction(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    of_town = (
        known.DISTRIBUTED,
        known.RETURNED,
        known.RESPONSE_RATE,
        known.ANSWERS,
        known.SATISFIED,
        known.SATISFIED_RATE,
    )
    of_phase = of_town[3:]
    ended = tuple(f"{year}-S{half}" for year, half in product(years, (1, 2)))

    def behind(row: Record, key: str) -> int | None:
        return None if key in (known.RETURNED, known.DISTRIBUTED) else row["returned"] or None

    def read(index: str, figures: Sequence[str], **where: object) -> list[Record]:
        names = ("rilevazione", index, *dict.fromkeys(("returned", *_columns(figures))))
        return context.read(known.SATISFACTION, names, {"period": ended, "service_code": TUTTI, **where})

    towns = read("municipality_code", of_town, phase=TUTTE)
    phases = read("phase", of_phase, municipality_code=AMBITO)
    return [
        Table(
            "soddisfazione_comune",
            (WAVE, TOWN),
            tuple(_cells(towns, lambda r: (r["rilevazione"], r["municipality_code"]), of_town, behind)),
        ),
        Table(
            "soddisfazione_fase",
            (WAVE, PHASE),
            tuple(_cells(phases, lambda r: (r["rilevazione"], r["phase"]), of_phase, behind)),
        ),
    ]
