"""The two pages to decide from, what stands behind them, and the slides that say the same."""

from dataclasses import dataclass, replace

from osservatorio.italian import number, percent
from reporting.figures import INDICATORS as INDICATORS_MART
from reporting.figures import indicator_column, indicator_figure
from reporting.governance import derived
from reporting.governance import known as own
from reporting.governance.context import GovernanceContext
from reporting.governance.derived import CASES_PER_WORKER, RULES_KEPT, bases_of
from reporting.governance.gathering import spending_period
from reporting.model import (
    WITHHELD,
    Block,
    KeyFigure,
    KeyFigures,
    Narrative,
    Paragraph,
    Section,
    Slide,
    Table,
    is_known,
    present,
)
from reporting.protected import known
from reporting.sections import governo_temi as temi
from reporting.sections.governo_decisioni import decisioni
from reporting.sections.governo_punti import Points, condizioni, punti, tabella_punti
from reporting.sections.governo_regole import regole, tutte_le_regole
from reporting.sections.governo_scadenze import scadenze
from reporting.sections.governo_temi import Topic
from reporting.text import count, lower_first, sentences, verb
from reporting.words.narratives import Narratives

COUNTS = (  # the figure, and what it is about where the label alone does not say it
    (known.MINORS_AT_END, ""),
    (known.OPENED, "Prese in carico"),
    (known.CLOSED, "Prese in carico"),
    (known.DELIVERED, ""),
    (known.RECEIVED, ""),
)
INDICATORS = (CASES_PER_WORKER, RULES_KEPT)
POINTS_ON_A_SLIDE = ROWS_ON_A_SLIDE = 6
RULES_ON_A_SLIDE = ("rule_title", "article", known.NOT_COMPLIANT, own.NOT_ASSESSABLE, derived.COMPLIANCE)


@dataclass(frozen=True)
class Pack:
    """Everything that the first level reads: figures, subjects and points of one semester."""

    figures: KeyFigures
    course: tuple[Topic, ...]  # how the semester went
    rules: Topic
    deadlines: Topic
    decisions: Topic
    points: Points


def read_pack(context: GovernanceContext) -> Pack:
    """Read the pack of the context's semester and edition."""
    return Pack(
        KeyFigures(
            (
                *(_count(context, *figure) for figure in COUNTS),
                _spent(context),
                *(_indicator(context, code) for code in INDICATORS),
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
        tabella_punti(pack.points.found) or Paragraph("Nessun punto supera le soglie convenute."),
        Paragraph(pack.points.text),
    )
    return Section("decidere", "Che cosa decidere", blocks, pack.rules.message)


def testi_governance(words: Narratives) -> tuple[Narrative, ...]:
    """The texts that level one asks for, as far as they are written."""
    return (
        Narrative(
            "note",
            "Note per l'incontro",
            "Qui l'Ufficio di Piano scrive ciò che i numeri non dicono: il contesto, gli altri punti all'ordine del giorno, le "
            "proposte. Il testo va ai Comuni e al partner: non deve contenere casi singoli né numeri di poche persone.",
            words.lines("note"),
        ),
    )


def allegati(context: GovernanceContext, pack: Pack) -> tuple[Section, ...]:
    """What stands behind the two pages: rules, deadlines and decisions, and the figures of the charts."""
    lists = (tutte_le_regole(context), pack.deadlines.table, pack.decisions.table)
    return (
        Section(
            "elenchi",
            "Regole, scadenze e decisioni",
            present(*testi_governance(context.words), *lists),
            is_appendix=True,
        ),
        dati(context, pack.course),
    )


def dati(context: GovernanceContext, topics: tuple[Topic, ...]) -> Section:
    """The figures that the charts of these subjects draw, and when each point comes to the table."""
    figures = tuple(topic.table for topic in topics if topic.table)
    return Section(
        "dati", "I dati dei grafici e le soglie", (*figures, condizioni(context)), is_appendix=True
    )


def lucidi(context: GovernanceContext, pack: Pack) -> tuple[Slide, ...]:
    """The deck: one message a slide, in the order of the meeting."""
    rules = pack.rules
    slides = [
        Slide(_movement(context), pack.figures),
        *_charts(pack.course),
        *([_worst_rules(rules, rules.table)] if rules.table else []),
        *_charts((pack.deadlines, pack.decisions)),
    ]
    found = pack.points.found
    shown = found[:POINTS_ON_A_SLIDE]
    if points := tabella_punti(shown):
        left = len(found) - len(shown)
        note = f"{count(left, 'altro punto è', 'altri punti sono')} nel documento." if left else ""
        title = f"{count(len(found), 'punto', 'punti')} da decidere"
        slides.append(Slide(title, points, sentences(note, pack.points.text)))
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


def _movement(context: GovernanceContext) -> str:
    opened, closed = context.value(known.OPENED), context.value(known.CLOSED)
    if not (is_known(opened) and is_known(closed)):
        return f"I numeri del {context.period.label}"
    return (
        f"Nel semestre {verb(opened, 'si è aperta', 'si sono aperte')} "
        f"{count(opened, 'presa in carico', 'prese in carico')} e se ne {verb(closed, 'è chiusa', 'sono chiuse')} "
        f"{number(closed)}."
    )


def _panels(topics: tuple[Topic, ...]) -> list[Block]:
    blocks: list[Block] = []
    for topic in topics:
        blocks.append(Paragraph(topic.text))
        if topic.chart:
            blocks.append(topic.chart)
    return blocks


def _count(context: GovernanceContext, key: str, subject: str) -> KeyFigure:
    """A count with its change since the same semester of the year before."""
    label = f"{subject}: {lower_first(context.source(key).label)}" if subject else ""
    return context.key_figure(key, label)


def _spent(context: GovernanceContext) -> KeyFigure:
    """The share spent of the year's resources, beside the share of the year that is over."""
    so_far, column = context.year_so_far, context.source(derived.EXECUTION)
    elapsed = context.value(derived.ELAPSED, **so_far)
    before = None
    if context.before:
        before = context.value(derived.EXECUTION, **{known.PERIOD: spending_period(context.before)})
    return KeyFigure(
        own.PROGRESS,
        replace(column, key=derived.EXECUTION, label=f"Risorse: {lower_first(column.label)}"),
        context.value(derived.EXECUTION, **so_far),
        before,
        f"anno trascorso: {percent(elapsed)}" if elapsed is not None else "",
    )


def _indicator(context: GovernanceContext, code: str) -> KeyFigure:
    """An indicator, withheld with the figures that it rests on."""
    bases = bases_of(context.view.known, code, context.period.code)
    if any(context.view.value(base.measure, **dict(base.at)) is WITHHELD for base in bases):
        return KeyFigure(INDICATORS_MART, indicator_column(context, code), WITHHELD)
    return indicator_figure(context, code)
