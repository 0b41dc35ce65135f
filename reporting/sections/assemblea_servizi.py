"""Utilizzo dei servizi, for the Assembly: acts planned and carried out by municipality and service, from protected tables."""

from osservatorio.italian import number, percent
from reporting.assembly import derived
from reporting.assembly.context import AssemblyContext
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Section, Table, is_known, present
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.sections.assemblea_casistica import shown_rows
from reporting.statements import count_change, share_since
from reporting.text import count, listing, sentences, with_article

DONE = "interventi_svolti"
FIGURES = (
    known.ACTS,
    known.DELIVERED,
    known.BY_USER,
    known.BY_SERVICE,
    known.NO_SHOW,
    known.DELIVERY_RATE,
    derived.HOURS,
)
LEFT = "Gli interventi interrotti sono fra i programmati e non hanno una colonna."


def servizi(context: AssemblyContext) -> Section:
    """The section on the use of the services in a year."""
    lead = acts_sentence(context)
    by_service = _table(
        context, "interventi_servizio", known.SERVICE, "per servizio", "Interventi per servizio"
    )
    blocks = present(
        Paragraph(sentences(lead, _rate(context))),
        by_service,
        _chart(context, by_service),
        _table(context, "interventi_comune", known.TOWN, "per Comune", "Interventi per Comune"),
    )
    return Section("servizi", "Utilizzo dei servizi", blocks, lead)


def _table(context: AssemblyContext, key: str, dimension: str, how: str, sheet: str) -> Table | None:
    return context.protected_table(
        key,
        dimension,
        key,
        [Shown(figure) for figure in FIGURES],
        title=f"Interventi programmati e svolti, e loro ore, {how}",
        sheet=sheet,
        note=LEFT,
        indicators=(DONE,),
    )


def acts_sentence(context: AssemblyContext) -> str:
    """How many acts were carried out, and how many hours they took."""
    delivered, hours = context.pair(known.DELIVERED), context.pair(derived.HOURS)
    if not delivered:
        return ""
    since = count_change(*delivered, context.compared_label)
    took = f", per {count(hours[0], 'ora', 'ore')}" if hours else ""
    return f"Nell'anno sono stati svolti {count(delivered[0], 'intervento', 'interventi')}{since}{took}."


def _rate(context: AssemblyContext) -> str:
    now = context.measure(DONE)
    if now is None or now.value is None:
        return ""
    told = f"È stato svolto {with_article('il', now.text)} degli interventi programmati."
    reached = context.value(known.REACHED)
    who = f"Hanno raggiunto {number(reached)} minori." if is_known(reached) else ""
    return sentences(told, share_since(now, context.measure_before(DONE), context.compared_label), who)


def _chart(context: AssemblyContext, table: Table | None) -> Chart | None:
    if table is None:
        return None
    shares = [(name, percent(value)) for name, value in shown_rows(table, known.DELIVERY_RATE)]
    chart = Chart(
        "grafico_interventi_servizio",
        "Interventi programmati e svolti per servizio",
        ChartKind.BARS,
        table.key,
        known.SERVICE,
        (known.ACTS, known.DELIVERED),
        f"Barre orizzontali, due per servizio. Svolti: {listing(shown_rows(table, known.DELIVERED))}. "
        f"Quote svolte: {', '.join(f'{name} {share}' for name, share in shares)}.",
        names=("programmati", "svolti"),
    )
    return worth_drawing(chart, table)
