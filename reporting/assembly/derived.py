"""Figures worked out from several others: costs per minor, shares of the Ambito. The marts have them; here is what each rests on."""

from collections.abc import Iterator, Sequence

from osservatorio.periods import Period
from reporting.assembly.people import TEAMS
from reporting.context import Context
from reporting.disclosure.scheme import Scheme
from reporting.protected import known
from reporting.protected.known import AREA, PERIOD, RULE, SCENARIO, SERVICE, TOWN
from reporting.protected.view import Derived, figure_at
from reporting.queries import AMBITO, TUTTE, TUTTI

PER_MINOR, SHARE_OF_BUDGET = "spesa_per_minore", "quota_risorse"
SHARE_OF_CASELOAD, SHARE_OF_RESIDENTS = "quota_minori_in_carico", "quota_minori_residenti"
RESIDUAL, COMPLIANCE, HOURS = "residuo", "quota_conformita", "ore_erogate"
DIFFERENCE, DIFFERENCE_RATE = "differenza_ipotesi", "differenza_ipotesi_quota"
SOURCES = {
    PER_MINOR: (known.BUDGET, "spent_per_minor"),
    SHARE_OF_BUDGET: (known.BUDGET, "share_of_budget"),
    SHARE_OF_CASELOAD: (known.BUDGET, "share_of_caseload"),
    SHARE_OF_RESIDENTS: (known.BUDGET, "share_of_resident_minors"),
    RESIDUAL: (known.BUDGET, "residual"),
    COMPLIANCE: (known.RULES, "compliance_rate"),
    HOURS: (known.USAGE, "hours_delivered"),
    DIFFERENCE: (known.SIMULATION, "difference"),
    DIFFERENCE_RATE: (known.SIMULATION, "difference_rate"),
}


def derived_figures(context: Context, scheme: Scheme, years: Sequence[Period]) -> Iterator[Derived]:
    """The figures that the marts work out from several of the protected ones."""
    yield from _budget(context, scheme, years)
    yield from _compliance(context, scheme, years)
    yield from _hours(context, scheme, years)
    yield from _scenarios(context, scheme, years[-1])


def _budget(context: Context, scheme: Scheme, years: Sequence[Period]) -> Iterator[Derived]:
    keys = (PER_MINOR, SHARE_OF_BUDGET, SHARE_OF_CASELOAD, SHARE_OF_RESIDENTS, RESIDUAL)
    columns = ("year", "municipality_code", "area", *(SOURCES[key][1] for key in keys))
    for row in context.read(known.BUDGET, columns, {"year": tuple(int(year.code) for year in years)}):
        year = {PERIOD: str(row["year"])}
        at = {**year, TOWN: row["municipality_code"], AREA: row["area"]}
        spent = figure_at(scheme, known.SPENT, at)
        bases = {RESIDUAL: (spent,), SHARE_OF_BUDGET: (), SHARE_OF_RESIDENTS: ()}
        if row["area"] == TEAMS:
            minors = [
                figure_at(scheme, known.MINORS, {**year, TOWN: town, SERVICE: TEAMS})
                for town in (row["municipality_code"], AMBITO)
            ]
            bases |= {PER_MINOR: (spent, minors[0]), SHARE_OF_CASELOAD: tuple(minors)}
        for key, of in bases.items():
            yield Derived(key, at, row[SOURCES[key][1]], of)


def _compliance(context: Context, scheme: Scheme, years: Sequence[Period]) -> Iterator[Derived]:
    """Shares of checks: of each rule, and of all rules on records in each municipality."""
    columns = ("period", "municipality_code", "rule_id", "compliance_rate")
    where = {"period": tuple(year.code for year in years)}
    for row in context.read(known.RULES, columns, where):
        is_rule = row["municipality_code"] == AMBITO and row["rule_id"] in scheme.dimensions[RULE].parents
        is_town = row["municipality_code"] != AMBITO and row["rule_id"] == TUTTE
        if is_rule or is_town:
            at = {PERIOD: row["period"], TOWN: row["municipality_code"], RULE: row["rule_id"]}
            bases = tuple(figure_at(scheme, key, at) for key in (known.COMPLIANT, known.NOT_COMPLIANT))
            yield Derived(COMPLIANCE, at, row["compliance_rate"], bases)


def _hours(context: Context, scheme: Scheme, years: Sequence[Period]) -> Iterator[Derived]:
    """Hours, which the tables have in minutes."""
    columns = ("period", "municipality_code", "service_code", "hours_delivered")
    where = {"period": tuple(year.code for year in years), "intervention_type": TUTTI}
    services = scheme.dimensions[SERVICE]
    for row in context.read(known.USAGE, columns, where):
        if row["service_code"] in (services.total, *services.parents):
            at = {PERIOD: row["period"], TOWN: row["municipality_code"], SERVICE: row["service_code"]}
            yield Derived(HOURS, at, row["hours_delivered"], (figure_at(scheme, known.MINUTES, at),))


def _scenarios(context: Context, scheme: Scheme, year: Period) -> Iterator[Derived]:
    """What a scenario changes of what is due; nothing from a release without a simulation."""
    scenarios = scheme.dimensions[SCENARIO].parents
    if not scenarios or (known.SIMULATION, "scenario_code") not in context.definitions:
        return
    columns = ("year", "municipality_code", "scenario_code", "difference", "difference_rate")
    for row in context.read(known.SIMULATION, columns, {"year": int(year.code), "prestazione": TUTTE}):
        if row["scenario_code"] in scenarios:
            place = {PERIOD: str(row["year"]), TOWN: row["municipality_code"]}
            at = {**place, SCENARIO: row["scenario_code"]}
            bases = (figure_at(scheme, known.DUE_THEN, at), figure_at(scheme, known.DUE, place))
            for key in (DIFFERENCE, DIFFERENCE_RATE):
                yield Derived(key, at, row[SOURCES[key][1]], bases)
