"""Governo della coprogettazione: meetings of the two levels, decisions, supervision and training."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Section, Table, present
from reporting.over_time import over_time
from reporting.queries import TUTTE, Record
from reporting.statements import count_change
from reporting.text import count, part_of, sentences, upper_first, verb

MART = "mart_governance"
TITLE = "Governo della coprogettazione"
TECHNICAL = "tecnico"
FIGURES = (
    "meetings",
    "months_without_meeting",
    "cases_examined",
    "decisions",
    "decisions_done",
    "decisions_done_rate",
)
HOURS = ("supervision_hours", "supervision_contract_hours", "training_hours")


def governo(context: Context) -> Section:
    """The section on governance, of a year of the whole Ambito."""
    by_level = context.table(
        "governo_livello",
        Slice(MART, ("level",), context.this_period()),
        FIGURES,
        compare=("meetings",),
        title="Incontri e decisioni per livello",
        sheet="Incontri e decisioni",
        keep=("meetings",),
    )
    totals = _level(context, TUTTE)
    if by_level is None and not any(totals.get(name) for name in HOURS):
        nothing = f"{upper_first(context.in_label)} non risultano incontri di governo né ore di supervisione."
        return Section("governo", TITLE, (Paragraph(nothing),), nothing)
    lead = sentences(_meetings(context, totals), _months(context))
    over = over_time(
        context,
        "governo_andamento",
        MART,
        {"level": TUTTE},
        ("meetings", "cases_examined", "decisions", "decisions_done", "decisions_done_rate", *HOURS),
        title="Incontri, decisioni, supervisione e formazione per semestre e per anno",
        sheet="Governo nel tempo",
    )
    blocks = present(
        Paragraph(sentences(lead, _decisions(context, totals), _hours(context, totals))),
        by_level,
        over,
        _chart(over),
    )
    return Section("governo", TITLE, blocks, lead)


def _level(context: Context, level: str, period: str | None = None) -> Record:
    where = {"period": period or context.period.code, "level": level}
    return next(iter(context.read(MART, (*FIGURES, *HOURS), where)), {})


def _meetings(context: Context, now: Record) -> str:
    held = now.get("meetings") or 0
    before = _level(context, TUTTE, context.comparable.code).get("meetings") if context.comparable else None
    if not held:
        return f"{upper_first(context.in_period)} non risultano incontri di governo."
    return (
        f"{verb(held, 'Si è tenuto', 'Si sono tenuti')} {count(held, 'incontro', 'incontri')} di governo"
        f"{count_change(held, before, context.compared_label)}."
    )


def _months(context: Context) -> str:
    """The technical level meets every month."""
    without = _level(context, TECHNICAL).get("months_without_meeting")
    if without is None:
        return ""
    if not without:
        return "Il livello tecnico si è riunito in ogni mese concluso."
    return f"Il livello tecnico, che si riunisce ogni mese, non si è riunito in {count(without, 'mese', 'mesi')}."


def _decisions(context: Context, now: Record) -> str:
    taken = now.get("decisions") or 0
    if not taken:
        return ""
    done = part_of(now["decisions_done"], taken, now["decisions_done_rate"])
    return f"Decisioni già attuate {context.at_as_of}: {done}."


def _hours(context: Context, now: Record) -> str:
    worked, planned, training = (now.get(name) for name in HOURS)
    parts = []
    if worked is not None:
        of_them = f" su {number(planned)} previste" if planned else ""
        parts.append(f"ore di supervisione {number(worked, 1)}{of_them}")
    if training is not None:
        parts.append(f"ore di formazione {number(training, 1)}")
    return f"{upper_first('; '.join(parts))}." if parts else ""


def _chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    taken, done = table.position("decisions"), table.position("decisions_done")
    parts = [
        f"{row.values[0]}: {number(row.values[taken])} prese, {number(row.values[done])} attuate"
        for row in table.body
    ]
    chart = Chart(
        "grafico_decisioni",
        "Decisioni prese e attuate per semestre",
        ChartKind.COLUMNS,
        table.key,
        "period",
        ("decisions", "decisions_done"),
        f"Colonne, due per semestre. {'; '.join(parts)}.",
    )
    return worth_drawing(chart, table)
