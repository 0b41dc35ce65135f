"""A table as the page shows it: inert text in Italian, numbers set right, totals in bold, handed to the browser ready made.

`st.table` would build a pandas frame and a Styler and turn both into Arrow, which takes longer than all the rest of a
section. What it would send in the end is made here from the texts themselves; a test fails when the two differ.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.proto.Table_pb2 import Table as Sent

from dashboards.tables import Column, Table
from dashboards.text import plain
from dashboards.theme import SOFT

# Texts longer than this get a column wide enough to be read.
_SENTENCE = 60
# Words hold together from so many characters, which any column has room for, up to so many.
_SHORT, _WORD = 4, 13

# Properties of CSS and their values.
Look = Mapping[str, str]


@dataclass(frozen=True)
class Cells:
    """What is seen of a table: its cells by column as inert Markdown, and where in it something looks otherwise, and how."""

    title: str
    columns: dict[str, list[str]]
    rules: tuple[tuple[str, Look], ...]

    @property
    def mark(self) -> str:
        """What tells the table from others in the style of the page: always the same, so that it is not drawn again."""
        return hashlib.sha256(self.title.encode()).hexdigest()[:8]

    @property
    def style(self) -> str:
        """The rules as a style sheet."""
        looks = (
            (where, "; ".join(f"{name}: {value}" for name, value in look.items()))
            for where, look in self.rules
        )
        return "\n".join(f"#T_{self.mark} {where} {{ {look} }}" for where, look in looks)


def cells_of(table: Table) -> Cells:
    """The texts of a table and its looks."""
    columns = {plain(column.label): _words(table, column) for column in table.columns}
    return Cells(table.title, columns, tuple(_rules(table)))


def put(cells: Cells, height: int | Literal["content"]) -> None:
    """Show a table on the page, where `st.table` would."""
    sent = sent_as(cells)
    st._main._enqueue("table", sent, layout_config=LayoutConfig(width="stretch", height=height))


def sent_as(cells: Cells) -> Sent:
    """The message of Streamlit that holds a table: horizontal lines, no numbers of rows, an Italian name for screen readers."""
    sent = Sent(border_mode=Sent.BorderMode.HORIZONTAL, hide_index=True, alt=f"Tabella: {cells.title}")
    content = _arrow(cells.columns)
    sent.arrow_data.data = content
    sent.arrow_data.styler.uuid = cells.mark
    sent.arrow_data.styler.styles = cells.style
    sent.arrow_data.styler.display_values = content
    return sent


def _arrow(columns: Mapping[str, list[str]]) -> bytes:
    """Columns of texts as pandas would write them to Arrow: the browser reads which of them are an index."""
    rows = len(next(iter(columns.values()), []))
    told = {
        "index_columns": [{"kind": "range", "name": None, "start": 0, "stop": rows, "step": 1}],
        "column_indexes": [_described(None, "str") | {"metadata": {"encoding": "UTF-8"}}],
        "columns": [_described(name, "object") for name in columns],
        "attributes": {},
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": pd.__version__,
    }
    texts = [pa.array(texts, type=pa.string()) for texts in columns.values()]
    made = pa.Table.from_arrays(texts, names=list(columns), metadata={"pandas": json.dumps(told)})
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, made.schema) as writer:
        writer.write_table(made)
    return out.getvalue().to_pybytes()


def _described(name: str | None, numpy_type: str) -> dict[str, object]:
    return {
        "name": name,
        "field_name": name,
        "pandas_type": "unicode",
        "numpy_type": numpy_type,
        "metadata": None,
    }


def _rules(table: Table) -> Iterator[tuple[str, Look]]:
    """Where in the table something looks otherwise, and how."""
    for place, column in enumerate(table.columns, 1):
        if column.is_number:
            yield f":is(td, th):nth-child({place})", {"text-align": "right !important"}
            yield f"td:nth-child({place}) p", {"white-space": "nowrap", "overflow-wrap": "normal"}
        elif _holds_sentences(table.frame, column):
            yield f"td:nth-child({place})", {"min-width": "18rem"}
        elif (longest := _longest_word(table.frame, column)) > _SHORT:
            yield f"td:nth-child({place})", {"min-width": f"{min(longest, _WORD) + 1}ch"}
    for row in table.totals.to_numpy().nonzero()[0]:
        yield f"tbody tr:nth-child({row + 1}) td", {"font-weight": "700", "background-color": SOFT}


def _words(table: Table, column: Column) -> list[str]:
    """The cells of a column as inert text, with the links of the table around them."""
    show = column.brief if column.format == "codice" else column.show
    words = [plain(show(value)) for value in table.frame[column.name].tolist()]
    if column.name not in table.links:
        return words
    links = table.links[column.name].tolist()[: len(words)]
    return [
        word if pd.isna(link) else f"[{word}]({link})"
        for word, link in zip(words, links + [None] * (len(words) - len(links)), strict=True)
    ]


def _longest_word(frame: pd.DataFrame, column: Column) -> int:
    """Characters of the longest word of a column: a narrower one would break it."""
    texts = (text for text in frame[column.name].tolist() if isinstance(text, str))
    return max((len(word) for text in texts for word in text.split()), default=0)


def _holds_sentences(frame: pd.DataFrame, column: Column) -> bool:
    return column.format == "testo" and any(
        len(text) > _SENTENCE for text in frame[column.name].tolist() if isinstance(text, str)
    )
