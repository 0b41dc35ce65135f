"""What leads to a choice of the page: a cell of a table and a mark of its chart, as the selectbox or the filter does.

The three are one: each writes the same name into the address, and the page follows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboards.tables import Table


@dataclass(frozen=True)
class Choice:
    """Rows that lead to a choice: `name` is its name in the address, `column` the column of the table that has the links.

    `codes` are what is chosen by row of the table (a missing one leads nowhere), `marks` by mark of the chart, in the
    order in which the chart draws them. `shows` is the key of the container that is then brought into view. `clears`
    are choices that no longer make sense after this one.
    """

    name: str
    column: str
    codes: Sequence[str | None]
    marks: Sequence[str | None] = ()
    shows: str = ""
    clears: tuple[str, ...] = ()

    @property
    def current(self) -> str:
        """What is chosen now, as the address says it."""
        return str(st.query_params.get(self.name, ""))

    def take(self, key: str) -> None:
        """Make the choice of the mark that was pressed in the chart with this key; nothing for a mark without a code."""
        points = st.session_state[key].selection.points
        place = points[0].get("point_index", points[0].get("pointIndex", -1)) if points else -1
        code = self.marks[place] if 0 <= place < len(self.marks) else None
        if code is not None:
            for name in self.clears:
                st.query_params.pop(name, None)
            st.query_params[self.name] = code


def address(leave_out: Sequence[str] = ()) -> str:
    """The address of this page with what is chosen now, but for the choices to leave out."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in leave_out}
    return "?" + urlencode(kept)


def linked(table: Table, choice: Choice) -> Table:
    """The table with a link in each cell of a column, which makes the choice of its row.

    The container that the link brings into view is named in it (see `assets/collegamenti.js`).
    """
    place = f"#{choice.shows}" if choice.shows else ""
    kept = address((*choice.clears, choice.name))
    start = kept if kept == "?" else f"{kept}&"
    addresses = pd.Series(
        [
            None if pd.isna(code) else f"{start}{urlencode({choice.name: str(code)})}{place}"
            for code in choice.codes
        ],
        dtype=object,
    )
    return replace(table, links={**table.links, choice.column: addresses})


def by_code(names: Mapping[str, str], codes: pd.Series) -> list[str | None]:
    """Names in the address of codes of the release; None for one that has none."""
    in_address = {code: name for name, code in names.items()}
    return [in_address.get(code) for code in codes]
