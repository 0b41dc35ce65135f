"""A chart of the model as a native chart of the spreadsheet, drawn from the cells of its table."""

from typing import TYPE_CHECKING, Any

from reporting.documents.sheets import TABLE_ROW
from reporting.drawing import theme
from reporting.drawing.vega import chart_rows
from reporting.formats import WORKBOOK_FORMATS
from reporting.model import Chart, ChartKind, Table, is_known

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDTH, LINE_HEIGHT = 760, 20  # pixels
KINDS = {
    ChartKind.BARS: "bar",
    ChartKind.COLUMNS: "column",
    ChartKind.LINES: "line",
    ChartKind.INTERVALS: "line",  # markers without lines, joined from the lower to the upper limit
}
TEXT = {"color": theme.INK, "size": 10}
GRID = {"visible": True, "line": {"color": "#E6E9EC", "width": 0.75}}


def native_chart(
    book: "Workbook", sheet: "Worksheet", sheet_name: str, chart: Chart, table: Table, row: int
) -> int:
    """Insert the chart with its upper left corner in the line given; returns the first line below it."""
    rows = chart_rows(chart, table)
    first = TABLE_ROW + 1 + table.rows.index(rows[0])
    last = first + len(rows) - 1
    drawing = book.add_chart({"type": KINDS[chart.kind]})
    category = table.position(chart.category)
    for rank, name in enumerate(chart.series):
        place = table.position(name)
        drawing.add_series(
            {
                "name": chart.series_name(table, name),
                "categories": [sheet_name, first, category, last, category],
                "values": [sheet_name, first, place, last, place],
                **_look(chart, table, name, rank),
            }
        )
    drawing.set_title({"name": chart.title, "name_font": {"size": 12, "bold": True, "color": theme.INK}})
    if len(chart.series) > 1:
        drawing.set_legend({"position": "top", "font": TEXT})
    else:
        drawing.set_legend({"none": True})
    _axes(drawing, chart, table)
    height = _height(chart, len(rows))
    drawing.set_size({"width": WIDTH, "height": height})
    sheet.insert_chart(row, 0, drawing, {"description": chart.alt, "object_position": 3})
    return row + height // LINE_HEIGHT + 1


def _height(chart: Chart, rows: int) -> int:
    return max(280, 90 + rows * 24 * len(chart.series)) if chart.kind is ChartKind.BARS else 340


def _look(chart: Chart, table: Table, name: str, rank: int) -> dict[str, Any]:
    number_format = WORKBOOK_FORMATS[table.columns[table.position(name)].format]
    label: dict[str, Any] = {"value": True, "num_format": number_format, "font": TEXT}
    place = table.position(name)
    missing = [not is_known(row.values[place]) for row in chart_rows(chart, table)]
    if any(
        missing
    ):  # the shorthand of a missing or withheld figure is drawn as zero: without a label it says nothing
        label["custom"] = [{"delete": True} if is_missing else None for is_missing in missing]
    color = theme.SERIES[rank % len(theme.SERIES)]
    if chart.kind is ChartKind.INTERVALS:
        middle = rank == 0
        color = theme.SERIES[0 if middle else 1]
        marker = {"type": "circle" if middle else "diamond", "size": 8 if middle else 6}
        marker |= {"fill": {"color": color}, "border": {"color": color}}
        look: dict[str, Any] = {"line": {"none": True}, "marker": marker}
        return {**look, "data_labels": {**label, "position": "right"}} if middle else look
    if chart.kind is ChartKind.LINES:
        look = {
            "line": {"color": color, "width": 2.25, "dash_type": "solid" if rank == 0 else "dash"},
            "marker": {"type": "circle", "size": 6, "fill": {"color": color}, "border": {"color": color}},
        }
        return {**look, "data_labels": {**label, "position": "above"}} if rank == 0 else look
    return {"fill": {"color": color}, "data_labels": label, "gap": 50}


def _axes(drawing: Any, chart: Chart, table: Table) -> None:
    number_format = WORKBOOK_FORMATS[table.columns[table.position(chart.series[0])].format]
    names = {"num_font": TEXT, "line": {"color": theme.MUTED}, "major_tick_mark": "none"}
    values: dict[str, Any] = {"num_font": TEXT, "num_format": number_format, "min": 0, "line": {"none": True}}
    if chart.kind is ChartKind.BARS:
        # The category axis of a bar chart is x for the library; reversed, the first row stands on top.
        drawing.set_x_axis({**values, "visible": False, "major_gridlines": {"visible": False}})
        drawing.set_y_axis({**names, "reverse": True})
        return
    drawing.set_x_axis(names)
    if chart.kind is ChartKind.INTERVALS:
        drawing.set_high_low_lines({"line": {"color": theme.COMPARISON, "width": 2}})
        drawing.set_y_axis({**values, "max": 1, "num_format": "0%", "major_gridlines": GRID})
        return
    drawing.set_y_axis({**values, "major_gridlines": GRID})
