"""Working lists: a choice leads to its list, a row of the list to all that is known of it.

Rows are told in the address by a digest of their key: an identifier of a record never stands there. A long list is
shown a few rows at a time; which ones stands in the address too, for as long as its filters are the same.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import queries
from dashboards.access import log
from dashboards.choosing import Choice
from dashboards.components import MOST_ROWS, NO_FILTERS, Part, heading, nothing, pick, show
from dashboards.downloads import slug
from dashboards.queries import WorkingList
from dashboards.tables import Column, Table
from dashboards.text import plain
from dashboards.view import View
from osservatorio import italian
from osservatorio.ambiti.release import RECORDS_ELSEWHERE

# What else may be known of a record: by list, in which words and by which columns.
_ALSO = {
    "mart_rule_findings": ("Rilievi sulla stessa registrazione", ("rule_id", "rule_title", "outcome_name")),
    "mart_deadlines": ("Scadenze della stessa registrazione", ("deadline_name", "due_date")),
    "mart_cost_sharing_mismatches": (
        "Quote da verificare della stessa registrazione",
        ("prestazione_name", "difference", "explanation_name"),
    ),
}
# What the page says instead of a row, when none is chosen.
NONE = "nessuno"
_DIGITS = 12
_FEW_DIGITS = 4


def show_list(
    view: View,
    listed: WorkingList,
    columns: Sequence[str | Column],
    details: Sequence[str | Column],
    key: Sequence[str],
    *,
    title: str,
    choice: str,
    label: str,
    empty: str,
    note: str,
    filters: Mapping[str, str] = NO_FILTERS,
) -> None:
    """A working list whose first column leads to the row, and all the `details` of the row chosen.

    `key` are the columns that tell a row from the others; `choice` is the name of the choice in the address.
    """
    if view.release.ambito and not listed.is_here:
        heading(view, title)
        nothing(RECORDS_ELSEWHERE)
        return
    log_list(view, listed, filters)
    mart = listed.mart
    place = _place(listed, title)
    rows = listed.rows(place, MOST_ROWS)
    digests = [_digest("\x1f".join(map(str, codes))) for codes in rows[list(key)].itertuples(index=False)]
    first = view.table(mart, rows.head(0), columns, title).columns[:3]
    show_rows(
        view,
        listed,
        columns,
        title=title,
        empty=empty,
        note=note,
        filters=filters,
        choice=Choice(choice, first[0].name, digests, shows=_card(mart)),
    )
    if rows.empty:
        return
    words = [[column.brief(value) for value in rows[column.name]] for column in first]
    names = {NONE: "Nessuna riga scelta"} | {
        digest: " · ".join(parts) for digest, *parts in zip(digests, *words, strict=True)
    }
    chosen = pick(label, names, choice)
    if chosen != NONE:
        log.row_seen(view.page.title, mart, chosen)
        _show_row(view, mart, rows.iloc[digests.index(chosen)], details)


def show_rows(
    view: View,
    listed: WorkingList,
    columns: Sequence[str | Column],
    *,
    title: str,
    empty: str,
    note: str,
    filters: Mapping[str, str] = NO_FILTERS,
    choice: Choice | None = None,
) -> None:
    """The rows of a list that are on screen, what turns to the others, and files with all of them."""
    total, place = listed.count(), _place(listed, title)

    def table_of(rows: pd.DataFrame) -> Table:
        return view.table(listed.mart, rows, columns, title)

    part = Part(total, lambda: table_of(listed.whole()), partial(_turn, listed, title, place, total, choice))
    show(
        view,
        table_of(listed.rows(place, MOST_ROWS)),
        empty=empty,
        note=note,
        filters=filters,
        choice=choice,
        part=part if total > MOST_ROWS else None,
    )


def log_list(view: View, listed: WorkingList, filters: Mapping[str, str]) -> None:
    """Tell the audit log that the list is on screen. Raises NotAllowedError for a person who may not see lists."""
    log.list_seen(view.page.title, listed.mart, listed.count(), view.context(filters).filters)


def _turn(listed: WorkingList, title: str, place: int, total: int, choice: Choice | None) -> None:
    """Which rows are on screen, and what leads to those before and after."""
    last = min(place + MOST_ROWS, total)
    name = _name(title)
    with st.container(key=f"scorri_{name}", horizontal=True, vertical_alignment="center", gap="small"):
        turn = partial(_turn_button, listed, name, choice.name if choice else "")
        turn("Righe precedenti", "chevron_left", place - MOST_ROWS, is_there=place > 0)
        st.caption(
            f"Righe {italian.number(place + 1)}–{italian.number(last)} di {italian.number(total)}",
            width="content",
        )
        turn("Righe successive", "chevron_right", place + MOST_ROWS, is_there=last < total)


def _turn_button(
    listed: WorkingList, name: str, choice: str, label: str, icon: str, start: int, *, is_there: bool
) -> None:
    st.button(
        label,
        key=f"{icon}_{name}",
        icon=f":material/{icon}:",
        disabled=not is_there,
        on_click=_go,
        args=(name, f"{start // MOST_ROWS + 1}.{_few(listed)}", choice),
    )


def _go(name: str, page: str, choice: str) -> None:
    st.query_params[name] = page
    st.query_params.pop(choice, None)  # the row that was chosen is not among those shown now


def _place(listed: WorkingList, title: str) -> int:
    """How many rows come before those on screen: as the address says, if it says so of a list with these filters."""
    page, _, of = str(st.query_params.get(_name(title), "")).partition(".")
    if of != _few(listed) or not page.isdecimal() or len(page) > _DIGITS:
        return 0
    start = (int(page) - 1) * MOST_ROWS
    return start if 0 <= start < listed.count() else 0


def _few(listed: WorkingList) -> str:
    """What tells the filters of a list from others, in the address."""
    return _digest(repr((listed.mart, listed.filters, listed.days, listed.above_zero)))[:_FEW_DIGITS]


def _show_row(view: View, mart: str, row: pd.Series, details: Sequence[str | Column]) -> None:
    with st.container(border=True, key=_card(mart)):
        for column in view.columns(mart, *details):
            value = row[column.name]
            if pd.notna(value) and value != "":
                st.markdown(f"**{plain(column.label)}**: {plain(column.show(value))}")
        if "record_id" in details:
            _show_others(view, mart, row)


def _show_others(view: View, mart: str, row: pd.Series) -> None:
    """What the other lists, and the same one, say of the same record of the same body."""
    for other, (told, columns) in _ALSO.items():
        if not queries.has_mart(view.release, other):
            continue
        found = queries.of_record(view.release, other, row.codice_ente, row.record_id)
        if other == mart:
            found = found[[any(one[name] != row[name] for name in columns) for _, one in found.iterrows()]]
        if len(found):
            described = view.columns(other, *columns)
            lines = (
                " · ".join(plain(column.show(one[column.name])) for column in described)
                for _, one in found.iterrows()
            )
            st.markdown(f"**{told}**\n\n" + "\n".join(f"- {line}" for line in lines))


def _name(title: str) -> str:
    return f"pagina_{slug(title)}"


def _card(mart: str) -> str:
    return f"scheda_{mart}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
