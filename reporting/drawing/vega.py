"""A chart of the model and the table that it draws -> what Vega-Lite must draw.

Every label passes through `printable`: a control character in one would end the whole process.
"""

import json
from textwrap import wrap
from typing import Any

from reporting.drawing.glyphs import printable
from reporting.drawing.theme import INK, MUTED, RULE, SERIES, TYPEFACE
from reporting.formats import text
from reporting.model import Chart, ChartKind, Format, Row, Table, Value, is_known

WIDTH = 640  # pixels; the page shows it at the width of the text
NARROW = 330  # of a drawing that takes half of the width
BAR, COLUMN_HEIGHT = 17, 190
LABEL_LIMIT, LABEL_SHARE = 260, 0.45  # most that the names of categories take: pixels, and share of the width
LETTER = 6.6  # pixels that a letter of a label takes, with its share of the space between labels
AXIS_LETTER, AXIS_GAP = 5.6, 6  # the same for labels side by side, and what stands between two of them
CONFIG = {
    "font": TYPEFACE,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": INK,
        "domainColor": MUTED,
        "tickColor": RULE,
        "gridColor": "#E6E9EC",
        "title": None,
    },
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "title": None,
        "labelFontSize": 12,
        "labelColor": INK,
        "labelLimit": 400,
        "symbolType": "square",
        "offset": 6,
    },
    "text": {"fontSize": 11.5, "color": INK},
}


def chart_rows(chart: Chart, table: Table) -> tuple[Row, ...]:
    """The rows that a chart draws: no totals, only its group where it names one, the first where it says how many."""
    rows = table.body
    if chart.group is not None:
        position = table.position(table.group or "")
        rows = tuple(row for row in rows if row.values[position] == chart.group)
    return rows[: chart.first]


def worth_drawing(chart: Chart, table: Table | None) -> Chart | None:
    """The chart, or None where it would compare nothing: fewer than two rows, or no figure but zero."""
    if table is None:
        return None
    place = table.position(chart.series[0])
    values = [row.values[place] for row in chart_rows(chart, table) if is_known(row.values[place])]
    return chart if len(values) > 1 and any(values) else None


def specification(chart: Chart, table: Table, width: int = WIDTH) -> dict[str, Any]:
    """The drawing of a chart, so many pixels wide, its figures inside."""
    builders = {
        ChartKind.BARS: _bars,
        ChartKind.COLUMNS: _columns,
        ChartKind.LINES: _lines,
        ChartKind.INTERVALS: _intervals,
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
        "config": _config(chart, table, width),
        **builders[chart.kind](chart, table, width),
    }


def _config(chart: Chart, table: Table, width: int) -> dict[str, Any]:
    """The look of a drawing of that width: names of categories on two lines, and of series one under the other, where
    they are too long.
    """
    limit = min(LABEL_LIMIT, width * LABEL_SHARE)
    axis = CONFIG["axis"] | {"labelLimit": limit}
    config = CONFIG | {"axis": axis}
    names = _categories(chart, table)
    if chart.kind is ChartKind.BARS and any(len(name) * LETTER > limit for name in names):
        lines = {name: wrap(name, int(limit / LETTER)) for name in names}
        config["axis"] = axis | {"labelExpr": f"({json.dumps(lines)})[datum.label]"}
    if sum(len(name) * LETTER + 28 for name in _names(chart, table)) > width - limit * 0.8:
        config["legend"] = CONFIG["legend"] | {"direction": "vertical"}
    return config


def _values(chart: Chart, table: Table) -> list[dict[str, Any]]:
    """One record per row and series: category, series, value and the text of the value."""
    place = table.position(chart.category)
    records = []
    for row in chart_rows(chart, table):
        for rank, name in enumerate(chart.series):
            column = table.columns[table.position(name)]
            value = row.values[table.position(name)]
            if is_known(value):
                records.append(
                    {
                        "category": _category(row.values[place], table.columns[place].format),
                        "series": printable(chart.series_name(table, name)),
                        "rank": rank,
                        "value": float(value),
                        "text": _label(value, column.format),
                    }
                )
    return records


def _categories(chart: Chart, table: Table) -> list[str]:
    place = table.position(chart.category)
    return [_category(row.values[place], table.columns[place].format) for row in chart_rows(chart, table)]


def _category(value: Value, form: Format) -> str:
    return printable(text(value, form))


def _names(chart: Chart, table: Table) -> list[str]:
    return [printable(chart.series_name(table, name)) for name in chart.series]


def _upright(categories: list[str], width: int) -> dict[str, Any]:
    """Labels under an axis: level where they fit side by side, slanted where they would touch."""
    room = width / max(len(categories), 1)
    if max((len(name) for name in categories), default=0) * AXIS_LETTER + AXIS_GAP < room:
        return {"labelAngle": 0, "ticks": False}
    return {"labelAngle": -35, "ticks": False}


def _label(value: Value, form: Format) -> str:
    """The figure beside a mark: cents would only clutter a drawing."""
    return text(value, Format.INTEGER if form is Format.EURO else form)


def _series_scale(chart: Chart, table: Table) -> dict[str, Any]:
    labels = _names(chart, table)
    scale = {"field": "series", "type": "nominal", "sort": labels}
    scale["scale"] = {"domain": labels, "range": list(SERIES[: len(labels)])}
    if len(labels) == 1:
        scale["legend"] = None
    return scale


