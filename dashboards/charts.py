"""One grammar for every chart: one axis of values, direct labels, Italian numbers, totals and partial periods marked.

Every function takes a data frame whose rows are in reading order and returns a Plotly figure. Texts from the data are
made inert here. Bars start at zero; lines may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.tables import Column
from dashboards.text import chart_text
from dashboards.theme import BACKGROUND, FONT, GRID, MUTED, PALE, PRIMARY, SERIES, TEXT

# Options of st.plotly_chart: nothing to press that only a mouse can reach; the table beside holds every figure.
CONFIG = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "displaylogo": False,
}

_BAR = 34
_HEADROOM = 1.12
_LABEL_MARGIN = 14
_CHARACTER = 8
_MOST_TICKS = 7
_MOST_VALUE_TICKS = 5
_MOST_EURO_TICKS = 3
_TICK_FORMATS = {"intero": ",d", "decimale": ",.1f", "percentuale": ".0%", "euro": ",.0f"}


@dataclass(frozen=True)
class Series:
    """One series of a chart: a column of the frame, the name and the colour it is shown with."""

    column: Column
    name: str
    color: str


def series(columns: Sequence[Column], colors: Sequence[str] = SERIES) -> list[Series]:
    """Columns as series, in the colours of the house."""
    return [Series(column, column.label, color) for column, color in zip(columns, colors, strict=False)]


def trend(frame: pd.DataFrame, x: str, lines: Sequence[Series]) -> go.Figure:
    """Lines over time; the frame tells periods still open (`is_partial`, hollow) and the one chosen (`is_here`, large)."""
    figure = _figure(height=330)
    names = _ticks(frame[x])
    for line in lines:
        figure.add_trace(
            go.Scatter(
                x=names,
                y=frame[line.column.name],
                name=chart_text(line.name),
                mode="lines+markers",
                line={"color": line.color, "width": 3},
                marker={
                    "size": frame.is_here.map({True: 13, False: 8}).tolist(),
                    "color": frame.is_partial.map({True: BACKGROUND, False: line.color}).tolist(),
                    "line": {"color": line.color, "width": 2},
                    "opacity": 1,
                },
                customdata=frame[line.column.name].map(line.column.show),
                hovertemplate=f"%{{x}}<br>{chart_text(line.name)}: <b>%{{customdata}}</b><extra></extra>",
                connectgaps=False,
            )
        )
    _label_ends(figure, frame, names, lines)
    _value_axis(figure, "y", lines[0].column, frame, [line.column.name for line in lines])
    _time_axis(figure, names)
    return figure


def bars(
    frame: pd.DataFrame,
    category: str,
    column: Column,
    *,
    here: pd.Series | None = None,
    reference: tuple[str, float] | None = None,
) -> go.Figure:
    """Horizontal bars with their value. `here` marks the row chosen; `reference` draws a line (name, value)."""
    chosen = pd.Series(False, index=frame.index) if here is None else here
    plain_color = PRIMARY if not chosen.any() else PALE
    figure = _figure(height=_bar_height(len(frame)))
    figure.add_trace(
        go.Bar(
            x=frame[column.name],
            y=[chart_text(value) for value in frame[category]],
            orientation="h",
            text=frame[column.name].map(column.brief),
            textposition="outside",
            cliponaxis=False,
            marker={"color": chosen.map({True: PRIMARY, False: plain_color}).tolist()},
            hovertemplate="%{y}: <b>%{text}</b><extra></extra>",
        )
    )
    if reference and reference[1] == reference[1]:
        figure.add_vline(
            x=reference[1],
            line={"color": MUTED, "dash": "dash", "width": 2},
            annotation={
                "text": chart_text(f"{reference[0]}: {column.brief(reference[1])}"),
                "font": {"color": MUTED},
            },
            annotation_position="top",
        )
    _category_axis(figure)
    _value_axis(
        figure,
        "x",
        column,
        frame,
        [column.name],
    )
    return figure


def grouped(
    frame: pd.DataFrame, category: str, parts: Sequence[Series], *, stacked: bool = False
) -> go.Figure:
    """Horizontal bars of a few series side by side, or stacked when they are parts of a whole."""
    rows = len(frame) * (1 if stacked else 0.62 * len(parts))
    figure = _figure(height=_bar_height(rows) + 40)
    for part in parts:
        texts = frame[part.column.name].map(part.column.brief)
        figure.add_trace(
            go.Bar(
                x=frame[part.column.name],
                y=[chart_text(value) for value in frame[category]],
                orientation="h",
                name=chart_text(part.name),
                marker={"color": part.color, "line": {"color": BACKGROUND, "width": 1 if stacked else 0}},
                text=texts,
                textposition="inside" if stacked else "outside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": 13},
                constraintext="inside" if stacked else "none",
                cliponaxis=False,
                hovertemplate=f"%{{y}}<br>{chart_text(part.name)}: <b>%{{text}}</b><extra></extra>",
            )
        )
    figure.update_layout(
        barmode="stack" if stacked else "group",
        bargap=0.28,
        uniformtext={"minsize": 12, "mode": "hide"} if stacked else None,
        legend={"traceorder": "normal"},
        showlegend=True,
    )
    _category_axis(figure)
    _value_axis(
        figure,
        "x",
        parts[0].column,
        frame,
        [part.column.name for part in parts],
        stacked=stacked,
    )
    return figure


def columns_over_time(frame: pd.DataFrame, x: str, parts: Sequence[Series]) -> go.Figure:
    """Vertical bars over time; the frame tells periods still open (`is_partial`, hatched) and the one chosen
    (`is_here`, outlined)."""
    figure = _figure(height=330)
    names = _ticks(frame[x])
    for part in parts:
        figure.add_trace(
            go.Bar(
                x=names,
                y=frame[part.column.name],
                name=chart_text(part.name),
                marker={
                    "color": part.color,
                    "pattern": {
                        "shape": frame.is_partial.map({True: "/", False: ""}).tolist(),
                        "fillmode": "overlay",
                        "fgcolor": BACKGROUND,
                        "fgopacity": 0.7,
                    },
                    "line": {"color": TEXT, "width": frame.is_here.map({True: 2, False: 0}).tolist()},
                },
                text=frame[part.column.name].map(part.column.brief)
                if len(names) * len(parts) <= 12
                else None,
                customdata=frame[part.column.name].map(part.column.show),
                textposition="outside",
                textangle=0,
                textfont={"size": 13},
                constraintext="none",
                cliponaxis=False,
                hovertemplate=f"%{{x}}<br>{chart_text(part.name)}: <b>%{{customdata}}</b><extra></extra>",
            )
        )
    figure.update_layout(barmode="group", bargap=0.3, showlegend=len(parts) > 1)
    _value_axis(
        figure,
        "y",
        parts[0].column,
        frame,
        [part.column.name for part in parts],
    )
    _time_axis(figure, names)
    return figure


def intervals(
    frame: pd.DataFrame, category: str, value: Column, low: str, high: str, *, totals: pd.Series | None = None
) -> go.Figure:
    """Points with their 95% interval, one row each; `totals` marks the rows that total the others."""
    whole = pd.Series(False, index=frame.index) if totals is None else totals
    figure = _figure(height=_bar_height(len(frame)))
    figure.add_trace(
        go.Scatter(
            x=frame[value.name],
            y=[chart_text(name) for name in frame[category]],
            mode="markers+text",
            text=frame[value.name].map(value.show),
            textposition="top center",
            cliponaxis=False,
            marker={
                "size": 12,
                "color": whole.map({True: TEXT, False: PRIMARY}).tolist(),
                "symbol": whole.map({True: "diamond", False: "circle"}).tolist(),
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": frame[high] - frame[value.name],
                "arrayminus": frame[value.name] - frame[low],
                "color": MUTED,
                "thickness": 2,
                "width": 6,
            },
            customdata=list(zip(frame[low].map(value.show), frame[high].map(value.show), strict=True)),
            hovertemplate="%{y}: <b>%{text}</b> (da %{customdata[0]} a %{customdata[1]})<extra></extra>",
        )
    )
    _category_axis(figure)
    _value_axis(figure, "x", value, frame, [value.name])
    if value.format == "percentuale":
        figure.update_xaxes(range=[0, 1.02])
    return figure


def _figure(height: float) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=int(height),
        font={"family": FONT, "size": 14, "color": TEXT},
        separators=",.",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 16, "t": 28, "b": 8},
        dragmode=False,
        hovermode="closest",
        hoverlabel={
            "bgcolor": BACKGROUND,
            "bordercolor": MUTED,
            "font": {"family": FONT, "size": 14, "color": TEXT},
        },
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        showlegend=False,
    )
    figure.update_xaxes(automargin=True, fixedrange=True, gridcolor=GRID, zeroline=False, linecolor=GRID)
    figure.update_yaxes(automargin=True, fixedrange=True, gridcolor=GRID, zeroline=False, linecolor=GRID)
    return figure


def _bar_height(rows: float) -> float:
    return max(150, 70 + _BAR * rows)


def _ticks(values: pd.Series) -> list[str]:
    """Names of periods on two lines, the year below."""
    return [
        " ".join(name.split(" ")[:-1]) + "<br>" + name.split(" ")[-1] if " " in name else name
        for name in map(chart_text, values)
    ]


def _time_axis(figure: go.Figure, names: list[str]) -> None:
    """As many names as can be read, counted back from the last period."""
    step = -(-len(names) // _MOST_TICKS)
    figure.update_xaxes(
        type="category", tickmode="array", tickvals=names[::-step], tickangle=0, showgrid=False
    )


def _category_axis(figure: go.Figure) -> None:
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, ticksuffix="  ")


def _value_axis(
    figure: go.Figure,
    axis: str,
    column: Column,
    frame: pd.DataFrame,
    names: Sequence[str],
    *,
    stacked: bool = False,
) -> None:
    """Italian ticks from zero; beside horizontal bars, a margin as wide as the longest label."""
    values = frame[list(names)].astype(float)
    highest = (values.sum(axis=1) if stacked else values).max(axis=None) if len(frame) else 0
    lowest = values.min(axis=None) if len(frame) else 0
    top = highest if highest == highest and highest > 0 else 1
    bottom = lowest if lowest == lowest and lowest < 0 else 0
    style: dict[str, Any] = {
        "range": [bottom * _HEADROOM, top * (1 if axis == "x" else _HEADROOM)],
        "tickformat": _TICK_FORMATS[column.format],
        "nticks": _MOST_EURO_TICKS if column.format == "euro" else _MOST_VALUE_TICKS,
        "tickangle": 0,
        "tickfont": {"color": MUTED},
    }
    if column.format == "euro":
        style["ticksuffix"] = " €"
    if column.format == "intero" and top < 6:
        style["dtick"] = 1
    figure.update_layout({f"{axis}axis": style})
    if axis == "x" and not stacked:
        longest = max((len(column.brief(value)) for value in (highest, lowest)), default=0)
        figure.update_layout(margin_r=_LABEL_MARGIN + _CHARACTER * longest)


def _label_ends(figure: go.Figure, frame: pd.DataFrame, names: list[str], lines: Sequence[Series]) -> None:
    """The value of each line's last point; the legend names the lines when there are several."""
    figure.update_layout(showlegend=len(lines) > 1)
    last = {line: frame[line.column.name].last_valid_index() for line in lines}
    for line, at in last.items():
        if at is None:
            continue
        value = frame[line.column.name][at]
        figure.add_annotation(
            x=names[frame.index.get_loc(at)],
            y=value,
            text=f"<b>{line.column.brief(value)}</b>",
            font={"color": line.color},
            showarrow=False,
            yshift=18,
        )
