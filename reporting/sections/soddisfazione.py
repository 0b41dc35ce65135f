"""Soddisfazione: the survey waves that ended in the semester, with their uncertainty."""

from osservatorio.italian import date_it, join_words, number, percent
from reporting.context import Context, Slice
from reporting.model import Block, Chart, ChartKind, Paragraph, Section, Table
from reporting.queries import TUTTE, TUTTI, Record
from reporting.text import count, share_with_base, with_article

MART = "mart_satisfaction"
RETURNS = ("distributed", "returned", "response_rate")
SHARE = ("answers", "satisfied_rate", "satisfied_low", "satisfied_high")
TITLE = "Soddisfazione"


def soddisfazione(context: Context) -> Section:
    """Section 6 of the semi-annual report."""
    waves = waves_of(context)
    if not waves:
        nothing = f"Nel {context.period.label} non si è conclusa alcuna rilevazione della soddisfazione."
        return Section("soddisfazione", TITLE, (Paragraph(nothing),), nothing)
    period = {"period": context.period.code}
    by_service = context.table(
        "soddisfazione_servizio",
        Slice(
            MART,
            ("rilevazione", "service_code"),
            {**period, "municipality_code": context.place, "phase": TUTTE},
        ),
        (*RETURNS, *SHARE),
        title="Questionari e soddisfatti per servizio",
        sheet="Soddisfazione per servizio",
        group="rilevazione",
        keep=("distributed", "returned"),
    )
    by_phase = context.table(
        "soddisfazione_fase",
        Slice(
            MART,
            ("rilevazione", "phase"),
            {**period, "municipality_code": context.place, "service_code": TUTTI},
        ),
        ("answers", "mean_score", "mean_low", "mean_high", *SHARE[1:]),
        title="Punteggio medio e soddisfatti per fase",
        sheet="Soddisfazione per fase",
        group="rilevazione",
        keep=("answers",),
    )
    by_town = context.table(
        "soddisfazione_comune",
        Slice(
            MART,
            ("rilevazione", "municipality_code"),
            {**period, "municipality_code": context.places, "service_code": TUTTI, "phase": TUTTE},
        ),
        (*RETURNS, *SHARE),
        title="Questionari e soddisfatti per Comune",
        sheet="Soddisfazione per Comune",
        group="rilevazione",
        keep=("distributed", "returned"),
    )
    blocks: list[Block | None] = [
        *(Paragraph(_sentence(wave)) for wave in waves),
        Paragraph(
            "Ogni percentuale porta con sé un intervallo al 95%: con poche risposte è largo, e due valori i cui "
            "intervalli si sovrappongono non vanno letti come diversi."
        ),
        by_service,
        *(_chart(by_service, str(wave["rilevazione"])) for wave in waves),
        by_phase,
        by_town,
    ]
    lead = " ".join(_sentence(wave) for wave in waves)
    return Section("soddisfazione", TITLE, tuple(block for block in blocks if block), lead)


def waves_of(context: Context) -> list[Record]:
    """The whole figures of each wave that ended in the semester."""
    columns = ("rilevazione", "wave_start", "wave_end", *RETURNS, *SHARE, "satisfied", "is_small")
    where = {
        "period": context.period.code,
        "municipality_code": context.place,
        "service_code": TUTTI,
        "phase": TUTTE,
    }
    return context.read(MART, columns, where)


def _sentence(wave: Record) -> str:
    opening = (
        f"La rilevazione «{wave['rilevazione']}» si è svolta dal {date_it(wave['wave_start'])} al "
        f"{date_it(wave['wave_end'])}."
    )
    if not wave["returned"]:
        sent = count(wave["distributed"], "questionario distribuito", "questionari distribuiti")
        return f"{opening} Su {sent} non ne è tornato nessuno: non c'è un risultato da leggere."
    returned = (
        f"{opening} Sono tornati {number(wave['returned'])} questionari su {number(wave['distributed'])}"
        if wave["distributed"]
        else f"{opening} Sono tornati {number(wave['returned'])} questionari; non è noto quanti ne siano stati dati"
    )
    rate = f" ({percent(wave['response_rate'])})." if wave["response_rate"] is not None else "."
    if not wave["answers"]:
        return f"{returned}{rate} Nessuna domanda ha avuto risposta."
    share = share_with_base(wave["satisfied_rate"], wave["satisfied"], wave["answers"])
    result = (
        f" Le risposte soddisfatte (punteggi 4 e 5) sono {with_article('il', share)}, con un intervallo "
        f"{with_article('dal', percent(wave['satisfied_low']))} "
        f"{with_article('al', percent(wave['satisfied_high']))}."
    )
    caution = " Le risposte sono poche: il risultato è solo indicativo." if wave["is_small"] else ""
    return f"{returned}{rate}{result}{caution}"


def _chart(table: Table | None, wave: str) -> Chart | None:
    if table is None:
        return None
    group, value = table.position("rilevazione"), table.position("satisfied_rate")
    rows = [row for row in table.body if row.values[group] == wave and row.values[value] is not None]
    if not rows:
        return None
    parts = [f"{row.values[1]} {percent(row.values[value])}" for row in rows]
    return Chart(
        f"grafico_soddisfazione_{wave}",
        f"Risposte soddisfatte per servizio, rilevazione {wave}",
        ChartKind.INTERVALS,
        table.key,
        "service_code",
        ("satisfied_rate", "satisfied_low", "satisfied_high"),
        f"Un punto per servizio con il suo intervallo al 95%: {join_words(parts)}.",
        group=wave,
    )
