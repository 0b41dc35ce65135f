"""The tables of the Assembly's pack: what each is about, the codes they are made of, and how everything hangs together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reporting.disclosure.scheme import Dimension, Scheme, flat, scheme
from reporting.protected.known import (
    AGE,
    AREA,
    BENEFIT,
    COUNTED,
    ISEE,
    NOT_UPHELD,
    OUTCOME,
    PHASE,
    RATIOS,
    RELATIONS,
    RESTS,
    RULE,
    SCENARIO,
    SERVICE,
    TOWN,
    UNANSWERED,
    UPHELD,
    WAVE,
    periods,
)
from reporting.queries import AMBITO, TUTTE, TUTTI

# What each protected table is about, by its name in files.
TITLES = {
    "casistica_comune": "Prese in carico, minori a fine anno e tassi per Comune",
    "casistica_servizio": "Prese in carico e minori a fine anno per servizio",
    "minori_comune_servizio": "Minori in carico nell'anno per Comune e servizio",
    "minori_equipe_comune": "Minori in carico alle équipe per Comune",
    "minori_comune_eta": "Minori in carico nell'anno per Comune ed età",
    "interventi_comune": "Interventi per Comune",
    "interventi_servizio": "Interventi per servizio",
    "minori_raggiunti": "Minori raggiunti da un intervento",
    "risorse_area": "Risorse per area",
    "risorse_equipe_comune": "Risorse delle équipe per Comune",
    "rette_comune": "Rette e contributi per Comune",
    "compartecipazione_comune": "Compartecipazione per Comune",
    "compartecipazione_prestazione": "Compartecipazione per prestazione",
    "compartecipazione_isee": "Compartecipazione per fascia ISEE",
    "simulazione_isee": "Simulazione delle soglie ISEE per Comune e ipotesi",
    "verifiche_regola": "Verifiche per regola",
    "verifiche_comune": "Verifiche per Comune",
    "reclami_esito": "Reclami per esito",
    "soddisfazione_comune": "Soddisfazione per rilevazione e Comune",
    "soddisfazione_fase": "Soddisfazione per rilevazione e fase",
}


@dataclass(frozen=True)
class Codes:
    """The codes of each dimension in one release, in display order; `areas` gives the area of each service with cases,
    `waves` the year in which each survey ended.
    """

    years: Sequence[int]
    towns: Sequence[str]
    areas: Mapping[str, str]
    ages: Sequence[str]
    budget_areas: Sequence[str]
    benefits: Sequence[str]
    isee: Sequence[str]
    rules: Sequence[str]
    phases: Sequence[str]
    waves: Mapping[str, str] = field(default_factory=dict)
    scenarios: Sequence[str] = ()


def scheme_of(codes: Codes) -> Scheme:
    """What everybody knows of the tables of a release: the same whatever the year of the export."""
    return scheme(
        [
            periods(codes.years),
            flat(TOWN, AMBITO, codes.towns),
            Dimension(SERVICE, {**dict.fromkeys(codes.areas.values(), TUTTI), **codes.areas}, TUTTI),
            flat(AGE, TUTTE, codes.ages, drifts=True),
            flat(AREA, TUTTE, codes.budget_areas),
            flat(BENEFIT, TUTTE, codes.benefits),
            flat(ISEE, TUTTE, codes.isee),
            flat(RULE, TUTTE, codes.rules),
            flat(PHASE, TUTTE, codes.phases),
            flat(OUTCOME, TUTTI, (UPHELD, NOT_UPHELD, UNANSWERED)),
            Dimension(WAVE, dict(codes.waves)),
            Dimension(SCENARIO, dict.fromkeys(codes.scenarios, "ipotesi")),
        ],
        [item.measure for item in (*COUNTED, *RESTS)],
        RELATIONS,
        [item.rate for item in RATIOS],
    )
