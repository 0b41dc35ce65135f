"""Critical aspects and strengths: the reviewed rules hold together, and find what they say they find."""

import string
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prose import faults
from reading import section_text
from report_marts import AMBITO, TUTTI
from report_release import FakeRelease

from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.reference import code_list, find_municipality, read_seed
from osservatorio.release import open_release
from reporting.critical.aspect_rules import EVERY_RULE, AspectRule, When, aspect_rules
from reporting.critical.aspects import NO_YEAR_BEFORE, STILL_RUNNING, judge
from reporting.critical.aspects_page import ASPECTS_PAGE, render_aspects_page
from reporting.model import Callout, Report
from reporting.produce import _context, read_report
from reporting.recipes.valutazione import BODY
from reporting.text import SMALL
from reporting.words.narratives import NO_WORDS

RULES = aspect_rules()
EVERY = [*RULES.critical, *RULES.strengths]
WORDS = {"part", "value", "name", "service", "place", "rule", "article", "numerator", "denominator", "open"}
INDICATORS = {row["indicator_code"]: row for row in read_seed("indicators")}


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., tuple[dict[str, list[Any]], dict[str, str]]]:
    """Judge a changed release: aspects by the code of their rule, and the outcome of every rule."""

    def run(
        change: Callable[[FakeRelease], None] = lambda release: None,
        *,
        year: str = "2022",
        town: str | None = None,
        as_of: date = date(2022, 12, 31),
        strengths: bool = False,
    ) -> tuple[dict[str, list[Any]], dict[str, str]]:
        release = FakeRelease(Home(tmp_path / f"home-{len(list(tmp_path.iterdir()))}"), as_of)
        change(release)
        home = release.write()
        with open_release(home) as opened:
            place = find_municipality(town) if town else None
            context = _context(opened, parse_period(year), place, NO_WORDS)
            aspects, outcomes = judge(context, RULES.strengths if strengths else RULES.critical)
        found: dict[str, list[Any]] = {}
        for aspect in aspects:
            found.setdefault(aspect.rule.code, []).append(aspect)
        return found, {outcome.rule.code: outcome.text for outcome in outcomes}

    return run


def change_rows(mart: str, where: dict[str, Any], **values: Any) -> Callable[[FakeRelease], None]:
    """Set columns of the rows of a mart that have these values."""

    def change(release: FakeRelease) -> None:
        hit = [row for row in release.marts[mart] if all(row.get(k) == v for k, v in where.items())]
        assert hit, (mart, where)
        for row in hit:
            row.update(values)

    return change


def test_the_page_in_the_repository_is_current():
    assert ASPECTS_PAGE.read_text("utf-8") == render_aspects_page(), "run «make dictionary»"


def test_every_rule_is_on_the_page():
    page = render_aspects_page()
    assert all(f"`{rule.code}`" in page for rule in EVERY)


def test_codes_are_unique():
    codes = [rule.code for rule in EVERY]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.code)
def test_a_rule_holds_together(rule: AspectRule):
    assert rule.weight in RULES.weights
    assert rule.threshold > 0
    assert rule.section in {make.__name__ for make in BODY}
    fields = {
        name
        for text in (rule.title, rule.sentence)
        for _, name, _, _ in string.Formatter().parse(text)
        if name
    }
    assert fields <= WORDS, fields - WORDS
    assert not rule.title.endswith(".")
    assert rule.sentence.endswith(".")
    assert rule.condition()[:1].islower()
    if rule.is_of_rules:
        assert rule.severity in code_list("severity")
        assert set(rule.excluded) <= {row["rule_id"] for row in read_seed("rules")}
    elif rule.when is not When.WARNED:
        assert rule.indicator in INDICATORS
    if ("{service}" in rule.title) != rule.per_service:
        pytest.fail("a rule per service names its service, and no other does")


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.code)
def test_a_figure_on_cases_has_a_minimum_base(rule: AspectRule):
    seed = INDICATORS.get(rule.indicator)
    rests_on_cases = rule.indicator == EVERY_RULE or (seed is not None and seed["interval"] == "wilson")
    if rests_on_cases:
        assert rule.minimum_base >= SMALL
    if rule.when in (
        When.WORSE,
        When.BETTER,
        When.WORSE_THAN_AMBITO,
        When.BETTER_THAN_AMBITO,
        When.PLACE_WORSE,
    ):
        assert rests_on_cases, "only figures with an interval can be said to differ"
        if seed:
            assert seed["direction"] in ("piu", "meno"), "worse and better need a direction"


