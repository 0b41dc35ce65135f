"""Sheets of a list of rows to mend: a title, lines of text, tables with inert cells, printing that fits the page.

Rows are written in order and never held: a long list takes no more memory than a short one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from osservatorio.inert import inert

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

A4 = 9
INK, MUTED, HEADER_GROUND, RULE = "#1F2933", "#52606D", "#1F4E79", "#C5CDD5"
LINE_HEIGHT, HEADER_HEIGHT, TITLE_HEIGHT = 15, 32, 24  # points
MAX_HEIGHT = 400  # Excel shows no higher row
WIDTH_SHARE = 1.0  # characters of wrapped text to a line, by the column's width in figures

Cell = str | int | date | None


@dataclass(frozen=True)
class Head:
    """The heading of a column, its width in characters, and whether it heads figures."""

    label: str
    width: float
    is_number: bool = False


class SheetWriter:
    """One sheet of a workbook, written from the top down."""

    def __init__(self, book: "Workbook", name: str, title: str, styles: dict[str, "Format"]) -> None:
        self._styles = styles
        self._row = 0
        self.sheet: Worksheet = book.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L&F – &A&Rpagina &P di &N")
        self.sheet.set_row(0, TITLE_HEIGHT)
        self.text(title, "title")

    def text(self, line: str, style: str = "plain") -> None:
        """A line of text that runs over the columns to its right."""
        self.sheet.write_string(self._row, 0, inert(line), self._styles[style])
        self._row += 1

    def gap(self) -> None:
        """A free line."""
        self._row += 1

    def columns(self, heads: Sequence[Head]) -> None:
        """The widths of the sheet's columns."""
        for place, head in enumerate(heads):
            self.sheet.set_column(place, place, head.width)

    def table(
        self, heads: Sequence[Head], rows: Iterable[tuple[object, Sequence[Cell]]], *, is_main: bool = False
    ) -> int:
        """A table at the present line; each row comes with its group, and a rule parts the groups. How many rows.

        The main table of a sheet has filters, and its header stays in sight and is printed on every page.
        """
        top = self._row
        self.sheet.set_row(top, HEADER_HEIGHT)
        for place, head in enumerate(heads):
            style = self._styles["header_number" if head.is_number else "header"]
            self.sheet.write_string(top, place, head.label, style)
        group: object = None
        count = 0
        for count, (own_group, cells) in enumerate(rows, start=1):
            lines = max(_lines(cell, head.width) for cell, head in zip(cells, heads, strict=True))
            self.sheet.set_row(top + count, min(lines * LINE_HEIGHT + 2, MAX_HEIGHT))
            starts = count == 1 or own_group != group
            for place, cell in enumerate(cells):
                self._cell(top + count, place, cell, "first" if starts else "cell")
            group = own_group
        if is_main:
            self.sheet.autofilter(top, 0, top + max(count, 1), len(heads) - 1)
            self.sheet.freeze_panes(top + 1, 0)
            self.sheet.repeat_rows(top)
        self._row = top + count + 1
        return count

    def _cell(self, row: int, place: int, cell: Cell, style: str) -> None:
        if cell is None or cell == "":
            self.sheet.write_blank(row, place, None, self._styles[style])
        elif isinstance(cell, date):
            day = datetime(cell.year, cell.month, cell.day)
            self.sheet.write_datetime(row, place, day, self._styles[f"{style}_date"])
        elif isinstance(cell, int):
            self.sheet.write_number(row, place, cell, self._styles[f"{style}_number"])
        else:
            self.sheet.write_string(row, place, inert(cell), self._styles[style])


def new_styles(book: "Workbook") -> dict[str, "Format"]:
    """The cell formats that the sheets of one workbook share."""

    def style(**more: Any) -> "Format":
        return book.add_format({"font_size": 11, "font_color": INK, "valign": "top"} | more)

    header = {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "font_color": "#FFFFFF",
        "bg_color": HEADER_GROUND,
    }
    cell = {"text_wrap": True, "bottom": 4, "bottom_color": RULE}
    first = cell | {"top": 1, "top_color": HEADER_GROUND}
    number, day = (
        {"num_format": "#,##0", "align": "right", "indent": 1},
        {"num_format": "dd/mm/yyyy", "align": "left", "indent": 1},
    )
    return {
        "title": style(bold=True, font_size=15),
        "heading": style(bold=True, font_size=12, font_color=HEADER_GROUND),
        "plain": style(),
        "muted": style(font_color=MUTED),
        "header": style(**header, align="left", indent=1),
        "header_number": style(**header, align="right", indent=1),
        "cell": style(**cell, align="left", indent=1),
        "cell_number": style(**cell, **number),
        "cell_date": style(**cell, **day),
        "first": style(**first, align="left", indent=1),
        "first_number": style(**first, **number),
        "first_date": style(**first, **day),
    }


def _lines(cell: Cell, width: float) -> int:
    """How many lines a text takes in its column: programs do not all make room for it by themselves."""
    if not isinstance(cell, str):
        return 1
    return max(1, ceil(len(cell) / (width * WIDTH_SHARE)))
