"""Reclami e soddisfazione, for the Assembly: from protected tables, complaints of the whole Ambito only."""

from dataclasses import replace

from osservatorio.italian import percent
from reporting.assembly.context import AssemblyContext
from reporting.context import stacked
from reporting.drawing.vega import worth_drawing
from reporting.model import (
    Chart,
    ChartKind,
    Column,
    Format,
    Paragraph,
    Row,
    Section,
    Table,
    is_known,
    present,
)
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.sections.soddisfazione_anno import weakest_phase
from reporting.statements import count_change, share_since
from reporting.text import count, sentences, upper_first, verb

SATISFIED = "soddisfatti_totale"
COMPLAINTS = (  # the column that defines it, and which part of the complaints it is
    ("received", {}),
    ("upheld", {known.OUTCOME: known.UPHELD}),
)
TOWNS = (
    known.DISTRIBUTED,
    known.RETURNED,
    known.RESPONSE_RATE,
    known.ANSWERS,
    known.SATISFIED,
    known.SATISFIED_RATE,
)


def reclami(context: AssemblyContext) -> Section:
    """The section on complaints."""
    lead = complaints_sentence(context)
    within = context.measure("reclami_entro_termine")
    told = (
        f"Risposte entro il termine, fra i reclami di cui si può dire: {within.as_part}."
        if within and within.denominator
        else ""
    )
    why = (
        "I reclami sono pochi e ciascuno parla di qualcuno: si mostrano per tutto l'Ambito, senza divisione per Comune o "
        "per servizio, che sarebbe quasi tutta oscurata."
    )
    return Section(
        "reclami",
        "Reclami",
        present(Paragraph(sentences(lead, told)), Paragraph(why), _complaints(context)),
        lead,
    )


def complaints_sentence(context: AssemblyContext) -> str:
    """How many complaints came, where it is shown."""
    received = context.pair(known.RECEIVED)
    if not received:
        shown = context.value(known.RECEIVED)
        return "" if shown is not None else f"{upper_first(context.in_label)} non risultano reclami."
    if not received[0]:
        return f"{upper_first(context.in_label)} non risultano reclami."
    return (
        f"{verb(received[0], 'È arrivato', 'Sono arrivati')} {count(received[0], 'reclamo', 'reclami')}"
        f"{count_change(*received, context.compared_label)}."
    )


def _complaints(context: AssemblyContext) -> Table | None:
    """The complaints of the whole Ambito, a row per year."""
    years = [period.code for period in (context.before, context.period) if period]
    rows = [
        Row(
            (year,),
            (
                year,
                *(context.value(known.RECEIVED, **{known.PERIOD: year}, **part) for _, part in COMPLAINTS),
            ),
        )
        for year in years
        if context.view.has(known.RECEIVED, **{known.PERIOD: year})
    ]
    if not rows:
        return None
    head = Column("period", "Anno", Format.CODE, "", "Anno")
    return Table(
        "reclami",
        "Reclami ricevuti e loro esito, tutto l'Ambito",
        "Reclami",
        (known.COMPLAINTS,),
        (head, *(context.column(known.COMPLAINTS, name) for name, _ in COMPLAINTS)),
        tuple(rows),
        indicators=("reclami_accolti",),
        note="Quanti hanno avuto risposta entro il termine è fra le verifiche delle regole.",
    )


def soddisfazione(context: AssemblyContext) -> Section:
    """The section on satisfaction: every survey of the year by municipality and by phase."""
    waves = [
        wave
        for wave in context.view.codes("soddisfazione_comune", known.WAVE)
        if context.view.known.dimensions[known.WAVE].parents[wave] == context.period.code
    ]
    if not waves:
        nothing = f"{upper_first(context.in_label)} non si è conclusa alcuna rilevazione della soddisfazione."
        return Section("soddisfazione", "Soddisfazione", (Paragraph(nothing),), nothing)
    heading = replace(context.column(known.SATISFACTION, "rilevazione"), format=Format.TEXT)
    by_town = stacked(
        "soddisfazione_comune",
        heading,
        {wave: _by(context, wave, known.TOWN, "soddisfazione_comune", TOWNS) for wave in waves},
        title="Questionari e risposte soddisfatte per Comune",
        sheet="Soddisfazione per Comune",
    )
    by_phase = stacked(
        "soddisfazione_fase",
        heading,
        {wave: _by(context, wave, known.PHASE, "soddisfazione_fase", TOWNS[3:]) for wave in waves},
        title="Risposte soddisfatte per fase del servizio",
        sheet="Soddisfazione per fase",
    )
    lead = satisfaction_sentence(context)
    blocks = present(
        Paragraph(sentences(lead, weakest_phase(context))),
        by_phase,
        by_town,
        *(_chart(by_town, wave) for wave in waves[-1:]),
    )
    return Section("soddisfazione", "Soddisfazione", blocks, lead)


def satisfaction_sentence(context: AssemblyContext) -> str:
    """The share of satisfied answers of the year, where it is shown."""
    now = context.measure(SATISFIED)
    if now is None or not now.denominator:
        return ""
    return sentences(
        f"Risposte soddisfatte (punteggi 4 e 5) ai questionari: {now.as_part}.",
        share_since(now, context.measure_before(SATISFIED), context.compared_label),
    )


def _by(
    context: AssemblyContext, wave: str, dimension: str, source: str, keys: tuple[str, ...]
) -> Table | None:
    return context.protected_table(
        f"{source}_{wave}",
        dimension,
        source,
        [Shown(key) for key in keys],
        at={known.WAVE: wave},
        title="",
        sheet="",
    )


def _chart(table: Table | None, wave: str) -> Chart | None:
    """Satisfied answers by municipality, in one survey."""
    if table is None:
        return None
    group, place = table.position("rilevazione"), table.position(known.SATISFIED_RATE)
    shown = [
        f"{row.values[1]} {percent(row.values[place])}"
        for row in table.body
        if row.values[group] == wave and is_known(row.values[place])
    ]
    chart = Chart(
        "grafico_soddisfazione_comune",
        f"Quota di risposte soddisfatte per Comune, rilevazione {wave}",
        ChartKind.BARS,
        table.key,
        known.TOWN,
        (known.SATISFIED_RATE,),
        f"Barre orizzontali, una per Comune: {', '.join(shown)}.",
        group=wave,
    )
    return worth_drawing(chart, table)
