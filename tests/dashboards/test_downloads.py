"""What is on screen, as a file: figures with their filters, release, date and definitions; nothing that runs."""

import csv
import io
import warnings
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.downloads import Context, file_name, to_csv, to_xlsx
from dashboards.tables import Column, Table

CONTEXT = Context(
    "Reclami", "2023-12-31-abc", date(2023, 12, 31), {"Periodo": "Primo semestre 2023", "Comune": "=Meda"}
)
COLUMNS = (
    Column("town", "Comune", "Nome del Comune.", "testo"),
    Column("received", "Ricevuti", "Reclami ricevuti.", "intero"),
    Column("rate", "Quota", "Quota di accolti.", "percentuale"),
    Column("cost", "Costo", "Euro pagati.", "euro"),
    Column("day", "Giorno", "Giorno.", "data"),
    Column("small", "Pochi", "Sì quando sono pochi.", "si_no"),
)
FRAME = pd.DataFrame(
    {
        "town": ["=cmd|' /c calc'!A1", "Meda"],
        "received": [12, 3],
        "rate": [0.25, None],
        "cost": [1234.5, -7.25],
        "day": pd.to_datetime(["2023-06-30", None]),
        "small": [True, False],
    }
)
TABLE = Table("Nei Comuni: totale", FRAME, COLUMNS, pd.Series([False, True]))


def _csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark to read accents"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_csv_has_figures_filters_origin_and_definitions() -> None:
    rows = _csv_rows(to_csv(TABLE, CONTEXT))
    assert rows[0] == ["Nei Comuni: totale"]
    assert ["Pubblicazione", "2023-12-31-abc"] in rows
    assert ["Data di riferimento dei dati", "31/12/2023"] in rows
    assert ["Periodo", "Primo semestre 2023"] in rows
    start = rows.index([column.label for column in COLUMNS])
    assert rows[start + 2] == ["Meda", "3", "", "-7,25", "", "No"]
    assert rows[start + 1][1:] == ["12", "25,00%", "1234,5", "30/06/2023", "Sì"]
    assert ["Quota", "Quota di accolti."] in rows[rows.index(["Definizioni"]) :]


def test_csv_text_never_starts_a_formula() -> None:
    rows = _csv_rows(to_csv(TABLE, CONTEXT))
    assert ["Comune", "'=Meda"] in rows
    assert any(row and row[0] == "'=cmd|' /c calc'!A1" for row in rows)


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE, CONTEXT)))


def test_xlsx_has_a_real_table_and_says_where_it_comes_from(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["Leggimi", "Dati", "Definizioni"]
    cover = {row[0].value: row[1].value for row in book["Leggimi"].iter_rows(min_row=4, max_col=2)}
    assert cover["Pubblicazione"] == "2023-12-31-abc"
    assert cover["Data di riferimento dei dati"] == "31/12/2023"
    assert cover["Periodo"] == "Primo semestre 2023"
    definitions = {row[0].value: row[1].value for row in book["Definizioni"].iter_rows(min_row=4, max_col=2)}
    assert definitions["Costo"] == "Euro pagati."
    assert all(len(sheet.tables) == 1 for sheet in book)
    assert book["Dati"].tables["Tabella_Dati"].ref == "A3:F5"
    assert [cell.value for cell in book["Dati"][3]] == [column.label for column in COLUMNS]


def test_xlsx_numbers_are_numbers_and_text_is_never_a_formula(book: openpyxl.Workbook) -> None:
    first, second = (list(row) for row in book["Dati"].iter_rows(min_row=4, max_row=5))
    assert [cell.value for cell in second] == ["Meda", 3, None, -7.25, None, "No"]
    assert first[0].value == "=cmd|' /c calc'!A1"
    assert first[0].data_type == "s"
    assert first[2].number_format == "0.0%"
    assert first[3].number_format == '#,##0.00 "€"'
    assert first[4].value == datetime(2023, 6, 30)
    assert book["Leggimi"]["B8"].data_type == "s"


def test_the_same_figures_give_the_same_workbook() -> None:
    assert to_xlsx(TABLE, CONTEXT) == to_xlsx(TABLE, CONTEXT)


@given(st.text(max_size=200))
def test_file_names_are_plain_whatever_the_title(title: str) -> None:
    name = file_name(Table(title, FRAME, COLUMNS, TABLE.totals), CONTEXT, "csv")
    assert name.endswith(".csv")
    assert name.removesuffix(".csv").replace("_", "").isalnum()
    assert name.isascii()
    assert len(name) <= 130


@given(st.text(max_size=50))
def test_no_text_of_a_csv_can_start_a_formula(text: str) -> None:
    frame = pd.DataFrame({"town": [text]})
    made = Table("t", frame, COLUMNS[:1], pd.Series([False]))
    for row in _csv_rows(to_csv(made, CONTEXT)):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_download_is_recorded(tmp_path):
    import hashlib

    from dashboards import components, source
    from osservatorio.home import Home

    told = []
    source.use(Home(tmp_path), lambda *event: told.append(event))
    content = components._file("csv", TABLE.title, lambda: TABLE, CONTEXT)()
    source.use(Home(tmp_path))
    components._file("csv", TABLE.title, lambda: TABLE, CONTEXT)()
    assert told == [
        (
            "dashboard: scaricamento",
            {
                "pagina": "Reclami",
                "tabella": "Nei Comuni: totale",
                "file": "csv",
                "pubblicazione": "2023-12-31-abc",
                "sha256": hashlib.sha256(content).hexdigest(),
            },
            None,
        )
    ]
