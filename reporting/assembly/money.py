"""Budget and spending, what families pay and what they would pay: tables to protect."""

from collections.abc import Callable, Sequence

from osservatorio.periods import YEAR
from reporting.assembly.known import Codes
from reporting.assembly.people import TEAMS
from reporting.context import Context
from reporting.disclosure.cells import Table
from reporting.protected import known
from reporting.protected.counting import Place, cells_of, columns_of, fewest
from reporting.protected.known import AREA, BENEFIT, ISEE, PERIOD, SCENARIO, TOWN
from reporting.queries import AMBITO, TUTTE, Record


def budget(context: Context, years: Sequence[str]) -> list[Table]:
    """What was allotted and spent, by area and for the teams by municipality; fees, which are about those in placement."""
    figures = (known.ALLOTTED, known.COMMITTED, known.SPENT, known.EXECUTION_RATE)
    year = {"year": tuple(map(int, years))}

    def behind(row: Record, key: str) -> int | None:
        return row["minors_in_year"] or None if key in (known.COMMITTED, known.SPENT) else None

    def read(**where: object) -> list[Record]:
        names = ("year", "municipality_code", "area", "minors_in_year", *columns_of(figures))
        return context.read(known.BUDGET, names, {**year, **where})

    placed = _placed(context, years)

    def in_care(row: Record, _: str) -> int | None:
        few = placed.get((str(row["year"]), row["municipality_code"]), 0)
        return few or (1 if row["fees_spent"] else None)

    fees = context.read(
        known.BUDGET, ("year", "municipality_code", *columns_of((known.FEES,))), {**year, "area": TUTTE}
    )
    return [
        Table(
            "risorse_area",
            (PERIOD, AREA),
            tuple(
                cells_of(
                    read(municipality_code=AMBITO), lambda r: (str(r["year"]), r["area"]), figures, behind
                )
            ),
        ),
        Table(
            "risorse_equipe_comune",
            (PERIOD, TOWN, AREA),
            tuple(
                cells_of(
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
            tuple(cells_of(fees, lambda r: (str(r["year"]), r["municipality_code"]), (known.FEES,), in_care)),
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


def sharing(context: Context, years: Sequence[str]) -> list[Table]:
    """What families owe and pay, by municipality, service and ISEE band: behind the money stand those who pay."""
    figures = (known.OBLIGED, known.PAYERS, known.DUE, known.CHARGED, known.PAID, known.COLLECTION_RATE)
    of_band = figures[:-1]
    year = {"year": tuple(map(int, years))}

    def behind(row: Record, key: str) -> int | None:
        if key in (known.OBLIGED, known.PAYERS):
            return None
        return fewest(row["obliged_persons"], row["payers"])

    def read(mart: str, index: str, of: Sequence[str], **where: object) -> list[Record]:
        return context.read(
            mart, ("year", index, *columns_of((known.OBLIGED, known.PAYERS, *of))), {**year, **where}
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
            tuple(cells_of(towns, by("municipality_code"), figures, behind)),
        ),
        Table(
            "compartecipazione_prestazione",
            (PERIOD, BENEFIT),
            tuple(cells_of(benefits, by("prestazione"), figures, behind)),
        ),
        Table(
            "compartecipazione_isee", (PERIOD, ISEE), tuple(cells_of(bands, by("isee_band"), of_band, behind))
        ),
    ]


def scenarios(context: Context, codes: Codes, years: Sequence[str]) -> list[Table]:
    """What other ISEE thresholds would bring; nothing from a release made before there was a simulation.

    Scenarios of one place follow one another, so all of it is as sensitive as the one that changes least: where it
    changes nothing for anybody, what is due then is what is due now.
    """
    if not codes.scenarios or (known.SIMULATION, "scenario_code") not in context.definitions:
        return []
    figures = (known.DUE_THEN, known.PAY_MORE, known.PAY_LESS, known.EXEMPT)
    names = ("year", "municipality_code", "scenario_code", "affected_minors", *columns_of(figures))
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

    return [
        Table("simulazione_isee", (PERIOD, TOWN, SCENARIO), tuple(cells_of(rows, place, figures, behind)))
    ]