def test_strengths_mirror_critical_aspects():
    mirrored = {rule.indicator for rule in RULES.critical}
    assert {rule.indicator for rule in RULES.strengths} <= mirrored


def test_compliance_under_its_threshold(judged: Callable):
    where = {"rule_id": "R21.1", "municipality_code": AMBITO, "period": "2022"}
    found, _ = judged(change_rows("mart_rule_compliance", where, compliant=90, not_compliant=10))
    (aspect,) = found["regole_violazione"]
    assert aspect.indicator == "regola_R21.1"
    assert "90 su 100 (90,0%)" in aspect.evidence
    assert "La soglia è il 95,0%." in aspect.comparison
    assert aspect.weight == 3
    assert not aspect.is_small


def test_small_numbers_are_called_small_and_weigh_less(judged: Callable):
    where = {"rule_id": "R21.1", "municipality_code": AMBITO, "period": "2022"}
    found, _ = judged(change_rows("mart_rule_compliance", where, compliant=2, not_compliant=1))
    (aspect,) = found["regole_violazione"]
    assert aspect.is_small
    assert aspect.weight == 2
    assert "2 su 3 (numeri piccoli)" in aspect.evidence


def test_one_case_says_nothing_of_a_service(judged: Callable):
    where = {"year": 2021, "municipality_code": AMBITO}
    one = change_rows("mart_flow", where, assessable_returns_home=1, re_entries_12m=1, re_entry_rate=1.0)
    found, outcomes = judged(one, year="2021")
    assert "nuovi_allontanamenti" not in found
    assert "numeri piccoli" in outcomes["nuovi_allontanamenti"]
    many = change_rows("mart_flow", where, assessable_returns_home=40, re_entries_12m=10, re_entry_rate=0.25)
    assert judged(many, year="2021")[0]["nuovi_allontanamenti"][0].weight == 3


def test_a_delivery_rate_that_falls_surely(judged: Callable):
    whole = {"municipality_code": AMBITO, "service_code": TUTTI, "intervention_type": TUTTI}

    def falls(release: FakeRelease) -> None:
        change_rows("mart_service_usage", {**whole, "period": "2021"}, interventions=10_000, delivered=9500)(
            release
        )
        change_rows("mart_service_usage", {**whole, "period": "2022"}, interventions=10_000, delivered=9200)(
            release
        )

    found, _ = judged(falls)
    (aspect,) = found["interventi_in_calo"]
    assert aspect.title == "Cala la quota di interventi svolti: tutti i servizi"
    assert "di 3,0 punti percentuali più bassa che nell'anno 2021 (95,0%)" in aspect.comparison


def test_a_fall_that_may_be_chance_is_none(judged: Callable):
    whole = {"municipality_code": AMBITO, "service_code": TUTTI, "intervention_type": TUTTI}

    def falls(release: FakeRelease) -> None:
        change_rows("mart_service_usage", {**whole, "period": "2021"}, interventions=200, delivered=190)(
            release
        )
        change_rows("mart_service_usage", {**whole, "period": "2022"}, interventions=200, delivered=184)(
            release
        )

    found, outcomes = judged(falls)
    assert all(aspect.service != TUTTI for aspect in found.get("interventi_in_calo", []))
    assert outcomes["interventi_in_calo"] != NO_YEAR_BEFORE


def test_satisfaction_that_falls_on_few_questionnaires_is_not_said(judged: Callable):
    def falls(returned: int) -> Callable[[FakeRelease], None]:
        def change(release: FakeRelease) -> None:
            for row in release.marts["mart_satisfaction"]:
                rate = 0.9 if row["period"].startswith("2021") else 0.5
                row.update(
                    distributed=returned * 2,
                    returned=returned,
                    answers=returned * 9,
                    satisfied=int(returned * 9 * rate),
                )

        return change

    found, outcomes = judged(falls(12))
    assert "soddisfazione_in_calo" not in found
    assert "numeri piccoli" in outcomes["soddisfazione_in_calo"]
    assert "soddisfazione_in_calo" in judged(falls(60))[0]


