"""Soddisfazione: the survey waves that ended in the period, with their uncertainty."""

from osservatorio.italian import join_words, long_date, number, percent
from osservatorio.periods import SEMESTER
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Paragraph, Section, Table, present
from reporting.queries import TUTTE, TUTTI, Record
from reporting.statements import share_against, share_since
from reporting.text import SMALL, SMALL_NUMBERS, count, part_of, sentences, upper_first, with_article

MART = "mart_satisfaction"
RETURNS = ("distributed", "returned", "response_rate")
SHARE = ("answers", "satisfied_rate", "satisfied_low", "satisfied_high")
TITLE = "Soddisfazione"
SATISFIED = "soddisfatti_totale"
BY_PHASE = ("soddisfatti_accesso", "soddisfatti_fruizione", "soddisfatti_valutazione", SATISFIED)
READING = (
    "Ogni percentuale porta con sé un intervallo al 95%: con poche risposte è largo, e due valori i cui intervalli si "
    "sovrappongono non vanno letti come diversi."
)


def soddisfazione(context: Context) -> Section:
    """The section on satisfaction of the semi-annual report."""
    waves = waves_of(context)
    if not waves:
        nothing = no_waves(context)
        return Section("soddisfazione", TITLE, (Paragraph(nothing),), nothing)
    by_service = services_table(context)
    blocks = present(
        *(Paragraph(wave_sentence(wave)) for wave in waves),
        Paragraph(comparison(context, tells_share=len(waves) > 1)),
        Paragraph(READING),
        by_service,
        *(service_chart(by_service, str(wave["rilevazione"])) for wave in waves),
        phases_table(context),
        towns_table(context),
    )
    lead = " ".join(wave_sentence(wave) for wave in waves)
    return Section("soddisfazione", TITLE, blocks, lead)


def no_waves(context: Context) -> str:
    """What to say where there is nothing to tell."""
    return f"{upper_first(context.in_label)} non si è conclusa alcuna rilevazione della soddisfazione {context.where}."


def waves_in(context: Context) -> tuple[str, ...]:
    """The semesters in which a wave of the period may have ended: waves are filed under their semester."""
    if context.period.type == SEMESTER:
        return (context.period.code,)
    return tuple(f"{context.period.code}-S{half}" for half in (1, 2))


def waves_of(context: Context) -> list[Record]:
    """The whole figures of each wave that ended in the period, in the order in which they ended."""
    columns = ("rilevazione", "wave_start", "wave_end", *RETURNS, *SHARE, "satisfied", "is_small")
    where = {
        "period": waves_in(context),
        "municipality_code": context.place,
        "service_code": TUTTI,
        "phase": TUTTE,
    }
    waves = [wave for wave in context.read(MART, columns, where) if wave["distributed"] or wave["returned"]]
    return sorted(waves, key=lambda wave: (wave["wave_end"], wave["rilevazione"]))


def services_table(context: Context) -> Table | None:
    """Questionnaires and satisfied answers of each wave, by service."""
    return context.table(
        "soddisfazione_servizio",
        Slice(
            MART,
            ("rilevazione", "service_code"),
            {"period": waves_in(context), "municipality_code": context.place, "phase": TUTTE},
        ),
        (*RETURNS, *SHARE),
        title="Questionari e soddisfatti per servizio",
        sheet="Soddisfazione per servizio",
        group="rilevazione",
        keep=("distributed", "returned"),
    )


def phases_table(context: Context) -> Table | None:
    """Mean score and satisfied answers of each wave, by phase, with their intervals."""
    return context.table(
        "soddisfazione_fase",
        Slice(
            MART,
            ("rilevazione", "phase"),
            {"period": waves_in(context), "municipality_code": context.place, "service_code": TUTTI},
        ),
        ("answers", "mean_score", "mean_low", "mean_high", *SHARE[1:]),
        title="Punteggio medio e soddisfatti per fase",
        sheet="Soddisfazione per fase",
        indicators=BY_PHASE,
        group="rilevazione",
        keep=("answers",),
    )


