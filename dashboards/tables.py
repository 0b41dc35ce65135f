"""Tables as people read them: Italian labels and formats, totals marked, definitions at hand."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from dashboards import queries
from dashboards.text import plain
from dashboards.theme import SOFT
from osservatorio import italian
from osservatorio.release import Release

# Texts longer than this get a column wide enough to be read.
_SENTENCE = 60

# Properties of CSS and their values.
Look = Mapping[str, str]

NUMBERS = frozenset({"intero", "decimale", "percentuale", "euro"})


@dataclass(frozen=True)
class Column:
    """A column of a mart as the seed describes it; `format` is one of the formats of `FORMATTERS`."""

    name: str
    label: str
    definition: str
    format: str

    @property
    def is_number(self) -> bool:
        return self.format in NUMBERS

    @property
    def is_count(self) -> bool:
        """Whether the values are counts, which add up, and not rates or means."""
        return self.format in ("intero", "euro")

    def sign(self, value: Any) -> str | None:
        """What stands in place of a number that is not shown; None for a number."""
        return None

    def show(self, value: Any) -> str:
        """A value of this column in Italian; a missing one is a dash."""
        return FORMATTERS[self.format](value)

    def brief(self, value: Any) -> str:
        """The same where room is short: euro without cents."""
        return italian.euro(value, 0) if self.format == "euro" else self.show(value)


@dataclass(frozen=True)
class Table:
    """Figures with all that is needed to read them. `totals` marks the rows that are totals of the others.

    `also` are descriptions of the rows, where a row is a measure of its own: told among the definitions. `links` are,
    by column, the addresses within the page that its cells lead to: of this room's making, never of the data's.
    """

    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    totals: pd.Series
    also: tuple[Column, ...] = ()
    links: Mapping[str, pd.Series] = field(default_factory=dict)

    @property
    def described(self) -> tuple[Column, ...]:
        """All that the definitions tell: of the columns, then of the rows."""
        return (*self.columns, *self.also)

    @property
    def is_empty(self) -> bool:
        return self.frame.empty

    def first(self, rows: int) -> "Table":
        """The same table, cut after so many rows."""
        return replace(self, frame=self.frame.head(rows), totals=self.totals.head(rows))


def _text(value: Any) -> str:
    return italian.MISSING if value is None or value != value or value == "" else str(value)


def _yes_no(value: Any) -> str:
    return italian.MISSING if value is None or value != value else ("Sì" if value else "No")


def _date(value: Any) -> str:
    if isinstance(value, (date, datetime)) and not pd.isna(value):
        return italian.date_it(value)
    return _text(value)


def _decimal(value: Any) -> str:
    return italian.number(value, 1)


FORMATTERS: dict[str, Callable[[Any], str]] = {
    "testo": _text,
    "codice": _text,
    "intero": italian.number,
    "decimale": _decimal,
    "percentuale": italian.percent,
    "euro": italian.euro,
    "data": _date,
    "si_no": _yes_no,
}


def column(release: Release, mart: str, name: str) -> Column:
    """The description of one column of a mart. Raises KeyError when the seed does not describe it."""
    return described(release, mart)[name]


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs=queries.BY_RELEASE)
def described(release: Release, mart: str) -> dict[str, Column]:
    """The columns of a mart by name, as the seed describes them, in its order."""
    rows = queries.columns(release, mart).itertuples(index=False)
    return {row.column_name: Column(row.column_name, row.label, row.definition, row.format) for row in rows}


def table(
    release: Release,
    mart: str,
    frame: pd.DataFrame,
    columns: Iterable[str | Column],
    title: str,
    totals: pd.Series | None = None,
) -> Table:
    """Some columns of some rows of a mart, in that order: names of the mart's columns, or columns made elsewhere."""
    known = described(release, mart)
    marked = pd.Series(False, index=frame.index) if totals is None else totals
    return Table(
        title=title,
        frame=frame.reset_index(drop=True),
        columns=tuple(known[one] if isinstance(one, str) else one for one in columns),
        totals=marked.reset_index(drop=True),
    )


def shown(table: Table) -> pd.DataFrame:
    """The table as text: Italian labels for columns, Italian formats for values."""
    return pd.DataFrame(
        {column.label: table.frame[column.name].map(column.show).astype(str) for column in table.columns}
    )


def styled(table: Table) -> Styler:
    """The table for the page: inert text in Italian, numbers set right, totals in bold.

    Streamlit asks a Styler for its rules of style and for the cells that differ from the data: none do here. The whole
    of pandas' rendering, which only HTML needs, would take six times as long.
    """
    cells = Styler(
        pd.DataFrame(
            {plain(column.label): _words(table, column) for column in table.columns},
            dtype=object,
        ),
        # Always the same: what has not changed is not drawn again.
        uuid=hashlib.sha256(table.title.encode()).hexdigest()[:8],
    )
    rules = [{"selector": where, "props": list(look.items())} for where, look in _rules(table)]
    ready = {"table_styles": rules, "cellstyle": [], "body": []}
    cells._compute = lambda: cells
    cells._translate = lambda *_, **__: ready
    return cells


def _rules(table: Table) -> Iterator[tuple[str, Look]]:
    """Where in the table something looks otherwise, and how."""
    for place, column in enumerate(table.columns, 1):
        if column.is_number:
            yield f":is(td, th):nth-child({place})", {"text-align": "right !important"}
            yield f"td:nth-child({place}) p", {"white-space": "nowrap", "overflow-wrap": "normal"}
        elif _holds_sentences(table.frame, column):
            yield f"td:nth-child({place})", {"min-width": "18rem"}
    for row in table.totals.to_numpy().nonzero()[0]:
        yield f"tbody tr:nth-child({row + 1}) td", {"font-weight": "700", "background-color": SOFT}


def _words(table: Table, column: Column) -> list[str]:
    """The cells of a column as inert text, with the links of the table around them."""
    words = [plain(column.show(value)) for value in table.frame[column.name]]
    if column.name not in table.links:
        return words
    links = table.links[column.name].reindex(range(len(words)))
    return [word if pd.isna(link) else f"[{word}]({link})" for word, link in zip(words, links, strict=True)]


def _holds_sentences(frame: pd.DataFrame, column: Column) -> bool:
    return column.format == "testo" and frame[column.name].dropna().astype(str).str.len().max() > _SENTENCE
