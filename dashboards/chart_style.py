"""The look that every chart shares: layout, axes, labels. Plain dictionaries, which the tests let Plotly check."""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from html import unescape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboards.tables import Column
from dashboards.text import chart_text
from dashboards.theme import BACKGROUND, FONT, GRID, MUTED, TEXT

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
_LONG_NAME = 20
_MOST_TICKS = 7
_MOST_VALUE_TICKS = 5
_MOST_EURO_TICKS = 3
_TICK_FORMATS = {"intero": ",d", "decimale": ",.1f", "percentuale": ".0%", "euro": ",.0f"}

# Room that the parts outside the drawing take, in pixels. Plotly measures them itself and, where a margin is too small, draws
# the whole chart a second time: it starts from margins that are large enough as a rule.
_MARGIN, _RIGHT, _TOP = 8, 16, 28
_LEGEND = 56
_ONE_LINE, _TWO_LINES = 36, 54
_BESIDE = 16
_NARROW, _WIDE = frozenset("ijlftrI.,:;'’()|/- "), frozenset("mwMWQ@%€—")

LABEL_FONT = {"size": 13}


class Drawing(go.Figure):
    """A figure that stays the dictionary it was made of, which is all that Streamlit asks of one.

    Plotly's own objects cost more than all the rest of a chart: they are made when somebody asks for `data` or `layout`.
    Nothing is checked here: the tests check every kind of chart.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self.__dict__["content"] = content

    def to_dict(self) -> dict[str, Any]:
        return self.content

    @property
    def compares(self) -> bool:
        """Whether there is more to see than one bar, which its table tells as well."""
        traces = self.content["data"]
        return any(trace["type"] != "bar" for trace in traces) or sum(len(trace["y"]) for trace in traces) > 1

    @cached_property
    def _whole(self) -> go.Figure:
        return go.Figure(self.content, _validate=False)

    @property
    def data(self) -> Any:
        return self._whole.data

    @property
    def layout(self) -> Any:
        return self._whole.layout


def figure(traces: list[dict[str, Any]], height: float, **layout: Any) -> Drawing:
    """A figure of the house: `layout` adds to the common layout or replaces parts of it.

    The axes are those made below: `room` in them is the margin that they need.
    """
    common = {
        "height": int(height),
        "font": {"family": FONT, "size": 14, "color": TEXT},
        "separators": ",.",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": BACKGROUND, "bordercolor": MUTED, "font": {"family": FONT, "color": TEXT}},
        "legend": {
            "orientation": "h",
            "traceorder": "normal",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
        },
        "showlegend": False,
    }
    whole = common | layout
    whole["margin"] = _margins(whole) | layout.get("margin", {})
    # Streamlit hands each chart to Plotly twice: by this the second time it knows that nothing has changed.
    told = json.dumps([traces, whole], default=str)
    whole["datarevision"] = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
    return Drawing({"data": traces, "layout": whole})


def _margins(layout: dict[str, Any]) -> dict[str, int]:
    """Margins with room for the names of the axes, as they say it themselves, and for one line of the legend."""
    across, upright = (layout.get(axis, {}).pop("room", 0) for axis in ("xaxis", "yaxis"))
    return {
        "l": max(_MARGIN, upright),
        "r": _RIGHT,
        "t": _LEGEND if layout["showlegend"] else _TOP,
        "b": max(_MARGIN, across),
    }


def values(numbers: pd.Series) -> list[float | None]:
    """Numbers as a chart takes them; None for a missing one."""
    return [None if pd.isna(number) else number for number in numbers.tolist()]


def bars_height(rows: float) -> float:
    """Pixels for so many horizontal bars."""
    return max(150, 70 + _BAR * rows)


def category_axis(names: Sequence[str]) -> dict[str, Any]:
    """Names from the top down, in the order of the rows."""
    lines = [unescape(line) for name in names for line in name.split("<br>")]
    room = max(map(_width, lines), default=0) + _BESIDE
    return _axis(type="category", autorange="reversed", showgrid=False, ticksuffix="  ", room=room)


def _width(text: str) -> int:
    """Pixels of a text on an axis, rather more than fewer."""
    return round(sum(4.5 if one in _NARROW else 11.5 if one in _WIDE else 7.6 for one in text))


def category_names(values: pd.Series) -> list[str]:
    """Names of rows, the long ones on two lines so that bars keep their room on a phone."""
    return [_two_lines(name) if len(name) > _LONG_NAME else name for name in map(chart_text, values)]


def _two_lines(name: str) -> str:
    spaces = [place for place, character in enumerate(name) if character == " "]
    middle = min(spaces, key=lambda place: abs(place - len(name) // 2), default=None)
    return name if middle is None else f"{name[:middle]}<br>{name[middle + 1 :]}"


def period_names(values: pd.Series) -> list[str]:
    """Names of periods on two lines, the year below."""
    return [name if " " not in name else "<br>".join(name.rsplit(" ", 1)) for name in map(chart_text, values)]


def time_axis(names: list[str]) -> dict[str, Any]:
    """As many names as can be read, counted back from the last period."""
    step = -(-len(names) // _MOST_TICKS) or 1
    room = _TWO_LINES if any("<br>" in name for name in names) else _ONE_LINE
    return _axis(
        type="category", tickmode="array", tickvals=names[::-step], tickangle=0, showgrid=False, room=room
    )


def value_axis(
    column: Column, highest: float, lowest: float = 0, *, upright: bool = False, labelled: bool = False
) -> dict[str, Any]:
    """Italian ticks from zero up (or from the lowest value below zero); `upright` leaves room above for labels.

    Where every value is written beside its bar (`labelled`) the axis need not repeat it.
    """
    top = highest if highest > 0 else 1
    axis = _axis(
        range=[min(lowest, 0) * _HEADROOM, top * (_HEADROOM if upright else 1)],
        tickformat=_TICK_FORMATS[column.format],
        ticksuffix=" €" if column.format == "euro" else "",
        nticks=_MOST_EURO_TICKS if column.format == "euro" else _MOST_VALUE_TICKS,
        tickangle=0,
        tickfont={"color": MUTED, "size": 13},
        room=_width(_tick(column, top * _HEADROOM)) + _BESIDE if upright else _ONE_LINE,
    )
    if labelled:
        axis |= {"showticklabels": False, "showgrid": False, "showline": False, "room": 0}
    if column.format == "intero" and top < 6:
        axis["dtick"] = 1
    return axis


def _tick(column: Column, value: float) -> str:
    """About what the axis writes at a value."""
    if column.format == "percentuale":
        return f"{value:.0%}"
    return (
        f"{value:,.1f}" if column.format == "decimale" else f"{value:,.0f}{' €' * (column.format == 'euro')}"
    )


def label_margin(column: Column, *values: float) -> dict[str, int]:
    """A margin that leaves room, right of horizontal bars, for the longest of the labels."""
    longest = max(len(column.brief(value)) for value in values)
    return {"r": _LABEL_MARGIN + _CHARACTER * longest}


def extent(frame: pd.DataFrame, names: Sequence[str], *, stacked: bool = False) -> tuple[float, float]:
    """The highest and the lowest value that a chart must hold; zero when there is none."""
    columns = [values(frame[name]) for name in names]
    known = [float(value) for column in columns for value in column if value is not None]
    sums = (
        [sum(float(value or 0) for value in row) for row in zip(*columns, strict=True)] if stacked else known
    )
    return max(sums, default=0.0), min(known, default=0.0)


def _axis(**own: Any) -> dict[str, Any]:
    common = {"automargin": True, "fixedrange": True, "gridcolor": GRID, "zeroline": False, "linecolor": GRID}
    return common | own
