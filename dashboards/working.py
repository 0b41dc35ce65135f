"""Working lists: a choice leads to its list, a row of the list to all that is known of it.

Rows are told in the address by a digest of their key: an identifier of a record never stands there.
"""

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards.access import log
from dashboards.choosing import Choice
from dashboards.components import MOST_ROWS, NO_FILTERS, pick, show
from dashboards.tables import Column
from dashboards.text import plain
from dashboards.view import View

# What the page says instead of a row, when none is chosen.
NONE = "nessuno"
_DIGITS = 12


def show_list(
    view: View,
    mart: str,
    rows: pd.DataFrame,
    columns: Sequence[str | Column],
    details: Sequence[str],
    key: Sequence[str],
    *,
    title: str,
    choice: str,
    label: str,
    empty: str,
    note: str,
    filters: dict[str, str] | None = None,
) -> None:
    """A working list whose first column leads to the row, and all the `details` of the row chosen.

    `key` are the columns that tell a row from the others; `choice` is the name of the choice in the address.
    """
    rows = rows.reset_index(drop=True)
    log.list_seen(view.page.title, mart, len(rows), view.context(filters or NO_FILTERS).filters)
    table = view.table(mart, rows, columns, title)
    # The rows on screen: a choice among thousands would be slow to send and of no use.
    first = rows.head(MOST_ROWS)
    digests = pd.Series(
        [_digest("\x1f".join(map(str, codes))) for codes in first[list(key)].itertuples(index=False)],
        dtype=str,
    )
    show(
        view,
        table,
        choice=Choice(choice, table.columns[0].name, list(digests), shows=_card(mart)),
        empty=empty,
        note=note,
        filters=filters or NO_FILTERS,
    )
    if rows.empty:
        return
    words = [first[column.name].map(column.show) for column in table.columns[:3]]
    names = {NONE: "Nessuna riga scelta"} | {
        digest: " · ".join(parts) for digest, *parts in zip(digests, *words, strict=True)
    }
    chosen = pick(label, names, choice)
    if chosen != NONE:
        _show_row(view, mart, first[digests == chosen].iloc[0], details)


def _show_row(view: View, mart: str, row: pd.Series, details: Sequence[str]) -> None:
    with st.container(border=True, key=_card(mart)):
        for column in view.columns(mart, *details):
            value = row[column.name]
            if pd.notna(value) and value != "":
                st.markdown(f"**{plain(column.label)}**: {plain(column.show(value))}")


def _card(mart: str) -> str:
    return f"scheda_{mart}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
