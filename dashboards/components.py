"""The parts that every page is made of: key figures, a chart with its table, definitions, downloads, empty states."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboards import downloads, tables
from dashboards.chart_style import CONFIG
from dashboards.downloads import Context
from dashboards.pages import PageInfo
from dashboards.selection import PERIOD, Choices, Selection, with_types
from dashboards.tables import Column, Table, styled
from dashboards.text import plain, sentence
from osservatorio import italian
from osservatorio.release import Release

# A longer table scrolls in its own frame, as tall as the chart beside it, instead of stretching the page.
_LONG_TABLE = 18
_LONG_TABLE_HEIGHT = 560
_MOST_ROWS = 50
_MOST_ON_A_LINE = 5

# What the files say of a filter over which a table compares.
COMPARED = "tutti, a confronto"
NO_FILTERS: Mapping[str, str] = MappingProxyType({})
_FILES = {
    "csv": (downloads.to_csv, downloads.CSV_MIME),
    "xlsx": (downloads.to_xlsx, downloads.XLSX_MIME),
}
# A wider table stands below its chart, not beside it.
_WIDE_TABLE = 6


@dataclass(frozen=True)
class Figure:
    """A key figure: its name, its value as text, its definition, and how it moved in a year."""

    label: str
    value: str
    definition: str
    delta: str | None = None


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

    def context(self, filters: Mapping[str, str]) -> Context:
        """Where the figures of a table come from; `filters` are its own, over those of the page."""
        page = {name: value for name, value in self.selection.described.items() if name in self.filters}
        named = {sentence(name): value for name, value in {**page, **filters}.items()}
        return Context(self.page.title, self.release.id, self.release.as_of, named)

    def column(self, mart: str, name: str) -> Column:
        return tables.column(self.release, mart, name)

    def columns(self, mart: str, *names: str) -> list[Column]:
        return [tables.column(self.release, mart, name) for name in names]

    def table(
        self,
        mart: str,
        frame: pd.DataFrame,
        columns: Sequence[str | Column],
        title: str,
        totals: pd.Series | None = None,
    ) -> Table:
        return tables.table(self.release, mart, frame, columns, title, totals)

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
            definition=column.definition,
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


def key_figures(figures: Sequence[Figure]) -> None:
    """Key figures side by side; they wrap on narrow screens."""
    columns = len(figures) if len(figures) <= _MOST_ON_A_LINE else (len(figures) + 1) // 2
    with st.container(key=f"cifre_{columns}", gap="small"):
        for figure in figures:
            st.metric(
                plain(figure.label),
                plain(figure.value),
                delta=plain(figure.delta) if figure.delta else None,
                delta_color="off",
                delta_arrow="off",
                help=plain(figure.definition),
                border=True,
                height="stretch",
            )


def show(
    view: View,
    shown: Table,
    chart: Callable[[], go.Figure] | None = None,
    *,
    empty: str,
    note: str | None = None,
    filters: Mapping[str, str] = NO_FILTERS,
) -> None:
    """A section: title, chart and table of the same figures, definitions and downloads.

    `empty` says why there may be nothing to show; `note` is a reading aid under the title. The chart is drawn only
    when there is something to show. `filters` says, for the files, where the table differs from the page's filters.
    """
    st.subheader(plain(shown.title), anchor=False)
    if shown.is_empty:
        nothing(empty)
        return
    if note:
        st.caption(plain(note))
    key = downloads.slug(shown.title)
    wide = chart is None or len(shown.columns) > _WIDE_TABLE
    with st.container(key=f"{'sotto' if wide else 'accanto'}_{key}", horizontal=not wide, gap="medium"):
        if chart is not None:
            with st.container(key=f"riquadro_grafico_{key}"):
                st.plotly_chart(
                    chart(),
                    theme=None,
                    config=CONFIG,
                    alt=f"Grafico: {shown.title}",
                    key=f"grafico_{key}",
                )
        with st.container(key=f"riquadro_tabella_{key}"):
            _table(shown)
            _actions(shown, view.context(filters), key)


def show_over_time(
    view: View,
    mart: str,
    history: pd.DataFrame,
    columns: Sequence[str | Column],
    title: str,
    chart: Callable[[pd.DataFrame], go.Figure],
    *,
    empty: str,
    note: str,
) -> None:
    """A section over time: the chart from the oldest period on, the table from the latest back.

    `history` has `is_here` and `is_partial` (see `frames.over_time`).
    """
    back = history[::-1]
    show(
        view,
        view.table(mart, back, columns, title, back.is_here),
        lambda: chart(history),
        empty=empty,
        note=note,
        filters={PERIOD: COMPARED},
    )


def _table(shown: Table) -> None:
    rows = len(shown.frame)
    height = _LONG_TABLE_HEIGHT if rows > _LONG_TABLE else "content"
    st.table(
        styled(shown.first(_MOST_ROWS)),
        border="horizontal",
        hide_index=True,
        height=height,
        alt=f"Tabella: {shown.title}",
    )
    if rows > _MOST_ROWS:
        st.caption(
            f"Sono mostrate le prime {_MOST_ROWS} righe su {italian.number(rows)}: i file CSV e XLSX le contengono tutte."
        )


def _actions(shown: Table, context: Context, key: str) -> None:
    with st.container(horizontal=True, gap="small", key=f"azioni_{key}"):
        with st.popover("Definizioni", icon=":material/menu_book:"):
            for described in shown.columns:
                st.markdown(f"**{plain(described.label)}**: {plain(described.definition)}")
        for suffix, (write, mime) in _FILES.items():
            st.download_button(
                suffix.upper(),
                data=partial(write, shown, context),
                file_name=downloads.file_name(shown, context, suffix),
                mime=mime,
                key=f"scarica_{suffix}_{key}",
                on_click="ignore",
                icon=":material/download:",
                help=f"Scarica questa tabella in {suffix.upper()}, con filtri e definizioni",
            )


def nothing(why: str) -> None:
    """An empty state that says why it is empty and what to do."""
    st.info(plain(why), icon=":material/search_off:")
