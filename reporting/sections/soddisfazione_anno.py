"""Soddisfazione dell'anno: the results of the surveys by wave, phase, service, municipality, and over time."""

from dataclasses import replace

from osservatorio.italian import join_words, percent
from osservatorio.periods import SEMESTER
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.indicator_tables import shares_over_years
from reporting.model import Chart, ChartKind, Heading, Paragraph, Row, Section, Table, present
from reporting.queries import TUTTE, TUTTI
from reporting.sections.soddisfazione import (
    BY_PHASE,
    MART,
    READING,
    RETURNS,
    SATISFIED,
    SHARE,
    comparison,
    no_waves,
    phases_table,
    points_of,
    service_chart,
    services_table,
    towns_table,
    wave_sentence,
    waves_of,
)
from reporting.statements import Verdict, apart, compare, named, share_against, share_since
from reporting.text import SMALL, count, lower_first, sentences

TITLE = "Soddisfazione dei beneficiari"
LEAST_SATISFIED = "La fase in cui le persone sono meno soddisfatte è"
PROMPT = (
    "Racconti come si è svolta la rilevazione, come si spiegano i risultati di ogni fase e che cosa si farà dove le "
    "persone sono meno soddisfatte."
)


def soddisfazione_dell_anno(context: Context) -> Section:
    """The satisfaction of a year (Percorso di coprogettazione, «Rendicontazioni», lettera b, secondo punto)."""
    comment = context.narrative("soddisfazione", f"Commento {context.of_author}", PROMPT)
    waves = waves_of(context)
    trend = _over_waves(context)
    over = (Heading("L'andamento"), trend, _trend_chart(trend)) if trend else ()
    if not waves:
        nothing = no_waves(context)
        return Section(
            "soddisfazione",
            TITLE,
            present(Paragraph(nothing), *over, comment if context.has_partner else None),
            nothing,
        )
    phases = phases_table(context)
    services = services_table(context)
    blocks = present(
        *(Paragraph(wave_sentence(wave)) for wave in waves),
        Paragraph(comparison(context, tells_share=len(waves) > 1)),
        Paragraph(READING),
        Heading("Per fase"),
        Paragraph(weakest_phase(context)),
        phases,
        *(_phase_chart(phases, str(wave["rilevazione"])) for wave in waves),
        _phases_over_years(context),
        Paragraph(_phases_since(context)),
        Heading(
            "Per servizio e per Comune"
            if context.municipality is None
            else "Per servizio; il Comune e l'Ambito"
        ),
        services,
        *(service_chart(services, str(wave["rilevazione"])) for wave in waves),
        Paragraph(_towns_apart(context)),
        towns_table(context),
        *over,
        comment,
    )
    return Section("soddisfazione", TITLE, blocks, _lead(context, len(waves)))


def _lead(context: Context, waves: int) -> str:
    """The whole year in two sentences, for the summary."""
    now = context.measure(SATISFIED)
    ended = count(waves, "rilevazione conclusa", "rilevazioni concluse")
    if now is None or not now.denominator:
        return f"Soddisfazione: {ended} {context.in_period}, nessuna risposta da leggere."
    return sentences(
        f"Soddisfazione: {ended} {context.in_period}; risposte soddisfatte (punteggi 4 e 5) {now.as_part}.",
        share_since(now, context.measure_before(SATISFIED), context.compared_label),
        share_against(now, context.measure_around(SATISFIED)),
    )


def weakest_phase(context: Context) -> str:
    """The phase that surely has fewer satisfied answers than every other one, if there is one."""
    phases = [(code, context.measure(code)) for code in BY_PHASE[:-1]]
    known = {code: measure for code, measure in phases if measure and measure.value is not None}
    if len(known) < 2:
        return ""
    if any(measure.is_small for measure in known.values()):
        return "Le risposte sono troppo poche per dire in quale fase le persone sono meno soddisfatte."
    code, lowest = min(known.items(), key=lambda item: (item[1].value, item[0]))
    others = [measure for name, measure in known.items() if name != code]
    if all(compare(lowest, other) is Verdict.LOWER for other in others):
        name = _phase(context, code)
        return f"{LEAST_SATISFIED} {name}: risposte soddisfatte {lowest.as_part}."
    return "Fra le fasi non c'è una differenza tale da dire in quale le persone sono meno soddisfatte."


