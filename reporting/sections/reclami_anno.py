"""Reclami dell'anno: complaints and their handling, per service, municipality, category, and over the years."""

from osservatorio.italian import join_words, number
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, present
from reporting.over_time import half_key, over_time, with_semesters
from reporting.queries import TUTTE, TUTTI
from reporting.sections.reclami import (
    BY_CATEGORY,
    FIGURES,
    MART,
    by_category,
    category_chart,
    handling,
    lead_of,
    no_complaints,
    reasons,
)
from reporting.text import SMALL, SMALL_NUMBERS, sentences, with_article

TITLE = "Reclami e loro gestione"
HANDLING = (
    "answered",
    "answered_within_term",
    "upheld",
    "upheld_rate",
    "open_at_end",
    "median_days_to_answer",
)
PROMPT = (
    "Racconti che cosa hanno detto i reclami, come sono stati gestiti e che cosa è cambiato di conseguenza; per i "
    "reclami accolti, il rimedio dato."
)


def reclami_dell_anno(context: Context) -> Section:
    """The complaints of a year (Percorso di coprogettazione, «Rendicontazioni», lettera b, primo punto)."""
    comment = context.narrative("reclami", f"Commento {context.of_author}", PROMPT)
    by_service = _received(context, "service_code", context.place, "servizio", "per servizio")
    over = _over_time(context)
    if by_service is None:
        nothing = no_complaints(context)
        trend = (Heading("L'andamento"), Paragraph(_years(over)), over, _trend_chart(over)) if over else ()
        return Section(
            "reclami",
            TITLE,
            present(Paragraph(nothing), *trend, comment if context.has_partner else None),
            nothing,
        )
    lead = lead_of(context)
    categories = by_category(context)
    blocks = present(
        Paragraph(sentences(lead, handling(context))),
        by_service,
        _halves_chart(context, by_service),
        _handled(context, "service_code", context.place, "servizio", "per servizio"),
        _received(context, "municipality_code", context.places, "comune", context.by_town),
        _handled(context, "municipality_code", context.places, "comune", context.by_town),
        Heading("Per categoria e gravità") if categories else None,
        Paragraph(reasons(categories)),
        categories,
        category_chart(categories),
        _by_gravity(context),
        Heading("L'andamento") if over else None,
        Paragraph(_years(over)) if over else None,
        over,
        _trend_chart(over),
        comment,
    )
    return Section("reclami", TITLE, blocks, lead)


def _received(
    context: Context, index: str, places: str | tuple[str, ...] | None, what: str, how: str
) -> Table | None:
    """How many complaints came, in the two semesters, in the year and in the year before."""
    source = Slice(MART, (index,), _where(context, index, places))
    table = context.table(
        f"reclami_ricevuti_{what}",
        source,
        ("received", "complaints_per_100_minors"),
        compare=("received",),
        title=f"Reclami ricevuti {how}, nei due semestri e nell'anno",
        sheet=f"Reclami ricevuti, {what}",
        keep=("received",),
    )
    return with_semesters(context, table, source, ("received",))


def _handled(
    context: Context, index: str, places: str | tuple[str, ...] | None, what: str, how: str
) -> Table | None:
    """What became of the complaints, in the two semesters and in the year."""
    source = Slice(MART, (index,), _where(context, index, places))
    table = context.table(
        f"reclami_gestione_{what}",
        source,
        HANDLING,
        title=f"Gestione dei reclami {how}, nei due semestri e nell'anno",
        sheet=f"Gestione reclami, {what}",
        keep=("answered", "open_at_end"),
    )
    return with_semesters(context, table, source, ("answered_within_term", "upheld"))


def _where(context: Context, index: str, places: str | tuple[str, ...] | None) -> dict[str, object]:
    service = {} if index == "service_code" else {"service_code": TUTTI}
    return context.this_period(municipality_code=places, **service)


def _by_gravity(context: Context) -> Table | None:
    """Whether grave complaints were answered and found right as others were."""
    where = context.this_period(municipality_code=context.place, service_code=TUTTI, category=TUTTE)
    source = Slice(BY_CATEGORY, ("gravity",), where)
    table = context.table(
        "reclami_gravita",
        source,
        ("received", "answered", "upheld", "upheld_rate"),
        compare=("received",),
        title="Reclami per gravità ed esito, nei due semestri e nell'anno",
        sheet="Reclami per gravità",
        keep=("received",),
    )
    return with_semesters(context, table, source, ("received",))


def _over_time(context: Context) -> Table | None:
    return over_time(
        context,
        "reclami_andamento",
        MART,
        {"municipality_code": context.place, "service_code": TUTTI},
        (*FIGURES[:3], "answered_within_term_rate", "upheld", "upheld_rate", "median_days_to_answer"),
        title="Reclami per semestre e per anno",
        sheet="Andamento dei reclami",
        keep=("received", "answered"),
    )


def _years(table: Table | None) -> str:
    """«Reclami ricevuti: 18 nel 2021, 17 nel 2022 (numeri piccoli).»"""
    if table is None:
        return ""
    years = [row for row in table.rows if row.is_total]
    if len(years) < 2:
        return ""
    place = table.position("received")
    parts = [f"{number(row.values[place])} {with_article('nel', row.key[0])}" for row in years]
    few = f" ({SMALL_NUMBERS})" if any((row.values[place] or 0) < SMALL for row in years) else ""
    return f"Reclami ricevuti: {join_words(parts)}{few}."


def _halves_chart(context: Context, table: Table) -> Chart | None:
    """The two semesters by service."""
    if len(context.semesters) < 2:
        return None
    halves = tuple(half_key("received", semester.code) for semester in context.semesters)
    parts = [
        f"{row.values[0]}: " + join_words([number(row.values[table.position(name)]) for name in halves])
        for row in table.body
    ]
    chart = Chart(
        "grafico_reclami_semestri",
        "Reclami ricevuti per servizio, nei due semestri",
        ChartKind.BARS,
        table.key,
        "service_code",
        halves,
        f"Barre orizzontali, due per servizio: primo e secondo semestre. {'; '.join(parts)}.",
        names=tuple(semester.label for semester in context.semesters),
    )
    return worth_drawing(chart, table)


def _trend_chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    place = table.position("received")
    parts = [f"{row.values[0]} {number(row.values[place])}" for row in table.body]
    chart = Chart(
        "grafico_reclami_andamento",
        "Reclami ricevuti per semestre",
        ChartKind.COLUMNS,
        table.key,
        "period",
        ("received",),
        f"Colonne, una per semestre: {', '.join(parts)}.",
    )
    return worth_drawing(chart, table)
