"""Interventi: acts of service delivered, hours, cancelled and missed, by service, type, municipality and month."""

from dataclasses import replace

from osservatorio.italian import MONTHS, join_words
from osservatorio.periods import Period
from reporting.context import Context, Slice, with_column
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Row, Section, Table, present
from reporting.queries import TUTTI, Record
from reporting.statements import apart, count_change, named, share_against, share_since
from reporting.text import SMALL, count, listing, lower_first, none_or_count, sentences, upper_first, verb

MART = "mart_service_usage"
TITLE = "Interventi svolti"
RATE = "interventi_svolti"
OUTCOMES = (
    "interventions",
    "delivered",
    "cancelled_by_user",
    "cancelled_by_service",
    "no_show",
    "interrupted",
)


def interventi(context: Context) -> Section:
    """The section on the acts of service, of a semester or of a year."""
    by_service = context.table(
        "interventi_servizio",
        Slice(
            MART,
            ("service_code",),
            context.this_period(municipality_code=context.place, intervention_type=TUTTI),
        ),
        (*OUTCOMES, "delivery_rate", "hours_delivered"),
        title="Interventi per servizio",
        sheet="Interventi per servizio",
    )
    if by_service is None:
        nothing = f"{upper_first(context.in_label)} non risultano interventi registrati {context.where}."
        return Section("interventi", TITLE, (Paragraph(nothing),), nothing)
    now, before = totals_of(context, context.period), totals_of(context, context.comparable)
    lead = _lead(context, now, before)
    by_month = _by_month(context)
    by_type = context.table(
        "interventi_tipo",
        Slice(
            MART,
            ("intervention_type",),
            context.this_period(municipality_code=context.place, service_code=TUTTI),
        ),
        (
            "delivered",
            "cancelled_by_user",
            "cancelled_by_service",
            "no_show",
            "hours_delivered",
            "median_minutes",
        ),
        title="Interventi per tipo",
        sheet="Interventi per tipo",
    )
    by_town = context.table(
        "interventi_comune",
        Slice(
            MART,
            ("municipality_code",),
            context.this_period(
                municipality_code=context.places, service_code=TUTTI, intervention_type=TUTTI
            ),
        ),
        (*OUTCOMES[1:], "delivery_rate", "hours_delivered", "minors_reached"),
        title=f"Interventi {context.by_town}",
        sheet="Interventi per Comune",
    )
    blocks = present(
        Paragraph(sentences(lead, _outcomes(context, now))),
        by_service,
        by_month,
        _month_chart(context, by_month) if by_month else None,
        Paragraph(_types(by_type)) if by_type else None,
        by_type,
        Paragraph(_apart(context)),
        by_town,
    )
    return Section("interventi", TITLE, blocks, lead)


def totals_of(context: Context, period: Period | None) -> Record:
    """The figures of all services and types in a period; empty when there are none."""
    if period is None:
        return {}
    columns = (*OUTCOMES, "delivery_rate", "hours_delivered", "minors_reached")
    where = {
        "period_type": period.type,
        "period": period.code,
        "municipality_code": context.place,
        "service_code": TUTTI,
        "intervention_type": TUTTI,
    }
    return next(iter(context.read(MART, columns, where)), {})


def _lead(context: Context, now: Record, before: Record) -> str:
    delivered = now["delivered"]
    not_any = "Non si è svolto" if delivered == 0 else verb(delivered, "Si è svolto", "Si sono svolti")
    acts = none_or_count(delivered, "nessun intervento", "intervento", "interventi")
    change = count_change(delivered, before.get("delivered"), context.compared_label)
    if not delivered:
        return f"{not_any} {acts}{change}."
    reached = now["minors_reached"]
    return (
        f"{not_any} {acts}{change}, per {count(now['hours_delivered'], 'ora', 'ore')} in tutto e con "
        f"{count(reached, 'minore raggiunto', 'minori raggiunti')}."
    )


