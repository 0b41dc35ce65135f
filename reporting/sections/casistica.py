"""Casistica: minors and spells of care by service and municipality."""

from osservatorio.italian import number
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Section, Table, present
from reporting.queries import AMBITO, TUTTI
from reporting.statements import apart, count_change, named, rate_against, rate_since
from reporting.text import SMALL, count, listing, none_or_count, sentences, upper_first, verb

MART = "mart_caseload_by_municipality"
MOVEMENT = ("open_at_start", "opened", "closed", "open_at_end")
RATE = "minori_in_carico_1000"


def casistica(context: Context) -> Section:
    """The section on the caseload, of a semester or of a year."""
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
        _by_town(context),
        (*MOVEMENT, "minors_at_end", "minors_in_period"),
        compare=("minors_at_end",),
        title=f"Prese in carico e minori {context.by_town}",
        sheet="Casistica per Comune",
    )
    if by_service is None or by_town is None:
        nothing = f"{upper_first(context.in_label)} non risultano prese in carico {context.where}."
        return Section("casistica", "Casistica", (Paragraph(nothing),), nothing)
    lead = _lead(context, by_service)
    rates = context.table(
        "casistica_incidenza",
        _by_town(context),
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
        title=f"Minori in carico {context.at_end} {context.by_town_and('servizio')}",
        sheet="Minori Comune x servizio",
        note="Un minore seguito da più servizi conta una volta in ciascuno e una sola volta nei totali.",
    )
    blocks = present(
        Paragraph(sentences(lead, _movement(context, by_service), _workload(context))),
        by_service,
        _service_chart(context, by_service),
        Paragraph(_towns(context, by_town)),
        by_town,
        rates,
        _rates_chart(context, rates),
        cross,
    )
    return Section("casistica", "Casistica", blocks, lead)


def casistica_dettaglio(context: Context) -> Table | None:
    """Every municipality and service with a figure: the long table of the appendix."""
    return context.table(
        "casistica_dettaglio",
        Slice(
            MART, ("municipality_code", "service_code"), context.this_period(municipality_code=context.places)
        ),
        (*MOVEMENT, "minors_at_end", "minors_in_period"),
        title=f"Casistica {context.by_town_and('servizio')}",
        sheet="Casistica Comune e servizio",
        group="municipality_code",
        note=f"Non compaiono i servizi senza prese in carico {context.in_period}.",
    )


def _by_town(context: Context) -> Slice:
    where = context.this_period(municipality_code=context.places, service_code=TUTTI)
    return Slice(MART, ("municipality_code",), where)


def _lead(context: Context, table: Table) -> str:
    before = table.value(TUTTI, "minors_at_end_before") if context.comparable else None
    now = table.value(TUTTI, "minors_at_end")
    followed = table.value(TUTTI, "minors_in_period")
    how_many = none_or_count(now, "nessun minore", "minore", "minori")
    not_any = "non " if now == 0 else ""
    return (
        f"{upper_first(context.at_end)} {not_any}{verb(now or 1, 'è', 'sono')} in carico {how_many}"
        f"{count_change(now, before, context.compared_label)}. "
        f"{upper_first(context.in_period)} i servizi ne hanno {verb(followed, 'seguito', 'seguiti')} {number(followed)}."
    )


def _movement(context: Context, table: Table) -> str:
    opened, closed = table.value(TUTTI, "opened"), table.value(TUTTI, "closed")
    return (
        f"Prese in carico: {number(table.value(TUTTI, 'open_at_start'))} all'inizio, "
        f"{count(opened, 'aperta', 'aperte')} e {count(closed, 'chiusa', 'chiuse')} {context.in_period}, "
        f"{number(table.value(TUTTI, 'open_at_end'))} alla fine; un minore può averne più d'una, una per servizio."
    )


def _workload(context: Context) -> str:
    """The caseload against those who carry it."""
    now = context.measure("casi_per_operatore")
    if now is None or now.value is None:
        return ""
    since = rate_since(now, context.measure_before("casi_per_operatore"), context.compared_label)
    around = context.measure_around("casi_per_operatore")
    beside = f", contro {around.text} nell'Ambito" if around and around.value is not None else ""
    return f"Il carico di lavoro è di {since}{beside}, contando gli operatori a tempo pieno."


def _service_chart(context: Context, table: Table) -> Chart | None:
    chart = Chart(
        "grafico_casistica_servizio",
        f"Minori in carico {context.at_end} per servizio",
        ChartKind.BARS,
        table.key,
        "service_code",
        context.series("minors_at_end"),
        f"Barre orizzontali: minori in carico {context.at_end}. {_ranking(table)}",
        names=context.series_names,
    )
    return worth_drawing(chart, table)


def _ranking(table: Table) -> str:
    """The body's rows with the most minors first."""
    position = table.position("minors_at_end")
    ordered = sorted(table.body, key=lambda row: -(row.values[position] or 0))
    return f"In ordine: {listing([(str(row.values[0]), row.values[position]) for row in ordered])}."


def _towns(context: Context, table: Table) -> str:
    """Where the minors are, and where they are more or fewer than among the residents of the Ambito."""
    if context.municipality:
        around = rate_against(context.measure(RATE), context.measure_around(RATE))
        return f"I minori in carico {context.at_end} sono {around}." if around else ""
    position = table.position("minors_at_end")
    ordered = sorted(table.body, key=lambda row: -(row.values[position] or 0))
    most = [
        (str(row.values[0]), row.values[position]) for row in ordered if (row.values[position] or 0) >= SMALL
    ]
    whole = context.measure(RATE)
    parts = {
        context.labels.label("municipality_code", place): measure
        for place, measure in context.measures.places(RATE, context.period.code).items()
    }
    higher, lower = apart(parts, whole)
    more = f"di più a {named(higher)}" if higher else ""
    fewer = f"di meno a {named(lower)}" if lower else ""
    return sentences(
        f"I Comuni con più minori in carico {context.at_end} sono {listing(most[:3])}."
        if len(most) > 1
        else "",
        f"I minori in carico sono {whole.in_words} fino a 17 anni."
        if whole and whole.value is not None
        else "",
        f"Il caso non basta a spiegare la differenza: {'; '.join(part for part in (more, fewer) if part)}."
        if higher or lower
        else "",
    )


def _residents_year(context: Context) -> str:
    """Which year's residents the rates stand on: not always the period's own."""
    where = context.this_period(municipality_code=context.place, service_code=TUTTI)
    year = context.read(MART, ("resident_minors_year",), where)[0]["resident_minors_year"]
    return f"Residenti al 1º gennaio {year}." if year else ""


def _rates_chart(context: Context, table: Table | None) -> Chart | None:
    """The rates of the municipalities; a municipality's own edition has one only, and no chart of it."""
    if table is None:
        return None
    position = table.position("minors_per_1000")
    known = [
        (str(row.values[0]), row.values[position]) for row in table.body if row.values[position] is not None
    ]
    chart = Chart(
        "grafico_incidenza",
        f"Minori in carico {context.at_end} ogni 1.000 residenti fino a 17 anni",
        ChartKind.BARS,
        table.key,
        "municipality_code",
        ("minors_per_1000",),
        f"Barre orizzontali, una per Comune: {listing(known, 1)}. "
        f"Nell'Ambito: {number(table.value(AMBITO, 'minors_per_1000'), 1)}.",
    )
    return worth_drawing(chart, table)
