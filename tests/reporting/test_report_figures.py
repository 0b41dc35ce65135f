"""The same figures in every format, each with its definition and its release."""

from decimal import Decimal

import openpyxl
import pytest
from pypdf import PdfReader

from reporting import formats
from reporting.documents.pdf import payload
from reporting.documents.sheets import TABLE_ROW
from reporting.documents.shorthand import MISSING
from reporting.documents.workbook import sheet_name
from reporting.model import Chart, Format, KeyFigures, Report, Table
from reporting.produce import Produced


@pytest.fixture(scope="module")
def book(produced: Produced) -> openpyxl.Workbook:
    return openpyxl.load_workbook(produced.files["xlsx"])


@pytest.fixture(scope="module")
def pages(produced: Produced) -> list[str]:
    return [page.extract_text() for page in PdfReader(produced.files["pdf"]).pages[:4]]


def _printed(report: Report) -> dict[str, dict]:
    blocks = [block for section in payload(report)["sections"] for block in section["blocks"]]
    return {block["number"]: block for block in blocks if block["kind"] == "table"}


def _as_text(value: object, form: Format) -> str:
    """A cell of the workbook as the print shows it."""
    if value == MISSING:
        value = None
    elif form is Format.DATE and value is not None:
        value = value.date()
    return formats.text(value, form)


def test_every_cell_of_the_workbook_is_the_one_in_print(report: Report, book: openpyxl.Workbook):
    printed = _printed(report)
    for table in (table for table in report.tables if table.in_print):
        sheet = book[sheet_name(table)]
        group = table.position(table.group) if table.group else None
        in_sheet = [
            [
                _as_text(sheet.cell(TABLE_ROW + 2 + line, place + 1).value, column.format)
                for place, column in enumerate(table.columns)
                if place != group
            ]
            for line in range(len(table.rows))
        ]
        rows = [list(row["cells"]) for row in printed[table.number]["rows"] if row["kind"] != "group"]
        assert rows == in_sheet, table.key


def test_figures_are_numbers_in_the_workbook(report: Report, book: openpyxl.Workbook):
    for table in report.tables:
        sheet = book[sheet_name(table)]
        for place, column in enumerate(table.columns):
            if formats.is_numeric(column.format):
                values = [sheet.cell(TABLE_ROW + 2 + i, place + 1).value for i in range(len(table.rows))]
                assert all(value == MISSING or isinstance(value, int | float) for value in values), column


def test_figures_come_from_the_mart(report: Report, home):
    from osservatorio.release import open_release

    with open_release(home) as release:
        (expected,) = release.rows(
            "select minors_at_end, opened from mart_caseload_by_municipality where period = '2022-S1' "
            "and municipality_code = 'AMBITO' and service_code = 'TUTTI'"
        )
    table = report.table("casistica_servizio")
    assert (table.value("TUTTI", "minors_at_end"), table.value("TUTTI", "opened")) == expected


def test_comparison_is_the_same_semester_a_year_before(report: Report, home):
    from osservatorio.release import open_release

    with open_release(home) as release:
        ((before,),) = release.rows(
            "select minors_at_end from mart_caseload_by_municipality where period = '2021-S1' "
            "and municipality_code = 'AMBITO' and service_code = 'TUTTI'"
        )
    assert report.table("casistica_comune").value("AMBITO", "minors_at_end_before") == before


def test_key_figures_are_printed_on_the_summary(report: Report, pages: list[str]):
    figures = [b for s in report.sections for b in s.blocks if isinstance(b, KeyFigures)]
    summary = next(page for page in pages[2:] if "In breve" in page)
    for item in figures[0].items:
        assert formats.with_unit(item.value, item.column.format) in summary, item.column.key


def test_every_table_says_its_release_and_sources(report: Report, book: openpyxl.Workbook):
    for number, block in _printed(report).items():
        assert report.release_id in block["source"], number
    for table in report.tables:
        line = book[sheet_name(table)]["A2"].value
        assert report.release_id in line
        assert all(mart in line for mart in table.marts)


def test_every_figure_has_a_definition(report: Report):
    for table in report.tables:
        for column in table.columns:
            if formats.is_numeric(column.format):
                assert column.definition, (table.key, column.key)
                assert column.label


def test_definitions_are_printed_in_the_section_of_each_table(report: Report):
    for section in payload(report)["sections"]:
        tables = [block for block in section["blocks"] if block["kind"] == "table"]
        printed = {term for block in tables for term, _ in block["definitions"]}
        model = next(
            s for s in report.sections if s.number == section["number"] and s.title == section["title"]
        )
        for table in model.tables:
            if table.in_print:
                figures = [c for c in table.columns if formats.is_numeric(c.format)]
                assert {column.term for column in figures} <= printed


def test_charts_draw_columns_of_their_table(report: Report):
    charts = [b for s in report.sections for b in s.blocks if isinstance(b, Chart)]
    assert len(charts) >= 6
    for chart in charts:
        table = report.table(chart.table)
        assert all(table.position(name) is not None for name in (chart.category, *chart.series))
        assert len(chart.alt) > 40


def test_rows_of_a_table_keep_their_shape(report: Report):
    for table in report.tables:
        assert isinstance(table, Table)
        assert all(len(row.values) == len(table.columns) for row in table.rows)
        keys = [row.key for row in table.rows]
        assert len(keys) == len(set(keys)), table.key


def test_money_keeps_its_cents(report: Report, book: openpyxl.Workbook):
    table = report.table("risorse_area")
    value = table.value("TUTTE", "spent")
    assert isinstance(value, Decimal)
    sheet = book[sheet_name(table)]
    cell = sheet.cell(TABLE_ROW + 1 + len(table.rows), table.position("spent") + 1)
    assert cell.value == pytest.approx(float(value))
    assert cell.number_format == "#,##0.00"
