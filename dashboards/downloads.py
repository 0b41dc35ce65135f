"""What is on screen, as a file: the figures with their filters, release, reference date and definitions inside."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from dashboards.tables import Column, Table
from osservatorio import italian
from osservatorio.inert import inert

CSV_MIME = "text/csv"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A workbook with more rows takes too long to write and to open.
MOST_IN_XLSX = 50_000
_A4 = 9
_CELL_FORMATS = {
    "intero": "#,##0",
    "decimale": "#,##0.0",
    "percentuale": "0.0%",
    "euro": '#,##0.00 "€"',
    "data": "dd/mm/yyyy",
}


@dataclass(frozen=True)
class Context:
    """Where the figures come from: written in every file."""

    page: str
    release_id: str
    as_of: date
    filters: dict[str, str]

    @property
    def rows(self) -> list[tuple[str, str]]:
        return [
            ("Pagina", self.page),
            ("Pubblicazione", self.release_id),
            ("Data di riferimento dei dati", italian.date_it(self.as_of)),
            *self.filters.items(),
        ]


def file_name(table: Table, context: Context, suffix: str) -> str:
    """A readable file name: «osservatorio_reclami_<title>_<release>.xlsx», plain ASCII."""
    return f"{slug(f'osservatorio {context.page} {table.title} {context.release_id}')[:120]}.{suffix}"


def slug(text: str) -> str:
    """A text as lower-case ASCII letters, digits and underscores."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "_", ascii_text).strip("_")


def to_csv(table: Table, context: Context) -> bytes:
    """CSV for Italian spreadsheets: UTF-8 with mark, semicolons, decimal commas; no text starts a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(table.title)])
    writer.writerows([inert(name), inert(value)] for name, value in context.rows)
    writer.writerow([])
    writer.writerow([inert(column.label) for column in table.columns])
    writer.writerows(_csv_rows(table))
    writer.writerow([])
    writer.writerow(["Definizioni"])
    writer.writerows([inert(column.label), inert(column.explained)] for column in table.described)
    return out.getvalue().encode("utf-8-sig")


def _csv_rows(table: Table) -> Iterator[tuple[str, ...]]:
    columns = [
        table.frame[column.name].map(lambda value, c=column: _csv_value(value, c)) for column in table.columns
    ]
    return zip(*columns, strict=True)


def _csv_value(value: Any, column: Column) -> str:
    if pd.isna(value):
        return ""
    if sign := column.sign(value):
        return inert(sign)
    if column.format == "percentuale":
        return italian.percent(value, 2)
    if column.is_number:
        return f"{value:.15g}".replace(".", ",")
    return inert(column.show(value))


def to_xlsx(table: Table, context: Context) -> bytes:
    """A workbook: «Leggimi» (origin and filters), «Dati» (one real table), «Definizioni». Text is never a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "default_date_format": "dd/mm/yyyy",
        },
    )
    book.set_properties(
        {
            "title": f"{context.page}: {table.title}",
            "subject": f"Osservatorio, pubblicazione {context.release_id}",
            "created": datetime(context.as_of.year, context.as_of.month, context.as_of.day),
        }
    )
    _notes_sheet(book, "Leggimi", table.title, ["Voce", "Valore"], context.rows)
    _data_sheet(book, table)
    definitions = [(column.label, column.explained) for column in table.described]
    _notes_sheet(book, "Definizioni", "Definizioni delle colonne", ["Colonna", "Definizione"], definitions)
    book.close()
    return out.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, title: str) -> xlsxwriter.worksheet.Worksheet:
    """A sheet with its title in A1, that prints on as many A4 pages as it is long."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    return sheet


def _notes_sheet(
    book: xlsxwriter.Workbook, name: str, title: str, header: list[str], rows: list[tuple[str, str]]
) -> None:
    sheet = _sheet(book, name, title)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 1, 90, wrapped)
    sheet.add_table(
        2,
        0,
        2 + max(len(rows), 1),
        1,
        {
            "name": f"Tabella_{name}",
            "data": rows,
            "columns": [{"header": text} for text in header],
            "style": "Table Style Light 9",
            "autofilter": False,
        },
    )


def _data_sheet(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = _sheet(book, "Dati", table.title)
    columns = []
    for place, column in enumerate(table.columns):
        code = _CELL_FORMATS.get(column.format)
        columns.append(
            {"header": column.label, "format": book.add_format({"num_format": code}) if code else None}
        )
        widest = table.frame[column.name].map(column.show).map(len).max() if len(table.frame) else 0
        sheet.set_column(place, place, min(max(len(column.label), widest) + 3, 60))
    data = [
        [_cell(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in _rows(table)
    ]
    sheet.add_table(
        2,
        0,
        2 + max(len(data), 1),
        len(columns) - 1,
        {"name": "Tabella_Dati", "data": data, "columns": columns, "style": "Table Style Light 9"},
    )
    sheet.freeze_panes(3, 1)


def _rows(table: Table) -> Iterator[tuple[Any, ...]]:
    return table.frame[[column.name for column in table.columns]].itertuples(index=False, name=None)


def _cell(value: Any, column: Column) -> Any:
    if pd.isna(value):
        return None
    if sign := column.sign(value):
        return sign
    if column.is_number:
        return float(value)
    if column.format == "data" and isinstance(value, (date, datetime)):
        return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return column.show(value)
