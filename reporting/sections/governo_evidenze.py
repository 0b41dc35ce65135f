"""When a point comes to the table of governance, and what the data say of it (thresholds: seed decision_points)."""

from collections.abc import Callable
from decimal import Decimal

from osservatorio.italian import date_it, join_words, number, percent
from reporting.context import Context
from reporting.queries import AMBITO, TUTTE, TUTTI, Record
from reporting.sections.governo_decisioni import FIRST, MEETINGS, TECHNICAL
from reporting.sections.governo_regole import COMPLIANCE, below, rules_of
from reporting.sections.governo_scadenze import COUNTS, counted
from reporting.sections.governo_temi import BUDGET, COMPLAINTS, GOVERNANCE, HOURS
from reporting.text import count, part_of, with_article

SHOWN_RULES = 2
Evidence = tuple[str, str] | None  # the mart and the sentence; None where the point does not arise


def _deadlines(context: Context, kind: str) -> Record:
    """The counts of a kind of deadline; zeros where nothing was delivered yet."""
    nothing = {"overdue": 0, "upcoming": 0, "deadlines": 0, "oldest_due_date": None}
    return next((row for row in counted(context) if row["deadline_kind"] == kind), nothing)


def _late_reports(context: Context, threshold: Decimal) -> Evidence:
    row = _deadlines(context, "relazione_ag")
    if row["overdue"] < threshold:
        return None
    are = count(
        row["overdue"],
        "relazione all'Autorità giudiziaria è scaduta e non risulta inviata",
        "relazioni all'Autorità giudiziaria sono scadute e non risultano inviate",
    )
    return COUNTS, f"{are}; la più vecchia doveva partire entro il {date_it(row['oldest_due_date'])}."


def _rules_below(context: Context, threshold: Decimal) -> Evidence:
    rules = below(rules_of(context), float(threshold))
    if not rules:
        return None
    parts = [
        f"«{rule['rule_title']}» "
        f"{part_of(rule['compliant'], rule['compliant'] + rule['not_compliant'], rule['compliance_rate'])}"
        for rule in rules[:SHOWN_RULES]
    ]
    more = f" e altre {number(len(rules) - SHOWN_RULES)}" if len(rules) > SHOWN_RULES else ""
    return COMPLIANCE, f"Sotto il {percent(threshold, 0)}: {'; '.join(parts)}{more}."


def _spending(context: Context, threshold: Decimal) -> Evidence:
    names = ("area", "execution_rate", "share_elapsed", "execution_gap")
    rows = context.read(BUDGET, names, context.this_period(municipality_code=context.place))
    off = [
        row
        for row in rows
        if row["area"] != TUTTE
        and row["execution_gap"] is not None
        and abs(row["execution_gap"]) >= threshold
    ]
    if not off:
        return None
    parts = [
        f"{context.labels.label('area', row['area'])} {percent(row['execution_rate'])}"
        for row in sorted(off, key=lambda row: -abs(row["execution_gap"]))
    ]
    elapsed = with_article("il", percent(off[0]["share_elapsed"]))
    return BUDGET, f"Quota spesa: {join_words(parts)}; dell'anno è trascorso {elapsed}."


def _missing_hours(context: Context, threshold: Decimal) -> Evidence:
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


def _late_answers(context: Context, threshold: Decimal) -> Evidence:
    names = ("answered_within_term_rate", "answered_within_term", "term_assessable")
    where = context.this_period(municipality_code=context.place, service_code=TUTTI)
    for row in context.read(COMPLAINTS, names, where):
        rate = row["answered_within_term_rate"]
        if rate is not None and rate < threshold:
            share = part_of(row["answered_within_term"], row["term_assessable"], rate)
            return (
                COMPLAINTS,
                f"Risposte entro il termine: {share}.",
            )
    return None


def _long_placements(context: Context, threshold: Decimal) -> Evidence:
    row = _deadlines(context, "affido_24_mesi")
    if row["deadlines"] < threshold:
        return None
    past = count(row["overdue"], "affido ha superato", "affidi hanno superato")
    ahead = f" e {number(row['upcoming'])} li {'compie' if row['upcoming'] == 1 else 'compiono'} presto"
    return COUNTS, f"{past} i 24 mesi{ahead if row['upcoming'] else ''}."


def _nearly_adults(context: Context, threshold: Decimal) -> Evidence:
    row = _deadlines(context, "diciotto_anni")
    if row["deadlines"] < threshold:
        return None
    are = count(row["deadlines"], "presa in carico è di un minore", "prese in carico sono di minori")
    verb = "che compie" if row["deadlines"] == 1 else "che compiono"
    return COUNTS, f"{are} {verb} 18 anni nei prossimi mesi."


def _old_decisions(context: Context, threshold: Decimal) -> Evidence:
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


def _missing_meetings(context: Context, threshold: Decimal) -> Evidence:
    rows = context.read(
        GOVERNANCE, ("months_without_meeting",), {**context.this_period(), "level": TECHNICAL}
    )
    missing = next((row["months_without_meeting"] for row in rows), None)
    if context.place != AMBITO or missing is None or missing < threshold:
        return None
    return GOVERNANCE, f"{count(missing, 'mese', 'mesi')} del semestre senza incontro tecnico."


def _missing_data(context: Context, threshold: Decimal) -> Evidence:
    unknown = next((rule["not_assessable"] for rule in rules_of(context) if rule["rule_id"] == TUTTE), None)
    if unknown is None or unknown < threshold:
        return None
    return (
        COMPLIANCE,
        f"{number(unknown)} verifiche delle regole non si possono valutare: manca una data o un valore.",
    )


EVIDENCE: dict[str, Callable[[Context, Decimal], Evidence]] = {
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
