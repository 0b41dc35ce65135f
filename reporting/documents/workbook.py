"""A report -> an XLSX workbook: cover, contents, summary, comments, then one table on each sheet.

After the UK Analysis Function's guidance on statistics in spreadsheets: title in A1, no merged cells, one
marked-up table on a sheet, nothing said by colour alone. Every text is written as text: no cell is a formula.
"""

from datetime import datetime, time
from io import BytesIO
from typing import TYPE_CHECKING

from osservatorio.italian import date_it
from reporting.documents import shorthand
from reporting.documents.native_charts import native_chart
from reporting.documents.printed import section_title
from reporting.documents.sheets import LINE_HEIGHT, TABLE_ROW, Head, Sheets, heads_of, line_count
from reporting.documents.stamp import stamped_keywords
from reporting.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Format,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    Table,
    Value,
)
from reporting.text import MISSING_TEXT
from reporting.withheld import ON_TABLE, has_withheld, withheld_note

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

COVER, CONTENTS, NOTES, SUMMARY, COMMENTS = "Copertina", "Indice", "Note", "Sintesi", "Commento"
MAX_SHEET_NAME = 31
COVER_WIDTH = 100  # characters of the texts on the cover
CHART_GAP = 2  # free lines between a table and its chart


def workbook(report: Report) -> bytes:
    """Write the report. The workbook is dated with the reference date: equal reports give equal bytes."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, options) as book:
        book.set_properties(
            {
                "title": f"{report.title} – {report.period_label}",
                "subject": report.description,
                "author": report.organisation,
                "keywords": ", ".join(stamped_keywords(report)),
                "comments": _origin(report),
                "created": datetime.combine(report.as_of, time()),
            }
        )
        sheets = Sheets(book)
        _cover(sheets, report)
        _contents(sheets, report)
        _notes(sheets, report)
        _summary(sheets, report)
        _comments(sheets, report)
        for table in report.tables:
            _table(sheets, report, table, charts_of(report, table))
    return buffer.getvalue()


def sheet_name(table: Table) -> str:
    """The name of a table's sheet: its number and short title. Raises ValueError where it is too long."""
    name = f"{table.number} {table.sheet}"
    if len(name) > MAX_SHEET_NAME:
        raise ValueError(f"sheet name longer than {MAX_SHEET_NAME} characters: {name}")
    return name


def charts_of(report: Report, table: Table) -> list[Chart]:
    """The charts that draw a table, in whatever section they stand."""
    blocks = (block for section in report.sections for block in section.blocks)
    return [block for block in blocks if isinstance(block, Chart) and block.table == table.key]


def first_tables(report: Report) -> dict[str, str]:
    """What the sheets before the report's own tables contain, by their names."""
    return {
        NOTES: "I segni usati e come leggere i fogli",
        SUMMARY: f"I numeri principali, {report.period_label}",
        COMMENTS: "Che cosa dicono i numeri",
    }


def _origin(report: Report, marts: tuple[str, ...] = ()) -> str:
    release = f"ubblicazione {report.release_id}, dati al {date_it(report.as_of)}."
    return f"Fonte: {', '.join(marts)}; p{release}" if marts else f"P{release}"


def _cover(sheets: Sheets, report: Report) -> None:
    sheet = sheets.add(COVER, report.title)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, COVER_WIDTH)
    sheet.write_string(1, 0, f"{report.organisation}, {report.period_label}")
    lines = [(fact.label, fact.text) for fact in report.facts]
    lines += [(notice.title, " ".join(notice.items)) for notice in report.notices]
    lines.append(("Fogli", f"Il foglio «{CONTENTS}» elenca gli altri fogli, con i collegamenti."))
    for row, (label, text) in enumerate(lines, start=3):
        sheet.set_row(row, LINE_HEIGHT * line_count(text, COVER_WIDTH))
        sheet.write_string(row, 0, label, sheets.style(bold=True, wrap=True))
        sheet.write_string(row, 1, text, sheets.style(wrap=True))


def _contents(sheets: Sheets, report: Report) -> None:
    sheet = sheets.add(CONTENTS, "Indice dei fogli")
    sheet.write_string(1, 0, _origin(report), sheets.style(muted=True))
    rows = [[name, "", content] for name, content in first_tables(report).items()]
    rows += [
        [sheet_name(table), section_title(section), f"Tabella {table.number} – {table.title}"]
        for section in report.sections
        for table in section.tables
    ]
    heads = [Head("Foglio", 34), Head("Sezione", 58), Head("Contenuto", 90)]
    sheets.table(sheet, "Indice", heads, rows)
    for line, row in enumerate(rows, start=TABLE_ROW + 1):
        sheet.write_url(line, 0, f"internal:'{row[0]}'!A1", sheets.style(link=True), row[0])