def _scale(records: list[dict[str, Any]], room: float) -> dict[str, Any]:
    """From zero to the greatest value and some room for what is written beside it."""
    return {"domain": [0, max((record["value"] for record in records), default=0) * room or 1], "nice": False}


def _room(records: list[dict[str, Any]], width: int) -> float:
    """How much longer than the longest bar the scale is, for the figure at its end."""
    longest = max((len(record["text"]) for record in records), default=0)
    if width == WIDTH:
        return 1.02 + 0.014 * longest
    plot = width * (1 - LABEL_SHARE)
    return plot / (plot - LETTER * longest - 10)


def _bars(chart: Chart, table: Table, width: int) -> dict[str, Any]:
    """Horizontal bars from zero, each with its figure at the end: no axis of values is needed."""
    several = len(chart.series) > 1
    records = _values(chart, table)
    y = {"field": "category", "type": "nominal", "sort": _categories(chart, table), "axis": {"ticks": False}}
    inner = (
        {"yOffset": {"field": "series", "type": "nominal", "sort": _names(chart, table)}} if several else {}
    )
    scale = _scale(records, _room(records, width))
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": scale}
    return {
        "data": {"values": records},
        "height": {"step": BAR if several else BAR + 7},
        "encoding": {"y": {**y, "scale": {"paddingInner": 0.25}}, "x": x, **inner},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": _series_scale(chart, table)}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "baseline": "middle"},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }


def _columns(chart: Chart, table: Table, width: int) -> dict[str, Any]:
    several = len(chart.series) > 1
    records = _values(chart, table)
    x = {
        "field": "category",
        "type": "nominal",
        "sort": _categories(chart, table),
        "axis": _upright(_categories(chart, table), width),
        "scale": {"paddingInner": 0.25},
    }
    inner = (
        {"xOffset": {"field": "series", "type": "nominal", "sort": _names(chart, table)}} if several else {}
    )
    y = {"field": "value", "type": "quantitative", "axis": None, "scale": _scale(records, 1.12)}
    return {
        "data": {"values": records},
        "height": COLUMN_HEIGHT,
        "encoding": {"x": x, "y": y, **inner},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": _series_scale(chart, table)}},
            {
                "mark": {"type": "text", "baseline": "bottom", "dy": -3},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }


def _lines(chart: Chart, table: Table, width: int) -> dict[str, Any]:
    """One line per series from zero, the figures on the first series, the name of each at its end."""
    records = _values(chart, table)
    color = {**_series_scale(chart, table)}
    x = {
        "field": "category",
        "type": "ordinal",
        "sort": _categories(chart, table),
        "axis": _upright(_categories(chart, table), width),
        "scale": {"padding": 0.5},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": _scale(records, 1.15),
        "axis": {"tickCount": 4, "format": ",d", "domain": False, "ticks": False},
    }
    marks: list[dict[str, Any]] = [
        {
            "mark": {"type": "line", "strokeWidth": 2.5, "point": {"filled": True, "size": 45}},
            "encoding": {
                "color": color,
                "strokeDash": {
                    "field": "rank",
                    "type": "ordinal",
                    "legend": None,
                    "scale": {"domain": [0, 1], "range": [[1, 0], [6, 4]]},
                },
            },
        },
        *(
            {
                "transform": [{"filter": "datum.rank == 0"}],
                "mark": {"type": "text", "baseline": "bottom", "dy": -8, **halo},
                "encoding": {"text": {"field": "text"}},
            }
            for halo in ({"stroke": "white", "strokeWidth": 4}, {})  # so that a line below does not cross it
        ),
    ]
    return {
        "data": {"values": records},
        "height": COLUMN_HEIGHT,
        "encoding": {"x": x, "y": y},
        "layer": marks,
    }


def _intervals(chart: Chart, table: Table, width: int) -> dict[str, Any]:
    """A point for the value and a rule from its lower to its upper limit, one row per category."""
    middle, low, high = (table.position(name) for name in chart.series)
    place = table.position(chart.category)
    form = table.columns[middle].format
    records = [
        {
            "category": _category(row.values[place], table.columns[place].format),
            "value": float(row.values[middle]),
            "low": float(row.values[low]),
            "high": float(row.values[high]),
            "text": text(row.values[middle], form),
        }
        for row in chart_rows(chart, table)
        if all(is_known(row.values[limit]) for limit in (middle, low, high))
    ]
    is_share = form is Format.PERCENT
    y = {
        "field": "category",
        "type": "nominal",
        "sort": _categories(chart, table),
        "axis": {"ticks": False, "grid": False},
    }
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, 1] if is_share else [1, 5]},
        "axis": {"format": ".0%" if is_share else ".0f", "tickCount": 5, "ticks": False},
    }
    return {
        "data": {"values": records},
        "padding": {
            "top": 16,
            "bottom": 2,
            "left": 2,
            "right": 12,
        },  # the topmost figure stands above its row
        "height": {"step": BAR + 11},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "color": SERIES[1]},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 80, "color": SERIES[0], "opacity": 1},
                "encoding": {"x": {"field": "value", **x}},
            },
            {
                "mark": {"type": "text", "baseline": "bottom", "dy": -5},
                "encoding": {"x": {"field": "value", **x}, "text": {"field": "text"}},
            },
        ],
    }
