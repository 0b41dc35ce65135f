"""The figures of the open data as the protection knows them: names, hierarchies, how totals are made, what hangs together.

Names are those of the files, and the same in every protected export: a figure that leaves twice is recognised by them,
and the two are protected together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reporting.disclosure.scheme import Combine, Dimension, Measure, Relation, Scheme, flat, scheme
from reporting.queries import AMBITO, TUTTE, TUTTI

PERIOD, TOWN, SERVICE, AGE, SEX = "periodo", "comune", "servizio", "fascia_eta", "sesso"
MINORS, MINORS_AT_END = "minori_in_carico", "minori_in_carico_fine"
OPENED, CLOSED = "prese_in_carico_aperte", "prese_in_carico_chiuse"
DIMENSIONS = (PERIOD, TOWN, SERVICE, AGE, SEX)
# The parts of the cube that are rounded together. They share the municipalities alone: what they print determines no
# cube of services and ages that nobody printed, and the auditor is done in a moment.
PARTS = {"comuni_servizi": (TOWN, SERVICE), "comuni_eta_sesso": (TOWN, AGE, SEX)}
# What is printed, and the column of its mart.
PRINTED = {
    MINORS: "minors_in_period",
    MINORS_AT_END: "minors_at_end",
    OPENED: "opened",
    CLOSED: "closed",
}
COLUMNS = {PERIOD: "year", TOWN: "municipality_code", SERVICE: "service_code", AGE: "age_band", SEX: "sex"}
TOTALS = {TOWN: AMBITO, SERVICE: TUTTI, AGE: TUTTE, SEX: TUTTI}

_ONCE = Combine.DISTINCT
_PERSON = {TOWN: _ONCE, SERVICE: _ONCE, PERIOD: _ONCE, "prestazione": _ONCE, "fascia_isee": _ONCE}
_MEASURES = (
    Measure(MINORS, over={**_PERSON, AGE: Combine.SUM}),
    Measure(MINORS_AT_END, over={**_PERSON, PERIOD: Combine.LAST}),
    Measure(OPENED),
    Measure(CLOSED),
)
# The stocks of cases, which tie these figures to one another and year to year, are not printed here: without them the
# tie bounds nothing. An export that prints them brings it along.
_RELATIONS = (Relation({MINORS: 1.0, MINORS_AT_END: -1.0}, 0.0, None),)


@dataclass(frozen=True)
class Codes:
    """The codes of each dimension in one release, in display order, without totals; `areas` gives each service's area."""

    years: Sequence[int]
    towns: Sequence[str]
    areas: Mapping[str, str]
    ages: Sequence[str]
    sexes: Sequence[str]


def scheme_of(codes: Codes) -> Scheme:
    """What everybody knows of the tables."""
    return scheme(
        [
            _periods(codes.years),
            flat(TOWN, AMBITO, codes.towns),
            Dimension(SERVICE, {**dict.fromkeys(codes.areas.values(), TUTTI), **codes.areas}, TUTTI),
            flat(AGE, TUTTE, codes.ages, drifts=True),
            flat(SEX, TUTTI, codes.sexes),
        ],
        _MEASURES,
        _RELATIONS,
    )


def _periods(years: Sequence[int]) -> Dimension:
    """Years and their semesters, each after the one before: a stock at the end of a year is its second semester's."""
    parents, before = {}, {}
    for year in years:
        halves = (f"{year}-S1", f"{year}-S2")
        parents |= dict.fromkeys(halves, f"{year}")
        before[halves[1]] = halves[0]
        if year - 1 in years:
            before |= {f"{year}": f"{year - 1}", halves[0]: f"{year - 1}-S2"}
    return Dimension(PERIOD, parents, None, before)