def test_late_answers(judged: Callable):
    where = {"municipality_code": AMBITO, "service_code": TUTTI, "period": "2022"}
    late = change_rows(
        "mart_complaints", where, received=40, answered=40, term_assessable=40, answered_within_term=30
    )
    (aspect,) = judged(late)[0]["reclami_in_ritardo"]
    assert "30 su 40 (75,0%)" in aspect.evidence
    on_time = change_rows(
        "mart_complaints", where, received=40, answered=40, term_assessable=40, answered_within_term=40
    )
    found, _ = judged(on_time)
    assert "reclami_in_ritardo" not in found
    assert "reclami_in_tempo" in judged(on_time, strengths=True)[0]


def test_hours_short_of_the_contract(judged: Callable):
    found, _ = judged()
    (aspect,) = found["ore_sotto_contratto"]
    assert aspect.service == "amministrativi"
    assert "1.632 su 1.700 previste" in aspect.evidence
    strong, _ = judged(strengths=True)
    assert {item.service for item in strong["ore_come_da_contratto"]} == {"direzione", "supervisione"}


def test_hours_of_a_running_year_are_not_judged(judged: Callable):
    found, outcomes = judged(as_of=date(2022, 9, 30))
    assert "ore_sotto_contratto" not in found
    assert outcomes["ore_sotto_contratto"] == STILL_RUNNING
    assert outcomes["interventi_in_calo"] == STILL_RUNNING


@pytest.mark.parametrize(
    ("spent", "as_of", "is_off"),
    [
        (600_000, date(2022, 12, 31), True),  # 88% of a year that has ended
        (640_000, date(2022, 12, 31), False),
        (340_000, date(2022, 6, 30), False),  # half of it, half-way
        (200_000, date(2022, 6, 30), True),
        (500_000, date(2022, 6, 30), True),
    ],
)
def test_spending_off_course(judged: Callable, spent: int, as_of: date, is_off: bool):
    where = {"municipality_code": AMBITO, "area": "TUTTE", "year": 2022}
    found, _ = judged(change_rows("mart_budget", where, allotted=680_000, spent=spent), as_of=as_of)
    assert ("spesa_fuori_rotta" in found) is is_off


def test_spending_over_the_resources(judged: Callable):
    where = {"municipality_code": AMBITO, "area": "TUTTE", "year": 2022}
    found, _ = judged(change_rows("mart_budget", where, allotted=680_000, spent=700_000))
    assert found["spesa_oltre_risorse"][0].weight == 3


def test_months_without_a_technical_meeting(judged: Callable):
    (aspect,) = judged()[0]["mesi_senza_incontro_tecnico"]
    assert "11 su 12" in aspect.evidence
    every_month = change_rows("mart_governance", {"level": "tecnico"}, months_without_meeting=0)
    assert "mesi_senza_incontro_tecnico" not in judged(every_month)[0]
    assert "incontri_tecnici_ogni_mese" in judged(every_month, strengths=True)[0]


def test_findings_not_closed(judged: Callable):
    where = {"municipality_code": AMBITO, "service_code": TUTTI, "period": "2022"}
    (aspect,) = judged(change_rows("mart_controls", where, with_findings=5, closed_findings=3))[0][
        "rilievi_aperti"
    ]
    assert aspect.evidence == "Rilievi non chiusi: 2 su 5 (numeri piccoli)."
    closed = change_rows("mart_controls", where, with_findings=5, closed_findings=5)
    assert "rilievi_aperti" not in judged(closed)[0]


def test_the_workload_that_grows(judged: Callable):
    where = {"municipality_code": AMBITO, "service_code": TUTTI}

    def grows(release: FakeRelease) -> None:
        change_rows(
            "mart_caseload_by_municipality",
            {**where, "period": "2021"},
            open_at_end=300,
            fte_case_holders=10.0,
        )(release)
        change_rows(
            "mart_caseload_by_municipality",
            {**where, "period": "2022"},
            open_at_end=330,
            fte_case_holders=10.0,
        )(release)

    (aspect,) = judged(grows)[0]["carico_in_aumento"]
    assert "33,0" in aspect.evidence
    assert "Nell'anno 2021: 30,0." in aspect.comparison


