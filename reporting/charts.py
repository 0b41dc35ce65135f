"""A chart of the model and the table that it draws -> SVG, through Vega-Lite (no browser, no network).

Every label passes through `printable`: a control character in one would end the whole process.
"""

from functools import cache
from typing import Any

from reporting.formats import text
from reporting.glyphs import printable
from reporting.model import Chart, ChartKind, Format, Row, Table, Value
from reporting.theme import FONTS, INK, MUTED, RULE, SERIES, TYPEFACE

WIDTH = 640  # pixels; the page shows it at the width of the text
BAR, COLUMN_HEIGHT = 17, 190
LETTER, GAP = 5.6, 6  # pixels that a letter of a label takes, and between two labels
CONFIG = {
    "font": TYPEFACE,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": INK,
        "labelLimit": 260,
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
    """The rows that a chart draws: no totals, and only its group where it names one."""
    if chart.group is None:
        return table.body
    position = table.position(table.group or "")
    return tuple(row for row in table.body if row.values[position] == chart.group)


def worth_drawing(chart: Chart, table: Table | None) -> Chart | None:
    """The chart, or None where it would compare nothing: fewer than two rows, or no figure but zero."""
    if table is None:
        return None
    place = table.position(chart.series[0])
    values = [row.values[place] for row in chart_rows(chart, table) if row.values[place] is not None]
    return chart if len(values) > 1 and any(values) else None


def draw(chart: Chart, table: Table) -> str:
    """The chart as SVG, with the typeface by name: the document embeds it."""
    import vl_convert

    _register_fonts()
    return vl_convert.vegalite_to_svg(_specification(chart, table), format_locale="it-IT")


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def _specification(chart: Chart, table: Table) -> dict[str, Any]:
    builders = {
        ChartKind.BARS: _bars,
        ChartKind.COLUMNS: _columns,
        ChartKind.LINES: _lines,
        ChartKind.INTERVALS: _intervals,
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
        "config": CONFIG,
        **builders[chart.kind](chart, table),
    }


def _values(chart: Chart, table: Table) -> list[dict[str, Any]]:
    """One record per row and series: category, series, value and the text of the value."""
    place = table.position(chart.category)
    records = []
    for row in chart_rows(chart, table):
        for rank, name in enumerate(chart.series):
            column = table.columns[table.position(name)]
            value = row.values[table.position(name)]
            if value is not None:
                records.append(
                    {
                        "category": printable(str(row.values[place])),
                        "series": printable(chart.series_name(table, name)),
                        "rank": rank,
                        "value": float(value),
                        "text": _label(value, column.format),
                    }
                )
    return records


def _categories(chart: Chart, table: Table) -> list[str]:
    place = table.position(chart.category)
    return [printable(str(row.values[place])) for row in chart_rows(chart, table)]


def _names(chart: Chart, table: Table) -> list[str]:
    return [printable(chart.series_name(table, name)) for name in chart.series]


def _upright(categories: list[str]) -> dict[str, Any]:
    """Labels under an axis: level where they fit side by side, slanted where they would touch."""
    room = WIDTH / max(len(categories), 1)
    if max((len(name) for name in categories), default=0) * LETTER + GAP < room:
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


def _bars(chart: Chart, table: Table) -> dict[str, Any]:
    """Horizontal bars from zero, each with its figure at the end: no axis of values is needed."""
    several = len(chart.series) > 1
    records = _values(chart, table)
    y = {"field": "category", "type": "nominal", "sort": _categories(chart, table), "axis": {"ticks": False}}
    inner = (
        {"yOffset": {"field": "series", "type": "nominal", "sort": _names(chart, table)}} if several else {}
    )
    # Room beyond the longest bar for its figure.
    room = 1.02 + 0.014 * max((len(record["text"]) for record in records), default=0)
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": _scale(records, room)}
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


def _columns(chart: Chart, table: Table) -> dict[str, Any]:
    several = len(chart.series) > 1
    records = _values(chart, table)
    x = {
        "field": "category",
        "type": "nominal",
        "sort": _categories(chart, table),
        "axis": _upright(_categories(chart, table)),
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


def _lines(chart: Chart, table: Table) -> dict[str, Any]:
    """One line per series from zero, the figures on the first series, the name of each at its end."""
    records = _values(chart, table)
    color = {**_series_scale(chart, table)}
    x = {
        "field": "category",
        "type": "ordinal",
        "sort": _categories(chart, table),
        "axis": _upright(_categories(chart, table)),
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


def _intervals(chart: Chart, table: Table) -> dict[str, Any]:
    """A point for the value and a rule from its lower to its upper limit, one row per category."""
    middle, low, high = (table.position(name) for name in chart.series)
    place = table.position(chart.category)
    form = table.columns[middle].format
    records = [
        {
            "category": printable(str(row.values[place])),
            "value": float(row.values[middle]),
            "low": float(row.values[low]),
            "high": float(row.values[high]),
            "text": text(row.values[middle], form),
        }
        for row in chart_rows(chart, table)
        if None not in (row.values[middle], row.values[low], row.values[high])
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
