"""The subjects of the governance pack: of each a sentence, the table of its figures and the chart that shows it."""

from dataclasses import dataclass

from osservatorio.italian import euro, join_words, number, percent
from reporting.context import Context, Slice
from reporting.drawing.vega import worth_drawing
from reporting.model import Chart, ChartKind, Table
from reporting.queries import TUTTE, TUTTI
from reporting.statements import count_change
from reporting.text import count, part_of, upper_first, with_article

CASELOAD, BUDGET, HOURS = "mart_caseload_by_municipality", "mart_budget_progress", "mart_contract_hours"
COMPLAINTS, GOVERNANCE = "mart_complaints", "mart_governance"
SEMESTERS_SHOWN = 4


@dataclass(frozen=True)
class Topic:
    """A sentence and what it leaves out, with the table and chart that bear it out, where there is anything to show."""

    message: str
    table: Table | None = None
    chart: Chart | None = None
    detail: str = ""

    @property
    def text(self) -> str:
        return f"{self.message} {self.detail}".strip()


def casistica(context: Context) -> Topic:
    """Minors in care by service."""
    table = context.table(
        "governo_casistica",
        Slice(CASELOAD, ("service_code",), context.this_period(municipality_code=context.place)),
        ("minors_at_end", "opened", "closed"),
        compare=("minors_at_end",),
        title="Minori in carico per servizio",
        sheet="Minori per servizio",
    )
    if table is None:
        return Topic(f"{upper_first(context.in_label)} non risultano prese in carico.")
    now = table.value(TUTTI, "minors_at_end")
    before = table.value(TUTTI, "minors_at_end_before") if context.comparable else None
    chart = Chart(
        "grafico_governo_casistica",
        "Minori in carico per servizio",
        ChartKind.BARS,
        table.key,
        "service_code",
        context.series("minors_at_end"),
        f"Barre orizzontali: minori in carico per servizio. {_said(table, 'minors_at_end')}.",
        names=context.series_names,
    )
    return Topic(
        f"{_at_end(context)} {'è in carico' if now == 1 else 'sono in carico'} "
        f"{count(now, 'minore', 'minori')}{count_change(now, before, context.compared_label)}.",
        table,
        worth_drawing(chart, table),
    )


def risorse(context: Context) -> Topic:
    """What was spent of the year's resources, against the share of the year that is over."""
    table = context.table(
        "governo_risorse",
        Slice(BUDGET, ("area",), context.this_period(municipality_code=context.place)),
        ("allotted", "committed", "spent", "execution_rate", "share_elapsed", "execution_gap"),
        title=f"Risorse del {context.period.start.year} per area, fino alla fine del semestre",
        sheet="Risorse e anno trascorso",
        keep=("allotted", "spent"),
        note="Spese con competenza dal primo giorno dell'anno, senza rette e contributi di affido.",
    )
    if table is None:
        return Topic(f"Per il {context.period.start.year} non risultano risorse assegnate né spese.")
    rate, spent = table.value(TUTTE, "execution_rate"), table.value(TUTTE, "spent")
    elapsed = percent(table.value(TUTTE, "share_elapsed"))
    if rate is None:
        return Topic(
            f"{euro(spent, 0)} spesi da inizio anno; le risorse assegnate non sono state consegnate.", table
        )
    message = (
        f"È speso {with_article('il', percent(rate))} delle risorse dell'anno, quando ne è trascorso "
        f"{with_article('il', elapsed)}."
    )
    parts = [
        f"{row.values[0]}: speso {with_article('il', percent(row.values[table.position('execution_rate')]))}"
        for row in table.body
        if row.values[table.position("execution_rate")] is not None
    ]
    chart = Chart(
        "grafico_governo_risorse",
        "Quota spesa e quota dell'anno trascorsa, per area",
        ChartKind.BARS,
        table.key,
        "area",
        ("execution_rate", "share_elapsed"),
        f"Barre orizzontali, due per area. {'; '.join(parts)}; anno trascorso {elapsed}.",
        names=("speso", "anno trascorso"),
    )
    return Topic(message, table, chart if parts else None)


