"""The figures of the governance pack: those of every protected export, by semester, and those of its own.

A figure that other exports have keeps its name: it is recognised by it, and a semester hangs together with its year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reporting.disclosure.scheme import Dimension, Relation, Scheme, flat, scheme
from reporting.protected import known
from reporting.protected.known import AREA, RULE, SERVICE, Counted, Ratio
from reporting.queries import TUTTE, TUTTI

DEADLINE = "scadenza"
DEADLINES, PROGRESS = "mart_deadline_counts", "mart_budget_progress"
NOT_ASSESSABLE, OVERDUE, UPCOMING = "verifiche_non_valutabili", "scadenze_passate", "scadenze_vicine"
UNDATED = frozenset((OVERDUE, UPCOMING))  # at the reference date, whatever the period


def _records(key: str) -> Counted:
    """Checks of records about persons: each has its day, so those of a year are those of its semesters."""
    shared = known.FIGURES[key]
    assert isinstance(shared, Counted)
    return replace(shared, measure=replace(shared.measure, over={}))


# `AT_START` stands in no table, but what opens and closes ties it to the ends of the other periods.
FIGURES: Mapping[str, Counted | Ratio] = {
    **{
        key: known.FIGURES[key]
        for key in (
            known.AT_START,
            known.MINORS_AT_END,
            known.OPENED,
            known.CLOSED,
            known.AT_END,
            known.DELIVERED,
            known.RECEIVED,
        )
    },
    **{key: _records(key) for key in (known.COMPLIANT, known.NOT_COMPLIANT)},
    **{
        item.key: item
        for item in (
            known.cases(NOT_ASSESSABLE, known.RULES, "not_assessable"),
            known.cases(OVERDUE, DEADLINES, "overdue"),
            known.cases(UPCOMING, DEADLINES, "upcoming"),
            known.amount(known.COMMITTED, PROGRESS, "committed"),
            known.amount(known.SPENT, PROGRESS, "spent"),
        )
    },
}
# What each protected table is about, by its name in the register.
TITLES = {
    "casistica_servizio_semestre": "Minori e prese in carico a fine periodo, aperte e chiuse, per servizio",
    "interventi_semestre": "Interventi svolti",
    "risorse_area_semestre": "Impegnato e speso per area, da inizio anno",
    "verifiche_regola_semestre": "Verifiche per regola",
    "reclami_semestre": "Reclami ricevuti",
    "scadenze": "Scadenze per tipo, alla data di riferimento",
}
_CHECKS = (known.COMPLIANT, known.NOT_COMPLIANT, NOT_ASSESSABLE)
RELATIONS = (
    Relation({known.AT_START: 1.0, known.OPENED: 1.0, known.CLOSED: -1.0, known.AT_END: -1.0}),
    Relation({known.AT_END: 1.0, known.MINORS_AT_END: -1.0}, 0.0, None),  # a part never exceeds its whole
    # Every complaint is checked once for when it was answered.
    Relation(
        {known.RECEIVED: 1.0, **dict.fromkeys(_CHECKS, -1.0)},
        at={key: {RULE: known.COMPLAINTS_RULE} for key in _CHECKS},
    ),
)


@dataclass(frozen=True)
class Codes:
    """The codes of each dimension in one release, in display order; `areas` gives the area of each service with cases."""

    years: Sequence[int]
    areas: Mapping[str, str]
    budget_areas: Sequence[str]
    rules: Sequence[str]
    deadlines: Sequence[str]


def scheme_of(codes: Codes) -> Scheme:
    """What everybody knows of the tables of a release: the same whatever the semester of the pack."""
    return scheme(
        [
            known.periods(codes.years),
            Dimension(SERVICE, {**dict.fromkeys(codes.areas.values(), TUTTI), **codes.areas}, TUTTI),
            flat(AREA, TUTTE, codes.budget_areas),
            flat(RULE, TUTTE, codes.rules),
            flat(DEADLINE, TUTTE, codes.deadlines),
        ],
        [figure.measure for figure in FIGURES.values() if isinstance(figure, Counted)],
        RELATIONS,
    )
