"""The parts that every page is made of: key figures, a chart with its table, definitions, downloads, empty states."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import downloads
from dashboards.access import log
from dashboards.chart_style import CONFIG, Drawing
from dashboards.choosing import Choice, linked
from dashboards.describing import described
from dashboards.downloads import Context
from dashboards.page_tables import put
from dashboards.selection import PERIOD
from dashboards.tables import Column, Table
from dashboards.text import plain
from dashboards.view import Figure, Place, View
from osservatorio import italian

# A longer table scrolls in its own frame instead of stretching the page.
_LONG_TABLE = 18
MOST_ROWS = 50
_MOST_ON_A_LINE = 5

# What the files say of a filter over which a table compares.
COMPARED = "tutti, a confronto"
NO_FILTERS: Mapping[str, str] = MappingProxyType({})
_FILES = {
    "csv": (downloads.to_csv, downloads.CSV_MIME),
    "xlsx": (downloads.to_xlsx, downloads.XLSX_MIME),
}
# A wider table stands below its chart, not beside it.
_WIDE_TABLE = 5


@dataclass(frozen=True)
class Part:
    """That the rows of a table are a part of a longer list: how many there are, what makes the table of them all for a
    file, and what leads to the others on screen."""

    rows: int
    whole: Callable[[], Table]
    turn: Callable[[], None]


def pick(label: str, options: Mapping[str, str], key: str, *, last: bool = False) -> str:
    """A choice of one page: codes and the names they are shown with. The first is chosen, or the last.

    A choice that was made stands in the address under `key`, and the address decides: a link opens the same view, and
    the browser's back button undoes the choice.
    """
    codes = list(options)
    asked = st.query_params.get(key)
    st.session_state[key] = asked if asked in options else codes[-1 if last else 0]
    return st.selectbox(
        label,
        codes,
        format_func=options.__getitem__,
        key=key,
        on_change=_put_in_address,
        args=(key,),
        placeholder="Scegli dall'elenco",
        filter_mode=None,
        width=360,
    )


def _put_in_address(key: str) -> None:
    st.query_params[key] = st.session_state[key]


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
    view: Place,
    shown: Table,
    chart: Callable[[], Drawing] | None = None,
    *,
    empty: str,
    note: str | None = None,
    filters: Mapping[str, str] = NO_FILTERS,
    choice: Choice | None = None,
    part: Part | None = None,
) -> None:
    """A section: title, chart and table of the same figures, definitions and downloads.

    `empty` says why there may be nothing to show; `note` is a reading aid under the title. The chart is drawn only
    when there is something to show, and to compare. `filters` says, for the files, where the table differs from the page's filters.
    `choice` is what a row of the table and a mark of the chart lead to. `part` says of a long list which part is shown.
    """
    heading(view, shown.title)
    if shown.is_empty:
        nothing(empty)
        return
    if note:
        st.caption(plain(note))
    key = downloads.slug(shown.title)
    figure = chart() if chart is not None else None
    if figure is not None and not figure.compares:
        figure = None
    wide = figure is None or len(shown.columns) > _WIDE_TABLE
    with st.container(key=f"{'sotto' if wide else 'accanto'}_{key}", horizontal=not wide, gap="medium"):
        if figure is not None:
            draw(figure, key, shown.title, note, choice)
        with st.container(key=f"riquadro_tabella_{key}"):
            _table(linked(shown, choice) if choice else shown)
            if part:
                part.turn()
            _actions(shown, view.context(filters), key, part)


def heading(view: Place, title: str) -> None:
    """The title of a section: one step below the page's, or below that of its group where the page has groups."""
    (st.subheader if view.page.has_groups else st.header)(plain(title), anchor=False)


def group(title: str) -> None:
    """The title of a group of sections."""
    with st.container(key=f"gruppo_{downloads.slug(title)}"):
        st.header(plain(title), anchor=False)