def ore(context: Context) -> Topic:
    """Hours worked against those of the contract: of the whole Ambito, whatever the edition."""
    table = context.table(
        "governo_ore",
        Slice(HOURS, ("service_code",), context.this_period()),
        ("hours", "contract_hours", "difference", "coverage_rate", "hours_per_week"),
        title="Ore lavorate e ore previste dalla coprogettazione, tutto l'Ambito",
        sheet="Ore e previsione",
        keep=("contract_hours",),
    )
    if table is None:
        return Topic(f"{upper_first(context.in_label)} non risultano ore da confrontare con quelle previste.")
    place, hours, owed = (table.position(name) for name in ("coverage_rate", "hours", "contract_hours"))
    short = [row for row in table.body if row.values[place] is not None and row.values[place] < 1]
    said = [
        f"{row.values[0]} {number(row.values[hours])} su {number(row.values[owed])}" for row in table.body
    ]
    if not context.is_complete:
        message = f"Ore lavorate finora e previste nel semestre: {join_words(said)}."
    elif short:
        parts = [
            f"{row.values[0]} {number(row.values[hours])} su {number(row.values[owed])}" for row in short
        ]
        message = f"Ore sotto quelle previste: {join_words(parts)}."
    else:
        parts = [f"{row.values[0]} {percent(row.values[place], 0)}" for row in table.body]
        message = f"Le ore lavorate coprono quelle previste: {join_words(parts)}."
    said = [
        f"{row.values[0]} {number(row.values[hours])} su {number(row.values[owed])}" for row in table.body
    ]
    chart = Chart(
        "grafico_governo_ore",
        "Ore lavorate e ore previste, tutto l'Ambito",
        ChartKind.BARS,
        table.key,
        "service_code",
        ("hours", "contract_hours"),
        f"Barre orizzontali: ore lavorate e ore previste. {join_words(said)}.",
        names=("lavorate", "previste"),
    )
    return Topic(message, table, worth_drawing(chart, table), _supervision(context))


def _supervision(context: Context) -> str:
    """Supervision is fixed by the year: at the end of a semester only what was done so far can be told."""
    year = str(context.period.start.year)
    rows = context.read(
        GOVERNANCE,
        ("period", "supervision_hours", "supervision_contract_hours"),
        {"level": TUTTE, "period": (context.period.code, year)},
    )
    by_period = {row["period"]: row for row in rows}
    done = by_period.get(context.period.code, {}).get("supervision_hours")
    fixed = by_period.get(year, {}).get("supervision_contract_hours")
    if done is None or fixed is None:
        return ""
    return f"Supervisione: {number(done, 1)} ore nel semestre, {number(fixed)} previste nell'anno."


def reclami(context: Context) -> Topic:
    """Complaints of the last semesters and how many were answered within the term."""
    shown = tuple(period.code for period in context.covered(context.period.type))[-SEMESTERS_SHOWN:]
    where = {"period_type": context.period.type, "municipality_code": context.place, "service_code": TUTTI}
    table = context.table(
        "governo_reclami",
        Slice(COMPLAINTS, ("period",), {**where, "period": shown}),
        ("received", "answered", "answered_within_term", "term_assessable", "open_at_end", "upheld"),
        title="Reclami degli ultimi semestri",
        sheet="Reclami per semestre",
        keep=("period",),  # a semester without complaints belongs to the series
    )
    now = next(
        iter(
            context.read(
                COMPLAINTS,
                ("received", "answered_within_term", "term_assessable", "answered_within_term_rate"),
                {**where, "period": context.period.code},
            )
        ),
        None,
    )
    if table is None or now is None or not now["received"]:
        return Topic(
            f"{upper_first(context.in_label)} non risultano reclami.", table, _complaints_chart(table)
        )
    before = table.value(context.comparable.code, "received") if context.comparable else None
    message = (
        f"{'È arrivato' if now['received'] == 1 else 'Sono arrivati'} "
        f"{count(now['received'], 'reclamo', 'reclami')}{count_change(now['received'], before, context.compared_label)}."
    )
    detail = ""
    if now["term_assessable"]:
        within = part_of(
            now["answered_within_term"], now["term_assessable"], now["answered_within_term_rate"]
        )
        detail = f"Risposte entro il termine, tra i reclami di cui si può dire: {within}."
    return Topic(message, table, _complaints_chart(table), detail)


def _complaints_chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    chart = Chart(
        "grafico_governo_reclami",
        "Reclami ricevuti e risposte entro il termine",
        ChartKind.BARS,
        table.key,
        "period",
        ("received", "answered_within_term"),
        f"Barre orizzontali: reclami ricevuti per semestre. {_said(table, 'received')}.",
        names=("ricevuti", "risposta entro il termine"),
    )
    return worth_drawing(chart, table)


def _at_end(context: Context) -> str:
    return "A fine semestre" if context.is_complete else f"Al {context.as_of_text}"


def _said(table: Table, column: str) -> str:
    place = table.position(column)
    return join_words([f"{row.values[0]} {number(row.values[place])}" for row in table.body])