def test_a_municipality_that_stands_apart(judged: Callable):
    where = {"rule_id": "TUTTE", "municipality_code": "108005", "period": "2022"}
    apart = change_rows("mart_rule_compliance", where, checked=1000, compliant=600, not_compliant=400)
    (aspect,) = judged(apart)[0]["regole_in_un_comune"]
    assert aspect.title.endswith("Barlassina")
    assert "più bassa che nell'Ambito" in aspect.comparison
    found, outcomes = judged(apart, town="meda")
    assert "regole_in_un_comune" not in found
    assert "Ambito intero" in outcomes["regole_in_un_comune"]


def test_an_edition_is_set_against_the_ambito(judged: Callable):
    where = {"municipality_code": "108030", "period": "2022"}
    worse = change_rows("mart_contact", where, minor_months=1000, minor_months_met=700)
    found, _ = judged(worse, town="meda")
    # The same figure is under its threshold and under the Ambito's: it is one aspect.
    assert len(found.get("contatto_basso", []) + found.get("contatto_sotto_ambito", [])) == 1
    _, outcomes = judged(worse)
    assert "edizioni" in outcomes["contatto_sotto_ambito"]


def test_warnings_on_the_data(judged: Callable):
    (aspect,) = judged()[0]["avvisi_sui_dati"]
    assert "Meda" in aspect.comparison

    def calm(release: FakeRelease) -> None:
        release.manifest["verdict"]["warnings"] = []

    assert "avvisi_sui_dati" not in judged(calm)[0]


def test_nothing_delivered_is_never_a_pass(judged: Callable):
    def nothing(release: FakeRelease) -> None:
        for mart in release.marts:
            if mart not in ("mart_caseload_by_municipality", "mart_service_usage"):
                release.marts[mart] = []
        release.manifest["verdict"]["warnings"] = []

    _, outcomes = judged(nothing)
    assert outcomes["reclami_in_ritardo"].startswith("non applicata")
    assert outcomes["mesi_senza_incontro_tecnico"].startswith("non applicata")
    found, _ = judged(nothing, strengths=True)
    assert not {code for code in found if not code.startswith("interventi")}


def cards(report: Report, key: str) -> list[Callout]:
    section = next(section for section in report.sections if section.key == key)
    return [block for block in section.blocks if isinstance(block, Callout)]


def test_aspects_are_ranked_and_carry_their_evidence(read_year: Callable[..., Report]):
    report = read_year("valutazione", "2022")
    found = cards(report, "aspetti_critici")
    assert found
    words = {word: weight for weight, word in RULES.weights.items()}
    weights = [words[card.title.rsplit("peso ", 1)[1].rstrip(")")] for card in found]
    assert weights == sorted(weights, reverse=True)
    sections = {section.title: section.number for section in report.sections}
    for place, card in enumerate(found, 1):
        assert card.title.startswith(f"{place}. ")
        look = next(item for item in card.items if item.startswith("Dove guardare:"))
        number, title = look.split("sezione ")[1].split(", «")[0], look.split("«")[1].split("»")[0]
        assert sections[title] == number
        assert not [fault for item in card.items for fault in faults(item)]
    table = report.table("aspetti_critici")
    assert [row.values[0] for row in table.rows] == list(range(1, len(found) + 1))
    assert set(table.indicators) <= set(INDICATORS)


def test_every_rule_is_listed_with_its_outcome(read_year: Callable[..., Report]):
    report = read_year("valutazione", "2022")
    assert [row.key[0] for row in report.table("regole_critici").rows] == [
        rule.code for rule in RULES.critical
    ]
    assert [row.key[0] for row in report.table("regole_forza").rows] == [
        rule.code for rule in RULES.strengths
    ]
    assert all(row.values[-1] for row in report.table("regole_critici").rows)


def test_no_strength_on_small_numbers(read_year: Callable[..., Report]):
    report = read_year("valutazione", "2022", comune="lazzate")
    assert "numeri piccoli" not in " ".join(card.items[0] for card in cards(report, "punti_di_forza"))


def test_without_aspects_the_section_says_so(year_home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reporting.sections.aspetti.judge", lambda context, rules: ((), ()))
    report = read_report(year_home, "valutazione", "2022")
    assert "Nessuna regola ha individuato aspetti critici" in section_text(report, "aspetti_critici")
    assert "Nessuna regola ha individuato punti di forza" in section_text(report, "punti_di_forza")
    assert "aspetti_critici" not in {text.key for text in report.narratives}
