"""Controlli dell'anno: the checks carried out, what they found and how it was closed, and over the years."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, present
from reporting.over_time import over_time, with_semesters
from reporting.queries import TUTTI
from reporting.sections.controlli import CONFORMING, FIGURES, MART, TITLE, findings, lead_of, no_controls
from reporting.statements import apart, named, share_against
from reporting.text import sentences

CHECKS = ("controls", "services_checked", "services_conforming", "conformity_rate")
FINDINGS = ("with_findings", "closed_findings", "median_days_to_close")
PROMPT = (
    "Racconti che cosa hanno trovato i controlli, come sono stati chiusi i rilievi e che cosa si è fatto perché non "
    "si ripetano."
)


def controlli_dell_anno(context: Context) -> Section:
    """The checks of a year (Percorso di coprogettazione, «Rendicontazioni», lettera b, terzo punto)."""
    comment = context.narrative("controlli", f"Commento {context.of_author}", PROMPT)
    trend = _over_time(context)
    over = (Heading("L'andamento"), trend, _trend_chart(trend)) if trend else ()
    by_service = _checks(context, "service_code", context.place, "servizio", "per servizio")
    if by_service is None:
        nothing = no_controls(context)
        return Section(
            "controlli",
            TITLE,
            present(Paragraph(nothing), *over, comment if context.has_partner else None),
            nothing,
        )
    lead = lead_of(context)
    blocks = present(
        Paragraph(
            sentences(
                lead,
                share_against(context.measure(CONFORMING), context.measure_around(CONFORMING)),
                _apart(context),
            )
        ),
        by_service,
        _checks(context, "municipality_code", context.places, "comune", context.by_town),
        Heading("I rilievi e la loro chiusura"),
        Paragraph(findings(context)),
        _findings(context, "service_code", context.place, "servizio", "per servizio"),
        _findings(context, "municipality_code", context.places, "comune", context.by_town),
        *over,
        comment,
    )
    return Section("controlli", TITLE, blocks, lead)


def _checks(
    context: Context, index: str, places: str | tuple[str, ...] | None, what: str, how: str
) -> Table | None:
    source = Slice(MART, (index,), _where(context, index, places))
    table = context.table(
        f"controlli_{what}",
        source,
        CHECKS,
        compare=("controls",),
        title=f"Controlli e prestazioni conformi {how}, nei due semestri e nell'anno",
        sheet=f"Controlli, {what}",
        keep=("controls",),
    )
    return with_semesters(context, table, source, ("controls",))


def _findings(
    context: Context, index: str, places: str | tuple[str, ...] | None, what: str, how: str
) -> Table | None:
    source = Slice(MART, (index,), _where(context, index, places))
    table = context.table(
        f"rilievi_{what}",
        source,
        FINDINGS,
        title=f"Rilievi e loro chiusura {how}, nei due semestri e nell'anno",
        sheet=f"Rilievi, {what}",
        note=f"Chiusi fino {context.at_as_of}.",
        keep=("with_findings",),
    )
    return with_semesters(context, table, source, ("with_findings", "closed_findings"))


def _where(context: Context, index: str, places: str | tuple[str, ...] | None) -> dict[str, object]:
    service = {} if index == "service_code" else {"service_code": TUTTI}
    return context.this_period(municipality_code=places, **service)


def _apart(context: Context) -> str:
    """The municipalities where less, or more, conforms than in the Ambito, surely."""
    if context.municipality:
        return ""
    places = context.measures.places(CONFORMING, context.period.code)
    parts = {context.labels.label("municipality_code", place): measure for place, measure in places.items()}
    higher, lower = apart(parts, context.measure(CONFORMING))
    return sentences(
        f"La quota è minore che nell'Ambito a {named(lower)}." if lower else "",
        f"La quota è maggiore che nell'Ambito a {named(higher)}." if higher else "",
    )


def _over_time(context: Context) -> Table | None:
    return over_time(
        context,
        "controlli_andamento",
        MART,
        {"municipality_code": context.place, "service_code": TUTTI},
        FIGURES,
        title="Controlli e rilievi per semestre e per anno",
        sheet="Andamento dei controlli",
        keep=("controls",),
    )


def _trend_chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    found, closed = table.position("with_findings"), table.position("closed_findings")
    parts = [
        f"{row.values[0]}: {number(row.values[found])} con rilievi, {number(row.values[closed])} chiusi"
        for row in table.body
    ]
    chart = Chart(
        "grafico_rilievi_andamento",
        "Controlli con rilievi e rilievi chiusi per semestre",
        ChartKind.COLUMNS,
        table.key,
        "period",
        ("with_findings", "closed_findings"),
        f"Colonne, due per semestre. {'; '.join(parts)}.",
    )
    return worth_drawing(chart, table)
