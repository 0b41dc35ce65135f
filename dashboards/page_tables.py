"""A table as the page shows it: HTML made here, in which data are text, numbers set right, totals in bold.

Streamlit's own table reads each cell as Markdown in the browser, which took two fifths of a page. Here is no tag but those
below and no attribute that holds data but the table's name and the links of the room's own making, all of them escaped;
the browser cleans the whole once more before it shows it. How a table looks is in `assets/stile.css`.
"""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from dashboards.tables import Column, Table
from dashboards.text import html_text

# Texts longer than this get a column wide enough to be read.
_SENTENCE = 60
# Words hold together from so many characters, which any column has room for, up to so many.
_SHORT, _WORD = 4, 13


def put(table: Table, *, scrolls: bool = False) -> None:
    """Show a table on the page; one that `scrolls` in a frame of its own, with its head in sight."""
    st.html(html_of(table, scrolls=scrolls))


def html_of(table: Table, *, scrolls: bool = False) -> str:
    """The table as one line of HTML: the name that screen readers tell, a head, the first cell of a row as its name."""
    title = html_text(table.title)
    frame = 'class="tabella"'
    if scrolls:
        frame = f'class="tabella lunga" tabindex="0" role="region" aria-label="Tabella che scorre: {title}"'
    return (
        f'<div {frame}><table aria-label="Tabella: {title}">'
        f"<thead><tr>{''.join(_heads(table))}</tr></thead><tbody>{''.join(_rows(table))}</tbody></table></div>"
    )


def _heads(table: Table) -> Iterator[str]:
    for place, column in enumerate(table.columns):
        look = ' class="cifra"' if column.is_number else _width(table.frame, column, is_first=not place)
        yield f'<th scope="col"{look}>{html_text(column.label)}</th>'


def _rows(table: Table) -> Iterator[str]:
    columns = [_cells(table, column) for column in table.columns]
    kinds = ['td class="cifra"' if column.is_number else "td" for column in table.columns]
    if kinds[0] == "td":
        kinds[0] = 'th scope="row"'
    ends = [kind[:2] for kind in kinds]
    for is_total, *cells in zip(table.totals.tolist(), *columns, strict=True):
        row = "".join(f"<{kind}>{cell}</{end}>" for kind, cell, end in zip(kinds, cells, ends, strict=True))
        yield f'<tr class="totale">{row}</tr>' if is_total else f"<tr>{row}</tr>"


def _cells(table: Table, column: Column) -> list[str]:
    """The cells of a column, with the links of the table around them."""
    show = column.brief if column.format == "codice" else column.show
    # A paragraph keeps a sentence to a width that can be read.
    cells = [
        f"<p>{words}</p>" if len(words) > _SENTENCE else words
        for words in (html_text(show(value)) for value in table.frame[column.name].tolist())
    ]
    if column.name not in table.links:
        return cells
    links = table.links[column.name].tolist()[: len(cells)]
    return [
        cell if pd.isna(link) else f'<a href="{html_text(link)}">{cell}</a>'
        for cell, link in zip(cells, links + [None] * (len(cells) - len(links)), strict=True)
    ]


def _width(frame: pd.DataFrame, column: Column, *, is_first: bool) -> str:
    """What a column of words needs so that its sentences can be read and its words are not broken; the first column has
    room for any word."""
    texts = [text for text in frame[column.name].tolist() if isinstance(text, str)]
    if column.format == "testo" and any(len(text) > _SENTENCE for text in texts):
        return ' class="frasi"'
    longest = max((len(word) for text in texts for word in text.split()), default=0)
    if is_first or longest <= _SHORT:
        return ""
    return f' style="min-width: calc({min(longest, _WORD) + 1}ch + 1rem)"'