def towns_table(context: Context) -> Table | None:
    """Questionnaires and satisfied answers of each wave, by municipality."""
    return context.table(
        "soddisfazione_comune",
        Slice(
            MART,
            ("rilevazione", "municipality_code"),
            {
                "period": waves_in(context),
                "municipality_code": context.places,
                "service_code": TUTTI,
                "phase": TUTTE,
            },
        ),
        (*RETURNS, *SHARE),
        title=f"Questionari e soddisfatti {context.by_town}",
        sheet="Soddisfazione per Comune",
        group="rilevazione",
        keep=("distributed", "returned"),
    )


def comparison(context: Context, *, tells_share: bool) -> str:
    """All answers of the period against those of a year before, and in an edition against the Ambito.

    The share itself is left out where the sentence on the one wave of the period has said it.
    """
    now = context.measure(SATISFIED)
    if now is None or now.value is None:
        return ""
    since = share_since(now, context.measure_before(SATISFIED), context.compared_label)
    around = share_against(now, context.measure_around(SATISFIED))
    whole = f"In tutto le risposte soddisfatte {context.of_noun} sono {now.as_part}." if tells_share else ""
    return sentences(whole, since, around)


def wave_sentence(wave: Record) -> str:
    """When a wave took place, how many answered and how many were satisfied, with the interval.

    On few questionnaires, however many answers they hold, the share has no per cent.
    """
    opening = (
        f"La rilevazione «{wave['rilevazione']}» si è svolta {with_article('dal', long_date(wave['wave_start']))} "
        f"{with_article('al', long_date(wave['wave_end']))}."
    )
    if not wave["returned"]:
        sent = count(wave["distributed"], "questionario distribuito", "questionari distribuiti")
        return f"{opening} Su {sent} non ne è tornato nessuno: non c'è un risultato da leggere."
    returned = (
        f"{opening} Questionari tornati: {number(wave['returned'])}; non è noto quanti ne siano stati dati."
    )
    if wave["distributed"]:
        returned = (
            f"{opening} Questionari tornati: "
            f"{part_of(wave['returned'], wave['distributed'], wave['response_rate'])}."
        )
    if not wave["answers"]:
        return f"{returned} Nessuna domanda ha avuto risposta."
    if wave["is_small"] or wave["returned"] < SMALL:
        return (
            f"{returned} Risposte soddisfatte (punteggi 4 e 5): {number(wave['satisfied'])} su "
            f"{number(wave['answers'])} ({SMALL_NUMBERS}): il risultato è solo indicativo."
        )
    share = part_of(wave["satisfied"], wave["answers"], wave["satisfied_rate"])
    return (
        f"{returned} Risposte soddisfatte (punteggi 4 e 5): {share}, con un intervallo "
        f"{with_article('dal', percent(wave['satisfied_low']))} "
        f"{with_article('al', percent(wave['satisfied_high']))}."
    )


def service_chart(table: Table | None, wave: str) -> Chart | None:
    """Satisfied answers of one wave by service, each with its interval."""
    if table is None:
        return None
    points = points_of(table, wave)
    if not points:
        return None
    chart = Chart(
        f"grafico_soddisfazione_{wave}",
        f"Risposte soddisfatte per servizio, rilevazione {wave}",
        ChartKind.INTERVALS,
        table.key,
        "service_code",
        ("satisfied_rate", "satisfied_low", "satisfied_high"),
        f"Un punto per servizio con il suo intervallo al 95%: {join_words(points)}.",
        group=wave,
    )
    return worth_drawing(chart, table)


def points_of(table: Table, wave: str) -> list[str]:
    """The points of a wave in words, small ones without a per cent; none where the whole wave is small."""
    group, answers, value = (table.position(name) for name in ("rilevazione", "answers", "satisfied_rate"))
    rows = [row for row in table.rows if row.values[group] == wave and row.values[value] is not None]
    if not any((row.values[answers] or 0) >= SMALL for row in rows if row.is_total):
        return []
    return [
        f"{row.values[1]} {percent(row.values[value])}"
        if row.values[answers] >= SMALL
        else f"{row.values[1]} poche risposte"
        for row in rows
        if not row.is_total
    ]
