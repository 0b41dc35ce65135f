"""A chart of the model as a native, editable chart of a slide, with its figures in the workbook inside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reporting.documents.slide_master import LANGUAGE
from reporting.drawing.vega import chart_rows
from reporting.formats import WORKBOOK_FORMATS, text
from reporting.model import Chart, ChartKind, Format, Table, is_known

if TYPE_CHECKING:
    from pptx.slide import Slide as PptxSlide

INERT = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
SIZE = 14  # points of every text of a chart
LABELS_SHOWN = 3  # series beyond these go without their figures


def add_chart(slide: "PptxSlide", chart: Chart, table: Table, box: tuple[int, ...], moment: datetime) -> Any:
    """Add the chart in a box (left, top, width, height, in EMU); what it shows is its alternative text."""
    kind = _kinds()[chart.kind]
    frame = slide.shapes.add_chart(kind, *box, _figures(chart, table, moment))
    properties = frame.element.nvGraphicFramePr.cNvPr
    properties.set("name", f"Grafico: {chart.title}")
    properties.set("descr", chart.alt)
    drawing = frame.chart
    _texts(drawing, chart)
    _axes(drawing, chart, table)
    _series(drawing, chart, table)
    _language(drawing)
    return frame


def _kinds() -> dict[ChartKind, Any]:
    from pptx.enum.chart import XL_CHART_TYPE

    return {
        ChartKind.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
        ChartKind.COLUMNS: XL_CHART_TYPE.COLUMN_CLUSTERED,
        ChartKind.LINES: XL_CHART_TYPE.LINE_MARKERS,
        ChartKind.INTERVALS: XL_CHART_TYPE.LINE_MARKERS,
    }


def _figures(chart: Chart, table: Table, moment: datetime) -> Any:
    """The figures of the chart for the library, which writes them in a workbook of their own."""
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xlsx import CategoryWorkbookWriter
    from xlsxwriter import Workbook

    class InertWriter(CategoryWorkbookWriter):
        """No text becomes a formula or a link; dated with the reference date."""

        @contextmanager
        def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
            with Workbook(xlsx_file, INERT) as book:
                book.set_properties({"created": moment})
                yield book, book.add_worksheet()

    class Figures(CategoryChartData):
        @cached_property
        def _workbook_writer(self) -> InertWriter:
            return InertWriter(self)

    rows = chart_rows(chart, table)
    category = table.position(chart.category)
    figures = Figures()
    figures.categories = [text(row.values[category], table.columns[category].format) for row in rows]
    for name in chart.series:
        place = table.position(name)
        values = [float(value) if is_known(value := row.values[place]) else None for row in rows]
        figures.add_series(chart.series_name(table, name), values, _number_format(table, name))
    return figures


def _number_format(table: Table, column: str) -> str:
    """As in the workbooks; euro without the cents, which would only clutter a drawing."""
    form = table.columns[table.position(column)].format
    return WORKBOOK_FORMATS[Format.INTEGER if form is Format.EURO else form]


def _language(drawing: Any) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    root = drawing._chartSpace
    for old in root.findall("{*}lang"):
        root.remove(old)
    root.insert(1, parse_xml(f'<c:lang {nsdecls("c")} val="{LANGUAGE}"/>'))
    for element in root.iter("{*}rPr", "{*}endParaRPr", "{*}defRPr"):
        element.set("lang", LANGUAGE)


def _texts(drawing: Any, chart: Chart) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    drawing.font.size = Pt(SIZE)
    drawing.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    drawing.has_title = True
    drawing.chart_title.include_in_layout = False
    frame = drawing.chart_title.text_frame
    frame.text = chart.title
    for run in frame.paragraphs[0].runs:
        run.font.size, run.font.bold = Pt(SIZE), True
    drawing.has_legend = len(chart.series) > 1
    if drawing.has_legend:
        drawing.legend.position = XL_LEGEND_POSITION.TOP
        drawing.legend.include_in_layout = False


def _axes(drawing: Any, chart: Chart, table: Table) -> None:
    from pptx.enum.chart import XL_TICK_MARK
    from pptx.enum.dml import MSO_THEME_COLOR

    names, values = drawing.category_axis, drawing.value_axis
    names.major_tick_mark = values.major_tick_mark = XL_TICK_MARK.NONE
    names.has_major_gridlines = False
    names.format.line.color.theme_color = MSO_THEME_COLOR.TEXT_2
    values.minimum_scale = 0
    values.has_major_gridlines = chart.kind in (ChartKind.LINES, ChartKind.INTERVALS)
    values.visible = values.has_major_gridlines
    if values.visible:
        values.major_gridlines.format.line.color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
        values.tick_labels.number_format = _number_format(table, chart.series[0])
        values.tick_labels.number_format_is_linked = False
    # Bars are counted from below; the first row stands on top.
    names.reverse_order = chart.kind is ChartKind.BARS


def _series(drawing: Any, chart: Chart, table: Table) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE, MSO_THEME_COLOR
    from pptx.util import Pt

    plot = drawing.plots[0]
    colors = (MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_2, MSO_THEME_COLOR.ACCENT_4)
    is_bar = chart.kind in (ChartKind.BARS, ChartKind.COLUMNS)
    if is_bar:
        plot.gap_width, plot.overlap = 50, 0
    for rank, (series, name) in enumerate(zip(plot.series, chart.series, strict=True)):
        color = colors[min(rank, 1) if chart.kind is ChartKind.INTERVALS else rank % len(colors)]
        if is_bar:
            series.format.fill.solid()
            series.format.fill.fore_color.theme_color = color
            series.invert_if_negative = False
        else:
            series.smooth = False
            series.marker.style = XL_MARKER_STYLE.CIRCLE
            series.marker.size = 9 if rank == 0 else 7
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.theme_color = color
            series.marker.format.line.color.theme_color = color
            if chart.kind is ChartKind.INTERVALS:
                series.format.line.fill.background()
            else:
                series.format.line.color.theme_color = color
                series.format.line.width = Pt(2.5)
                series.format.line.dash_style = None if rank == 0 else MSO_LINE.DASH
        if rank < LABELS_SHOWN and (is_bar or rank == 0):
            labels = series.data_labels
            labels.show_value = True
            labels.number_format = _number_format(table, name)
            labels.number_format_is_linked = False
            labels.font.size = Pt(SIZE - 1)
            labels.position = XL_LABEL_POSITION.OUTSIDE_END if is_bar else XL_LABEL_POSITION.RIGHT
    if chart.kind is ChartKind.INTERVALS:
        _join_limits(plot)


def _join_limits(plot: Any) -> None:
    """A line from the lower to the upper limit of each category."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    line = parse_xml(
        f'<c:hiLowLines {nsdecls("c", "a")}><c:spPr><a:ln w="25400"><a:solidFill><a:schemeClr val="accent2"/>'
        "</a:solidFill></a:ln></c:spPr></c:hiLowLines>"
    )
    marker = plot._element.find("{*}marker")
    marker.addprevious(line)
