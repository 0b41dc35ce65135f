"""Interventi: acts of service delivered, hours, cancelled and missed, by service, type, municipality and month."""

from dataclasses import replace

from osservatorio.italian import MONTHS, join_words, number, percent
from osservatorio.periods import Period
from reporting.context import Context, Slice, with_column
from reporting.model import Block, Chart, ChartKind, Paragraph, Row, Section, Table
from reporting.queries import TUTTI, Record
from reporting.text import change, listing, lower_first, rate_change, with_article

MART = "mart_service_usage"
TITLE = "Interventi svolti"
OUTCOMES = (
    "interventions",
    "delivered",
    "cancelled_by_user",
    "cancelled_by_service",
    "no_show",
    "interrupted",
)


def interventi(context: Context) -> Section:
    """Section 3 of the semi-annual report."""
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
        nothing = f"Nel {context.period.label} non risultano interventi registrati."
        return Section("interventi", TITLE, (Paragraph(nothing),), nothing)
    now, before = totals_of(context, context.period), totals_of(context, context.before)
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
        title="Interventi per Comune",
        sheet="Interventi per Comune",
    )
    blocks: list[Block | None] = [
        Paragraph(f"{lead} {_outcomes(context, now, before)}"),
        by_service,
        by_month,
        _month_chart(context, by_month) if by_month else None,
        Paragraph(_types(by_type)) if by_type else None,
        by_type,
        by_town,
    ]
    return Section("interventi", TITLE, tuple(block for block in blocks if block), lead)


def totals_of(context: Context, period: Period | None) -> Record:
    """The figures of all services, types and municipalities in a semester; empty when there are none."""
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
    return (
        f"Gli interventi svolti sono {number(now['delivered'])}"
        f"{change(now['delivered'], before.get('delivered'), context.before_label)}, per "
        f"{number(now['hours_delivered'])} ore, e hanno raggiunto {number(now['minors_reached'])} minori."
    )


def _outcomes(context: Context, now: Record, before: Record) -> str:
    lost = [
        f"{number(now[name])} {label}"
        for name, label in (
            ("cancelled_by_user", "annullati dalle persone seguite"),
            ("cancelled_by_service", "annullati dal servizio"),
            ("no_show", "saltati per assenza"),
            ("interrupted", "interrotti"),
        )
        if now[name]
    ]
    sentence = (
        f"Su {number(now['interventions'])} interventi programmati ne è stato svolto "
        f"{with_article('il', percent(now['delivery_rate']))}"
        f"{rate_change(now['delivery_rate'], before.get('delivery_rate'), context.before_label)}."
    )
    return f"{sentence} Gli altri: {join_words(lost)}." if lost else sentence


def _types(table: Table) -> str:
    position = table.position("delivered")
    ordered = sorted(table.body, key=lambda row: -(row.values[position] or 0))[:3]
    items = [(lower_first(str(row.values[0])), row.values[position]) for row in ordered]
    return f"I tipi di intervento svolti più spesso: {listing(items)}."


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


def _month_chart(context: Context, table: Table) -> Chart:
    position = table.position("delivered")
    items = [(str(row.values[0]), row.values[position]) for row in table.body]
    return Chart(
        "grafico_interventi_mese",
        "Interventi svolti per mese",
        ChartKind.LINES,
        table.key,
        "period",
        context.series("delivered"),
        f"Linea degli interventi svolti per mese: {listing(items)}.",
        names=context.series_names,
    )
