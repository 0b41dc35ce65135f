"""Reclami: complaints of the semester and how they were handled."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.model import Block, Chart, ChartKind, Paragraph, Section, Table
from reporting.queries import TUTTE, TUTTI
from reporting.text import change, count, listing, lower_first, share_with_base, with_article

MART, BY_CATEGORY = "mart_complaints", "mart_complaints_by_category"
FIGURES = ("received", "answered", "answered_within_term", "open_at_end", "upheld", "median_days_to_answer")


def reclami(context: Context) -> Section:
    """Section 5 of the semi-annual report."""
    by_service = context.table(
        "reclami_servizio",
        Slice(MART, ("service_code",), context.this_period(municipality_code=context.place)),
        (*FIGURES, "complaints_per_100_minors"),
        compare=("received",),
        title="Reclami per servizio",
        sheet="Reclami per servizio",
        note="Compaiono i servizi con almeno un reclamo ricevuto o ancora aperto.",
        keep=("received", "open_at_end"),
    )
    if by_service is None:
        nothing = f"Nel {context.period.label} non risultano reclami ricevuti né reclami ancora aperti."
        return Section("reclami", "Reclami", (Paragraph(nothing),), nothing)
    by_town = context.table(
        "reclami_comune",
        Slice(
            MART,
            ("municipality_code",),
            context.this_period(municipality_code=context.places, service_code=TUTTI),
        ),
        (*FIGURES, "complaints_per_100_minors"),
        compare=("received",),
        title="Reclami per Comune",
        sheet="Reclami per Comune",
        keep=("received", "open_at_end"),
    )
    categories = context.matrix(
        "reclami_categoria",
        Slice(
            BY_CATEGORY,
            ("category",),
            context.this_period(municipality_code=context.place, service_code=TUTTI),
        ),
        "gravity",
        "received",
        title="Reclami ricevuti per categoria e gravità",
        sheet="Reclami per categoria",
        note="Dove manca il numero non c'è nessun reclamo.",
    )
    lead = _lead(context, by_service)
    blocks: list[Block | None] = [
        Paragraph(f"{lead} {_handling(by_service)}"),
        by_service,
        by_town,
        Paragraph(_reasons(categories)) if categories else None,
        categories,
        _chart(categories) if categories else None,
    ]
    return Section("reclami", "Reclami", tuple(block for block in blocks if block), lead)


def _lead(context: Context, table: Table) -> str:
    received = table.value(TUTTI, "received")
    before = table.value(TUTTI, "received_before") if context.before else None
    total = context.read(
        MART,
        ("term_assessable", "answered_within_term_rate"),
        context.this_period(municipality_code=context.place, service_code=TUTTI),
    )[0]
    sentence = (
        f"Nel semestre {'è arrivato' if received == 1 else 'sono arrivati'} "
        f"{count(received, 'reclamo', 'reclami')}{change(received, before, context.before_label)}."
    )
    if not total["term_assessable"]:
        return sentence
    within = table.value(TUTTI, "answered_within_term")
    share = share_with_base(total["answered_within_term_rate"], within, total["term_assessable"])
    return (
        f"{sentence} La risposta è arrivata entro il termine {with_article('nel', share)} dei casi in cui il "
        "termine è già trascorso o la risposta già data."
    )


def _handling(table: Table) -> str:
    sentence = ""
    if table.value(TUTTI, "answered"):
        days = number(table.value(TUTTI, "median_days_to_answer"))
        sentence = f"Metà delle risposte è arrivata entro {days} giorni. "
    waiting = table.value(TUTTI, "open_at_end")
    if not waiting:
        return f"{sentence}A fine semestre nessun reclamo era senza risposta."
    verb = "era" if waiting == 1 else "erano"
    return f"{sentence}A fine semestre {verb} senza risposta {count(waiting, 'reclamo', 'reclami')}."


def _reasons(table: Table) -> str:
    """The reasons given more than once: one complaint alone makes no frequent reason."""
    position = table.position(TUTTE)
    repeated = [row for row in table.body if (row.values[position] or 0) > 1]
    if not repeated:
        return "Nessun motivo ricorre in più di un reclamo."
    repeated.sort(key=lambda row: -row.values[position])
    items = [(lower_first(str(row.values[0])), row.values[position]) for row in repeated]
    return f"I motivi che ricorrono in più di un reclamo: {listing(items)}."


def _chart(table: Table) -> Chart:
    position = table.position(TUTTE)
    return Chart(
        "grafico_reclami_categoria",
        "Reclami ricevuti per categoria",
        ChartKind.BARS,
        table.key,
        "category",
        (TUTTE,),
        "Barre orizzontali: reclami ricevuti per categoria. "
        f"{listing([(str(row.values[0]), row.values[position]) for row in table.body])}.",
    )
