"""The rules of the documents: how far each is kept in the semester, the worst first; those with a withheld figure apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reporting import queries
from reporting.governance import derived
from reporting.governance import known as own
from reporting.governance.context import GovernanceContext
from reporting.governance.derived import RULES_KEPT
from reporting.model import WITHHELD, Column, Format, Row, Table, Value, is_known
from reporting.protected import known
from reporting.queries import Record
from reporting.sections.governo_temi import Topic
from reporting.text import count, upper_first

COMPLIANCE = known.RULES
WORDS = {"rule_title": 4.0, "article": 1.8, "severity": 1.3}  # and the share of the width that each takes
COUNTED = {
    known.COMPLIANT: "compliant",
    known.NOT_COMPLIANT: "not_compliant",
    own.NOT_ASSESSABLE: "not_assessable",
    derived.COMPLIANCE: "compliance_rate",
}
WORST = 8  # rules on the page to decide from
DUTY = "violazione"  # the severity of an absolute duty
IN_ORDER = "Le regole con un dato oscurato non hanno posto nell'ordine: sono in fondo."


@dataclass(frozen=True)
class Kept:
    """How far a rule is kept in the semester."""

    code: str
    rule: Record
    compliant: Value
    not_compliant: Value
    not_assessable: Value
    rate: Value

    @property
    def values(self) -> tuple[Value, ...]:
        return self.compliant, self.not_compliant, self.not_assessable, self.rate

    @property
    def is_broken(self) -> bool:
        """Whether it is seen that something is not in order."""
        return is_known(self.rate) and any(
            is_known(value) and bool(value) for value in (self.not_compliant, self.not_assessable)
        )


def regole(context: GovernanceContext) -> Topic:
    """How far the rules are kept, and the worst of them."""
    rules = rules_of(context)
    if not rules:
        return Topic(f"{upper_first(context.in_label)} non risultano verifiche delle regole.")
    whole = context.measure(RULES_KEPT)
    message = f"Verifiche conformi alle regole: {whole.as_part}." if whole and whole.denominator else ""
    unknown = context.value(own.NOT_ASSESSABLE)
    detail = (
        f"{count(unknown, 'verifica non si può', 'verifiche non si possono')} valutare."
        if is_known(unknown) and unknown
        else ""
    )
    worst = [rule for rule in rules if rule.is_broken]
    message = message or "Come sono rispettate le regole."
    if not worst:
        return Topic(message, detail=detail)
    table = _table(
        context,
        "governo_regole_peggiori",
        worst[:WORST],
        title="Regole da migliorare, dalla quota più bassa",
        sheet="Regole da migliorare",
        note=f"Le prime {WORST} su {len(worst)}; tutte sono nella tabella delle regole del semestre."
        if len(worst) > WORST
        else "",
    )
    return Topic(message, table, detail=detail)


def tutte_le_regole(context: GovernanceContext, key: str = "governo_regole") -> Table | None:
    """Every rule with something checked, the worst first; None when there is none."""
    rules = rules_of(context)
    if not rules:
        return None
    return _table(
        context,
        key,
        rules,
        title="Le regole del semestre, dalla quota più bassa",
        sheet="Tutte le regole",
        indicators=_indicators(context, rules),
        note=IN_ORDER if any(WITHHELD in rule.values for rule in rules) else "",
    )


def rules_of(context: GovernanceContext) -> list[Kept]:
    """Rules of the semester with something checked, from the lowest rate up, then those never assessed.

    Where a rate is withheld its place would tell of it: those stand last, in the order of the documents.
    """
    order = list(context.rules)
    rules = [
        rule
        for rule in chain(_of_records(context), _of_periods(context))
        if any(value is WITHHELD or value for value in rule.values)
    ]

    def badness(rule: Kept) -> tuple[bool, bool, float, int, int]:
        if rule.rate is WITHHELD:
            return True, True, 0.0, 0, order.index(rule.code)
        broken = rule.not_compliant if is_known(rule.not_compliant) else 0
        return False, rule.rate is None, float(rule.rate or 0.0), -int(broken or 0), order.index(rule.code)

    return sorted(rules, key=badness)


def _of_records(context: GovernanceContext) -> list[Kept]:
    """Rules on records about persons: figures of the view."""
    codes = context.view.known.dimensions[known.RULE].parents
    return [
        Kept(code, rule, *(context.value(key, **{known.RULE: code}) for key in COUNTED))
        for code, rule in context.rules.items()
        if code in codes
    ]


def _of_periods(context: GovernanceContext) -> list[Kept]:
    """Rules on whole periods (hours, meetings): nobody's, so they are read as they are."""
    names = ("rule_id", *COUNTED.values())
    codes = context.view.known.dimensions[known.RULE].parents
    return [
        Kept(row["rule_id"], context.rules[row["rule_id"]], *(row[name] for name in COUNTED.values()))
        for row in context.read(COMPLIANCE, names, context.this_period(municipality_code=context.place))
        if row["rule_id"] in context.rules and row["rule_id"] not in codes
    ]


def below(rules: Sequence[Kept], threshold: float) -> list[Kept]:
    """The absolute duties that are seen to be kept in less than a share of what was assessed."""
    return [rule for rule in duties(rules) if is_known(rule.rate) and float(rule.rate) < threshold]


def duties(rules: Sequence[Kept]) -> list[Kept]:
    """The absolute duties among the rules."""
    return [rule for rule in rules if rule.rule["severity"] == DUTY]


def _indicators(context: GovernanceContext, rules: Sequence[Kept]) -> tuple[str, ...]:
    """The codes of the compliance rates of these rules: each rule has an indicator that ends with its own code."""
    codes = [row["indicator_code"] for row in queries.indicators(context.release)]
    shown = {rule.code for rule in rules}
    return tuple(code for code in codes if code.partition("_")[2] in shown)


def _table(
    context: GovernanceContext,
    key: str,
    rules: Sequence[Kept],
    *,
    title: str,
    sheet: str,
    note: str = "",
    indicators: tuple[str, ...] = (),
) -> Table:
    severities = context.labels.lists["severity"]
    words: list[Column] = [
        replace(context.column(COMPLIANCE, name), format=Format.TEXT, weight=weight)
        for name, weight in WORDS.items()
    ]
    return Table(
        key,
        title,
        sheet,
        (COMPLIANCE,),
        (*words, *(replace(context.source(name), key=name) for name in COUNTED)),
        tuple(
            Row(
                (rule.code,),
                (
                    rule.rule["title"],
                    rule.rule["article"],
                    severities.get(rule.rule["severity"] or ""),
                    *rule.values,
                ),
            )
            for rule in rules
        ),
        note=note,
        indicators=indicators,
        period=context.period.code,
    )
