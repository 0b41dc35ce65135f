"""When a point comes to the table of governance, and what the data say of it (thresholds: seed decision_points)."""

from collections.abc import Callable
from decimal import Decimal

from osservatorio.italian import date_it, join_words, number, percent
from reporting.governance import derived
from reporting.governance import known as own
from reporting.governance.context import GovernanceContext
from reporting.governance.known import DEADLINE
from reporting.model import WITHHELD, Value, Withheld, is_known
from reporting.protected import known
from reporting.queries import AMBITO
from reporting.sections.governo_decisioni import FIRST, MEETINGS, TECHNICAL
from reporting.sections.governo_regole import COMPLIANCE, below, duties, rules_of
from reporting.sections.governo_temi import GOVERNANCE, HOURS
from reporting.text import count, part_of, sentences, verb, with_article

SHOWN_RULES = 2
# The mart and the sentence; None where the point does not arise; withheld where that cannot be told.
Evidence = tuple[str, str] | Withheld | None


def _deadlines(context: GovernanceContext, kind: str) -> tuple[Value, Value, Value]:
    """Past due, ahead and all of a kind of deadline; zeros where nothing was delivered yet."""
    keys = (own.OVERDUE, own.UPCOMING, derived.DEADLINES)
    found = [context.value(key, **{DEADLINE: kind}) for key in keys]
    past, ahead, whole = (0 if value is None else value for value in found)
    return past, ahead, whole


def _late_reports(context: GovernanceContext, threshold: Decimal) -> Evidence:
    past, _, _ = _deadlines(context, "relazione_ag")
    if not is_known(past):
        return WITHHELD
    if past < threshold:
        return None
    are = count(
        past,
        "relazione all'Autorità giudiziaria è scaduta e non risulta inviata",
        "relazioni all'Autorità giudiziaria sono scadute e non risultano inviate",
    )
    return own.DEADLINES, f"{are}."


def _rules_below(context: GovernanceContext, threshold: Decimal) -> Evidence:
    rules = rules_of(context)
    found = below(rules, float(threshold))
    hidden = sum(rule.rate is WITHHELD for rule in duties(rules))
    if not found:
        return WITHHELD if hidden else None
    parts = [
        f"«{rule.rule['title']}» {part_of(rule.compliant, rule.compliant + rule.not_compliant, rule.rate)}"
        for rule in found[:SHOWN_RULES]
    ]
    more = f" e altre {number(len(found) - SHOWN_RULES)}" if len(found) > SHOWN_RULES else ""
    apart = f"Di {count(hidden, 'altra regola', 'altre regole')} i dati sono oscurati." if hidden else ""
    return COMPLIANCE, sentences(f"Sotto il {percent(threshold, 0)}: {'; '.join(parts)}{more}.", apart)


def _spending(context: GovernanceContext, threshold: Decimal) -> Evidence:
    gaps: dict[str, Value] = {}
    so_far = context.year_so_far
    for area in context.view.known.dimensions[known.AREA].parents:
        gaps[area] = context.value(derived.GAP, **so_far, **{known.AREA: area})
    off = {area: gap for area, gap in gaps.items() if is_known(gap) and abs(gap) >= threshold}
    if not off:
        return WITHHELD if WITHHELD in gaps.values() else None
    parts = [
        f"{context.name_of(known.AREA, area)} "
        f"{percent(context.value(derived.EXECUTION, **so_far, **{known.AREA: area}))}"
        for area in sorted(off, key=lambda area: -abs(off[area]))
    ]
    elapsed = context.value(derived.ELAPSED, **so_far, **{known.AREA: next(iter(off))})
    return (
        own.PROGRESS,
        f"Quota spesa: {join_words(parts)}; dell'anno è trascorso {with_article('il', percent(elapsed))}.",
    )


