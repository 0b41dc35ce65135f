"""The rules of the documents: how far each is kept in the semester, the worst first."""

from collections.abc import Sequence
from dataclasses import replace

from reporting import queries
from reporting.context import Context
from reporting.model import Format, Row, Table
from reporting.queries import TUTTE, Record
from reporting.sections.governo_temi import Topic
from reporting.text import count, part_of, upper_first

COMPLIANCE = "mart_rule_compliance"
WORDS = {"rule_title": 4.0, "article": 1.8, "severity": 1.3}  # and the share of the width that each takes
COUNTS = ("checked", "compliant", "not_compliant", "not_assessable", "compliance_rate")
WORST = 8  # rules on the page to decide from
DUTY = "violazione"  # the severity of an absolute duty


def regole(context: Context) -> Topic:
    """How far the rules are kept, and the worst of them."""
    rules = rules_of(context)
    whole = rules[-1] if rules and rules[-1]["rule_id"] == TUTTE else None
    if whole is None or not whole["checked"]:
        return Topic(f"{upper_first(context.in_label)} non risultano verifiche delle regole.")
    assessed = whole["compliant"] + whole["not_compliant"]
    share = part_of(whole["compliant"], assessed, whole["compliance_rate"])
    message = f"Verifiche conformi alle regole: {share}."
    unknown = whole["not_assessable"]
    detail = (
        f"{count(unknown, 'verifica non si può', 'verifiche non si possono')} valutare." if unknown else ""
    )
    worst = [rule for rule in rules[:-1] if rule["not_compliant"] or rule["not_assessable"]]
    if not worst:
        return Topic(message, detail=detail)
    table = _table(
        context,
        "governo_regole_peggiori",
        worst[:WORST],
        title="Regole da migliorare, dalla quota più bassa",
        sheet="Regole da migliorare",
        note=f"Le prime {WORST} su {len(worst)}; tutte le altre sono nell'allegato."
        if len(worst) > WORST
        else "",
    )
    return Topic(message, table, detail=detail)


def tutte_le_regole(context: Context, key: str = "governo_regole") -> Table | None:
    """Every rule with something checked, the worst first, and their total; None when there is none."""
    rules = [rule for rule in rules_of(context) if rule["checked"]]
    if not rules:
        return None
    return _table(
        context,
        key,
        rules,
        title="Le regole del semestre, dalla quota più bassa",
        sheet="Tutte le regole",
        indicators=_indicators(context, rules),
    )


def rules_of(context: Context) -> list[Record]:
    """Rules of the semester from the lowest rate up, then those never assessed; the total last."""
    rows = context.read(
        COMPLIANCE,
        ("rule_id", "rule_order", *WORDS, *COUNTS),
        context.this_period(municipality_code=context.place),
    )

    def badness(rule: Record) -> tuple[bool, bool, float, int, int]:
        rate = rule["compliance_rate"]
        is_total = rule["rule_id"] == TUTTE
        return (is_total, rate is None, rate or 0.0, -rule["not_compliant"], rule["rule_order"])

    return sorted(rows, key=badness)


def below(rules: Sequence[Record], threshold: float) -> list[Record]:
    """The absolute duties that are kept in less than a share of what was assessed."""
    return [
        rule
        for rule in rules
        if rule["severity"] == DUTY
        and rule["compliance_rate"] is not None
        and rule["compliance_rate"] < threshold
    ]


def _indicators(context: Context, rules: Sequence[Record]) -> tuple[str, ...]:
    """The codes of the compliance rates of these rules: each rule has an indicator that ends with its own code."""
    codes = [row["indicator_code"] for row in queries.indicators(context.release)]
    shown = {rule["rule_id"] for rule in rules} - {TUTTE}
    return tuple(code for code in codes if code.partition("_")[2] in shown)


def _table(
    context: Context,
    key: str,
    rules: Sequence[Record],
    *,
    title: str,
    sheet: str,
    note: str = "",
    indicators: tuple[str, ...] = (),
) -> Table:
    severities = context.labels.lists["severity"]
    words = (
        replace(context.column(COMPLIANCE, name), format=Format.TEXT, weight=weight)
        for name, weight in WORDS.items()
    )
    return Table(
        key,
        title,
        sheet,
        (COMPLIANCE,),
        (*words, *(context.column(COMPLIANCE, name) for name in COUNTS)),
        tuple(
            Row(
                (rule["rule_id"],),
                (
                    rule["rule_title"],
                    rule["article"],
                    severities.get(rule["severity"] or ""),
                    *(rule[name] for name in COUNTS),
                ),
                rule["rule_id"] == TUTTE,
            )
            for rule in rules
        ),
        note=note,
        indicators=indicators,
    )
