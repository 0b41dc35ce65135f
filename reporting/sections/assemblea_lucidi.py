"""The slides for the Assembly: one message a slide, in the order of the meeting, from the same protected tables."""

from dataclasses import replace

from osservatorio.italian import number
from reporting.assembly import derived
from reporting.assembly.context import AssemblyContext
from reporting.disclosure.tidy import SIGN
from reporting.model import Bullets, Chart, KeyFigures, Report, Slide, Table
from reporting.protected import known
from reporting.sections.assemblea_ascolto import complaints_sentence, satisfaction_sentence
from reporting.sections.assemblea_casistica import minors_sentence
from reporting.sections.assemblea_compartecipazione import sharing_sentence
from reporting.sections.assemblea_decisioni import Decision, decisions_table
from reporting.sections.assemblea_regole import rules_sentence
from reporting.sections.assemblea_risorse import gaps_sentence, money_sentence
from reporting.sections.assemblea_servizi import acts_sentence
from reporting.sections.assemblea_sintesi import changes, key_figures
from reporting.text import count

POINTS_ON_A_SLIDE, CHANGES_ON_A_SLIDE, RULES_ON_A_SLIDE = 4, 7, 7
RULES_SHOWN = ("rule_title", "article", known.COMPLIANT, known.NOT_COMPLIANT, derived.COMPLIANCE)
SHARING_SHOWN = (known.TOWN, known.OBLIGED, known.CHARGED, known.PAID, known.COLLECTION_RATE)
RATES_SHOWN = (known.TOWN, known.MINORS_AT_END, known.RESIDENTS, known.PER_1000)


def lucidi(context: AssemblyContext, report: Report, points: tuple[Decision, ...]) -> tuple[Slide, ...]:
    """The deck of a report: its charts and the columns of its tables that a room can read."""
    said = changes(context)[:CHANGES_ON_A_SLIDE]
    tables = {table.key: table for table in report.tables}
    charts = {
        block.key: block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Chart)
    }
    slides = [
        Slide("I numeri dell'anno", _figures(context)),
        *([Slide(f"Che cosa è cambiato dall'{context.compared_label}", Bullets(said))] if said else []),
        _table(minors_sentence(context), tables.get("incidenza_comune"), RATES_SHOWN),
        _chart("In quali Comuni ci sono più minori in carico", charts.get("grafico_tassi")),
        _chart("Quali servizi seguono i minori", charts.get("grafico_minori_servizio")),
        _whole(tables.get("minori_comune_servizio")),
        _chart(acts_sentence(context), charts.get("grafico_interventi_servizio")),
        _chart(money_sentence(context), charts.get("grafico_quote"), gaps_sentence(context)),
        _table(sharing_sentence(context), tables.get("compartecipazione_comune"), SHARING_SHOWN),
        _chart("Che cosa porterebbero altre soglie ISEE", charts.get("grafico_ipotesi")),
        _rules(rules_sentence(context), tables.get("regole_articolo")),
        _chart(
            satisfaction_sentence(context) or "Soddisfazione per Comune",
            charts.get("grafico_soddisfazione_comune"),
            complaints_sentence(context),
        ),
        *_points(points),
        _protection(context),
    ]
    return tuple(slide for slide in slides if slide)


def _figures(context: AssemblyContext) -> KeyFigures:
    """The key figures in two rows of tiles, without the budget, which has a slide of its own."""
    block = key_figures(context)
    return replace(block, items=tuple(item for item in block.items if item.column.key != known.ALLOTTED))


def _whole(table: Table | None) -> Slide | None:
    """A table of the report as it is."""
    return Slide(table.title, table) if table else None


def _chart(title: str, chart: Chart | None, note: str = "") -> Slide | None:
    return Slide(title or chart.title, chart, note) if chart else None


def _table(title: str, table: Table | None, shown: tuple[str, ...]) -> Slide | None:
    """Some columns of a table of the report."""
    if table is None:
        return None
    places = [table.position(name) for name in shown]
    rows = tuple(replace(row, values=tuple(row.values[place] for place in places)) for row in table.rows)
    fewer = replace(table, columns=tuple(table.columns[place] for place in places), rows=rows)
    return Slide(title or table.title, fewer)


def _rules(title: str, table: Table | None) -> Slide | None:
    """The rules with the lowest shares among those shown."""
    if table is None:
        return None
    place = table.position(derived.COMPLIANCE)
    judged = [row for row in table.rows if isinstance(row.values[place], float)]
    judged.sort(key=lambda row: (float(row.values[place]), row.key))  # type: ignore[arg-type]
    slide = _table(title, replace(table, rows=tuple(judged[:RULES_ON_A_SLIDE]), group=None), RULES_SHOWN)
    return (
        replace(slide, note="Le regole sui casi con la quota più bassa, fra quelle non oscurate.")
        if slide
        else None
    )


def _points(points: tuple[Decision, ...]) -> list[Slide]:
    """The agenda, a few points a slide."""
    slides = []
    for first in range(0, len(points), POINTS_ON_A_SLIDE):
        shown = points[first : first + POINTS_ON_A_SLIDE]
        table = decisions_table(shown, f"decisioni_{first}")
        more = f" ({first + 1}-{first + len(shown)})" if len(points) > POINTS_ON_A_SLIDE else ""
        if table:
            slides.append(Slide(f"{count(len(points), 'punto', 'punti')} da decidere{more}", table))
    return slides


def _protection(context: AssemblyContext) -> Slide:
    accounts = context.view.accounts
    withheld, cells = sum(a.withheld for a in accounts), sum(a.cells for a in accounts)
    return Slide(
        "Come sono protetti i dati",
        Bullets(
            (
                f"I dati che riguardano meno di {number(context.view.policy.threshold)} minori sono oscurati: {SIGN}, che "
                "non vuol dire zero.",
                "Altri lo sono perché i primi si ricaverebbero per differenza. I totali sono quelli veri.",
                f"Sono oscurate {number(withheld)} celle su {number(cells)}. Un verificatore indipendente ha provato a "
                "ricavarle da tutte le tabelle insieme, e non c'è riuscito.",
            )
        ),
    )
