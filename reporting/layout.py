"""The layout of a printed table: figures get the width that they need, texts share what is left."""

from collections.abc import Sequence

from reporting import formats
from reporting.model import Column, Format

PAGE = 481.0  # points between the margins
CELL, HEAD = 4.5, 3.9  # points that a character takes, in cells and in headings
PADDING = 8.0
LONGEST = 60  # characters: longer texts take more lines
LONG_FIGURES, LONG_WORDS = 21, 3  # rows that a table may have and stay on one page
NARROWEST, ROOMY = 38.0, 76.0  # of a column of figures


def widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """Points for each column of a table, given the texts of its rows; they fill the page.

    Columns of figures grow beyond their need up to `ROOMY` while the columns of text keep theirs.
    """
    texts = [place for place, column in enumerate(columns) if not _is_tight(column.format)]
    needs = [_need(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    if not texts:
        return [need * PAGE / sum(needs) for need in needs]
    weight = sum(columns[place].weight for place in texts)
    free = PAGE - sum(need for place, need in enumerate(needs) if place not in texts)
    wanted = min(free, sum(needs[place] for place in texts))
    tight = [place for place in range(len(columns)) if place not in texts]
    spare = (free - wanted) / len(tight) if tight else 0.0
    result = [
        min(max(need, ROOMY), need + spare) if place not in texts else 0.0 for place, need in enumerate(needs)
    ]
    left = PAGE - sum(result)
    for place in texts:
        result[place] = left * columns[place].weight / weight
    return [round(width, 1) for width in result]


def may_break(columns: Sequence[Column], rows: int) -> bool:
    """Whether a table may go on to the next page: short ones of figures stay whole."""
    is_wordy = sum(not _is_tight(column.format) for column in columns) > 1
    return rows > (LONG_WORDS if is_wordy else LONG_FIGURES)


def _is_tight(form: Format) -> bool:
    return form not in (Format.TEXT, Format.CODE)


def _need(column: Column, cells: Sequence[str]) -> float:
    """What a column needs to keep each figure on a line, and each word of its heading whole."""
    word = max(len(part) for part in formats.header(column).split())
    longest = min(max((len(cell) for cell in cells), default=0), LONGEST)
    return max(NARROWEST, longest * CELL + PADDING, word * HEAD + PADDING)
