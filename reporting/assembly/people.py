"""Minors and cases by municipality, service and age, and the acts of the services: tables to protect."""

from collections.abc import Iterable, Sequence

from osservatorio.periods import YEAR
from reporting.assembly.known import Codes
from reporting.context import Context
from reporting.disclosure.cells import Cell, Table
from reporting.protected import known
from reporting.protected.counting import cells_of, columns_of, fewest
from reporting.protected.known import AGE, PERIOD, SERVICE, TOWN
from reporting.queries import AMBITO, TUTTE, TUTTI, Record

TEAMS = "equipe_territoriale"


def caseload(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    """Cases and minors by municipality and by service, minors by both, by the teams, and by age."""
    moves = (known.AT_START, known.OPENED, known.CLOSED, known.AT_END)
    # The minors of the year stand in the two-way tables, whose margins they are.
    of_town = (*moves, known.MINORS_AT_END, known.RESIDENTS, known.PER_1000)

    def behind(row: Record, key: str) -> int | None:
        if key in (known.MINORS, known.MINORS_AT_END, known.RESIDENTS):
            return None
        minors = row["minors_at_end"] if key == known.AT_END else row["minors_in_period"]
        return fewest(row[known.SOURCES[key][1]], minors)

    def read(**where: object) -> list[Record]:
        return context.read(
            known.CASELOAD,
            ("period", "municipality_code", "service_code", *columns_of((*of_town, known.MINORS))),
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
                cells_of(
                    read(service_code=TUTTI), lambda r: (r["period"], r["municipality_code"]), of_town, behind
                )
            ),
        ),
        Table(
            "casistica_servizio",
            (PERIOD, SERVICE),
            tuple(
                cells_of(
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
                cells_of(
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


def usage(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    """Acts and hours by municipality and by service, and how many minors they reached in the Ambito."""
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
        return fewest(row[known.SOURCES[key][1]], row["minors_reached"])

    def read(**where: object) -> list[Record]:
        return context.read(
            known.USAGE,
            ("period", "municipality_code", "service_code", *columns_of((*figures, known.REACHED))),
            {"period_type": YEAR, "period": tuple(years), "intervention_type": TUTTI, **where},
        )

    of_cases = {*codes.areas, TUTTI}
    by_service = [row for row in read(municipality_code=AMBITO) if row["service_code"] in of_cases]
    return [
        Table(
            "interventi_comune",
            (PERIOD, TOWN),
            tuple(
                cells_of(
                    read(service_code=TUTTI), lambda r: (r["period"], r["municipality_code"]), figures, behind
                )
            ),
        ),
        Table(
            "interventi_servizio",
            (PERIOD, SERVICE),
            tuple(cells_of(by_service, lambda r: (r["period"], r["service_code"]), figures, behind)),
        ),
        # Almost everybody is reached: of a municipality, who is not would be counted on the fingers.
        Table(
            "minori_raggiunti",
            (PERIOD,),
            tuple(
                cells_of(
                    read(municipality_code=AMBITO, service_code=TUTTI),
                    lambda r: (r["period"],),
                    (known.REACHED,),
                    lambda row, key: None,
                )
            ),
        ),
    ]
