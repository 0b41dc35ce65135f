"""Casistica e tassi, for the Assembly: minors and cases by municipality, service and age, from protected tables."""

from osservatorio.italian import number
from reporting.assembly.context import AssemblyContext
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Heading, Paragraph, Section, Table, is_known, present
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.queries import AMBITO
from reporting.statements import apart, count_change, named
from reporting.text import count, listing, sentences, verb

MOVES = (known.AT_START, known.OPENED, known.CLOSED, known.AT_END)
RATE = "minori_in_carico_1000"
ONCE = "Un minore seguito da più servizi, o da più Comuni, conta una volta in ciascuno e una sola volta nei totali."


def casistica(context: AssemblyContext) -> Section:
    """The section on the caseload of a year."""
    by_town = context.protected_table(
        "casistica_comune",
        known.TOWN,
        "casistica_comune",
        [*(Shown(key) for key in MOVES), Shown(known.MINORS, before=True)],
        title="Prese in carico e minori per Comune",
        sheet="Casistica per Comune",
        note=ONCE,
    )
    rates = context.protected_table(
        "incidenza_comune",
        known.TOWN,
        "casistica_comune",
        [Shown(known.MINORS_AT_END), Shown(known.RESIDENTS), Shown(known.PER_1000, before=True)],
        title="Minori in carico a fine anno e minori residenti per Comune",
        sheet="Tassi per Comune",
        indicators=(RATE,),
    )
    by_service = context.protected_table(
        "casistica_servizio",
        known.SERVICE,
        "casistica_servizio",
        [*(Shown(key) for key in MOVES), Shown(known.MINORS, before=True)],
        title="Prese in carico e minori per servizio",
        sheet="Casistica per servizio",
        note=ONCE,
    )
    lead = minors_sentence(context)
    blocks = present(
        Paragraph(sentences(lead, _movement(context))),
        Heading("Per Comune"),
        by_town,
        Paragraph(_rates(context)),
        rates,
        _rates_chart(context, rates),
        Heading("Per servizio e per età"),
        by_service,
        crossed(context),
        _ages(context),
        _services_chart(context, by_service),
    )
    return Section("casistica", "Casistica e tassi", blocks, lead)


def minors_sentence(context: AssemblyContext) -> str:
    """How many minors were followed, and how many are at the end of the year; nothing of what is withheld."""
    followed, at_end = context.pair(known.MINORS), context.pair(known.MINORS_AT_END)
    first = (
        f"Nell'anno i servizi {verb(followed[0], 'hanno seguito', 'hanno seguito')} "
        f"{count(followed[0], 'minore', 'minori')}{count_change(*followed, context.compared_label)}."
        if followed
        else ""
    )
    second = (
        f"A fine anno ne {verb(at_end[0], 'è', 'sono')} in carico {number(at_end[0])}"
        f"{count_change(*at_end, context.compared_label)}."
        if at_end
        else ""
    )
    return sentences(first, second)


def _movement(context: AssemblyContext) -> str:
    values = [context.value(key) for key in MOVES]
    if not all(is_known(value) for value in values):
        return ""
    start, opened, closed, end = values
    return (
        f"Prese in carico: {number(start)} all'inizio, {count(opened, 'aperta', 'aperte')} e "
        f"{count(closed, 'chiusa', 'chiuse')} nell'anno, {number(end)} alla fine; un minore può averne più d'una, una "
        "per servizio."
    )


def _rates(context: AssemblyContext) -> str:
    """Where minors in care are surely more, or fewer, than in the Ambito; only of figures that are shown."""
    whole = context.measure(RATE)
    if whole is None or whole.value is None:
        return ""
    found = context.measures.places(RATE, context.period.code)
    parts = {context.labels.label("municipality_code", place): measure for place, measure in found.items()}
    higher, lower = apart(parts, whole)
    more = f"di più a {named(higher)}" if higher else ""
    fewer = f"di meno a {named(lower)}" if lower else ""
    return sentences(
        f"A fine anno i minori in carico sono {whole.in_words} fino a 17 anni.",
        f"Il caso non basta a spiegare la differenza: {'; '.join(part for part in (more, fewer) if part)}."
        if higher or lower
        else "",
    )


def shown_rows(table: Table, column: str) -> list[tuple[str, int | float]]:
    """Names and figures of the rows of a column that readers see, totals left out."""
    place = table.position(column)
    return [(str(row.values[0]), row.values[place]) for row in table.body if is_known(row.values[place])]


def _rates_chart(context: AssemblyContext, table: Table | None) -> Chart | None:
    if table is None:
        return None
    whole = table.value(AMBITO, known.PER_1000)
    chart = Chart(
        "grafico_tassi",
        "Minori in carico a fine anno ogni 1.000 residenti fino a 17 anni",
        ChartKind.BARS,
        table.key,
        known.TOWN,
        (known.PER_1000,),
        f"Barre orizzontali, una per Comune: {listing(shown_rows(table, known.PER_1000), 1)}."
        + (f" Nell'Ambito: {number(whole, 1)}." if is_known(whole) else ""),
    )
    return worth_drawing(chart, table)


def _services_chart(context: AssemblyContext, table: Table | None) -> Chart | None:
    if table is None:
        return None
    chart = Chart(
        "grafico_minori_servizio",
        "Minori in carico nell'anno per servizio",
        ChartKind.BARS,
        table.key,
        known.SERVICE,
        context.series(known.MINORS),
        f"Barre orizzontali, per servizio: {listing(shown_rows(table, known.MINORS))}.",
        names=context.series_names,
    )
    return worth_drawing(chart, table)


def crossed(context: AssemblyContext) -> Table | None:
    """Minors by municipality and service."""
    services = context.codes("minori_comune_servizio", known.SERVICE)
    return context.protected_table(
        "minori_comune_servizio",
        known.TOWN,
        "minori_comune_servizio",
        [
            Shown(known.MINORS, {known.SERVICE: code}, label=context.name_of(known.SERVICE, code))
            for code in services
        ],
        title="Minori in carico nell'anno per Comune e servizio",
        sheet="Minori Comune x servizio",
        note=ONCE,
    )


def _ages(context: AssemblyContext) -> Table | None:
    """Minors by municipality and age band; a band without anybody in the whole Ambito is left out."""
    bands = [
        code
        for code in context.codes("minori_comune_eta", known.AGE)
        if context.value(known.MINORS, **{known.AGE: code}) != 0
    ]
    return context.protected_table(
        "minori_comune_eta",
        known.TOWN,
        "minori_comune_eta",
        [Shown(known.MINORS, {known.AGE: code}, label=_age(context, code)) for code in bands],
        title="Minori in carico nell'anno per Comune ed età",
        sheet="Minori Comune x eta",
        note="Età all'ultimo giorno di presa in carico nell'anno.",
    )


def _age(context: AssemblyContext, code: str) -> str:
    whole = context.view.known.dimensions[known.AGE].total
    return "Tutte le età" if code == whole else context.name_of(known.AGE, code)
