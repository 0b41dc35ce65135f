"""The map of the ten municipalities: filled outlines drawn as any other chart, nothing asked of a map server.

The outlines are in `assets/comuni.json` (openpolis from ISTAT, CC BY 4.0), whose credit stands beside every map.
"""

import json
from dataclasses import dataclass
from functools import cache
from math import cos, radians

import pandas as pd
import streamlit as st

from dashboards import chart_style as style
from dashboards.chart_style import Drawing
from dashboards.components import draw, heading
from dashboards.shell import ASSETS
from dashboards.tables import Column
from dashboards.text import chart_text, plain
from dashboards.theme import BACKGROUND, MUTED, SOFT, TEXT
from dashboards.view import View

_OUTLINES = ASSETS / "comuni.json"
_HEIGHT = 460
# From nothing to the highest value; text is black up to the shade from which white is read at least as 4.5 to one.
_LIGHT, _DARK = (0xE6, 0xF0, 0xFA), (0x00, 0x3D, 0x7A)
_BLACK, _WHITE_FROM = "#000000", 0.67


@dataclass(frozen=True)
class Outline:
    """The border of a municipality, in degrees east and north, and the middle of it."""

    east: list[float]
    north: list[float]

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of the area (the shoelace formula)."""
        pairs = list(zip(self.east, self.north, strict=True))
        steps = [
            (one, other, one[0] * other[1] - other[0] * one[1])
            for one, other in zip(pairs, [*pairs[1:], pairs[0]], strict=True)
        ]
        area = sum(cross for *_, cross in steps) / 2
        east = sum((one[0] + other[0]) * cross for one, other, cross in steps) / (6 * area)
        north = sum((one[1] + other[1]) * cross for one, other, cross in steps) / (6 * area)
        return east, north


@cache
def outlines() -> dict[str, Outline]:
    """The outlines by ISTAT code."""
    found = json.loads(_OUTLINES.read_text("utf-8"))
    return {
        feature["properties"]["municipality_code"]: Outline(
            *map(list, zip(*feature["geometry"]["coordinates"][0][0], strict=True))
        )
        for feature in found["features"]
    }


@cache
def credit() -> str:
    """Whose outlines they are, as the licence asks."""
    return json.loads(_OUTLINES.read_text("utf-8"))["attribution"]


def show_map(view: View, frame: pd.DataFrame, column: Column, title: str) -> None:
    """The section of a map; the figures that it shows stand in the table that follows it on the page."""
    heading(view, title)
    st.caption(plain(f"{column.label}: più scuro, più alto. {credit()}"))
    towns = pd.DataFrame({"municipality_code": sorted(outlines())})
    with st.container(key="mappa"):
        draw(
            town_map(frame, column, view.selection.municipality),
            "mappa",
            title,
            f"I dieci Comuni, {column.label}: gli stessi valori sono nella tabella «Nei Comuni».",
            view.to_town(towns, towns),
        )


def town_map(frame: pd.DataFrame, column: Column, here: str) -> Drawing:
    """The municipalities filled by a column of the frame (`municipality_code`, `municipality_name`); `here` is marked.

    One without a value is left pale. Over the middle of each lies a mark that can be pressed, in the order of the codes.
    """
    values = frame.set_index("municipality_code")[column.name]
    names = frame.set_index("municipality_code").municipality_name
    highest = values.max() if len(values) and values.max() > 0 else 1
    traces, notes = [], []
    # The one chosen is drawn last, so that its border lies over those of its neighbours.
    for code, outline in sorted(outlines().items(), key=lambda item: item[0] == here):
        value = values.get(code)
        is_known = value is not None and not pd.isna(value)
        share = max(0.0, min(1.0, float(value) / float(highest))) if is_known else 0.0
        name = chart_text(names.get(code, code))
        traces.append(
            {
                "type": "scatter",
                "x": outline.east,
                "y": outline.north,
                "mode": "lines",
                "fill": "toself",
                "fillcolor": _shade(share) if is_known else SOFT,
                "line": {"color": TEXT if code == here else BACKGROUND, "width": 3 if code == here else 1.5},
                "name": name,
                "text": _told(code, names, values, column),
                "hoveron": "fills",
                "hoverinfo": "text",
            }
        )
        east, north = outline.middle
        color = (BACKGROUND if share >= _WHITE_FROM else _BLACK) if is_known else MUTED
        notes.append(
            {
                "x": east,
                "y": north,
                "text": f"{name.replace(' ', '<br>', 1)}<br><b>{column.brief(value)}</b>",
                "font": {"size": 12, "color": color},
                "showarrow": False,
            }
        )
    middles = [outline.middle for _, outline in sorted(outlines().items())]
    traces.append(
        {
            "type": "scatter",
            "x": [east for east, _ in middles],
            "y": [north for _, north in middles],
            "mode": "markers",
            "marker": {"size": 44, "opacity": 0},
            "selected": {"marker": {"opacity": 0}},
            "unselected": {"marker": {"opacity": 0}},
            "text": [_told(code, names, values, column) for code in sorted(outlines())],
            "hovertemplate": "%{text}<extra></extra>",
        }
    )
    first = next(iter(outlines().values()))
    axis = {"visible": False, "fixedrange": True}
    return style.figure(
        traces,
        _HEIGHT,
        xaxis=axis,
        yaxis=axis | {"scaleanchor": "x", "scaleratio": 1 / cos(radians(first.north[0]))},
        annotations=notes,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )


def _told(code: str, names: pd.Series, values: pd.Series, column: Column) -> str:
    return f"{chart_text(names.get(code, code))}: <b>{column.show(values.get(code))}</b>"


def _shade(share: float) -> str:
    """A colour between the lightest and the darkest."""
    return f"rgb{tuple(round(low + (high - low) * share) for low, high in zip(_LIGHT, _DARK, strict=True))}"