def _missing_hours(context: GovernanceContext, threshold: Decimal) -> Evidence:
    names = ("service_code", "hours", "contract_hours", "coverage_rate")
    rows = context.read(HOURS, names, context.this_period())
    short = [row for row in rows if row["coverage_rate"] is not None and row["coverage_rate"] < threshold]
    if context.place != AMBITO or not context.is_complete or not short:
        return None
    parts = [
        f"{context.labels.label('service_code', row['service_code'])} {number(row['hours'])} ore su "
        f"{number(row['contract_hours'])}"
        for row in short
    ]
    return HOURS, f"{join_words(parts)}."


def _late_answers(context: GovernanceContext, threshold: Decimal) -> Evidence:
    kept, whole, rate = (
        context.value(key) for key in (derived.IN_TIME, derived.WITH_TERM, derived.IN_TIME_RATE)
    )
    if rate is WITHHELD:
        return WITHHELD
    if rate is None or rate >= threshold:
        return None
    return known.COMPLAINTS, f"Risposte entro il termine: {part_of(kept, whole, rate)}."


def _long_placements(context: GovernanceContext, threshold: Decimal) -> Evidence:
    past, ahead, whole = _deadlines(context, "affido_24_mesi")
    if not is_known(whole):
        return WITHHELD
    if whole < threshold:
        return None
    coming = f" e {number(ahead)} li {verb(ahead, 'compie', 'compiono')} presto"
    return (
        own.DEADLINES,
        f"{count(past, 'affido ha superato', 'affidi hanno superato')} i 24 mesi{coming if ahead else ''}.",
    )


def _nearly_adults(context: GovernanceContext, threshold: Decimal) -> Evidence:
    _, _, whole = _deadlines(context, "diciotto_anni")
    if not is_known(whole):
        return WITHHELD
    if whole < threshold:
        return None
    are = count(whole, "presa in carico è di un minore", "prese in carico sono di minori")
    return own.DEADLINES, f"{are} che {verb(whole, 'compie', 'compiono')} 18 anni nei prossimi mesi."


def _old_decisions(context: GovernanceContext, threshold: Decimal) -> Evidence:
    names = ("meeting_date", "days_since", "decisions_open")
    rows = [
        row
        for row in context.read(MEETINGS, names, {"level": FIRST})
        if row["decisions_open"]
        and row["days_since"] >= threshold
        and row["meeting_date"] <= context.period.end
    ]
    if context.place != AMBITO or not rows:
        return None
    oldest = min(row["meeting_date"] for row in rows)
    are = count(len(rows), "incontro di governance ha", "incontri di governance hanno")
    return MEETINGS, (
        f"{are} decisioni non attuate da più di {number(threshold)} giorni; il più vecchio è del {date_it(oldest)}."
    )


def _missing_meetings(context: GovernanceContext, threshold: Decimal) -> Evidence:
    rows = context.read(
        GOVERNANCE, ("months_without_meeting",), {**context.this_period(), "level": TECHNICAL}
    )
    missing = next((row["months_without_meeting"] for row in rows), None)
    if context.place != AMBITO or missing is None or missing < threshold:
        return None
    return GOVERNANCE, f"{count(missing, 'mese', 'mesi')} del semestre senza incontro tecnico."


def _missing_data(context: GovernanceContext, threshold: Decimal) -> Evidence:
    unknown = context.value(own.NOT_ASSESSABLE)
    if unknown is WITHHELD:
        return WITHHELD
    if unknown is None or unknown < threshold:
        return None
    return (
        COMPLIANCE,
        f"{number(unknown)} verifiche delle regole non si possono valutare: manca una data o un valore.",
    )


EVIDENCE: dict[str, Callable[[GovernanceContext, Decimal], Evidence]] = {
    "relazioni_scadute": _late_reports,
    "regole_sotto_soglia": _rules_below,
    "spesa_fuori_passo": _spending,
    "ore_mancanti": _missing_hours,
    "reclami_fuori_termine": _late_answers,
    "affidi_24_mesi": _long_placements,
    "diciotto_anni": _nearly_adults,
    "decisioni_aperte": _old_decisions,
    "incontri_mancanti": _missing_meetings,
    "dati_mancanti": _missing_data,
}
