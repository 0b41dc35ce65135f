"""Personale: the hours worked against those of the contract, and who carries the cases."""

from osservatorio.italian import join_words, number, percent
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, present
from reporting.queries import TUTTE, TUTTI
from reporting.statements import rate_since
from reporting.text import lower_first, sentences, upper_first, with_article

STAFFING, CONTRACT = "mart_staffing", "mart_contract_hours"
TITLE = "Personale e monte ore"
HOURS = ("hours", "hours_per_week", "fte", "professionals")
LOAD = "casi_per_operatore"


def personale(context: Context) -> Section:
    """The section on staffing, of a year; the hours of the contract are those of the whole Ambito."""
    by_service = context.table(
        "personale_servizio",
        Slice(
            STAFFING, ("service_code",), context.this_period(municipality_code=context.place, profilo=TUTTE)
        ),
        HOURS,
        title="Ore lavorate e operatori per servizio",
        sheet="Personale per servizio",
        keep=("hours",),
    )
    contract = _contract(context)
    if by_service is None and contract is None:
        nothing = f"{upper_first(context.in_label)} non risultano ore lavorate {context.where}."
        return Section("personale", TITLE, (Paragraph(nothing),), nothing)
    lead = sentences(_worked(context, by_service), _short(context, contract))
    blocks = present(
        Paragraph(sentences(lead, _load(context))),
        Heading("Le ore previste dalla coprogettazione") if contract else None,
        contract,
        _contract_chart(context, contract),
        Heading("Chi lavora nei servizi") if by_service else None,
        by_service,
        context.table(
            "personale_profilo",
            Slice(
                STAFFING,
                ("profilo",),
                context.this_period(municipality_code=context.place, service_code=TUTTI),
            ),
            HOURS,
            title="Ore lavorate e operatori per profilo",
            sheet="Personale per profilo",
            keep=("hours",),
        ),
        context.table(
            "personale_comune",
            Slice(
                STAFFING,
                ("municipality_code",),
                context.this_period(municipality_code=context.places, service_code=TUTTI, profilo=TUTTE),
            ),
            HOURS,
            title=f"Ore lavorate e operatori {context.by_town}",
            sheet="Personale per Comune",
            keep=("hours",),
        ),
    )
    return Section("personale", TITLE, blocks, lead)


def _contract(context: Context) -> Table | None:
    if context.municipality:
        return None
    return context.table(
        "monte_ore",
        Slice(CONTRACT, ("service_code",), context.this_period()),
        (
            "hours",
            "contract_hours",
            "difference",
            "coverage_rate",
            "hours_per_week",
            "hours_fixed",
            "fixed_per",
        ),
        title="Ore lavorate e ore previste dal documento di coprogettazione",
        sheet="Monte ore",
        keep=("contract_hours",),
    )


def _worked(context: Context, table: Table | None) -> str:
    if table is None:
        return ""
    hours, fte = table.value(TUTTI, "hours"), table.value(TUTTI, "fte")
    if hours is None:
        return ""
    return (
        f"{upper_first(context.in_period)} risultano {number(hours)} ore lavorate, "
        f"pari a {number(fte, 1)} operatori a tempo pieno."
    )


def _short(context: Context, table: Table | None) -> str:
    """Which services worked fewer hours than the contract says; a running year cannot tell yet."""
    if table is None:
        return ""
    if not context.is_complete:
        return f"Se le ore bastino a quelle previste si saprà alla fine {context.of_noun}."
    rate, gap = table.position("coverage_rate"), table.position("difference")
    short = [row for row in table.rows if row.values[rate] is not None and row.values[rate] < 1]
    if not short:
        return "Per tutti i servizi che hanno un monte ore le ore lavorate sono almeno quelle previste."
    parts = [
        f"{lower_first(str(row.values[0]))} ({with_article('il', percent(row.values[rate]))}, "
        f"{number(-row.values[gap], 1)} ore in meno)"
        for row in short
    ]
    return f"Ore lavorate sotto quelle previste: {join_words(parts)}."


def _load(context: Context) -> str:
    rate = rate_since(context.measure(LOAD), context.measure_before(LOAD), context.compared_label)
    around = context.measure_around(LOAD)
    beside = f"; nell'Ambito {around.text}" if around and around.value is not None else ""
    return f"Il carico di lavoro {context.at_end} è di {rate}{beside}." if rate else ""


def _contract_chart(context: Context, table: Table | None) -> Chart | None:
    if table is None:
        return None
    hours, fixed = table.position("hours"), table.position("contract_hours")
    parts = [
        f"{row.values[0]}: {number(row.values[hours])} ore lavorate, {number(row.values[fixed])} previste"
        for row in table.body
    ]
    chart = Chart(
        "grafico_monte_ore",
        "Ore lavorate e ore previste",
        ChartKind.BARS,
        table.key,
        "service_code",
        ("hours", "contract_hours"),
        f"Barre orizzontali, due per servizio. {'; '.join(parts)}.",
    )
    return worth_drawing(chart, table)
