"""Tables as people read them: Italian labels and formats, totals marked, definitions at hand."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import queries
from osservatorio import italian
from osservatorio.release import Release

NUMBERS = frozenset({"intero", "decimale", "percentuale", "euro"})


# The pseudonym of a person, and how much of it tells them apart on a page; files hold it whole.
_PSEUDONYM = re.compile("[0-9a-f]{64}")
_DIGITS = 12


@dataclass(frozen=True)
class Column:
    """A column of a mart as the seed describes it; `format` is one of the formats of `FORMATTERS`.

    `numerator` and `denominator` are told of those that are indicators of the seed of that name.
    """

    name: str
    label: str
    definition: str
    format: str
    numerator: str = field(default="", kw_only=True)
    denominator: str = field(default="", kw_only=True)

    @property
    def explained(self) -> str:
        """The definition, and what is divided by what where the column is an indicator."""
        if not self.denominator:
            return self.definition
        parts = (_within(self.numerator), _within(self.denominator))
        return f"{self.definition} Numeratore: {parts[0]}. Denominatore: {parts[1]}."

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
        """The same where room is short: euro without cents, a pseudonym by its first digits."""
        if self.format == "euro":
            return italian.euro(value, 0)
        text = self.show(value)
        return f"{text[:_DIGITS]}…" if self.format == "codice" and _PSEUDONYM.fullmatch(text) else text


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


def _within(text: str) -> str:
    """A text as part of a sentence after a colon."""
    first = text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"
    return first.replace(": ", ", ").rstrip(".")


def _text(value: Any) -> str:
    return italian.MISSING if value is None or value != value or value == "" else str(value)


def _yes_no(value: Any) -> str:
    return italian.MISSING if value is None or value != value else ("Sì" if value else "No")


def _date(value: Any) -> str:
    if isinstance(value, (date, datetime)) and not pd.isna(value):
        return italian.date_it(value)
    return _text(value)


def _month(value: Any) -> str:
    return f"{value:%m/%Y}" if isinstance(value, (date, datetime)) and not pd.isna(value) else _text(value)


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
    "mese": _month,
    "si_no": _yes_no,
}


def column(release: Release, mart: str, name: str) -> Column:
    """The description of one column of a mart. Raises KeyError when the seed does not describe it."""
    return all_described(release).get(mart, {})[name]


def described(release: Release, mart: str) -> dict[str, Column]:
    """The columns of a mart by name, as the seed describes them, in its order; none for a mart that it does not know."""
    return all_described(release).get(mart, {})


@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=queries.BY_RELEASE)
def all_described(release: Release) -> dict[str, dict[str, Column]]:
    """The same for every mart."""
    found: dict[str, dict[str, Column]] = {}
    for mart, *words, above, below in queries.columns(release).itertuples(index=False):
        found.setdefault(mart, {})[words[0]] = Column(*words, numerator=above, denominator=below)
    return found


def table(
    release: Release,
    mart: str,
    frame: pd.DataFrame,
    columns: Iterable[str | Column],
    title: str,
    totals: pd.Series | None = None,
) -> Table:
    """Some columns of some rows of a mart, in that order: names of the mart's columns, or columns made elsewhere."""
    return table_of(described(release, mart), frame, columns, title, totals)


def table_of(
    known: Mapping[str, Column],
    frame: pd.DataFrame,
    columns: Iterable[str | Column],
    title: str,
    totals: pd.Series | None = None,
) -> Table:
    """The same, with the columns of the mart at hand."""
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
