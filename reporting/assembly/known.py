"""The figures that leave under protection: their names in files, the columns of marts that hold them, how they hang together.

The names are those of the tidy CSV, so that the same figure has the same name in every export: what is protected
jointly is recognised by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reporting.disclosure.scheme import (
    Combine,
    Dimension,
    Kind,
    Measure,
    Rate,
    Relation,
    Scheme,
    flat,
    scheme,
)
from reporting.queries import AMBITO, TUTTE, TUTTI

PERIOD, TOWN, SERVICE, AGE, AREA = "periodo", "comune", "servizio", "fascia_eta", "area"
BENEFIT, ISEE, RULE, WAVE, PHASE = "prestazione", "fascia_isee", "regola", "rilevazione", "fase"
SCENARIO = "ipotesi_soglie"
OUTCOME = "esito"  # of a complaint
UPHELD, NOT_UPHELD, UNANSWERED = "accolti", "non_accolti", "senza_risposta"

CASELOAD, PROFILE, USAGE = "mart_caseload_by_municipality", "mart_caseload_profile", "mart_service_usage"
BUDGET, SHARING, BY_ISEE = "mart_budget", "mart_cost_sharing", "mart_cost_sharing_by_isee"
RULES, COMPLAINTS, SATISFACTION = "mart_rule_compliance", "mart_complaints", "mart_satisfaction"
SIMULATION = "mart_isee_simulation"
UNCHANGED = "invariate"  # the scenario that is the year itself
COMPLAINTS_RULE = "C-REC"  # answered within the term: the rule on complaints

# The label of a code of each dimension: the name that `reporting.labels` knows the dimension by.
LABELLED_AS = {
    PERIOD: "period",
    TOWN: "municipality_code",
    SERVICE: "service_code",
    AGE: "age_band",
    AREA: "area",
    BENEFIT: "prestazione",
    ISEE: "isee_band",
    RULE: "rule_id",
    WAVE: "rilevazione",
    PHASE: "phase",
    SCENARIO: "scenario_code",
}
# Decimals of a rate as it is printed, and as it is told to be: marts are read to nine figures, so the last may be off.
PRINTED, TOLD = 5, 4
ONCE = Combine.DISTINCT
PERSON = {
    TOWN: ONCE,
    SERVICE: ONCE,
    PERIOD: ONCE,
    BENEFIT: ONCE,
    ISEE: ONCE,
}  # a person counts once in any total


@dataclass(frozen=True)
class Counted:
    """A figure: its name in files, the mart and column that hold it, what it is for the protection."""

    measure: Measure
    mart: str
    column: str

    @property
    def key(self) -> str:
        return self.measure.key


@dataclass(frozen=True)
class Ratio:
    """A printed rate of two figures of the same place, and the column that holds it."""

    rate: Rate
    mart: str
    column: str

    @property
    def key(self) -> str:
        return self.rate.key


def _persons(key: str, mart: str, column: str, over: Mapping[str, Combine] | None = None) -> Counted:
    """Persons, each once in every total."""
    return Counted(Measure(key, over={**PERSON, **(over or {})}), mart, column)


def _cases(
    key: str, mart: str, column: str, over: Mapping[str, Combine] | None = None, opens: str = ""
) -> Counted:
    """Cases, acts, records about persons: they add up, and a small number tells of somebody."""
    return Counted(Measure(key, over=over or {}, opens=opens or None), mart, column)


def _amount(key: str, mart: str, column: str, *, is_public: bool = False) -> Counted:
    """Euro, hours, answers: they add up, and the secret is roughly how much."""
    return Counted(Measure(key, Kind.AMOUNT, is_public=is_public), mart, column)


MINORS, MINORS_AT_END, RESIDENTS = "minori_in_carico", "minori_in_carico_fine", "minori_residenti"
AT_START, OPENED, CLOSED, AT_END = (
    "prese_in_carico_inizio",
    "prese_in_carico_aperte",
    "prese_in_carico_chiuse",
    "prese_in_carico_fine",
)
ACTS, DELIVERED, MINUTES, REACHED = (
    "interventi_programmati",
    "interventi_svolti",
    "minuti_erogati",
    "minori_raggiunti",
)
BY_USER, BY_SERVICE, NO_SHOW = (
    "interventi_annullati_utente",
    "interventi_annullati_servizio",
    "interventi_assenze",
)
ALLOTTED, COMMITTED, SPENT, FEES = "risorse_assegnate", "impegnato", "speso", "rette_e_contributi"
OBLIGED, PAYERS = "persone_obbligate", "persone_paganti"
DUE, CHARGED, PAID = "dovuto_formula", "dovuto_enti", "versato"
DUE_THEN, PAY_MORE, PAY_LESS, EXEMPT = (
    "dovuto_ipotesi",
    "persone_pagherebbero_di_piu",
    "persone_pagherebbero_di_meno",
    "persone_esenti",
)
COMPLIANT, NOT_COMPLIANT = "verifiche_conformi", "verifiche_non_conformi"
RECEIVED = "reclami_ricevuti"
DISTRIBUTED, RETURNED, ANSWERS, SATISFIED = (
    "questionari_distribuiti",
    "questionari_restituiti",
    "risposte",
    "risposte_soddisfatte",
)
PER_1000, DELIVERY_RATE, EXECUTION_RATE = (
    "minori_in_carico_ogni_1000",
    "quota_interventi_svolti",
    "quota_spesa",
)
COLLECTION_RATE, RESPONSE_RATE, SATISFIED_RATE = "quota_riscossa", "tasso_risposta", "quota_soddisfatti"

_LAST, _FIRST, _APART = {PERIOD: Combine.LAST}, {PERIOD: Combine.FIRST}, {PERIOD: Combine.NONE}
_SCENARIO = {SCENARIO: Combine.NONE}

COUNTED: tuple[Counted, ...] = (
    _persons(MINORS, CASELOAD, "minors_in_period", {AGE: Combine.SUM}),
    _persons(MINORS_AT_END, CASELOAD, "minors_at_end", _LAST),
    Counted(Measure(RESIDENTS, over=_APART, is_public=True), CASELOAD, "resident_minors"),
    _cases(AT_START, CASELOAD, "open_at_start", _FIRST, AT_END),
    _cases(OPENED, CASELOAD, "opened"),
    _cases(CLOSED, CASELOAD, "closed"),
    _cases(AT_END, CASELOAD, "open_at_end", _LAST),
    _cases(ACTS, USAGE, "interventions"),
    _cases(DELIVERED, USAGE, "delivered"),
    _cases(BY_USER, USAGE, "cancelled_by_user"),
    _cases(BY_SERVICE, USAGE, "cancelled_by_service"),
    _cases(NO_SHOW, USAGE, "no_show"),
    _amount(MINUTES, USAGE, "hours_delivered"),  # in minutes they add up to the last digit
    _persons(REACHED, USAGE, "minors_reached"),
    _amount(ALLOTTED, BUDGET, "allotted", is_public=True),
    _amount(COMMITTED, BUDGET, "committed"),
    _amount(SPENT, BUDGET, "spent"),
    _amount(FEES, BUDGET, "fees_spent"),
    _persons(OBLIGED, SHARING, "obliged_persons"),
    _persons(PAYERS, SHARING, "payers"),
    _amount(DUE, SHARING, "due_by_formula"),
    _amount(CHARGED, SHARING, "charged"),
    _amount(PAID, SHARING, "paid"),
    Counted(Measure(DUE_THEN, Kind.AMOUNT, _SCENARIO), SIMULATION, "due_by_scenario"),
    _persons(PAY_MORE, SIMULATION, "pays_more", _SCENARIO),
    _persons(PAY_LESS, SIMULATION, "pays_less", _SCENARIO),
    _persons(EXEMPT, SIMULATION, "exempt_persons", _SCENARIO),
    _cases(COMPLIANT, RULES, "compliant", _APART),
    _cases(NOT_COMPLIANT, RULES, "not_compliant", _APART),
    _cases(RECEIVED, COMPLAINTS, "received"),
    _amount(DISTRIBUTED, SATISFACTION, "distributed", is_public=True),
    _cases(RETURNED, SATISFACTION, "returned"),
    _amount(ANSWERS, SATISFACTION, "answers"),
    _amount(SATISFIED, SATISFACTION, "satisfied"),
)


@dataclass(frozen=True)
class Rest:
    """What a whole has beyond a part of it: nobody would print it, but who has the two has it, so it is protected too."""

    key: str
    whole: str
    part: str
    name: str

    @property
    def measure(self) -> Measure:
        """A count that its own two figures tie, and no total: who left one municipality may be in another."""
        return Measure(self.key, otherwise=Combine.NONE)


RESTS = (
    Rest("minori_usciti", MINORS, MINORS_AT_END, "Minori in carico nell'anno e non più a fine anno"),
    Rest("minori_non_raggiunti", MINORS, REACHED, "Minori in carico senza interventi svolti"),
    Rest("persone_senza_pagamento", OBLIGED, PAYERS, "Persone obbligate a cui non è chiesto nulla"),
)
RATIOS: tuple[Ratio, ...] = (
    Ratio(Rate(PER_1000, MINORS_AT_END, RESIDENTS, 1000.0, TOLD), CASELOAD, "minors_per_1000"),
    Ratio(Rate(DELIVERY_RATE, DELIVERED, ACTS, 1.0, TOLD), USAGE, "delivery_rate"),
    Ratio(Rate(EXECUTION_RATE, SPENT, ALLOTTED, 1.0, TOLD), BUDGET, "execution_rate"),
    Ratio(Rate(COLLECTION_RATE, PAID, CHARGED, 1.0, TOLD), SHARING, "collection_rate"),
    Ratio(Rate(RESPONSE_RATE, RETURNED, DISTRIBUTED, 1.0, TOLD), SATISFACTION, "response_rate"),
    Ratio(Rate(SATISFIED_RATE, SATISFIED, ANSWERS, 1.0, TOLD), SATISFACTION, "satisfied_rate"),
)
SOURCES: Mapping[str, tuple[str, str]] = {item.key: (item.mart, item.column) for item in (*COUNTED, *RATIOS)}


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


def _at_most(part: str, whole: str) -> Relation:
    """A part never exceeds its whole."""
    return Relation({whole: 1.0, part: -1.0}, 0.0, None)


RELATIONS = (
    Relation({AT_START: 1.0, OPENED: 1.0, CLOSED: -1.0, AT_END: -1.0}),
    Relation(
        {AT_START: 1.0, OPENED: 1.0, MINORS: -1.0}, 0.0, None
    ),  # who is in care has a case in the period
    _at_most(MINORS_AT_END, AT_END),
    # What is left is what was interrupted: little, and of no use to a reader.
    Relation({ACTS: 1.0, DELIVERED: -1.0, BY_USER: -1.0, BY_SERVICE: -1.0, NO_SHOW: -1.0}, 0.0, None),
    _at_most(REACHED, DELIVERED),
    _at_most(SATISFIED, ANSWERS),
    *(Relation({rest.whole: 1.0, rest.part: -1.0, rest.key: -1.0}) for rest in RESTS),
)


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
            _periods(codes.years),
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


def _periods(years: Sequence[int]) -> Dimension:
    """Years and their semesters, each after the one before."""
    parents, before = {}, {}
    for year in years:
        halves = [f"{year}-S1", f"{year}-S2"]
        parents |= dict.fromkeys(halves, f"{year}")
        before |= {f"{year}": f"{year - 1}", halves[1]: halves[0], halves[0]: f"{year - 1}-S2"}
    first = min(years)
    before.pop(f"{first}"), before.pop(f"{first}-S1")
    return Dimension(PERIOD, parents, None, before)
