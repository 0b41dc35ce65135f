"""The evidence of an aspect: the words of its rule, the threshold, the comparisons, and where it is worst."""

from osservatorio.italian import number, percent
from reporting.context import Context
from reporting.critical.aspect_rules import ANY_RULE, AspectRule, When
from reporting.model import Format
from reporting.queries import TUTTE, TUTTI, Record
from reporting.statements import Measure, apart, named, share_against, share_since
from reporting.text import listing, lower_first, sentences, upper_first, with_article

COMPLIANCE = "mart_rule_compliance"
MOST_PLACES = 3  # municipalities, or rules, that the evidence names
EVERY_CHECK = "regole_rispettate"
MONEY = ("quota_spesa", "compartecipazione")  # indicators whose parts are euros


def rules_of(context: Context) -> list[Record]:
    """The rules that were checked in the year and place, in their order."""
    columns = ("rule_order", "rule_id", "severity", "article", "is_not_recorded")
    where = {"period": context.period.code, "municipality_code": context.place}
    records = context.read(COMPLIANCE, columns, where)
    return [record for record in records if record["rule_id"] != TUTTE and not record["is_not_recorded"]]


def year_gone(context: Context) -> float:
    """The part of the report's year that is over at the reference date: 1 for a year that has ended."""
    if context.is_complete:
        return 1.0
    days = (context.period.end - context.period.start).days + 1
    return ((context.release.as_of - context.period.start).days + 1) / days


def base_of(measure: Measure) -> float | None:
    """The cases that a figure rests on: under the line of a share, above it for a rate."""
    return measure.denominator if measure.form is Format.PERCENT else measure.numerator


def words_of(context: Context, rule: AspectRule, now: Measure, service: str, place: str) -> dict[str, str]:
    """What the sentences of the rules may name."""
    rule_id = now.code.removeprefix(ANY_RULE)
    article = next((record["article"] for record in rules_of(context) if record["rule_id"] == rule_id), "")
    is_money = rule.indicator.startswith(MONEY)
    return {
        "part": now.as_part if now.form is Format.PERCENT else now.text,
        "value": now.text,
        "name": now.name,
        "service": lower_first(context.labels.label("service_code", service)),
        "place": context.labels.label("municipality_code", place) if place else "",
        "rule": rule_id,
        "article": str(article),
        "numerator": _amount(now.numerator, is_money),
        "denominator": _amount(now.denominator, is_money),
    }


def _amount(value: float | None, is_money: bool) -> str:
    """A count without decimals, hours with one where they need it, money with its cents."""
    return number(value, 2 if is_money else 0 if float(value or 0).is_integer() else 1)


def _threshold(rule: AspectRule, now: Measure) -> str:
    return percent(rule.threshold) if now.form is Format.PERCENT else number(rule.threshold, 1)


def comparison_of(context: Context, rule: AspectRule, now: Measure, service: str, place: str) -> str:
    """The threshold, the year before, the Ambito, and where in it the figure is worse."""
    before, around = context.measure_before(now.code, service), context.measure_around(now.code, service)
    label = context.compared_label
    if place:
        period = context.comparable
        before = context.measures.get(now.code, period.code, place, service) if period else None
        around = context.measure(now.code, service)
    if now.has_interval and now.form is Format.PERCENT:
        since, beside = share_since(now, before, label), share_against(now, around)
    else:
        known = before is not None and before.value is not None and label
        since = f"{upper_first(with_article('nel', label))}: {before.text}." if known else ""
        beside = f"Nell'Ambito: {around.text}." if around and around.value is not None else ""
    where = "" if place else _where(context, rule, now, service)
    return sentences(_limit(context, rule, now), beside, since, where, _broken(context, now, place))


def _broken(context: Context, now: Measure, place: str) -> str:
    """For all the rules together: which ones are broken most often."""
    if now.code != EVERY_CHECK:
        return ""
    columns = ("rule_order", "rule_id", "not_compliant")
    where = {"period": context.period.code, "municipality_code": place or context.place}
    records = [record for record in context.read(COMPLIANCE, columns, where) if record["rule_id"] != TUTTE]
    ordered = sorted(
        (r for r in records if r["not_compliant"]), key=lambda r: (-r["not_compliant"], r["rule_id"])
    )
    items = [(record["rule_id"], record["not_compliant"]) for record in ordered[:MOST_PLACES]]
    return f"Regole con più casi non conformi: {listing(items)}." if items else ""


def _limit(context: Context, rule: AspectRule, now: Measure) -> str:
    if rule.when in (When.BELOW, When.ABOVE, When.AT_LEAST):
        return f"La soglia è {with_article('il', _threshold(rule, now))}."
    if rule.when is When.OFF_COURSE:
        gone = (
            "l'anno è concluso"
            if context.is_complete
            else f"è trascorso {with_article('il', percent(year_gone(context)))} dell'anno"
        )
        return f"{upper_first(context.at_as_of)} {gone}."
    return ""


def _where(context: Context, rule: AspectRule, now: Measure, service: str) -> str:
    """In the whole Ambito's evaluation: the municipalities where it is worse, or where most of the cases are."""
    if context.municipality or service != TUTTI:
        return ""
    places = {
        context.labels.label("municipality_code", place): measure
        for place, measure in context.measures.places(now.code, context.period.code).items()
        if measure.value is not None
    }
    if rule.is_of_rules:
        missed = [(name, (m.denominator or 0) - (m.numerator or 0)) for name, m in places.items()]
        ordered = sorted((item for item in missed if item[1]), key=lambda item: (-item[1], item[0]))
        return (
            f"Non conformi per Comune, dai più numerosi: {listing(ordered[:MOST_PLACES])}." if ordered else ""
        )
    higher, lower = apart(places, now)
    more_is_better = context.indicator(now.code)["direction"] == "piu"
    worse = lower if more_is_better else higher
    return f"Peggio che nell'Ambito: {named(worse[:MOST_PLACES])}." if worse else ""
