"""What a page works with: the release, the choice, and the words of the seed for every column it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pandas as pd

from dashboards import tables
from dashboards.choosing import Choice, by_code
from dashboards.downloads import Context
from dashboards.pages import PageInfo
from dashboards.selection import MUNICIPALITY, SERVICE, Choices, Selection, with_types
from dashboards.tables import Column, Table
from dashboards.text import sentence
from osservatorio import italian
from osservatorio.release import Release


@dataclass(frozen=True)
class Figure:
    """A key figure: its name, its value as text, its definition, and how it moved in a year."""

    label: str
    value: str
    definition: str
    delta: str | None = None


class Place(Protocol):
    """Where a section stands: its page, and what the files say of their origin."""

    @property
    def page(self) -> PageInfo: ...

    def context(self, filters: Mapping[str, str]) -> Context: ...


@dataclass(frozen=True)
class View:
    """What a page works with: the release it reads, what can be and what is chosen, and the page itself."""

    release: Release
    choices: Choices
    selection: Selection
    page: PageInfo
    filters: frozenset[str]

    def at(self, *types: str) -> Selection:
        """What is chosen, at the nearest period of these types."""
        return with_types(self.choices, self.selection, types)

    def with_short_names(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the short name of its services, for charts."""
        return frame.assign(short_name=frame.service_code.map(self.choices.short_names))

    def to_town(self, rows: pd.DataFrame, marks: pd.DataFrame) -> Choice | None:
        """What rows of municipalities, and the marks of their chart, lead to: the page of that municipality."""
        if MUNICIPALITY not in self.filters:
            return None
        names = self.choices.municipalities
        codes = [by_code(names, frame.municipality_code) for frame in (rows, marks)]
        return Choice(MUNICIPALITY, "municipality_name", *codes)

    def to_service(self, rows: pd.DataFrame, marks: pd.DataFrame) -> Choice | None:
        """The same for rows of services."""
        if SERVICE not in self.filters:
            return None
        codes = [by_code(self.choices.services, frame.service_code) for frame in (rows, marks)]
        return Choice(SERVICE, "service_name", *codes)

    def context(self, filters: Mapping[str, str]) -> Context:
        """Where the figures of a table come from; `filters` are its own, over those of the page."""
        page = {name: value for name, value in self.selection.described.items() if name in self.filters}
        one = self.release.ambito
        where = {"ambito": f"{one.name} ({one.code})"} if one else {}
        named = {sentence(name): value for name, value in {**where, **page, **filters}.items()}
        return Context(self.page.title, self.release.id, self.release.as_of, named)

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, Column]]:
        """The columns of every mart, as the seed describes them; looked up once, a page asks a hundred times."""
        return tables.all_described(self.release)

    def column(self, mart: str, name: str) -> Column:
        """A column of a mart. Raises KeyError when the seed does not describe it."""
        return self.words.get(mart, {})[name]

    def columns(self, mart: str, *names: str | Column) -> list[Column]:
        """The columns of a mart by name; one made elsewhere stays as it is."""
        return [self.column(mart, one) if isinstance(one, str) else one for one in names]

    def starting(self, mart: str, prefix: str) -> list[Column]:
        """The columns of a mart that begin with `prefix` and a code, in the order of the seed."""
        return [column for name, column in self.words.get(mart, {}).items() if name.startswith(prefix)]

    def labels(self, mart: str, names: Sequence[str]) -> dict[str, str]:
        """Column names and labels, for a choice of what to draw."""
        return {name: self.column(mart, name).label for name in names}

    def table(
        self,
        mart: str,
        frame: pd.DataFrame,
        columns: Sequence[str | Column],
        title: str,
        totals: pd.Series | None = None,
    ) -> Table:
        return tables.table_of(self.words.get(mart, {}), frame, columns, title, totals)

    def figure(
        self,
        mart: str,
        name: str,
        now: pd.DataFrame,
        before: pd.DataFrame | None = None,
        label: str | None = None,
    ) -> Figure:
        """A column of the one row of `now` (a dash when there is none), against the row of the year before."""
        column = self.column(mart, name)
        value = now[name].iloc[0] if len(now) else None
        delta = None
        if before is not None and len(before) and self.selection.is_complete:
            delta = difference(column, value, before[name].iloc[0])
        return Figure(
            label=label or column.label,
            value=column.brief(value),
            definition=column.explained,
            delta=f"{delta} sull'anno prima" if delta else None,
        )


def difference(column: Column, now: object, before: object) -> str | None:
    """How a value moved, with its sign; shares move by points. None when one of the two is missing."""
    if now is None or before is None or pd.isna(now) or pd.isna(before):
        return None
    moved = now - before  # type: ignore[operator]
    text = (
        f"{italian.number(moved * 100, 1)} punti" if column.format == "percentuale" else column.brief(moved)
    )
    if not any(digit in text for digit in "123456789"):
        return "invariato"
    return text if moved < 0 else f"+{text}"
