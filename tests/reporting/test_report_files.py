"""The files: tagged and Italian PDF, well-formed workbook, same bytes twice, nothing half-written."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from osservatorio.errors import StageError, UserError
from osservatorio.home import Home
from reporting.documents import pdf as pdf_module
from reporting.documents.workbook import sheet_name
from reporting.kinds import DOCUMENTS
from reporting.model import Report
from reporting.produce import Produced, produce


@pytest.fixture(scope="module")
def document(produced: Produced) -> PdfReader:
    return PdfReader(produced.files["pdf"])


def _structure(document: PdfReader) -> list[dict]:
    """Every structure element of a tagged PDF."""
    found, waiting = [], [document.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        if isinstance(element, IndirectObject):
            element = element.get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            if "/S" in element:
                found.append(element)
            if "/K" in element:
                waiting.append(element["/K"])
    return found


def test_pdf_is_tagged_italian_and_titled(document: PdfReader, report: Report):
    root = document.trailer["/Root"]
    assert root["/Lang"] == "it"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert document.metadata.title == f"{report.title} – {report.period_label}"
    assert document.metadata.author == report.organisation
    assert "2022-S1" in document.metadata["/Keywords"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid" in metadata
    assert "pdfaid" in metadata


def test_tables_have_header_cells_and_drawings_a_description(document: PdfReader, report: Report):
    elements = _structure(document)
    kinds = [element["/S"] for element in elements]
    in_print = [table for table in report.tables if table.in_print]
    assert kinds.count("/Table") == len(in_print) + 1  # and the card on the cover
    assert kinds.count("/THead") >= kinds.count("/Table")
    assert kinds.count("/TH") >= sum(len(table.columns) - (1 if table.group else 0) for table in in_print)
    figures = [element for element in elements if element["/S"] == "/Figure"]
    assert figures
    assert all(len(figure["/Alt"]) > 40 for figure in figures)


def test_pdf_has_bookmarks_page_numbers_and_embedded_typeface(document: PdfReader):
    titles = [item.title for item in document.outline if not isinstance(item, list)]
    assert next(title for title in titles if re.match(r"\d\. ", title)) == "1. Casistica"
    assert "Sintesi" in titles
    pages = len(document.pages)
    assert f"pagina 2 di {pages}" in document.pages[1].extract_text()
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in document.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("TitilliumWeb" in font for font in fonts)


def test_one_table_object_on_each_sheet(produced: Produced, report: Report):
    book = openpyxl.load_workbook(produced.files["xlsx"])
    names = book.sheetnames
    assert names[:5] == ["Copertina", "Indice", "Note", "Sintesi", "Commento"]
    assert names[5:] == [sheet_name(table) for table in report.tables]
    assert all(len(name) <= 31 for name in names)
    for sheet in book.worksheets[1:]:
        assert len(sheet.tables) == 1, sheet.title
        assert not sheet.merged_cells.ranges
        assert sheet["A1"].value
    for table in report.tables:
        (area,) = book[sheet_name(table)].tables.values()
        assert len(area.tableColumns) == len(table.columns)


def test_contents_link_to_every_sheet(produced: Produced):
    book = openpyxl.load_workbook(produced.files["xlsx"])
    cells = [row[0] for row in book["Indice"].iter_rows(max_col=1)]
    links = {cell.hyperlink.location.split("!")[0].strip("'") for cell in cells if cell.hyperlink}
    assert links == set(book.sheetnames) - {"Copertina", "Indice"}


def test_native_charts_say_what_they_show(produced: Produced):
    with zipfile.ZipFile(produced.files["xlsx"]) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if "drawings/drawing" in name]
    assert len(drawings) >= 6
    assert all(re.search(r'descr="[^"]{40,}"', drawing) for drawing in drawings)


def test_the_same_release_gives_the_same_bytes(produced: Produced, home: Home):
    first = (produced.files["pdf"].read_bytes(), produced.files["xlsx"].read_bytes())
    again = produce(home, "semestrale", "2022-S1")
    assert (again.files["pdf"].read_bytes(), again.files["xlsx"].read_bytes()) == first


def test_files_stand_under_their_release(produced: Produced, home: Home):
    assert produced.files["pdf"] == home.reports / "r-prova-0001" / "semestrale_2022-S1.pdf"
    assert produced.files["xlsx"] == home.reports / "r-prova-0001" / "semestrale_2022-S1.xlsx"
    names = {path.name for path in produced.files["pdf"].parent.iterdir()}
    assert names == {f"semestrale_2022-S1.{name}" for name in DOCUMENTS}


def test_progress_is_told(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reporting.produce.WRITERS", dict.fromkeys(DOCUMENTS, lambda report: b"file"))
    monkeypatch.setattr("reporting.produce.write_atomically", lambda path, content: None)
    told: list[tuple[str, int, int]] = []
    produce(home, "semestrale", "2022-S1", progress=lambda *step: told.append(step))
    assert [done for _, done, _ in told] == list(range(len(DOCUMENTS) + 2))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2022-S3", "2022-S1"),
        ("../2022-S1", "semestre"),
        ("2022", "semestre"),
        ("2022-06", "semestre"),
        ("2019-S1", "2021-S1, 2021-S2, 2022-S1 e 2022-S2"),
        ("2020-S2", "2021-S1, 2021-S2, 2022-S1 e 2022-S2"),
    ],
)
def test_a_period_that_cannot_be_reported(home: Home, code: str, words: str):
    with pytest.raises(UserError, match="»") as error:
        produce(home, "semestrale", code)
    assert words in error.value.message
    assert error.value.exit_code == 2


def test_no_release_yet(tmp_path: Path):
    with pytest.raises(UserError, match="osservatorio run CARTELLA"):
        produce(Home(tmp_path), "semestrale", "2022-S1")
    assert not (tmp_path / "reports").exists()


def test_a_release_without_semesters(home_with: Callable):
    def nothing(release):
        release.marts["mart_caseload_by_municipality"] = []

    with pytest.raises(UserError, match="osservatorio run CARTELLA"):
        produce(home_with(nothing), "semestrale", "2022-S1")


def test_a_place_that_cannot_be_written(home_with: Callable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reporting.produce.WRITERS", dict.fromkeys(DOCUMENTS, lambda report: b"file"))
    place = home_with(lambda release: None)
    (place.reports / "r-prova-0001").write_text("una cartella no")
    with pytest.raises(UserError, match="riprova"):
        produce(place, "semestrale", "2022-S1")


def test_a_missing_typeface_stops_the_document(
    report: Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    template = tmp_path / "report.typ"
    template.write_text(pdf_module.TEMPLATE.read_text("utf-8").replace("Titillium Web", "Nessun Carattere"))
    monkeypatch.setattr(pdf_module, "TEMPLATE", template)
    with pytest.raises(StageError, match="font"):
        pdf_module.pdf(report)
