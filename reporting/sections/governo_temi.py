"""The subjects of the governance pack: of each a sentence, the table of its figures and the chart that shows it."""

from dataclasses import dataclass

from osservatorio.italian import euro, join_words, number, percent
from osservatorio.periods import SEMESTER
from reporting.context import Slice
from reporting.drawing.vega import worth_drawing
from reporting.governance import derived
from reporting.governance.context import GovernanceContext
from reporting.model import Chart, ChartKind, Table, is_known
from reporting.protected import known
from reporting.protected.context import Shown
from reporting.queries import TUTTE
from reporting.statements import count_change
from reporting.text import count, part_of, upper_first, verb, with_article

HOURS, GOVERNANCE = "mart_contract_hours", "mart_governance"


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


def casistica(context: GovernanceContext) -> Topic:
    """Minors in care by service."""
    title = "Minori in carico per servizio"
    table = context.protected_table(
        "governo_casistica",
        known.SERVICE,
        "casistica_servizio_semestre",
        [Shown(known.MINORS_AT_END, before=True), Shown(known.OPENED), Shown(known.CLOSED)],
        title=title,
        sheet="Minori per servizio",
    )
    if table is None:
        return Topic(f"{upper_first(context.in_label)} non risultano prese in carico.")
    chart = Chart(
        "grafico_governo_casistica",
        title,
        ChartKind.BARS,
        table.key,
        known.SERVICE,
        context.series(known.MINORS_AT_END),
        f"Barre orizzontali: minori in carico per servizio. {_said(table, known.MINORS_AT_END)}.",
        names=context.series_names,
    )
    return Topic(_minors(context) or f"{title}.", table, worth_drawing(chart, table))


def _minors(context: GovernanceContext) -> str:
    """How many minors are in care; nothing where that is withheld."""
    told = context.pair(known.MINORS_AT_END)
    if told is None:
        return ""
    now, before = told
    return (
        f"{_at_end(context)} {verb(now, 'è in carico', 'sono in carico')} "
        f"{count(now, 'minore', 'minori')}{count_change(now, before, context.compared_label)}."
    )


def risorse(context: GovernanceContext) -> Topic:
    """What was spent of the year's resources, against the share of the year that is over."""
    year, so_far = context.period.start.year, context.year_so_far
    columns = (
        derived.ALLOTTED,
        known.COMMITTED,
        known.SPENT,
        derived.EXECUTION,
        derived.ELAPSED,
        derived.GAP,
    )
    areas = [
        code
        for code in context.codes("risorse_area_semestre", known.AREA)
        if any(
            context.value(key, **so_far, **{known.AREA: code}) not in (None, 0)
            for key in (derived.ALLOTTED, known.SPENT)
        )
    ]
    table = context.protected_table(
        "governo_risorse",
        known.AREA,
        "risorse_area_semestre",
        [Shown(key) for key in columns],
        at=so_far,
        codes=areas,
        title=f"Risorse del {year} per area, fino alla fine del semestre",
        sheet="Risorse e anno trascorso",
        note="Spese con competenza dal primo giorno dell'anno, senza rette e contributi di affido.",
    )
    if table is None:
        return Topic(f"Per il {year} non risultano risorse assegnate né spese.")
    rate, spent, elapsed = (
        context.value(key, **so_far) for key in (derived.EXECUTION, known.SPENT, derived.ELAPSED)
    )
    passed = percent(elapsed)
    place = table.position(derived.EXECUTION)
    parts = [
        f"{row.values[0]}: speso {with_article('il', percent(row.values[place]))}"
        for row in table.body
        if is_known(row.values[place])
    ]
    chart = Chart(
        "grafico_governo_risorse",
        "Quota spesa e quota dell'anno trascorsa, per area",
        ChartKind.BARS,
        table.key,
        known.AREA,
        (derived.EXECUTION, derived.ELAPSED),
        f"Barre orizzontali, due per area. {'; '.join(parts)}; anno trascorso {passed}.",
        names=("speso", "anno trascorso"),
    )
    if is_known(rate):
        message = (
            f"È speso {with_article('il', percent(rate))} delle risorse dell'anno, quando ne è trascorso "
            f"{with_article('il', passed)}."
        )
    elif is_known(spent):
        message = f"{euro(spent, 0)} spesi da inizio anno; le risorse assegnate non sono state consegnate."
    else:
        message = f"Risorse del {year}, quando dell'anno è trascorso {with_article('il', passed)}."
    return Topic(message, table, chart if parts else None)


def ore(context: GovernanceContext) -> Topic:
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


def _supervision(context: GovernanceContext) -> str:
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


def reclami(context: GovernanceContext) -> Topic:
    """Complaints of the last semesters and how many were answered within the term."""
    gathered = set(context.codes("reclami_semestre", known.PERIOD))
    shown = [one.code for one in context.covered(SEMESTER) if one.code in gathered]
    table = context.protected_table(
        "governo_reclami",
        known.PERIOD,
        "reclami_semestre",
        [
            Shown(known.RECEIVED),
            Shown(derived.IN_TIME),
            Shown(derived.WITH_TERM),
            Shown(derived.IN_TIME_RATE),
        ],
        codes=shown,
        keep_all=True,  # a semester without complaints belongs to the series
        title="Reclami degli ultimi semestri",
        sheet="Reclami per semestre",
    )
    chart = _complaints_chart(table)
    received = context.value(known.RECEIVED)
    if table is None or not received:
        return Topic(f"{upper_first(context.in_label)} non risultano reclami.", table, chart)
    told = context.pair(known.RECEIVED)
    if told is None:
        return Topic("Reclami degli ultimi semestri.", table, chart)
    now, before = told
    message = (
        f"{verb(now, 'È arrivato', 'Sono arrivati')} {count(now, 'reclamo', 'reclami')}"
        f"{count_change(now, before, context.compared_label)}."
    )
    return Topic(message, table, chart, answers(context))


def answers(context: GovernanceContext) -> str:
    """How many complaints were answered within the term; nothing where that is withheld."""
    kept, whole, rate = (
        context.value(key) for key in (derived.IN_TIME, derived.WITH_TERM, derived.IN_TIME_RATE)
    )
    if not (is_known(kept) and is_known(whole) and whole):
        return ""
    return f"Risposte entro il termine, tra i reclami di cui si può dire: {part_of(kept, whole, rate)}."


def _complaints_chart(table: Table | None) -> Chart | None:
    if table is None:
        return None
    chart = Chart(
        "grafico_governo_reclami",
        "Reclami ricevuti e risposte entro il termine",
        ChartKind.BARS,
        table.key,
        known.PERIOD,
        (known.RECEIVED, derived.IN_TIME),
        f"Barre orizzontali: reclami ricevuti per semestre. {_said(table, known.RECEIVED)}.",
        names=("ricevuti", "risposta entro il termine"),
    )
    return worth_drawing(chart, table)


def _at_end(context: GovernanceContext) -> str:
    return "A fine semestre" if context.is_complete else f"Al {context.as_of_text}"


def _said(table: Table, column: str) -> str:
    """What a column shows; nothing of what is withheld."""
    place = table.position(column)
    told = [row for row in table.body if is_known(row.values[place])]
    return join_words([f"{row.values[0]} {number(row.values[place])}" for row in told]) or "Dati oscurati"