def _outcomes(context: Context, now: Record) -> str:
    """How many of those planned took place, against a year before and the Ambito, and what became of the others."""
    rate = context.measure(RATE)
    if rate is None or rate.value is None:
        return ""
    lost = [
        count(now[name], one, many)
        for name, one, many in (
            ("cancelled_by_user", "annullato dalle persone seguite", "annullati dalle persone seguite"),
            ("cancelled_by_service", "annullato dal servizio", "annullati dal servizio"),
            ("no_show", "saltato per assenza", "saltati per assenza"),
            ("interrupted", "interrotto", "interrotti"),
        )
        if now[name]
    ]
    return sentences(
        f"Degli interventi programmati se ne sono svolti {rate.as_part}.",
        share_since(rate, context.measure_before(RATE), context.compared_label),
        share_against(rate, context.measure_around(RATE)),
        f"Non svolti: {join_words(lost)}." if lost else "",
    )


def _apart(context: Context) -> str:
    """The municipalities whose share of acts delivered is surely another than the one of the Ambito."""
    if context.municipality:
        return ""
    places = context.measures.places(RATE, context.period.code)
    parts = {context.labels.label("municipality_code", place): rate for place, rate in places.items()}
    higher, lower = apart(parts, context.measure(RATE))
    return sentences(
        f"Si svolge una quota di interventi minore che nell'Ambito a {named(lower)}." if lower else "",
        f"Si svolge una quota di interventi maggiore che nell'Ambito a {named(higher)}." if higher else "",
    )


def _types(table: Table) -> str:
    """The three types most often delivered; nothing where there are not enough acts to rank them."""
    position = table.position("delivered")
    ordered = sorted(table.body, key=lambda row: -(row.values[position] or 0))
    items = [
        (lower_first(str(row.values[0])), row.values[position])
        for row in ordered
        if (row.values[position] or 0) >= SMALL
    ]
    return f"I tipi di intervento svolti più spesso: {listing(items[:3])}." if len(items) > 1 else ""


def months_of(period: Period) -> tuple[str, ...]:
    """The codes of the months of a period: 2022-01 … 2022-06."""
    return tuple(
        f"{period.start.year}-{month:02d}" for month in range(period.start.month, period.end.month + 1)
    )


def _by_month(context: Context) -> Table | None:
    where = {
        "period_type": "month",
        "municipality_code": context.place,
        "service_code": TUTTI,
        "intervention_type": TUTTI,
    }
    columns = (*OUTCOMES[1:5], "hours_delivered")
    table = context.table(
        "interventi_mese",
        Slice(MART, ("period",), {**where, "period": months_of(context.period)}),
        columns,
        title="Interventi per mese",
        sheet="Interventi per mese",
    )
    if table is None:
        return None
    table = replace(table, rows=tuple(_named(row) for row in table.rows))
    if context.before is None:
        return table
    earlier = context.read(MART, ("period", "delivered"), {**where, "period": months_of(context.before)})
    year = context.period.start.year
    values = {(f"{year}{record['period'][4:]}",): record["delivered"] for record in earlier}
    column = table.columns[table.position("delivered")]
    label = f"{column.label}, {year - 1}"
    extra = replace(
        column,
        key="delivered_before",
        label=label,
        term=label,
        definition=f"come «{column.label}», nello stesso mese del {year - 1}.",
    )
    return with_column(table, "delivered", extra, values)


def _named(row: Row) -> Row:
    """A month by its name alone: the year is the report's, and the chart sets two years side by side."""
    return replace(row, values=(MONTHS[int(row.key[0][5:]) - 1], *row.values[1:]))


def _month_chart(context: Context, table: Table) -> Chart | None:
    position = table.position("delivered")
    items = [(str(row.values[0]), row.values[position]) for row in table.body]
    chart = Chart(
        "grafico_interventi_mese",
        "Interventi svolti per mese",
        ChartKind.LINES,
        table.key,
        "period",
        context.series("delivered"),
        f"Linea degli interventi svolti per mese: {listing(items)}.",
        names=context.series_names,
    )
    return worth_drawing(chart, table)
