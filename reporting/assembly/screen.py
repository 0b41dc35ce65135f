"""The protected tables of a year for a screen: names, order and definitions around the cells as they left."""

from collections.abc import Iterator

from osservatorio import protected
from reporting.assembly import derived
from reporting.disclosure.cells import PublishedTable
from reporting.disclosure.tidy import SIGN
from reporting.model import WITHHELD, Value
from reporting.protected import known
from reporting.protected.context import ProtectedContext
from reporting.text import upper_first
from reporting.withheld import MEANING

# What the tables of each mart are about, for those who choose one.
TOPICS = {
    known.CASELOAD: "Casistica",
    known.PROFILE: "Casistica",
    known.USAGE: "Servizi",
    known.BUDGET: "Risorse",
    known.SHARING: "Compartecipazione",
    known.BY_ISEE: "Compartecipazione",
    known.SIMULATION: "Compartecipazione",
    known.RULES: "Regole",
    known.COMPLAINTS: "Reclami",
    known.SATISFACTION: "Soddisfazione",
}
OUTCOMES = {
    known.UPHELD: "Accolti",
    known.NOT_UPHELD: "Non accolti",
    known.UNANSWERED: "Senza risposta",
    "TUTTI": "Tutti i reclami",
}
# Minutes are what adds up; people read hours.
IN_OTHER_WORDS = {known.MINUTES: derived.HOURS}


def screen_of(context: ProtectedContext, export: protected.Export) -> protected.ProtectedTables:
    """Every protected table of the context's year, as a screen shows it."""
    accounts = context.view.accounts
    return protected.ProtectedTables(
        export,
        tuple(_table(context, table) for table in context.view.tables),
        context.view.policy.threshold,
        SIGN,
        MEANING,
        sum(account.withheld for account in accounts),
        sum(account.cells for account in accounts),
    )


def _table(context: ProtectedContext, table: PublishedTable) -> protected.ProtectedTable:
    frame, *others = table.dimensions
    measures = tuple(_measures(context, table))
    places = tuple(dict.fromkeys(cell.place for cell in table.cells))
    cells = {}
    for place in places:
        at = dict(zip(table.dimensions, place, strict=True))
        for measure in measures:
            value = context.view.value(measure.key, **at)
            if value is not None:
                cells[place, measure.key] = _cell(value)
    return protected.ProtectedTable(
        table.key,
        table.title,
        TOPICS[context.SOURCES[measures[0].key][0]],
        _dimension(context, table, frame),
        tuple(_dimension(context, table, key) for key in others),
        measures,
        cells,
    )


def _measures(context: ProtectedContext, table: PublishedTable) -> Iterator[protected.Measure]:
    """The figures that the release describes; what only a subtraction tells is left to the tidy files."""
    for key in dict.fromkeys(cell.measure for cell in table.cells):
        shown = IN_OTHER_WORDS.get(key, key)
        if shown in context.SOURCES:
            column = context.source(shown)
            yield protected.Measure(shown, column.label, column.definition, str(column.format))


def _cell(value: Value) -> protected.Cell:
    if value is WITHHELD:
        return protected.Cell(None, is_withheld=True)
    return protected.Cell(value if isinstance(value, int | float) else float(str(value)))


def _dimension(context: ProtectedContext, table: PublishedTable, key: str) -> protected.Dimension:
    total = context.view.known.dimensions[key].total
    if key == known.OUTCOME:
        found = context.view.codes(table.key, key)
        names = {code: name for code, name in OUTCOMES.items() if code in found}
        return protected.Dimension(key, "Esito", names, total)
    names = {code: upper_first(_name(context, key, code, total)) for code in context.codes(table.key, key)}
    return protected.Dimension(key, _label(context, key), names, total)


def _label(context: ProtectedContext, key: str) -> str:
    if key == known.PERIOD:
        return "Anno"
    if key == known.AGE:
        return context.labels.label("dimension", "age_band")
    return context.column(*context.HEADS[key]).label


def _name(context: ProtectedContext, key: str, code: str, total: str | None) -> str:
    """The name of a code; services are in areas, and a total that no list names is one all the same."""
    name = context.name_of(key, code)
    if name != code:
        return name
    if key == known.SERVICE:
        return context.labels.label("area", code)
    return "Totale" if code == total else name
