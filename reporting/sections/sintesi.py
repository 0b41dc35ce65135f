"""Sintesi: the key figures, what each section says, and how far the data can be trusted."""

from osservatorio.italian import euro
from reporting.context import Context
from reporting.figures import mart_figure
from reporting.model import Block, Bullets, Heading, KeyFigure, KeyFigures, Section
from reporting.queries import TUTTE, TUTTI
from reporting.sections.qualita import verdict_callout
from reporting.sections.soddisfazione import waves_of


def sintesi(
    context: Context,
    figures: tuple[KeyFigure, ...],
    sections: tuple[Section, ...],
    closing: tuple[Block, ...] = (),
) -> Section:
    """The page of the summary: figures, the leads of these sections, then what else the reader must see first."""
    blocks = (
        KeyFigures(figures, context.before_label),
        Heading("In breve"),
        Bullets(tuple(section.lead for section in sections if section.lead)),
        *closing,
        verdict_callout(context),
    )
    return Section("sintesi", "Sintesi", blocks, is_summary=True)


def activity_figures(context: Context) -> tuple[KeyFigure, ...]:
    """The figures of a period's activity: minors, acts, complaints, satisfaction, money."""
    caseload, usage = "mart_caseload_by_municipality", "mart_service_usage"
    every_act = {"service_code": TUTTI, "intervention_type": TUTTI}
    return (
        mart_figure(context, caseload, "minors_at_end", service_code=TUTTI),
        mart_figure(context, caseload, "minors_in_period", service_code=TUTTI),
        mart_figure(context, caseload, "opened", service_code=TUTTI),
        mart_figure(context, caseload, "closed", service_code=TUTTI),
        mart_figure(context, usage, "delivered", **every_act),
        mart_figure(context, usage, "hours_delivered", **every_act),
        mart_figure(context, "mart_complaints", "received", service_code=TUTTI),
        _satisfaction(context),
        _execution(context),
    )


def _satisfaction(context: Context) -> KeyFigure:
    column = context.column("mart_satisfaction", "satisfied_rate")
    waves = waves_of(context)
    if not waves:
        nothing = f"nessuna rilevazione conclusa {context.in_period}"
        return KeyFigure("mart_satisfaction", column, None, note=nothing)
    last = waves[-1]
    note = f"rilevazione {last['rilevazione']}" + (", poche risposte" if last["is_small"] else "")
    return KeyFigure("mart_satisfaction", column, last["satisfied_rate"], note=note)


def _execution(context: Context) -> KeyFigure:
    column = context.column("mart_budget", "execution_rate")
    year = context.period.start.year
    where = {"year": year, "municipality_code": context.place, "area": TUTTE}
    budget = next(iter(context.read("mart_budget", ("execution_rate", "spent", "allotted"), where)), None)
    if budget is None:
        return KeyFigure("mart_budget", column, None, note=f"nessuna risorsa consegnata per il {year}")
    if not budget["allotted"]:
        return KeyFigure("mart_budget", column, None, note=f"nessuna risorsa assegnata per il {year}")
    note = f"{euro(budget['spent'], 0)} spesi su {euro(budget['allotted'], 0)} del {year}"
    return KeyFigure("mart_budget", column, budget["execution_rate"], note=note)
