"""The layout of a printed table: figures get the width that they need, texts share what is left."""

import re
from collections.abc import Sequence

from reporting import formats
from reporting.model import Column, Format

PAGE, TURNED = 481.0, 728.0  # points between the margins: of an upright page, of one on its side
CELL, HEAD = 4.5, 3.9  # points that a character takes, in cells and in headings
PADDING = 8.0
LONGEST = 60  # characters: longer texts take more lines
LONGEST_WORD = 24  # characters: longer words are broken
SHORT_TEXT = 16  # characters: shorter texts stay on a line
BESIDE = 6.0  # points that words keep from a figure before them
LONG_FIGURES, LONG_WORDS = 21, 3  # rows that a table may have and stay on one page
SHRINKING = 0.92  # of the letters, rather than turning the page
NARROWEST, ROOMY = 38.0, 76.0  # of a column of figures
_BREAKS = re.compile(r"[\s_/-]")  # where a long word may go on to the next line
Cells = Sequence[Sequence[str]]


def widths(columns: Sequence[Column], rows: Cells, page: float = PAGE) -> list[float]:
    """Points for each column of a table, given the texts of its rows; they fill the page.

    Columns of figures grow beyond their need up to `ROOMY` while the columns of text keep theirs.
    """
    texts = [place for place, column in enumerate(columns) if not _is_tight(column.format)]
    needs = [_need(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    if not texts:
        return [need * page / sum(needs) for need in needs]
    if least_width(columns, rows) > page:
        return [round(least * page / least_width(columns, rows), 1) for least in _least(columns, rows)]
    weight = sum(columns[place].weight for place in texts)
    free = page - sum(need for place, need in enumerate(needs) if place not in texts)
    wanted = min(free, sum(needs[place] for place in texts))
    tight = [place for place in range(len(columns)) if place not in texts]
    spare = (free - wanted) / len(tight) if tight else 0.0
    result = [
        min(max(need, ROOMY), need + spare) if place not in texts else 0.0 for place, need in enumerate(needs)
    ]
    left = page - sum(result)
    for place in texts:
        result[place] = left * columns[place].weight / weight
    return [round(width, 1) for width in result]


def least_width(columns: Sequence[Column], rows: Cells) -> float:
    """The points below which figures would not stay on a line, nor words whole."""
    return sum(_least(columns, rows))


def needs_turning(columns: Sequence[Column], rows: Cells) -> bool:
    """Whether a table needs a page on its side: upright, its letters would shrink too much."""
    return text_scale(columns, rows, PAGE) < SHRINKING


def text_scale(columns: Sequence[Column], rows: Cells, page: float) -> float:
    """By how much the letters of a table must shrink to fit the page: 1 where they need not."""
    return min(1.0, round(page / least_width(columns, rows), 3))


def may_break(columns: Sequence[Column], rows: int) -> bool:
    """Whether a table may go on to the next page: short ones of figures stay whole."""
    is_wordy = sum(not _is_tight(column.format) for column in columns) > 1
    return rows > (LONG_WORDS if is_wordy else LONG_FIGURES)


def _is_tight(form: Format) -> bool:
    return form not in (Format.TEXT, Format.CODE)


def _need(column: Column, cells: Sequence[str]) -> float:
    """What a column needs to keep each figure on a line, and each word of its heading whole."""
    longest = min(max((len(cell) for cell in cells), default=0), LONGEST)
    beside = 0.0 if formats.is_numeric(column.format) else BESIDE
    return max(NARROWEST, longest * CELL + PADDING, _head(column)) + beside


def _least(columns: Sequence[Column], rows: Cells) -> list[float]:
    """What columns cannot do without: as `_need` for figures, the longest word for texts."""
    result = []
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows]
        if _is_tight(column.format):
            result.append(_need(column, cells))
        else:
            words = [len(word) for cell in cells for word in _BREAKS.split(cell)]
            whole = min(max((len(cell) for cell in cells), default=0), SHORT_TEXT)
            longest = max(min(max(words, default=0), LONGEST_WORD), whole)
            result.append(max(NARROWEST, longest * CELL + PADDING, _head(column)))
    return result


def _head(column: Column) -> float:
    """The longest word of a column's heading."""
    return max(len(part) for part in formats.header(column).split()) * HEAD + PADDING
