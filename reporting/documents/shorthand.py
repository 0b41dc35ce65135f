"""Shorthand of the workbook, in square brackets, and the sheet that explains it.

After the UK Analysis Function's guidance: no cell of a table is left empty without a word on why.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reporting.disclosure.tidy import SIGN
from reporting.model import Chart, ChartKind, Format, Report, Table
from reporting.text import MISSING_TEXT
from reporting.withheld import MEANING as WITHHELD_MEANING
from reporting.withheld import left_out, withheld_note

MISSING = "[x]"
MEANING = (
    "Il numero manca: il dato non c'è o il rapporto non si calcola, per esempio perché il denominatore è zero. Non vuol "
    "dire zero, se non lo dice la nota della tabella."
)
ON_SHEET = f"{MISSING}: numero che manca (vedi il foglio «Note»)."
GAPS = (
    ChartKind.LINES,
    ChartKind.INTERVALS,
)  # drawn from empty cells as gaps; from texts they would be zeros
FIRST_LINE = 5  # of the tables, as the reader counts


@dataclass(frozen=True)
class Note:
    """A line of the sheet of notes: a sign or a subject, what it means, where it is used."""

    subject: str
    text: str
    places: str


def gap_columns(table: Table, charts: list[Chart]) -> frozenset[int]:
    """The columns whose missing figures stay empty, so that a chart shows a gap."""
    return frozenset(table.position(name) for chart in charts if chart.kind in GAPS for name in chart.series)


def has_missing(table: Table, gaps: Collection[int] = (), *, in_gaps: bool = False) -> bool:
    """Whether a figure, a date or a flag of the table is missing, outside the gaps of its charts or in them."""
    places = [
        place
        for place, column in enumerate(table.columns)
        if column.format is not Format.TEXT and (place in gaps) is in_gaps
    ]
    return any(row.values[place] in (None, "") for row in table.rows for place in places)


def table_note(table: Table, gaps: Collection[int], charts: Sequence[Chart] = ()) -> str:
    """The note of a table and of its charts, with the shorthand that it uses."""
    parts = [table.note, withheld_note(table), *dict.fromkeys(left_out(chart, table) for chart in charts)]
    if has_missing(table, gaps):
        parts.append(ON_SHEET)
    if has_missing(table, gaps, in_gaps=True):
        parts.append("Nelle colonne del grafico la cella del dato che non c'è resta vuota.")
    return " ".join(part for part in parts if part)


def workbook_notes(
    report: Report, places: Sequence[str], withheld: Sequence[str], comments: str
) -> list[Note]:
    """The lines of the sheet of notes; `places` and `withheld` are the sheets where the shorthand of a missing and of
    a withheld figure stands.
    """
    notes = [Note(SIGN, WITHHELD_MEANING, ", ".join(withheld))] if withheld else []
    notes += [Note(MISSING, MEANING, ", ".join(places))] if places else []
    if any(text.is_missing for text in report.narratives):
        notes.append(Note(MISSING_TEXT, "Un testo che resta da scrivere.", comments))
    return [
        *notes,
        Note(
            "Fogli",
            f"Ogni foglio contiene una sola tabella, che comincia alla riga {FIRST_LINE}. Sopra ci sono il titolo, la "
            "fonte con la pubblicazione e i codici degli indicatori, e la nota; sotto, che cosa vuol dire ogni "
            "colonna e, dove ci sono, i grafici. Una cella di testo vuota vuol dire che non c'è nulla da dire.",
            "Tutti",
        ),
        Note(
            "Numeri",
            "Le celle contengono il valore non arrotondato e lo mostrano arrotondato. Le quote sono percentuali. Le "
            "righe di totale stanno in fondo, o in fondo al loro gruppo.",
            "Tutti",
        ),
    ]