def _notes(sheets: Sheets, report: Report) -> None:
    sheet = sheets.add(NOTES, f"Note – {first_tables(report)[NOTES]}")
    sheet.write_string(1, 0, _origin(report), sheets.style(muted=True))
    places = [SUMMARY] if _summary_has_missing(report) else []
    for table in report.tables:
        if shorthand.has_missing(table, shorthand.gap_columns(table, charts_of(report, table))):
            places.append(sheet_name(table))
    withheld = [SUMMARY] if has_withheld(_summary_values(report)) else []
    withheld += [sheet_name(table) for table in report.tables if withheld_note(table)]
    notes = shorthand.workbook_notes(report, places, withheld, COMMENTS)
    heads = [Head("Segno o argomento", 24), Head("Che cosa vuol dire", 90), Head("Fogli", 60)]
    sheets.table(sheet, "Note", heads, [[note.subject, note.text, note.places] for note in notes])


def _key_figures(report: Report) -> list[KeyFigures]:
    return [b for section in report.sections for b in section.blocks if isinstance(b, KeyFigures)]


def _summary_has_missing(report: Report) -> bool:
    blocks = _key_figures(report)
    has_before = any(block.before_label for block in blocks)
    return any(
        item.value is None or (has_before and item.before is None) for block in blocks for item in block.items
    )


def _summary_values(report: Report) -> list[Value]:
    return [
        value for block in _key_figures(report) for item in block.items for value in (item.value, item.before)
    ]


def _summary(sheets: Sheets, report: Report) -> None:
    blocks = _key_figures(report)
    items = [item for block in blocks for item in block.items]
    before = next((block.before_label for block in blocks if block.before_label), "")
    sheet = sheets.add(SUMMARY, f"Sintesi – {first_tables(report)[SUMMARY]}")
    marts = tuple(dict.fromkeys(item.mart for item in items))
    sheet.write_string(1, 0, _origin(report, marts), sheets.style(muted=True))
    signs = [ON_TABLE] if has_withheld(_summary_values(report)) else []
    signs += [shorthand.ON_SHEET] if _summary_has_missing(report) else []
    if signs:
        sheet.write_string(2, 0, " ".join(signs))
    heads = [
        Head("Voce", 36),
        Head(report.period_label.capitalize(), 20, is_numeric=True),
        *([Head(before.capitalize(), 20, is_numeric=True)] if before else []),
        Head("Nota", 48),
        Head("Definizione", 80),
    ]
    rows, kinds = [], []
    for item in items:
        form = item.column.format
        earlier = [item.before] if before else []
        rows.append([item.column.label, item.value, *earlier, item.note, item.column.definition])
        kinds.append((Format.TEXT, form, *([form] if before else []), Format.TEXT, Format.TEXT))
    sheets.table(sheet, "Sintesi", heads, rows, kinds=kinds)


def _comments(sheets: Sheets, report: Report) -> None:
    sheet = sheets.add(COMMENTS, f"Commento – {first_tables(report)[COMMENTS]}")
    sheet.write_string(1, 0, _origin(report), sheets.style(muted=True))
    if any(text.is_missing for text in report.narratives):
        sheet.write_string(2, 0, f"{MISSING_TEXT}: un testo che resta da scrivere.")
    rows = [
        [section_title(section), text]
        for section in report.sections
        for block in section.blocks
        for text in _texts(block)
    ]
    sheets.table(sheet, "Commento", [Head("Sezione", 58), Head("Commento", 130)], rows)


def _texts(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, Bullets):
        return list(block.items)
    if isinstance(block, Callout):
        return [f"{block.title}. {' '.join(block.items)}"]
    if isinstance(block, Narrative):
        return [line.text for line in block.lines] or [f"{block.title}: {MISSING_TEXT}. {block.prompt}"]
    return []


def _table(sheets: Sheets, report: Report, table: Table, charts: list[Chart]) -> None:
    name = sheet_name(table)
    sheet = sheets.add(name, f"Tabella {table.number} – {table.title}", one_page=bool(charts))
    codes = f" Indicatori: {', '.join(table.indicators)}." if table.indicators else ""
    sheet.write_string(1, 0, table.origin or _origin(report, table.marts) + codes, sheets.style(muted=True))
    gaps = shorthand.gap_columns(table, charts)
    if note := shorthand.table_note(table, gaps, charts):
        sheet.write_string(2, 0, note)
    heads = heads_of(table)
    totals = [row.is_total for row in table.rows]
    kinds = [tuple(column.format for column in table.columns)] * len(table.rows)
    values = [list(row.values) for row in table.rows]
    last = sheets.table(sheet, f"T_{table.key}", heads, values, kinds=kinds, bold=totals, gaps=gaps)
    last = _definitions(sheets, sheet, table, last + CHART_GAP)
    for chart in charts:
        last = native_chart(sheets.book, sheet, name, chart, table, last + CHART_GAP)


def _definitions(sheets: Sheets, sheet: "Worksheet", table: Table, row: int) -> int:
    """The meaning of each figure, one line each under the table. Returns the last line written."""
    meanings = {column.term: column.definition for column in table.columns if column.definition}
    for term, meaning in meanings.items():
        sheet.write_string(row, 0, f"{term}: {meaning}", sheets.style(muted=True))
        row += 1
    return row
