"""A workbook opened in the isolated process: what its visible sheets begin with, and the rows of the one asked for."""

import io
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, islice, repeat
from typing import Any

import python_calamine

from ingestion.isolated.cells import packed_texts, texts
from ingestion.isolated.frames import BYTES, FACTS
from ingestion.isolated.package import DAMAGED, open_package
from ingestion.isolated.sheet_marks import UNKNOWN_ERROR, FaultyCell, SheetMarks, find_marks
from ingestion.refusal import RefusedFile

CHUNK_ROWS = 20_000
LOOKED_AT = 50  # rows in which a sheet is looked at for data

Answer = Iterator[tuple[bytes, bytes]]


class OpenWorkbook:
    """The visible worksheets of a workbook. Raises RefusedFile when it cannot be read."""

    def __init__(self, content: bytes) -> None:
        package = open_package(content)
        parts = package.sheet_parts()
        self._marks: list[SheetMarks] = []
        self._has_external_links = package.has_external_links
        try:
            workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            sheets = [
                sheet
                for sheet in workbook.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            shown = [sheet for sheet in sheets if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
            self._hidden = len(sheets) - len(shown)
            self._places = [workbook.sheet_names.index(sheet.name) + 1 for sheet in shown]
            trust_values = not package.has_values_to_compute
            self._marks = [
                find_marks(package.part(parts.get(sheet.name, "")), trust_values=trust_values)
                for sheet in shown
            ]
            self._sheets = [workbook.get_sheet_by_name(sheet.name) for sheet in shown]
        except RefusedFile:
            raise
        except Exception as error:  # the reader is native code: whatever it says, the file is at fault
            raise self._refusal() from error

    def _refusal(self) -> RefusedFile:
        """Why the reader of cells gave up: it does not take errors that it has never heard of."""
        unknown = [cell.name for marks in self._marks for cell in marks.faulty if cell.text == UNKNOWN_ERROR]
        if not unknown:
            return RefusedFile(DAMAGED)
        return RefusedFile(
            f"La cella {unknown[0]} contiene un errore che non si può leggere: correggerla, salvare e consegnare di nuovo il file."
        )

    def describe(self, head: int) -> Answer:
        """One frame: of each visible sheet its place, its first `head` rows as text, its merged cells there."""
        sheets = [
            {
                "place": place,
                "head": [texts(row) for row in islice(_rows(sheet, marks), head)],
                "filled": sum(
                    any(cell != "" for cell in row) for row in islice(_rows(sheet, marks), LOOKED_AT)
                ),
                "merged": [area for area in sheet.merged_cell_ranges or () if area[0][0] < head],
                "first_column": sheet.start[1] if sheet.start else 0,
                "has_formulas": marks.has_formulas,
                "has_hidden_rows": marks.has_hidden_rows,
            }
            for place, sheet, marks in zip(self._places, self._sheets, self._marks, strict=True)
        ]
        facts = {"sheets": sheets, "hidden": self._hidden, "has_external_links": self._has_external_links}
        yield FACTS, json.dumps(facts).encode()

    def rows(self, sheet: int, skip: int) -> Answer:
        """The rows of a sheet after the first `skip`, by chunks: their number, then each column if any is filled.

        Before them, one frame with the faulty cells: row and column from 0, fault, text.
        """
        marks = self._marks[sheet]
        first_column = (self._sheets[sheet].start or (0, 0))[1]
        faulty = [
            (cell.row, cell.column - first_column, cell.name, cell.fault, cell.text) for cell in marks.faulty
        ]
        yield FACTS, json.dumps(faulty).encode()
        rows = islice(_rows(self._sheets[sheet], marks), skip, None)
        while chunk := list(islice(rows, CHUNK_ROWS)):
            is_empty = not any(map(any, chunk))
            yield FACTS, json.dumps({"rows": len(chunk), "is_empty": is_empty}).encode()
            for column in () if is_empty else zip(*chunk, strict=True):
                yield BYTES, packed_texts(column)


def _rows(sheet: python_calamine.CalamineSheet, marks: SheetMarks) -> Iterator[list[Any]]:
    """Every row from the first of the sheet on, as far as a faulty cell lies; faulty cells hold their text."""
    by_row: dict[int, list[FaultyCell]] = defaultdict(list)
    for cell in marks.faulty:
        by_row[cell.row].append(cell)
    first_column = sheet.start[1] if sheet.start else 0
    width = sheet.width
    last = max(by_row, default=-1) + 1 - (sheet.total_height if width else 0)
    rows = chain(sheet.iter_rows() if width else (), repeat([""] * width, max(0, last)))
    if not by_row:
        yield from rows
        return
    for place, row in enumerate(rows):
        for cell in by_row.get(place, ()):
            if 0 <= cell.column - first_column < width:
                row = list(row)
                row[cell.column - first_column] = cell.text
        yield row
