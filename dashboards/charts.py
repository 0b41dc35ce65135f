"""One grammar for every chart: one axis of values, direct labels, Italian numbers, totals and partial periods marked.

Every function takes a data frame whose rows are in reading order and returns a Plotly figure. Texts from the data are
made inert here. Bars start at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards import chart_style as style
from dashboards.chart_style import Drawing
from dashboards.tables import Column
from dashboards.text import chart_text
from dashboards.theme import BACKGROUND, MUTED, PALE, PRIMARY, SERIES, TEXT

_HEIGHT = 330
# How much room the labels of bars side by side take, by the characters of them all: where a chart is too narrow for its
# labels the style sheet leaves them out, and the table and the pointer tell the values. Beyond the last they are not made.
_MOST_LABELLED = 24
_ROOM = {"tempo_poche": 30, "tempo_medie": 55, "tempo_molte": 110}


@dataclass(frozen=True)
class Series:
    """One series of a chart: a column of the frame, the name and the colour it is shown with."""

    column: Column
    name: str
    color: str


def series(columns: Sequence[Column], colors: Sequence[str] = SERIES) -> list[Series]:
    """Columns as series, in the colours of the house."""
    return [
        Series(column, chart_text(column.label), color)
        for column, color in zip(columns, colors, strict=False)
    ]


def trend(frame: pd.DataFrame, x: str, lines: Sequence[Series]) -> Drawing:
    """Lines over time; the frame tells periods still open (`is_partial`, hollow) and the one chosen (`is_here`,
    large). The last value of each line is written beside it."""
    names = style.period_names(frame[x])
    sizes = [13 if one else 8 for one in frame.is_here]
    traces = [
        {
            "type": "scatter",
            "x": names,
            "y": style.values(frame[line.column.name]),
            "name": line.name,
            "mode": "lines+markers",
            "line": {"color": line.color, "width": 3},
            "marker": {
                "size": sizes,
                "color": [BACKGROUND if one else line.color for one in frame.is_partial],
                "line": {"color": line.color, "width": 2},
                "opacity": 1,
            },
            "customdata": _texts(frame, line.column),
            "hovertemplate": f"%{{x}}<br>{line.name}: <b>%{{customdata}}</b><extra></extra>",
            "connectgaps": False,
        }
        for line in lines
    ]
    highest, lowest = style.extent(frame, [line.column.name for line in lines])
    return style.figure(
        traces,
        _HEIGHT,
        xaxis=style.time_axis(names),
        yaxis=style.value_axis(lines[0].column, highest, lowest, upright=True),
        annotations=[note for line in lines for note in _last_value(frame, line)],
        showlegend=len(lines) > 1,
        meta={"labels": "tempo_poche"},
    )


def columns_over_time(frame: pd.DataFrame, x: str, parts: Sequence[Series]) -> Drawing:
    """Vertical bars over time; the frame tells periods still open (`is_partial`, hatched) and the one chosen
    (`is_here`, outlined)."""
    names = style.period_names(frame[x])
    characters = _characters(frame, parts)
    labelled = characters <= max(_ROOM.values()) and len(frame) * len(parts) <= _MOST_LABELLED
    hatching = {
        "shape": ["/" if one else "" for one in frame.is_partial],
        "fillmode": "overlay",
        "fgcolor": BACKGROUND,
        "fgopacity": 0.7,
    }
    outline = {"color": TEXT, "width": [2 if one else 0 for one in frame.is_here]}
    traces = [
        {
            "type": "bar",
            "x": names,
            "y": style.values(frame[part.column.name]),
            "name": part.name,
            "marker": {"color": part.color, "pattern": hatching, "line": outline},
            "text": _labels(frame, part.column) if labelled else None,
            "textposition": "outside",
            "textangle": 0,
            "textfont": style.LABEL_FONT,
            "constraintext": "none",
            "cliponaxis": False,
            "customdata": _texts(frame, part.column),
            "hovertemplate": f"%{{x}}<br>{part.name}: <b>%{{customdata}}</b><extra></extra>",
        }
        for part in parts
    ]
    highest, lowest = style.extent(frame, [part.column.name for part in parts])
    return style.figure(
        traces,
        _HEIGHT,
        xaxis=style.time_axis(names),
        yaxis=style.value_axis(parts[0].column, highest, lowest, upright=True),
        barmode="group",
        bargap=0.3,
        showlegend=len(parts) > 1,
        meta={"labels": next((room for room, most in _ROOM.items() if characters <= most), "tempo_poche")},
    )


def bars(
    frame: pd.DataFrame,
    category: str,
    column: Column,
    *,
    here: pd.Series | None = None,
    reference: tuple[str, float] | None = None,
) -> Drawing:
    """Horizontal bars with their value. `here` marks the row chosen; `reference` draws a line (name, value).

    The label of a bar below zero stands on the other side of the zero, where it never meets the names.
    """
    chosen = pd.Series(False, index=frame.index) if here is None else here
    others = PALE if chosen.any() else PRIMARY
    labels = list(
        zip((value or 0 for value in style.values(frame[column.name])), _labels(frame, column), strict=True)
    )
    trace = {
        "type": "bar",
        "x": style.values(frame[column.name]),
        "y": style.category_names(frame[category]),
        "orientation": "h",
        "text": ["" if value < 0 else label for value, label in labels],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {
            "color": [PRIMARY if one else others for one in chosen],
            "line": {"color": MUTED, "width": [_edge(others) * (not one) for one in chosen]},
        },
        "customdata": _texts(frame, column),
        "hovertemplate": "%{y}: <b>%{customdata}</b><extra></extra>",
    }
    highest, lowest = style.extent(frame, [column.name])
    line, note = _reference(column, reference)
    return style.figure(
        [trace],
        style.bars_height(len(frame)),
        xaxis=style.value_axis(
            column,
            max(highest, reference[1] if line else 0),
            lowest,
            labelled=True,
        ),
        yaxis=style.category_axis(style.category_names(frame[category])),
        margin=style.label_margin(column, highest, lowest),
        shapes=line,
        annotations=[
            *note,
            *(_across_zero(row, label) for row, (value, label) in enumerate(labels) if value < 0),
        ],
    )


def grouped(frame: pd.DataFrame, category: str, parts: Sequence[Series], *, stacked: bool = False) -> Drawing:
    """Horizontal bars of a few series side by side, or stacked when they are parts of a whole."""
    traces = [
        {
            "type": "bar",
            "x": style.values(frame[part.column.name]),
            "y": style.category_names(frame[category]),
            "orientation": "h",
            "name": part.name,
            "marker": {
                "color": part.color,
                "line": {"color": BACKGROUND, "width": 1}
                if stacked
                else {"color": MUTED, "width": _edge(part.color)},
            },
            "text": _labels(frame, part.column),
            "textposition": "inside" if stacked else "outside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "textfont": style.LABEL_FONT,
            "constraintext": "inside" if stacked else "none",
            "cliponaxis": False,
            "customdata": _texts(frame, part.column),
            "hovertemplate": f"%{{y}}<br>{part.name}: <b>%{{customdata}}</b><extra></extra>",
        }
        for part in parts
    ]
    highest, lowest = style.extent(frame, [part.column.name for part in parts], stacked=stacked)
    rows = len(frame) * (1 if stacked else 0.62 * len(parts))
    own: dict[str, Any] = (
        {"barmode": "stack", "uniformtext": {"minsize": 12, "mode": "hide"}}
        if stacked
        else {"barmode": "group", "margin": style.label_margin(parts[0].column, highest, lowest)}
    )
    return style.figure(
        traces,
        style.bars_height(rows) + 40,
        xaxis=style.value_axis(parts[0].column, highest, lowest, labelled=not stacked),
        yaxis=style.category_axis(style.category_names(frame[category])),
        bargap=0.28,
        showlegend=True,
        **own,
    )


def intervals(
    frame: pd.DataFrame, category: str, value: Column, low: str, high: str, *, totals: pd.Series | None = None
) -> Drawing:
    """Shares with their 95% interval, one row each; `totals` marks the rows that total the others."""
    whole = pd.Series(False, index=frame.index) if totals is None else totals
    trace = {
        "type": "scatter",
        "x": style.values(frame[value.name]),
        "y": style.category_names(frame[category]),
        "mode": "markers+text",
        "text": _texts(frame, value),
        "textposition": "top center",
        "cliponaxis": False,
        "marker": {
            "size": 12,
            "color": [TEXT if one else PRIMARY for one in whole],
            "symbol": ["diamond" if one else "circle" for one in whole],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": style.values(frame[high] - frame[value.name]),
            "arrayminus": style.values(frame[value.name] - frame[low]),
            "color": MUTED,
            "thickness": 2,
            "width": 6,
        },
        "customdata": [
            [value.show(one) for one in pair] for pair in zip(frame[low], frame[high], strict=True)
        ],
        "hovertemplate": "%{y}: <b>%{text}</b> (da %{customdata[0]} a %{customdata[1]})<extra></extra>",
    }
    return style.figure(
        [trace],
        style.bars_height(len(frame)),
        xaxis=style.value_axis(value, 1.02),
        yaxis=style.category_axis(style.category_names(frame[category])),
    )


def _edge(color: str) -> int:
    """Pixels of the edge that a bar needs to be told from the page: the pale ones alone need one."""
    return 1 if color == PALE else 0


def _texts(frame: pd.DataFrame, column: Column) -> list[str]:
    """The values of a column in Italian."""
    return [column.show(value) for value in frame[column.name]]


def _labels(frame: pd.DataFrame, column: Column) -> list[str]:
    """The same where room is short."""
    return [column.brief(value) for value in frame[column.name]]


def _characters(frame: pd.DataFrame, parts: Sequence[Series]) -> int:
    """How long all the labels of the bars are together."""
    return sum(len(label) for part in parts for label in _labels(frame, part.column))


def _last_value(frame: pd.DataFrame, line: Series) -> list[dict[str, Any]]:
    """The value of the line's last point, as an annotation; nothing when the line has no point."""
    at = frame[line.column.name].reset_index(drop=True).last_valid_index()
    if at is None:
        return []
    value = frame[line.column.name].iloc[at]
    text = f"<b>{line.column.brief(value)}</b>"
    font = {"color": line.color}
    # By its place: an annotation takes the name of a year for a number.
    return [{"x": at, "y": value, "text": text, "font": font, "showarrow": False, "yshift": 18}]


def _across_zero(row: int, label: str) -> dict[str, Any]:
    """The label of a bar below zero, right of the zero; by the place of the row, or a name could be taken for a number."""
    return {"x": 0, "y": row, "text": label, "xanchor": "left", "xshift": 2, "showarrow": False}


def _reference(
    column: Column, reference: tuple[str, float] | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A dashed line across the bars, with its name and value above."""
    if reference is None or pd.isna(reference[1]):
        return [], []
    name, value = reference
    across = {"type": "line", "xref": "x", "yref": "paper", "x0": value, "x1": value, "y0": 0, "y1": 1}
    line = {**across, "line": {"color": MUTED, "dash": "dash", "width": 2}}
    note = {
        "x": value,
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "yanchor": "bottom",
        "text": chart_text(f"{name}: {column.brief(value)}"),
        "font": {"color": MUTED},
        "showarrow": False,
    }
    return [line], [note]
