"""Drafts and workbooks opened and saved again by LibreOffice: nothing is lost, so nothing had to be repaired."""

import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from sample_report import sample_report

from reporting.checking.differences import differences
from reporting.checking.produced_files import read_file
from reporting.documents.draft.writer import draft
from reporting.documents.workbook import workbook
from reporting.produce import Produced

pytestmark = pytest.mark.office


def convert(soffice: str, folder: Path, form: str, *files: Path) -> None:
    """Open files in LibreOffice and save them under `folder` in another or the same format."""
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            form,
            "--outdir",
            str(folder),
            *map(str, files),
        ],
        capture_output=True,
        timeout=300,
        check=True,
    )


@pytest.fixture(scope="module")
def originals(produced: Produced, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report and a document with all that a writer may meet, in both formats."""
    folder = tmp_path_factory.mktemp("originali")
    report = sample_report()
    for name, content in (("sample.docx", draft(report)), ("sample.xlsx", workbook(report))):
        (folder / name).write_bytes(content)
    samples = {f"sample.{form}": folder / f"sample.{form}" for form in ("docx", "xlsx")}
    return {**samples, **{f"report.{form}": produced.files[form] for form in ("docx", "xlsx")}}


@pytest.fixture(scope="module")
def saved(
    soffice: str, originals: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The same files, as LibreOffice saves them."""
    folder = tmp_path_factory.mktemp("salvati")
    for form in ("docx", "xlsx"):
        convert(soffice, folder, form, *(path for name, path in originals.items() if name.endswith(form)))
    return {name: folder / path.name for name, path in originals.items()}


@pytest.mark.parametrize("name", ["sample.docx", "report.docx", "sample.xlsx", "report.xlsx"])
def test_tables_and_texts_survive(originals: dict[str, Path], saved: dict[str, Path], name: str):
    form = name.rpartition(".")[2]
    again, first = saved[name].read_bytes(), originals[name].read_bytes()
    assert again != first
    assert differences(form, again, first) == []


@pytest.mark.parametrize("name", ["sample.xlsx", "report.xlsx"])
def test_tables_and_charts_of_the_workbook_survive(
    originals: dict[str, Path], saved: dict[str, Path], name: str
):
    before, after = (openpyxl.load_workbook(files[name]) for files in (originals, saved))
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        other = after[sheet.title]
        assert set(other.tables) == set(sheet.tables), sheet.title
        assert [table.ref for table in other.tables.values()] == [
            table.ref for table in sheet.tables.values()
        ]
        assert len(other._charts) == len(sheet._charts), sheet.title


def test_pictures_of_the_draft_survive(originals: dict[str, Path], saved: dict[str, Path]):
    for name in ("sample.docx", "report.docx"):
        counts = []
        for path in (originals[name], saved[name]):
            with zipfile.ZipFile(path) as archive:
                counts.append(sum(part.startswith("word/media/") for part in archive.namelist()))
        assert counts[0] == counts[1] > 0


def test_a_saved_copy_is_known_by_its_stamp(saved: dict[str, Path]):
    for form in ("docx", "xlsx"):
        stamp = read_file(saved[f"report.{form}"]).stamp
        assert stamp is not None
        assert (stamp.kind, stamp.period, stamp.release_id) == ("semestrale", "2022-S1", "r-prova-0001")


def test_a_broken_file_is_not_opened(soffice: str, originals: dict[str, Path], tmp_path: Path):
    """What the tests above would see if LibreOffice could not read a file."""
    broken = tmp_path / "rotto.docx"
    broken.write_bytes(originals["sample.docx"].read_bytes()[:20_000])
    convert(soffice, tmp_path, "odt", broken)
    assert not (tmp_path / "rotto.odt").exists()


def test_the_draft_fits_its_pages(soffice: str, originals: dict[str, Path], tmp_path: Path):
    convert(soffice, tmp_path, "pdf", originals["sample.docx"])
    pages = pypdfium2.PdfDocument(tmp_path / "sample.pdf")
    assert 9 <= len(pages) <= 12
    for number, page in enumerate(pages):
        text = page.get_textpage()
        width, _ = page.get_size()
        for place in range(text.count_rects()):
            left, _, right, _ = text.get_rect(place)
            assert 50 <= left < right <= width - 50, (number + 1, text.get_text_bounded(left, 0, right, 900))
    fonts = _fonts(tmp_path / "sample.pdf")
    assert any("Titillium" in font for font in fonts)  # from inside the file: no machine has it installed


def _fonts(path: Path) -> set[str]:
    from pypdf import PdfReader

    return {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(path).pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
