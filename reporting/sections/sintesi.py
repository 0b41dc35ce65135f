"""Sintesi: the key figures, what each section says, and how far the data can be trusted."""

from osservatorio.italian import euro
from reporting.context import Context
from reporting.model import Bullets, Heading, KeyFigure, KeyFigures, Section
from reporting.queries import TUTTE, TUTTI
from reporting.sections.qualita import verdict_callout
from reporting.sections.soddisfazione import waves_of

ALL = {"service_code": TUTTI}
FIGURES = (
    ("mart_caseload_by_municipality", "minors_at_end", ALL),
    ("mart_caseload_by_municipality", "minors_in_period", ALL),
    ("mart_caseload_by_municipality", "opened", ALL),
    ("mart_caseload_by_municipality", "closed", ALL),
    ("mart_service_usage", "delivered", {**ALL, "intervention_type": TUTTI}),
    ("mart_service_usage", "hours_delivered", {**ALL, "intervention_type": TUTTI}),
    ("mart_complaints", "received", ALL),
)


def sintesi(context: Context, sections: tuple[Section, ...]) -> Section:
    """The page of the summary, from the sections of the report."""
    figures = [_figure(context, mart, column, where) for mart, column, where in FIGURES]
    figures += [_satisfaction(context), _execution(context)]
    return Section(
        "sintesi",
        "Sintesi",
        (
            KeyFigures(tuple(figures), context.before_label),
            Heading("In breve"),
            Bullets(tuple(section.lead for section in sections if section.lead)),
            verdict_callout(context),
        ),
        is_summary=True,
    )


def _figure(context: Context, mart: str, column: str, whole: dict[str, str]) -> KeyFigure:
    where = {"municipality_code": context.place, **whole}
    value = _cell(context, mart, column, context.this_period(**where))
    earlier = (
        {"period_type": context.period.type, "period": context.before.code, **where}
        if context.before
        else None
    )
    before = _cell(context, mart, column, earlier) if earlier else None
    return KeyFigure(mart, context.column(mart, column), value, before)


def _cell(context: Context, mart: str, column: str, where: dict[str, object]) -> object:
    return next((record[column] for record in context.read(mart, (column,), where)), None)


def _satisfaction(context: Context) -> KeyFigure:
    column = context.column("mart_satisfaction", "satisfied_rate")
    waves = waves_of(context)
    if not waves:
        return KeyFigure("mart_satisfaction", column, None, note="nessuna rilevazione conclusa nel semestre")
    last = max(waves, key=lambda wave: (wave["wave_end"], wave["rilevazione"]))
    note = f"rilevazione {last['rilevazione']}" + (", poche risposte" if last["is_small"] else "")
    return KeyFigure("mart_satisfaction", column, last["satisfied_rate"], note=note)


def _execution(context: Context) -> KeyFigure:
    column = context.column("mart_budget", "execution_rate")
    year = context.period.start.year
    where = {"year": year, "municipality_code": context.place, "area": TUTTE}
    budget = next(iter(context.read("mart_budget", ("execution_rate", "spent", "allotted"), where)), None)
    if budget is None:
        return KeyFigure("mart_budget", column, None, note=f"nessuna risorsa consegnata per il {year}")
    note = f"{euro(budget['spent'], 0)} spesi su {euro(budget['allotted'], 0)} del {year}"
    return KeyFigure("mart_budget", column, budget["execution_rate"], note=note)