def draw(
    figure: Drawing,
    key: str,
    title: str,
    note: str | None = None,
    choice: Choice | None = None,
) -> None:
    """A chart, with what it says in words; a mark that is pressed makes its choice.

    How wide its labels are together stands in the key of its container: where they would touch, the style sheet
    leaves them to the table.
    """
    labels = figure.content["layout"].get("meta", {}).get("labels", "poche")
    with st.container(key=f"riquadro_grafico_{labels}_{key}"):
        options: dict[str, Any] = {
            "theme": None,
            "config": CONFIG,
            "alt": described(figure, title, note),
            # Made anew after each choice, so that no mark stays selected.
            "key": f"grafico_{key}" + (f"_{choice.current}" if choice and choice.marks else ""),
        }
        if choice and choice.marks:
            figure.content["layout"]["clickmode"] = (
                "event+select"  # as Streamlit would, which would draw again
            )
            options |= {"on_select": partial(choice.take, options["key"]), "selection_mode": "points"}
        st.plotly_chart(figure, **options)


def show_over_time(
    view: View,
    mart: str,
    history: pd.DataFrame,
    columns: Sequence[str | Column],
    title: str,
    chart: Callable[[pd.DataFrame], Drawing],
    *,
    empty: str,
    note: str,
    filters: Mapping[str, str] = NO_FILTERS,
) -> None:
    """A section over time: the chart from the oldest period on, the table from the latest back.

    `history` has `is_here` and `is_partial` (see `frames.over_time`); where it has the `code` of its periods too, a
    period of the table or of the chart is the period that the whole page then shows.
    """
    back = history[::-1]
    leads = PERIOD in view.filters and "code" in history and columns[0] in ("period", "year")
    choice = Choice(PERIOD, str(columns[0]), back.code.tolist(), history.code.tolist()) if leads else None
    show(
        view,
        view.table(mart, back, columns, title, back.is_here),
        lambda: chart(history),
        empty=empty,
        note=note,
        filters={**filters, PERIOD: COMPARED},
        choice=choice,
    )


def _table(shown: Table) -> None:
    rows = len(shown.frame)
    put(shown.first(MOST_ROWS), scrolls=rows > _LONG_TABLE)
    if rows > MOST_ROWS:
        st.caption(
            f"Sono mostrate le prime {MOST_ROWS} righe su {italian.number(rows)}: i file CSV e XLSX le contengono tutte."
        )


def _actions(shown: Table, context: Context, key: str, part: Part | None = None) -> None:
    rows = part.rows if part else len(shown.frame)
    files = {
        suffix: mime
        for suffix, (_, mime) in _FILES.items()
        if suffix == "csv" or rows <= downloads.MOST_IN_XLSX
    }
    whole = part.whole if part else partial(_itself, shown)
    with st.container(horizontal=True, gap="small", key=f"azioni_{key}"):
        with st.popover("Definizioni", icon=":material/menu_book:"):
            lines = (f"**{plain(one.label)}**: {plain(one.explained)}" for one in shown.described)
            st.markdown("\n\n".join(lines))
        for suffix, mime in files.items():
            st.download_button(
                suffix.upper(),
                data=_file(suffix, shown.title, whole, context),
                file_name=downloads.file_name(shown, context, suffix),
                mime=mime,
                key=f"scarica_{suffix}_{key}",
                on_click="ignore",
                icon=":material/download:",
                help=f"Scarica questa tabella in {suffix.upper()}, con filtri e definizioni",
            )
    if len(files) < len(_FILES):
        st.caption(
            f"L'elenco ha più di {italian.number(downloads.MOST_IN_XLSX)} righe: si scarica in CSV, oppure in XLSX dopo averlo "
            "ristretto con i filtri."
        )


def _itself(shown: Table) -> Table:
    return shown


def _file(suffix: str, title: str, whole: Callable[[], Table], context: Context) -> Callable[[], bytes]:
    """What writes the file when it is asked for; that it was is recorded, and whoever asked may fetch it."""
    write, _ = _FILES[suffix]
    facts = {
        "pagina": context.page,
        "tabella": title[:200],
        "file": suffix,
        "pubblicazione": context.release_id,
    }
    return log.file_of(lambda: write(whole(), context), facts)


def nothing(why: str) -> None:
    """An empty state that says why it is empty and what to do."""
    st.info(plain(why), icon=":material/search_off:")