def _phase(context: Context, code: str) -> str:
    """«l'accesso», «la fruizione», «la valutazione»: the phase of an indicator, inside a sentence."""
    label = lower_first(context.labels.label("phase", code.removeprefix("soddisfatti_")))
    return f"l'{label}" if label[:1] in "aeiou" else f"la {label}"


def _phases_over_years(context: Context) -> Table | None:
    return shares_over_years(
        context,
        "soddisfazione_anni",
        BY_PHASE,
        title="Risposte soddisfatte per fase, anno per anno",
        sheet="Soddisfazione negli anni",
        note="Di ogni anno, tutte le rilevazioni concluse.",
    )


def _phases_since(context: Context) -> str:
    """For each phase, whether its share has surely changed; the others are named together."""
    changed, same = [], []
    for code in BY_PHASE[:-1]:
        now, before = context.measure(code), context.measure_before(code)
        verdict = compare(now, before)
        if verdict in (Verdict.HIGHER, Verdict.LOWER):
            direction = "sono di più" if verdict is Verdict.HIGHER else "sono di meno"
            changed.append(f"per {_phase(context, code)} {direction} ({now.text}, contro {before.text})")
        elif verdict is Verdict.UNPROVEN:
            same.append(f"per {_phase(context, code)}")
    label = context.compared_label
    return sentences(
        f"Rispetto all'{label} le risposte soddisfatte {'; '.join(changed)}." if changed else "",
        f"Non si può dire che rispetto all'{label} le risposte soddisfatte siano cambiate {join_words(same)}."
        if same
        else "",
    )


def _towns_apart(context: Context) -> str:
    if context.municipality:
        return ""
    places = context.measures.places(SATISFIED, context.period.code)
    parts = {context.labels.label("municipality_code", place): measure for place, measure in places.items()}
    higher, lower = apart(parts, context.measure(SATISFIED))
    if not parts:
        return ""
    if not higher and not lower:
        return (
            "In nessun Comune la quota di risposte soddisfatte è con certezza diversa da quella dell'Ambito."
        )
    return sentences(
        f"Le risposte soddisfatte sono meno che nell'Ambito a {named(lower)}." if lower else "",
        f"Le risposte soddisfatte sono più che nell'Ambito a {named(higher)}." if higher else "",
    )


def _over_waves(context: Context) -> Table | None:
    """Every wave up to the end of the year, in the order in which they ended; None where there is one only."""
    where = {
        "period": tuple(period.code for period in context.covered(SEMESTER)),
        "municipality_code": context.place,
        "service_code": TUTTI,
        "phase": TUTTE,
    }
    table = context.table(
        "soddisfazione_andamento",
        Slice(MART, ("rilevazione",), where),
        ("wave_end", *RETURNS, *SHARE),
        title="Questionari e soddisfatti, rilevazione per rilevazione",
        sheet="Andamento soddisfazione",
        keep=("distributed", "returned"),
    )
    if table is None or len(table.rows) < 2:
        return None
    place = table.position("wave_end")
    rows: list[Row] = sorted(table.rows, key=lambda row: (row.values[place], row.key))
    return replace(table, rows=tuple(rows))


def _phase_chart(table: Table | None, wave: str) -> Chart | None:
    """Satisfied answers of one wave by phase, each with its interval."""
    if table is None:
        return None
    points = points_of(table, wave)
    if not points:
        return None
    chart = Chart(
        f"grafico_fasi_{wave}",
        f"Risposte soddisfatte per fase, rilevazione {wave}",
        ChartKind.INTERVALS,
        table.key,
        "phase",
        ("satisfied_rate", "satisfied_low", "satisfied_high"),
        f"Un punto per fase con il suo intervallo al 95%: {join_words(points)}.",
        group=wave,
    )
    return worth_drawing(chart, table)


def _trend_chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    answers, value = table.position("answers"), table.position("satisfied_rate")
    rows = [row for row in table.body if row.values[value] is not None]
    if all(row.values[answers] < SMALL for row in rows):
        return None
    points = [
        f"{row.values[0]} {percent(row.values[value]) if row.values[answers] >= SMALL else 'poche risposte'}"
        for row in rows
    ]
    chart = Chart(
        "grafico_soddisfazione_andamento",
        "Risposte soddisfatte, rilevazione per rilevazione",
        ChartKind.INTERVALS,
        table.key,
        "rilevazione",
        ("satisfied_rate", "satisfied_low", "satisfied_high"),
        f"Un punto per rilevazione, dalla più vecchia, con il suo intervallo al 95%: {join_words(points)}.",
    )
    return worth_drawing(chart, table)
