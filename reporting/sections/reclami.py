"""Reclami: complaints of the period and how they were handled."""

from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Section, Table, present
from reporting.queries import TUTTE, TUTTI, Record
from reporting.statements import count_change, rate_against, share_against, share_since
from reporting.text import SMALL, count, listing, lower_first, none_or_count, sentences, upper_first, verb

MART, BY_CATEGORY = "mart_complaints", "mart_complaints_by_category"
FIGURES = ("received", "answered", "answered_within_term", "open_at_end", "upheld", "median_days_to_answer")
WITHIN_TERM, UPHELD = "reclami_entro_termine", "reclami_accolti"


def reclami(context: Context) -> Section:
    """The section on complaints of the semi-annual report."""
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
        nothing = no_complaints(context)
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
        title=f"Reclami {context.by_town}",
        sheet="Reclami per Comune",
        keep=("received", "open_at_end"),
    )
    categories = by_category(context)
    lead = lead_of(context)
    blocks = present(
        Paragraph(sentences(lead, handling(context))),
        by_service,
        by_town,
        Paragraph(reasons(categories)),
        categories,
        category_chart(categories),
    )
    return Section("reclami", "Reclami", blocks, lead)


def no_complaints(context: Context) -> str:
    """What to say where there is nothing to tell."""
    return f"{upper_first(context.in_label)} non risultano reclami ricevuti né reclami ancora aperti {context.where}."


def totals_of(context: Context, period_code: str, place: str | None = None) -> Record:
    """The figures of all services in a period; empty when there are none."""
    columns = (*FIGURES, "term_assessable", "complaints_per_100_minors")
    where = {"period": period_code, "municipality_code": place or context.place, "service_code": TUTTI}
    return next(iter(context.read(MART, columns, where)), {})


def lead_of(context: Context) -> str:
    """How many complaints came, against a year before, and how many were answered within the term."""
    now = totals_of(context, context.period.code)
    before = totals_of(context, context.comparable.code) if context.comparable else {}
    received = now.get("received")
    came = verb(received, "è arrivato", "sono arrivati")
    sentence = (
        f"{upper_first(context.in_period)} {'non ' if not received else ''}{came if received else 'è arrivato'} "
        f"{none_or_count(received, 'nessun reclamo', 'reclamo', 'reclami')}"
        f"{count_change(received, before.get('received'), context.compared_label)}."
    )
    within = context.measure(WITHIN_TERM)
    if within is None or not within.denominator:
        return sentence
    return sentences(
        sentence,
        f"Fra quelli già risposti o con il termine scaduto, hanno avuto risposta entro il termine {within.as_part}.",
        share_since(within, context.measure_before(WITHIN_TERM), context.compared_label),
    )


def handling(context: Context) -> str:
    """How long answers took, what they decided and what is still waiting; in an edition, beside the Ambito."""
    now = totals_of(context, context.period.code)
    rate = rate_against(context.measure("reclami_100_minori"), context.measure_around("reclami_100_minori"))
    return sentences(
        share_against(context.measure(WITHIN_TERM), context.measure_around(WITHIN_TERM)),
        _days(now),
        _decided(context),
        _waiting(context, now),
        f"I reclami sono {rate}." if rate else "",
    )


def _days(now: Record) -> str:
    days = now.get("median_days_to_answer")
    if not now.get("answered") or days is None:
        return ""
    within = f"entro {count(days, 'giorno', 'giorni', 0 if float(days).is_integer() else 1)}"
    if now["answered"] == 1:
        return f"La sola risposta è arrivata {within}."
    few = ", ma le risposte sono poche" if now["answered"] < SMALL else ""
    return f"Metà delle risposte è arrivata {within}{few}."


def _decided(context: Context) -> str:
    """The share of complaints that were found right: no better when higher, no worse when lower."""
    upheld = context.measure(UPHELD)
    if upheld is None or not upheld.denominator:
        return ""
    return sentences(
        f"Accolti, anche in parte, fra quelli con risposta: {upheld.as_part}.",
        share_since(upheld, context.measure_before(UPHELD), context.compared_label),
    )


def _waiting(context: Context, now: Record) -> str:
    waiting = now.get("open_at_end")
    end = upper_first(context.at_end)
    if not waiting:
        return f"{end} nessun reclamo era senza risposta."
    return f"{end} {verb(waiting, 'era', 'erano')} senza risposta {count(waiting, 'reclamo', 'reclami')}."


def by_category(context: Context) -> Table | None:
    """Complaints received by category, down, and gravity, across."""
    return context.matrix(
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


def reasons(table: Table | None) -> str:
    """The reasons given more than once: one complaint alone makes no frequent reason."""
    if table is None:
        return ""
    position = table.position(TUTTE)
    repeated = [row for row in table.body if (row.values[position] or 0) > 1]
    if not repeated:
        return "Nessun motivo ricorre in più di un reclamo."
    repeated.sort(key=lambda row: -row.values[position])
    items = [(lower_first(str(row.values[0])), row.values[position]) for row in repeated]
    return f"I motivi che ricorrono in più di un reclamo: {listing(items)}."


def category_chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    position = table.position(TUTTE)
    chart = Chart(
        "grafico_reclami_categoria",
        "Reclami ricevuti per categoria",
        ChartKind.BARS,
        table.key,
        "category",
        (TUTTE,),
        "Barre orizzontali: reclami ricevuti per categoria. "
        f"{listing([(str(row.values[0]), row.values[position]) for row in table.body])}.",
    )
    return worth_drawing(chart, table)
