"""Workbooks: cells become text without loss, rows keep Excel's numbers, what is no workbook is refused."""

import io
import zipfile
from datetime import date, datetime

import pytest
from delivered_samples import sample, write_workbook

from ingestion.isolated.process import ProcessPool
from ingestion.refusal import RefusedFile
from ingestion.tables import FLAW, REPEATED_HEADER, ROW
from ingestion.text_files import inspect_bytes
from ingestion.xlsx_reader import read_xlsx
from osservatorio.contracts import load_contracts

SPESE = load_contracts()["spese"]
HEADER = list(sample("spese"))


@pytest.fixture(scope="module")
def processes():
    with ProcessPool() as pool:
        yield pool


@pytest.fixture
def rows_of(processes):
    """The rows of a workbook, as the reader gives them."""

    def read(path) -> list[dict]:
        reading = read_xlsx(path, inspect_bytes(path, as_text=False), SPESE, processes)
        return [row for table in reading.tables for row in table.to_pylist()]

    return read


def expense(serial: int, **values) -> list:
    return list((sample("spese", serial) | values).values())


def test_cells_of_every_kind(tmp_path, rows_of):
    cells = {
        "codice_ente": 108039,
        "data_estrazione": date(2022, 6, 30),
        "data_competenza": datetime(2022, 3, 1, 10, 5),
    }
    amounts = [1234.5, 1e-7, 0.1 + 0.2, 12345678901234567, -3, True, "1.234,50"]
    path = write_workbook(
        tmp_path / "f.xlsx",
        {"Dati": [HEADER, *(expense(i, **cells, importo=amount) for i, amount in enumerate(amounts))]},
    )
    rows = rows_of(path)
    assert rows[0]["codice_ente"] == "108039"
    assert rows[0]["data_estrazione"] == "2022-06-30"
    assert rows[0]["data_competenza"] == "2022-03-01 10:05:00"
    assert [row["importo"] for row in rows] == [
        "1234,5", "0,0000001", "0,3", "1,23456789012346e+16", "-3", "VERO", "1.234,50",
    ]  # fmt: skip


def test_true_dates_in_the_1904_system(tmp_path, rows_of):
    path = write_workbook(
        tmp_path / "f.xlsx", {"Dati": [HEADER, expense(0, data_competenza=date(2022, 3, 1))]}, date_1904=True
    )
    assert rows_of(path)[0]["data_competenza"] == "2022-03-01"


def test_row_numbers_empty_rows_titles_and_repeated_headers(tmp_path, rows_of):
    rows = [["Spese dell'anno"], [], HEADER, expense(0), [], ["", " "], expense(1), HEADER]
    path = write_workbook(tmp_path / "f.xlsx", {"Dati": rows})
    assert [(row[ROW], row[FLAW]) for row in rows_of(path)] == [(4, None), (7, None), (8, REPEATED_HEADER)]


def test_the_sheet_with_the_titles_is_read(tmp_path, rows_of):
    path = write_workbook(
        tmp_path / "f.xlsx",
        {"Istruzioni": [["Compilare il foglio Dati"]], "Dati": [HEADER, expense(0)], "Vuoto": []},
    )
    assert len(rows_of(path)) == 1


def test_two_sheets_with_data_are_refused(tmp_path, rows_of):
    path = write_workbook(tmp_path / "f.xlsx", {"2021": [HEADER, expense(0)], "2022": [HEADER, expense(1)]})
    with pytest.raises(RefusedFile, match="foglio 1, foglio 2"):
        rows_of(path)


def damaged(content: bytes) -> bytes:
    """The workbook with a broken sheet inside a sound package."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"<oops" if "worksheets" in name else source.read(name))
    return out.getvalue()


def bomb(content: bytes) -> bytes:
    """The workbook with a member that unpacks to 64 MB of nothing."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/media/image1.png", bytes(64 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda good: b"", "è vuoto"),
        (lambda good: b"codice_ente;importo\n", "rinominarlo in .csv"),
        (lambda good: good[: len(good) // 2], "incompleta o danneggiata"),
        (damaged, "danneggiata"),
        (bomb, "troppo grande"),
        (lambda good: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "vecchio formato"),
        (lambda good: bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
def test_refused_workbooks(tmp_path, rows_of, make, message):
    good = write_workbook(tmp_path / "good.xlsx", {"Dati": [HEADER, expense(0)]}).read_bytes()
    path = tmp_path / "f.xlsx"
    path.write_bytes(make(good))
    with pytest.raises(RefusedFile, match=message):
        rows_of(path)


def test_an_archive_that_is_no_workbook(tmp_path, rows_of):
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dati.csv", "codice_ente")
    with pytest.raises(RefusedFile, match="non una cartella di lavoro"):
        rows_of(path)
