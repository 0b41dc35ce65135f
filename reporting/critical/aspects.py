"""Critical aspects and strengths of a year: the reviewed rules put to the figures of one release and place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from osservatorio.italian import join_words, number
from reporting.context import Context
from reporting.critical.aspect_evidence import base_of, comparison_of, rules_of, words_of, year_gone
from reporting.critical.aspect_rules import ANY_RULE, AspectRule, When
from reporting.queries import TUTTI
from reporting.sections.qualita import body_name, warnings_of
from reporting.statements import Measure, Verdict, compare
from reporting.text import SMALL_NUMBERS

CONTROLS = "mart_controls"

# Why a rule was not put to the figures.
NO_DATA = "non applicata: manca il dato"
NO_YEAR_BEFORE = "non applicata: manca un anno prima con cui confrontare"
STILL_RUNNING = "non applicata: l'anno non è concluso"
ONLY_FOR_AMBITO = "non applicata: vale per l'Ambito intero"
ONLY_IN_EDITIONS = "non applicata: vale per le edizioni dei Comuni"
TOO_SMALL = "non applicata: numeri piccoli"
NOT_FOUND = "nessuno"


@dataclass(frozen=True)
class Aspect:
    """A critical aspect, or a strength, with its evidence. `weight` is less where the numbers are small."""

    rule: AspectRule
    indicator: str
    title: str
    evidence: str
    comparison: str
    weight: int
    is_small: bool
    gap: float  # how far beyond its threshold, to rank aspects of one weight
    figure: str  # the value, as a table shows it
    service: str = TUTTI
    place: str = ""  # the municipality that it names, in the Ambito's evaluation

    @property
    def rank(self) -> tuple[object, ...]:
        """From the heaviest; of one weight, solid numbers first, then the farthest from the threshold."""
        return (
            -self.weight,
            self.is_small,
            -round(self.gap, 6),
            self.indicator,
            self.service,
            self.rule.code,
        )


@dataclass(frozen=True)
class Outcome:
    """What became of a rule: how many aspects it found, or why it was not put to the figures."""

    rule: AspectRule
    text: str


def judge(context: Context, rules: Sequence[AspectRule]) -> tuple[tuple[Aspect, ...], tuple[Outcome, ...]]:
    """The aspects that the rules find, ranked, one per figure; and the outcome of every rule, in its order."""
    found: list[Aspect] = []
    outcomes = []
    for rule in rules:
        aspects, reason = _put(context, rule)
        found += aspects
        outcomes.append(Outcome(rule, number(len(aspects)) if aspects else reason))
    ranked: dict[tuple[str, ...], Aspect] = {}
    for aspect in sorted(found, key=lambda item: item.rank):
        ranked.setdefault((aspect.indicator, aspect.place, aspect.service), aspect)
    return _distinct(ranked.values()), tuple(outcomes)


def _distinct(aspects: Iterator[Aspect]) -> tuple[Aspect, ...]:
    """Without those that say the same of the same figures: in an edition a total may be its only part."""
    kept: dict[tuple[str, ...], Aspect] = {}
    for aspect in aspects:
        kept.setdefault((aspect.evidence, aspect.rule.section, aspect.service, aspect.place), aspect)
    return tuple(kept.values())


def _put(context: Context, rule: AspectRule) -> tuple[list[Aspect], str]:
    """What a rule finds, or why it finds nothing."""
    if rule.when.against_ambito and context.municipality is None:
        return [], ONLY_IN_EDITIONS
    if rule.when is When.PLACE_WORSE:
        return _places(context, rule) if context.municipality is None else ([], ONLY_FOR_AMBITO)
    if rule.only_complete_year and not context.is_complete:
        return [], STILL_RUNNING
    if rule.when.against_year_before and context.comparable is None:
        return [], NO_YEAR_BEFORE if context.is_complete else STILL_RUNNING
    if rule.when is When.WARNED:
        return _warned(context, rule)
    results = [_judge_one(context, rule, code, service) for code, service in _targets(context, rule)]
    found = [result for result in results if isinstance(result, Aspect)]
    if rule.per_service:
        whole = [aspect for aspect in found if aspect.service == TUTTI]
        found = whole or found
    reasons = [result for result in results if isinstance(result, str)]
    return found, NOT_FOUND if NOT_FOUND in reasons else next(iter(reasons), NO_DATA)


def _targets(context: Context, rule: AspectRule) -> list[tuple[str, str]]:
    """The indicators and services that a rule judges."""
    if rule.is_of_rules:
        return [
            (f"{ANY_RULE}{record['rule_id']}", TUTTI)
            for record in rules_of(context)
            if record["severity"] == rule.severity and record["rule_id"] not in rule.excluded
        ]
    services = context.measures.services(rule.indicator, context.period.code, context.place)
    return [
        (rule.indicator, TUTTI),
        *((rule.indicator, service) for service in sorted(services) if rule.per_service),
    ]


def _places(context: Context, rule: AspectRule) -> tuple[list[Aspect], str]:
    """The municipalities that are surely worse than the Ambito, each an aspect."""
    whole = context.measure(rule.indicator)
    if whole is None or whole.value is None:
        return [], NO_DATA
    found = []
    for place, own in sorted(context.measures.places(rule.indicator, context.period.code).items()):
        gap = _gap_from(context, rule, own, whole)
        if isinstance(gap, float):
            found.append(_aspect(context, rule, own, TUTTI, gap, place))
    return found, NOT_FOUND


def _judge_one(context: Context, rule: AspectRule, code: str, service: str) -> Aspect | str:
    """The aspect that a figure is, or why it is none."""
    now = context.measure(code, service)
    if rule.when is When.LEFT_OPEN:
        return _left_open(context, rule, now)
    if now is None or now.value is None or now.denominator == 0:
        return NO_DATA
    if rule.minimum_base and (base_of(now) or 0) < rule.smallest_base:
        return TOO_SMALL
    if rule.when in (When.BELOW, When.ABOVE, When.AT_LEAST, When.OFF_COURSE):
        gap = _beyond(context, rule, now.value)
    elif rule.when is When.RISES:
        gap = _rise(now, context.measure_before(code, service), rule.threshold)
    elif rule.when.against_ambito:
        gap = _gap_from(context, rule, now, context.measure_around(code, service))
    else:
        gap = _gap_from(context, rule, now, context.measure_before(code, service))
    return gap if isinstance(gap, str) else _aspect(context, rule, now, service, gap)


def _beyond(context: Context, rule: AspectRule, value: float) -> float | str:
    """How far a value is beyond its threshold, as a share of it; or that it is not."""
    edge = rule.threshold
    if rule.when is When.OFF_COURSE:
        distance = abs(value - year_gone(context))
        return distance if distance > edge else NOT_FOUND
    if rule.when is When.BELOW:
        return (edge - value) / edge if value < edge else NOT_FOUND
    is_beyond = value > edge if rule.when is When.ABOVE else value >= edge
    return (value - edge) / edge if is_beyond else NOT_FOUND


def _gap_from(context: Context, rule: AspectRule, now: Measure, other: Measure | None) -> float | str:
    """How far a value surely is from another one in the rule's direction; or why it cannot be said."""
    verdict = compare(now, other)
    if verdict is Verdict.MISSING:
        return NO_DATA
    if verdict is Verdict.SMALL or min(base_of(now) or 0, base_of(other) or 0) < rule.minimum_base:
        return TOO_SMALL
    distance = abs(now.value - other.value)
    is_so = verdict is _direction(context, rule, now.code) and distance >= rule.threshold
    return distance / max(abs(other.value), rule.threshold) if is_so else NOT_FOUND


