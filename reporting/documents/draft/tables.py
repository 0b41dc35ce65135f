"""A printed table as a table of the draft: header row repeated on each page, rows that stay whole, text for readers
who cannot see it."""

from collections.abc import Sequence

from reporting.documents.draft.xml import Element, bold_run, colour, paragraph, run, twips, w
from reporting.documents.printed import PrintedColumn, PrintedRow, RowKind
from reporting.drawing.theme import WASH

NOTE_GAP = 200  # twips below the notes
KEPT = 2  # rows that stay with the caption above, and with the notes below, where a table may break


def table(
    columns: Sequence[PrintedColumn],
    rows: Sequence[PrintedRow],
    *,
    title: str,
    description: str = "",
    is_long: bool = False,
    scale: float = 1.0,
) -> Element:
    """A table as wide as its columns; `title` and `description` are read aloud, not shown."""
    look = {"firstRow": 1, "lastRow": 0, "firstColumn": 0, "lastColumn": 0, "noHBand": 1, "noVBand": 1}
    properties = w(
        "tblPr",
        w("tblStyle", val="Tabella"),
        w("tblW", w=sum(twips(column.width) for column in columns), type="dxa"),
        w("tblLayout", type="fixed"),
        w("tblLook", val="0620", **look),
        w("tblCaption", val=title),
        w("tblDescription", val=description) if description else None,
    )
    grid = w("tblGrid", *(w("gridCol", w=twips(column.width)) for column in columns))
    result = w("tbl", properties, grid, _header(columns, scale))
    for place, row in enumerate(rows):
        is_kept = not is_long or place < KEPT or place >= len(rows) - KEPT
        result.append(
            _group(columns, row) if row.kind is RowKind.GROUP else _row(columns, row, is_kept, scale)
        )
    return result


def _header(columns: Sequence[PrintedColumn], scale: float) -> Element:
    cells = [
        _cell(
            column,
            paragraph(
                "Testata",
                run(column.label, *_size(scale, 7.5)),
                properties=(w("keepNext"), *([w("jc", val="right")] if column.is_numeric else [])),
            ),
            before,
        )
        for before, column in zip([None, *columns[:-1]], columns, strict=True)
    ]
    return w("tr", w("trPr", w("cantSplit"), w("tblHeader")), *cells)


def _group(columns: Sequence[PrintedColumn], row: PrintedRow) -> Element:
    properties = w(
        "tcPr",
        w("tcW", w=sum(twips(column.width) for column in columns), type="dxa"),
        w("gridSpan", val=len(columns)),
    )
    return w("tr", w("trPr", w("cantSplit")), w("tc", properties, paragraph("Gruppo", run(row.cells[0]))))


def _row(columns: Sequence[PrintedColumn], row: PrintedRow, is_kept: bool, scale: float) -> Element:
    is_total = row.kind is RowKind.TOTAL
    cells: list[Element] = []
    for column, before, text in zip(columns, [None, *columns[:-1]], row.cells, strict=True):
        small = _size(scale * 0.85 if column.is_code else scale, 8.5)
        content = run(text, *([w("b"), w("bCs")] if is_total else []), *small)
        style = "Cifra" if column.is_numeric else "Cella"
        kept = (w("keepNext"),) if is_kept else ()
        cells.append(_cell(column, paragraph(style, content, properties=kept), before, is_total=is_total))
    return w("tr", w("trPr", w("cantSplit")), *cells)


def _cell(
    column: PrintedColumn, content: Element, before: PrintedColumn | None, *, is_total: bool = False
) -> Element:
    """A cell; words that begin beside a figure keep away from it."""
    shade = w("shd", val="clear", color="auto", fill=colour(WASH)) if is_total else None
    beside_figure = before is not None and before.is_numeric and not column.is_numeric
    margin = w("tcMar", w("left", w=180, type="dxa")) if beside_figure else None
    return w("tc", w("tcPr", w("tcW", w=twips(column.width), type="dxa"), shade, margin), content)


def _size(scale: float, points: float) -> list[Element]:
    """The size of letters where it is not the one of the style."""
    if scale == 1:
        return []
    half_points = max(round(points * scale * 2), 8)
    return [w("sz", val=half_points), w("szCs", val=half_points)]


def plain_columns(*heads: tuple[str, float, bool]) -> tuple[PrintedColumn, ...]:
    """Columns of a table that is not one of the report's: (heading, points, whether it holds figures)."""
    return tuple(PrintedColumn(label, is_numeric, False, width) for label, width, is_numeric in heads)


def notes(note: str, source: str, definitions: Sequence[tuple[str, str]]) -> list[Element]:
    """What stands under a table, kept together."""
    parts = [("Nota", [run(note)])] if note else []
    parts.append(("Fonte", [run(source)]))
    if definitions:
        runs = []
        for term, meaning in definitions:
            runs += [bold_run(f"{term}:"), run(f" {meaning} ")] if term else [run(meaning)]
        parts.append(("Fonte", runs))
    last = len(parts) - 1
    return [
        paragraph(
            style,
            *content,
            properties=(w("keepLines"), w("spacing", after=NOTE_GAP)) if place == last else (w("keepNext"),),
        )
        for place, (style, content) in enumerate(parts)
    ]
