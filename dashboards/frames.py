"""Small steps between a query and a chart: periods named, totals told from parts, the year before put beside."""

from dataclasses import replace

import pandas as pd

from dashboards.selection import Selection
from dashboards.tables import Column
from osservatorio import italian
from osservatorio.periods import MONTH, SEMESTER, parse_period


def short_period(code: str) -> str:
    """A period as an axis names it: «gen 2022», «1º sem. 2022», «2022»."""
    period = parse_period(code)
    if period.type == MONTH:
        return f"{italian.MONTHS[period.start.month - 1][:3]} {period.start.year}"
    if period.type == SEMESTER:
        return f"{1 if period.start.month == 1 else 2}º sem. {period.start.year}"
    return str(period.start.year)


def over_time(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Rows of one period type, `period` named for people, with `is_partial` (not ended) and `is_here` (chosen)."""
    return frame.assign(
        is_partial=~frame.is_complete.astype(bool),
        is_here=frame.period == selection.period.code,
        period=frame.period.map(short_period),
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
    frame: pd.DataFrame, rows: str, key: str, name: str, column: Column
) -> tuple[pd.DataFrame, list[Column]]:
    """Counts in long form as one row per `rows` and one column per `key`, in the order met; a missing count is zero.

    Returns the frame and the descriptions of its new columns, labelled by `name`.
    """
    wide = frame.pivot(index=rows, columns=key, values=column.name)
    wide = wide.reindex(index=frame[rows].unique(), columns=frame[key].unique()).fillna(0).reset_index()
    labels = dict(zip(frame[key], frame[name], strict=True))
    return wide, [replace(column, name=code, label=label) for code, label in labels.items()]
