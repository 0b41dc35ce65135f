"""What readers are told of withheld cells: the same words under every table and chart, in every format."""

from collections.abc import Iterable

from osservatorio.italian import join_words
from reporting import formats
from reporting.disclosure.tidy import SIGN
from reporting.drawing.vega import chart_rows
from reporting.model import WITHHELD, Chart, Table, Value

MEANING = (
    "Il dato è oscurato: riguarda poche persone, oppure con gli altri lo si ricaverebbe per differenza. Non vuol dire "
    "zero e non vuol dire che manchi; i totali mostrati lo comprendono."
)
ON_TABLE = f"{SIGN}: dato oscurato per riservatezza; non vuol dire zero, e i totali mostrati lo comprendono."


def has_withheld(values: Iterable[Value]) -> bool:
    """Whether one of these values is withheld."""
    return any(value is WITHHELD for value in values)


def withheld_note(table: Table) -> str:
    """The sentence that explains the sign under a table; empty where no cell is withheld."""
    return ON_TABLE if any(has_withheld(row.values) for row in table.rows) else ""


def left_out(chart: Chart, table: Table) -> str:
    """The sentence on what a chart does not draw because it is withheld; empty where it draws everything."""
    category = table.position(chart.category)
    places = [table.position(name) for name in chart.series]
    names = [
        formats.text(row.values[category], table.columns[category].format)
        for row in chart_rows(chart, table)
        if has_withheld(row.values[place] for place in places)
    ]
    return f"Non sono disegnati i dati oscurati ({SIGN}): {join_words(names)}." if names else ""
