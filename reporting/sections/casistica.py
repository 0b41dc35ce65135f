"""Casistica: minors and spells of care by service and municipality."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.model import Block, Chart, ChartKind, Paragraph, Section, Table
from reporting.queries import AMBITO, TUTTI
from reporting.text import SMALL, change, count, listing

MART = "mart_caseload_by_municipality"
MOVEMENT = ("open_at_start", "opened", "closed", "open_at_end")


def casistica(context: Context) -> Section:
    """Section 1 of the semi-annual report."""
    by_service = context.table(
        "casistica_servizio",
        Slice(MART, ("service_code",), context.this_period(municipality_code=context.place)),
        (*MOVEMENT, "minors_at_end", "minors_in_period"),
        compare=("minors_at_end",),
        title="Prese in carico e minori per servizio",
        sheet="Casistica per servizio",
    )
    by_town = context.table(
        "casistica_comune",
        Slice(
            MART,
            ("municipality_code",),
            context.this_period(municipality_code=context.places, service_code=TUTTI),
        ),
        (*MOVEMENT, "minors_at_end", "minors_in_period"),
        compare=("minors_at_end",),
        title="Prese in carico e minori per Comune",
        sheet="Casistica per Comune",
    )
    if by_service is None or by_town is None:
        nothing = f"Nel {context.period.label} non risultano prese in carico."
        return Section("casistica", "Casistica", (Paragraph(nothing),), nothing)
    lead = _lead(context, by_service)
    rates = context.table(
        "casistica_incidenza",
        Slice(
            MART,
            ("municipality_code",),
            context.this_period(municipality_code=context.places, service_code=TUTTI),
        ),
        (
            "minors_at_end",
            "resident_minors",
            "minors_per_1000",
            "fte_case_holders",
            "cases_per_fte",
        ),
        title="Minori in carico, popolazione residente e carico di lavoro",
        sheet="Incidenza e carico",
        note=_residents_year(context),
    )
    cross = context.matrix(
        "casistica_incrocio",
        Slice(MART, ("municipality_code",), context.this_period(municipality_code=context.places)),
        "service_code",
        "minors_at_end",
        title="Minori in carico a fine semestre per Comune e servizio",
        sheet="Minori Comune x servizio",
        note="Un minore seguito da più servizi conta una volta in ciascuno e una sola volta nei totali.",
    )
    blocks: list[Block | None] = [
        Paragraph(f"{lead} {_movement(by_service)}"),
        by_service,
        Chart(
            "grafico_casistica_servizio",
            "Minori in carico a fine semestre per servizio",
            ChartKind.BARS,
            by_service.key,
            "service_code",
            context.series("minors_at_end"),
            f"Barre orizzontali: minori in carico a fine semestre. {_ranking(by_service)}",
            names=context.series_names,
        ),
        Paragraph(_towns(by_town, rates)),
        by_town,
        rates,
        _rates_chart(rates),
        cross,
    ]
    return Section("casistica", "Casistica", tuple(block for block in blocks if block), lead)


def casistica_dettaglio(context: Context) -> Table | None:
    """Every municipality and service with a figure: the long table of the appendix."""
    return context.table(
        "casistica_dettaglio",
        Slice(
            MART, ("municipality_code", "service_code"), context.this_period(municipality_code=context.places)
        ),
        (*MOVEMENT, "minors_at_end", "minors_in_period"),
        title="Casistica per Comune e servizio",
        sheet="Casistica Comune e servizio",
        group="municipality_code",
        note="Non compaiono i servizi senza prese in carico nel semestre.",
    )


def _lead(context: Context, table: Table) -> str:
    before = table.value(TUTTI, "minors_at_end_before") if context.before else None
    now = table.value(TUTTI, "minors_at_end")
    return (
        f"I minori in carico a fine semestre sono {number(now)}{change(now, before, context.before_label)}. "
        f"Nel corso del semestre i servizi hanno seguito "
        f"{count(table.value(TUTTI, 'minors_in_period'), 'minore', 'minori')}."
    )


def _movement(table: Table) -> str:
    return (
        f"Le prese in carico erano {number(table.value(TUTTI, 'open_at_start'))} all'inizio; "
        f"se ne sono aperte {number(table.value(TUTTI, 'opened'))} e chiuse "
        f"{number(table.value(TUTTI, 'closed'))}: alla fine sono {number(table.value(TUTTI, 'open_at_end'))}. "
        "Un minore può avere più prese in carico, una per servizio."
    )


def _ranking(table: Table) -> str:
    """The body's rows with the most minors first."""
    position = table.position("minors_at_end")
    ordered = sorted(table.body, key=lambda row: -(row.values[position] or 0))
    return f"In ordine: {listing([(str(row.values[0]), row.values[position]) for row in ordered])}."


def _towns(table: Table, rates: Table | None) -> str:
    position = table.position("minors_at_end")
    ordered = sorted(table.body, key=lambda row: -(row.values[position] or 0))[:3]
    sentence = (
        "I Comuni con più minori in carico a fine semestre sono "
        f"{listing([(str(row.values[0]), row.values[position]) for row in ordered])}."
    )
    if rates is None:
        return sentence
    minors, rate = rates.position("minors_at_end"), rates.position("minors_per_1000")
    solid = [row for row in rates.body if (row.values[minors] or 0) >= SMALL and row.values[rate] is not None]
    if len(solid) < 2:
        return sentence
    low, high = (pick(solid, key=lambda row: row.values[rate]) for pick in (min, max))
    return (
        f"{sentence} Ogni 1.000 residenti fino a 17 anni i minori in carico sono "
        f"{number(rates.value(AMBITO, 'minors_per_1000'), 1)} nell'Ambito; fra i Comuni con almeno {SMALL} "
        f"minori in carico si va da {number(low.values[rate], 1)} ({low.values[0]}) "
        f"a {number(high.values[rate], 1)} ({high.values[0]})."
    )


def _residents_year(context: Context) -> str:
    """Which year's residents the rates stand on: not always the period's own."""
    where = context.this_period(municipality_code=context.place, service_code=TUTTI)
    year = context.read(MART, ("resident_minors_year",), where)[0]["resident_minors_year"]
    return f"Residenti al 1º gennaio {year}." if year else ""


def _rates_chart(table: Table | None) -> Chart | None:
    if table is None or all(row.values[table.position("minors_per_1000")] is None for row in table.body):
        return None
    position = table.position("minors_per_1000")
    return Chart(
        "grafico_incidenza",
        "Minori in carico a fine semestre ogni 1.000 residenti fino a 17 anni",
        ChartKind.BARS,
        table.key,
        "municipality_code",
        ("minors_per_1000",),
        "Barre orizzontali, una per Comune: "
        f"{listing([(str(row.values[0]), row.values[position]) for row in table.body], 1)}. "
        f"Nell'Ambito: {number(table.value(AMBITO, 'minors_per_1000'), 1)}.",
    )
