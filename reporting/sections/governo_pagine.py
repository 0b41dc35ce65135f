"""The two pages to decide from, what stands behind them, and the slides that say the same."""

from dataclasses import dataclass, replace

from osservatorio.italian import number, percent
from reporting.context import Context
from reporting.figures import indicator_figure, mart_figure
from reporting.model import Block, KeyFigure, KeyFigures, Paragraph, Section, Slide, Table, present
from reporting.queries import TUTTE, TUTTI
from reporting.sections import governo_temi as temi
from reporting.sections.governo_decisioni import decisioni
from reporting.sections.governo_punti import Point, condizioni, punti, tabella_punti
from reporting.sections.governo_regole import regole, tutte_le_regole
from reporting.sections.governo_scadenze import per_comune, scadenze
from reporting.sections.governo_temi import BUDGET, Topic
from reporting.statements import beside
from reporting.text import count, lower_first

ALL = {"service_code": TUTTI}
COUNTS = (  # mart, column, its total row, and what it is about where the label alone does not say it
    ("mart_caseload_by_municipality", "minors_at_end", ALL, ""),
    ("mart_caseload_by_municipality", "opened", ALL, "Prese in carico"),
    ("mart_caseload_by_municipality", "closed", ALL, "Prese in carico"),
    ("mart_service_usage", "delivered", {**ALL, "intervention_type": TUTTI}, ""),
    ("mart_complaints", "received", ALL, ""),
)
INDICATORS = ("casi_per_operatore", "regole_rispettate")
POINTS_ON_A_SLIDE = ROWS_ON_A_SLIDE = 6
RULES_ON_A_SLIDE = ("rule_title", "article", "not_compliant", "not_assessable", "compliance_rate")


@dataclass(frozen=True)
class Pack:
    """Everything that the first level reads: figures, subjects and points of one semester."""

    figures: KeyFigures
    course: tuple[Topic, ...]  # how the semester went
    rules: Topic
    deadlines: Topic
    decisions: Topic
    points: list[Point]


def read_pack(context: Context) -> Pack:
    """Read the pack of the context's semester and edition."""
    return Pack(
        KeyFigures(
            (
                *(_count(context, *figure) for figure in COUNTS),
                _spent(context),
                *(indicator_figure(context, code) for code in INDICATORS),
            ),
            context.before_label,
        ),
        tuple(topic(context) for topic in (temi.casistica, temi.ore, temi.risorse, temi.reclami)),
        regole(context),
        scadenze(context),
        decisioni(context),
        punti(context),
    )


def andamento(pack: Pack) -> Section:
    """First page: how the semester went."""
    lead = pack.course[0].message
    return Section("andamento", "Come è andato il semestre", (pack.figures, *_panels(pack.course)), lead)


def decidere(pack: Pack) -> Section:
    """Second page: what is not in order, what was left open, what to decide."""
    blocks = present(
        Paragraph(pack.rules.text),
        pack.rules.table,
        *_panels((pack.deadlines, pack.decisions)),
        tabella_punti(pack.points) or Paragraph("Nessun punto supera le soglie convenute."),
    )
    return Section("decidere", "Che cosa decidere", blocks, pack.rules.message)


def allegati(context: Context, pack: Pack) -> tuple[Section, ...]:
    """What stands behind the two pages: working lists by municipality and rule, and the figures of the charts."""
    lists = (tutte_le_regole(context), pack.deadlines.table, per_comune(context), pack.decisions.table)
    figures = tuple(topic.table for topic in pack.course if topic.table)
    notes = context.narrative(
        "note",
        "Note per l'incontro",
        "Qui l'Ufficio di Piano scrive ciò che i numeri non dicono: il contesto, gli altri punti all'ordine del giorno, le proposte.",
    )
    return (
        Section("elenchi", "Elenchi di lavoro", present(notes, *lists), is_appendix=True),
        Section("dati", "I dati dei grafici e le soglie", (*figures, condizioni(context)), is_appendix=True),
    )


def lucidi(context: Context, pack: Pack) -> tuple[Slide, ...]:
    """The deck: one message a slide, in the order of the meeting."""
    rules = pack.rules
    slides = [
        Slide(_movement(context, pack), pack.figures),
        *_charts(pack.course),
        *([_worst_rules(rules, rules.table)] if rules.table else []),
        *_charts((pack.deadlines, pack.decisions)),
    ]
    shown = pack.points[:POINTS_ON_A_SLIDE]
    if points := tabella_punti(shown):
        left = len(pack.points) - len(shown)
        note = f"{count(left, 'altro punto è', 'altri punti sono')} nel documento." if left else ""
        slides.append(Slide(f"{count(len(pack.points), 'punto', 'punti')} da decidere", points, note))
    return tuple(slides)


def _charts(topics: tuple[Topic, ...]) -> list[Slide]:
    return [Slide(topic.message, topic.chart, topic.detail) for topic in topics if topic.chart]


def _worst_rules(topic: Topic, table: Table) -> Slide:
    """The first rows of the table of rules, and the columns that a room can read."""
    places = [table.position(name) for name in RULES_ON_A_SLIDE]
    rows = tuple(
        replace(row, values=tuple(row.values[place] for place in places))
        for row in table.rows[:ROWS_ON_A_SLIDE]
    )
    shown = replace(table, columns=tuple(table.columns[place] for place in places), rows=rows)
    return Slide(topic.message, shown, f"In tabella le regole con la quota più bassa. {topic.detail}".strip())


def _movement(context: Context, pack: Pack) -> str:
    by_name = {item.column.key: item.value for item in pack.figures.items}
    opened, closed = by_name["opened"], by_name["closed"]
    if opened is None or closed is None:
        return f"I numeri del {context.period.label}"
    return (
        f"Nel semestre {'si è aperta' if opened == 1 else 'si sono aperte'} "
        f"{count(opened, 'presa in carico', 'prese in carico')} e se ne {'è chiusa' if closed == 1 else 'sono chiuse'} "
        f"{number(closed)}."
    )


def _panels(topics: tuple[Topic, ...]) -> list[Block]:
    blocks: list[Block] = []
    for topic in topics:
        blocks.append(Paragraph(topic.text))
        if topic.chart:
            blocks.append(topic.chart)
    return blocks


def _count(context: Context, mart: str, column: str, whole: dict[str, str], subject: str) -> KeyFigure:
    """A count with its change since the same semester of the year before."""
    figure = mart_figure(context, mart, column, **whole)
    shown = figure.column
    if subject:
        shown = replace(shown, label=f"{subject}: {lower_first(shown.label)}")
    before = figure.before if context.comparable else None
    return replace(figure, column=shown, note=beside(figure.value, before))


def _spent(context: Context) -> KeyFigure:
    """The share spent of the year's resources, beside the share of the year that is over."""
    figure = mart_figure(context, BUDGET, "execution_rate", area=TUTTE)
    elapsed = mart_figure(context, BUDGET, "share_elapsed", area=TUTTE).value
    label = f"Risorse: {lower_first(figure.column.label)}"
    note = f"anno trascorso: {percent(elapsed)}" if elapsed is not None else ""
    return replace(figure, column=replace(figure.column, label=label), note=note)
