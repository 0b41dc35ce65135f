"""Sheets of a workbook: a title, a table object with typed cells, widths, and printing that fits the page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any

from reporting import formats
from reporting.documents.shorthand import MISSING
from reporting.drawing import theme
from reporting.model import WITHHELD, Format, Table, Value

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.worksheet import Worksheet

TABLE_ROW = 4  # the header of every table; title, source, note and a free line stand above
NARROW, WIDE, WIDEST = 12, 30, 70  # characters
TITLE_HEIGHT, LINE_HEIGHT = 24, 15.5  # points
HEADER_PADDING = 5  # points
A4 = 9


@dataclass(frozen=True)
class Head:
    """The heading of a column and its width in characters; over figures it stands on the right, as they do."""

    label: str
    width: float
    is_numeric: bool = False


def heads_of(table: Table) -> list[Head]:
    """Headings of a report's table, each as wide as its contents need, between limits."""
    return [
        Head(
            formats.header(column),
            _width(column.format, [row.values[place] for row in table.rows]),
            formats.is_numeric(column.format),
        )
        for place, column in enumerate(table.columns)
    ]


def _width(form: Format, values: Sequence[Value]) -> float:
    longest = max((len(formats.text(value, form)) for value in values), default=0)
    if formats.is_numeric(form) or form is Format.DATE:
        return max(NARROW, longest + 4)
    return min(max(WIDE if form is Format.TEXT else NARROW, longest + 2), WIDEST)


def line_count(value: Value, width: float) -> int:
    """How many lines a text takes in its column: programs do not all make room for it by themselves."""
    if not isinstance(value, str) or len(value) <= width:
        return 1
    return ceil(len(value) * 1.1 / width)


def _header_lines(head: Head) -> int:
    """How many lines a heading takes: its words are bold, and the button to filter takes room beside them."""
    lines, left = 1, 0.0
    for word in head.label.split():
        needed = len(word) * 1.15
        if left and left + needed > head.width - 2:
            lines, left = lines + 1, 0.0
        left += needed + 1
    return lines


class Sheets:
    """The sheets of one workbook and the cell formats that they share."""

    def __init__(self, book: "Workbook") -> None:
        self.book = book
        self._styles: dict[tuple[Any, ...], CellFormat] = {}

    def style(
        self,
        form: Format = Format.TEXT,
        *,
        bold: bool = False,
        wrap: bool = False,
        muted: bool = False,
        link: bool = False,
        title: bool = False,
        indented: bool = False,
    ) -> "CellFormat":
        """A cell format; equal requests share one."""
        key = (form, bold, wrap, muted, link, title, indented)
        if key not in self._styles:
            self._styles[key] = self.book.add_format(
                {
                    "bold": bold or title,
                    "text_wrap": wrap,
                    "valign": "top",
                    "font_size": 15 if title else 11,
                    "font_color": theme.PRIMARY if link or title else theme.MUTED if muted else theme.INK,
                    "underline": 1 if link else 0,
                    "indent": int(indented),
                    "num_format": formats.WORKBOOK_FORMATS.get(form, "General"),
                    "align": "right" if formats.is_numeric(form) else "left",  # the shorthand as well
                }
            )
        return self._styles[key]

    def header(self, *, is_numeric: bool = False, indented: bool = False) -> "CellFormat":
        key = ("header", is_numeric, indented)
        if key not in self._styles:
            self._styles[key] = self.book.add_format(
                {
                    "bold": True,
                    "align": "right" if is_numeric else "left",
                    "indent": int(indented),
                    "text_wrap": True,
                    "valign": "vcenter",
                    "font_color": "#FFFFFF",
                    "bg_color": theme.PRIMARY,
                    "border": 1,
                    "border_color": theme.RULE,
                }
            )
        return self._styles[key]

    def add(self, name: str, title: str, *, one_page: bool = False) -> "Worksheet":
        """A new sheet with its title in A1, set to print on A4 with its name and page number.

        `one_page` is for a table with charts, which print below it on an upright page.
        """
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        if one_page:
            sheet.set_portrait()
        else:
            sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 1 if one_page else 0)
        sheet.set_footer("&L&A&Rpagina &P di &N")
        sheet.set_row(0, TITLE_HEIGHT)
        sheet.write_string(0, 0, title, self.style(title=True))
        return sheet

    def table(
        self,
        sheet: "Worksheet",
        name: str,
        heads: Sequence[Head],
        rows: Sequence[Sequence[Value]],
        *,
        kinds: Sequence[Sequence[Format]] | None = None,
        bold: Sequence[bool] | None = None,
        gaps: Collection[int] = (),
    ) -> int:
        """Write a table object under the title and return its last line.

        `kinds` are the formats of each row's cells (all text by default), `bold` the rows to write in bold,
        `gaps` the columns where a missing figure leaves its cell empty.
        """
        last = TABLE_ROW + max(len(rows), 1)
        sheet.add_table(
            TABLE_ROW,
            0,
            last,
            len(heads) - 1,
            {
                "name": name.replace("-", "_"),
                "style": "Table Style Light 1",
                "columns": [
                    {
                        "header": head.label,
                        "header_format": self.header(
                            is_numeric=head.is_numeric, indented=place > 0 and not head.is_numeric
                        ),
                    }
                    for place, head in enumerate(heads)
                ],
            },
        )
        for place, head in enumerate(heads):
            sheet.set_column(place, place, head.width)
        deepest = max(_header_lines(head) for head in heads)
        sheet.set_row(TABLE_ROW, deepest * LINE_HEIGHT + HEADER_PADDING)
        sheet.freeze_panes(TABLE_ROW + 1, 1)
        sheet.repeat_rows(TABLE_ROW)
        for line, row in enumerate(rows):
            lines = max(line_count(value, head.width) for value, head in zip(row, heads, strict=True))
            if lines > 1:
                sheet.set_row(TABLE_ROW + 1 + line, lines * LINE_HEIGHT)
            for place, value in enumerate(row):
                form = kinds[line][place] if kinds else Format.TEXT
                style = self._cell_style(form, place, is_bold=bool(bold and bold[line]))
                missing = "" if form is Format.TEXT or place in gaps else MISSING
                self._cell(sheet, TABLE_ROW + 1 + line, place, value, style, missing)
        return last

    def _cell_style(self, form: Format, place: int, *, is_bold: bool) -> "CellFormat":
        """Words that begin beside a figure keep away from it."""
        indented = place > 0 and not formats.is_numeric(form)
        return self.style(form, bold=is_bold, wrap=form is Format.TEXT, indented=indented)

    def _cell(
        self, sheet: "Worksheet", row: int, place: int, value: Value, style: "CellFormat", missing: str
    ) -> None:
        """One cell with its own type; for a missing value the shorthand, or nothing where a chart needs a gap."""
        if value is None or value == "":
            if missing:
                sheet.write_string(row, place, missing, style)
            else:
                sheet.write_blank(row, place, None, style)
        elif isinstance(value, bool) or value is WITHHELD:
            sheet.write_string(row, place, formats.text(value, Format.FLAG), style)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, place, value, style)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, style)
        else:
            sheet.write_string(row, place, str(value), style)