def _rise(now: Measure, before: Measure | None, least: float) -> float | str:
    if before is None or not before.value:
        return NO_DATA
    growth = now.value / before.value - 1
    return growth if growth >= least else NOT_FOUND


def _direction(context: Context, rule: AspectRule, code: str) -> Verdict:
    """Which way is worse, or better, for an indicator: its own list says it."""
    more_is_better = context.indicator(code)["direction"] == "piu"
    is_bad = rule.when in (When.WORSE, When.WORSE_THAN_AMBITO, When.PLACE_WORSE)
    return Verdict.LOWER if more_is_better == is_bad else Verdict.HIGHER


def _left_open(context: Context, rule: AspectRule, now: Measure | None) -> Aspect | str:
    """Findings of the year's checks that were not closed by the reference date."""
    where = {"period": context.period.code, "municipality_code": context.place, "service_code": TUTTI}
    record = next(iter(context.read(CONTROLS, ("with_findings", "closed_findings"), where)), {})
    whole, closed = record.get("with_findings"), record.get("closed_findings") or 0
    if not whole or now is None:
        return NO_DATA
    still = whole - closed
    if still < rule.threshold:
        return NOT_FOUND
    sentence = rule.sentence.format(open=number(still), denominator=number(whole))
    is_small = whole < rule.minimum_base
    small = f" ({SMALL_NUMBERS})" if is_small else ""
    return Aspect(
        rule,
        now.code,
        rule.title,
        f"{sentence.removesuffix('.')}{small}.",
        f"Chiusure consegnate fino {context.at_as_of}.",
        max(1, rule.weight - is_small),
        is_small,
        still / whole,
        f"{number(still)} su {number(whole)}",
    )


def _warned(context: Context, rule: AspectRule) -> tuple[list[Aspect], str]:
    warnings = warnings_of(context)
    if len(warnings) < rule.threshold:
        return [], NOT_FOUND
    bodies = sorted({body_name(context, item["codice_ente"]) for item in warnings if item.get("codice_ente")})
    about = f"Riguardano: {join_words(bodies)}." if bodies else ""
    sentence = rule.sentence.format(open=number(len(warnings)))
    figure = number(len(warnings))
    return [
        Aspect(rule, "", rule.title, sentence, about, rule.weight, False, float(len(warnings)), figure)
    ], NOT_FOUND


def _aspect(
    context: Context, rule: AspectRule, now: Measure, service: str, gap: float, place: str = ""
) -> Aspect:
    base = base_of(now)
    is_small = now.is_small or (base is not None and base < rule.minimum_base)
    words = words_of(context, rule, now, service, place)
    return Aspect(
        rule,
        now.code,
        rule.title.format(**words),
        rule.sentence.format(**words),
        comparison_of(context, rule, now, service, place),
        max(1, rule.weight - is_small),
        is_small,
        gap,
        words["part"] if now.has_interval else now.text,
        service,
        place,
    )
