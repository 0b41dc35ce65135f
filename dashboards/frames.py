"""Small steps between a query and a chart: periods named, totals told from parts, the year before put beside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from dashboards.tables import Column
from dashboards.view import View
from osservatorio import italian
from osservatorio.periods import MONTH, SEMESTER, Period, parse_period


def short_period(code: str) -> str:
    """A period as an axis names it: «gen 2022», «1º sem. 2022», «2022»."""
    period = parse_period(code)
    if period.type == MONTH:
        return f"{italian.MONTHS[period.start.month - 1][:3]} {period.start.year}"
    if period.type == SEMESTER:
        return f"{1 if period.start.month == 1 else 2}º sem. {period.start.year}"
    return str(period.start.year)


def over_time(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """Rows of one period type, the oldest first, limited to the periods that can be chosen.

    `period` becomes a name for people and `code` is what it was; `is_partial` tells the periods not ended, `is_here` the one chosen.
    """
    known = frame[frame.period.isin(view.choices.periods)]
    return known.assign(
        is_partial=~known.is_complete.astype(bool),
        is_here=known.period == view.selection.period.code,
        code=known.period,
        period=known.period.map(short_period),
    ).reset_index(drop=True)


def without(frame: pd.DataFrame, **totals: str) -> pd.DataFrame:
    """The rows that are not totals: `without(rows, municipality_code="AMBITO")`."""
    for column, total in totals.items():
        frame = frame[frame[column] != total]
    return frame.reset_index(drop=True)


def highest_first(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.sort_values(column, ascending=False, kind="stable", na_position="last").reset_index(
        drop=True
    )


def spread(
    frame: pd.DataFrame, rows: str, key: str, labels: Mapping[str, str], column: Column
) -> tuple[pd.DataFrame, list[Column]]:
    """Counts in long form as one row per `rows` and one column per code of `labels`; a missing count is zero.

    Returns the frame and the descriptions of its new columns.
    """
    wide = frame.pivot(index=rows, columns=key, values=column.name)
    wide = wide.reindex(index=frame[rows].unique(), columns=list(labels)).fillna(0).reset_index()
    return wide, [replace(column, name=code, label=label) for code, label in labels.items()]


def over_years(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """Rows of a mart by year, the oldest first, limited to the years that can be chosen (see `over_time`)."""
    years = frame.year.astype(str)
    known = frame[years.isin(view.choices.periods)]
    return known.assign(
        is_partial=~known.is_complete.astype(bool),
        is_here=known.year == view.selection.year,
        code=known.year.astype(str),
        year=known.year.astype(str),
    ).reset_index(drop=True)


def beside_year_before(
    now: pd.DataFrame, before: pd.DataFrame, key: str, column: Column, period: Period
) -> tuple[pd.DataFrame, list[Column]]:
    """The rows of `now` with their value of the year before; descriptions of the two columns, the earlier first.

    Where nothing is known of the year before only the period itself is described.
    """
    earlier = f"{column.name}_before"
    here = replace(column, label=short_period(period.code))
    if before.empty:
        return now, [here]
    values = before.set_index(key)[column.name]
    compared = now.assign(**{earlier: now[key].map(values)})
    return compared, [
        replace(column, name=earlier, label=short_period(period.year_before.code)),
        here,
    ]


def as_rows(
    columns: Sequence[Column], now: pd.DataFrame, before: pd.DataFrame, period: Period
) -> tuple[pd.DataFrame, list[Column]]:
    """Columns of one row as rows, beside those of the year before: `label`, and the columns that are described.

    The columns must have one format. No row where `now` has none; only the period itself where `before` has none.
    """
    names = [column.name for column in columns]
    frame = pd.DataFrame({"name": names, "label": [column.label for column in columns]})
    if now.empty:
        return frame.head(0), []
    frame["value"] = now.iloc[0][names].tolist()
    described = Column("value", "", "Valore del periodo, come lo definisce la riga.", columns[0].format)
    return beside_year_before(
        frame,
        frame.assign(value=before.iloc[0][names].tolist()) if len(before) else before,
        "name",
        described,
        period,
    )
