"""`report verify`: what it says of files that are ours, were ours, or never were."""

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from report_release import FakeRelease
from sample_report import WRITTEN
from typer.testing import CliRunner

from osservatorio.cli import app
from osservatorio.errors import UserError
from osservatorio.home import Home
from reporting.checking import produced_files
from reporting.checking.differences import differences
from reporting.checking.produced_files import Package, TooLarge, read_file
from reporting.checking.verify import Verdict, Verification, verify
from reporting.documents.draft.writer import draft
from reporting.documents.pdf import pdf
from reporting.documents.stamp import find_stamp, stamp_of
from reporting.model import Report
from reporting.produce import Produced

FORMATS = ("pdf", "docx", "xlsx")


def _rewritten(source: bytes, **parts: bytes) -> bytes:
    """A package with some parts replaced or added, under the names of `parts` («word/x.xml» as «word__x»)."""
    buffer, changed = (
        BytesIO(),
        {f"{name.replace('__', '/')}.xml": content for name, content in parts.items()},
    )
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.pop(name, old.read(name)))
        for name, content in changed.items():
            new.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def verified(home: Home, tmp_path: Path) -> Callable[..., Verification]:
    """Verify some bytes, saved under a name that says nothing."""

    def check(content: bytes, **options) -> Verification:
        path = tmp_path / "allegato"
        path.write_bytes(content)
        return verify(home, path, **options)

    return check


@pytest.mark.parametrize("form", FORMATS)
def test_what_the_release_produces_is_identical_under_any_name(
    produced: Produced, verified: Callable, form: str
):
    result = verified(produced.files[form].read_bytes())
    assert (result.verdict, result.format) == (Verdict.IDENTICAL, form)
    assert result.is_identical
    assert result.differences == ()
    assert result.stamp.release_id == "r-prova-0001"
    assert "r-prova-0001" in result.message


@pytest.mark.parametrize("form", FORMATS)
def test_one_changed_byte_is_noticed(produced: Produced, verified: Callable, form: str):
    content = bytearray(produced.files[form].read_bytes())
    if form == "pdf":
        content[len(content) // 2] ^= 1
    else:
        content[10] ^= 1  # the time of the first entry
    result = verified(bytes(content))
    assert result.verdict is (Verdict.DIFFERENT if form == "pdf" else Verdict.EDITED)
    assert not result.is_identical


def test_edits_of_a_draft_are_named(produced: Produced, verified: Callable):
    document = docx.Document(produced.files["docx"])
    table = next(table for table in document.tables if table.rows[0].cells[0].text == "Comune")
    place = table.rows[1].cells[0].text
    old = table.rows[1].cells[1].text
    table.rows[1].cells[1].paragraphs[0].runs[0].text = "12345"
    sentence = next(p for p in document.paragraphs if p.style.name == "Normal" and len(p.text) > 60)
    sentence.runs[0].text = "Va tutto bene."
    document.add_paragraph("Una frase in fondo.")
    buffer = BytesIO()
    document.save(buffer)
    result = verified(buffer.getvalue())
    assert result.verdict is Verdict.EDITED
    told = "\n".join(result.differences)
    assert f"riga «{place}»: «12345» al posto di «{old}»." in told
    assert "«Va tutto bene.» al posto di" in told
    assert "è stato aggiunto «Una frase in fondo.»" in told
    assert len(result.differences) == 3


def test_edits_of_a_workbook_are_named(produced: Produced, verified: Callable):
    book = openpyxl.load_workbook(produced.files["xlsx"])
    sheet = book.worksheets[5]
    old = sheet["B6"].value
    sheet["B6"], sheet["C6"] = 98765, "=1+1"
    book.create_sheet("Miei conti")
    book.remove(book["Commento"])
    buffer = BytesIO()
    book.save(buffer)
    result = verified(buffer.getvalue())
    assert result.verdict is Verdict.EDITED
    told = "\n".join(result.differences)
    assert f"Foglio «{sheet.title}», cella B6: «98765» al posto di «{old}»." in told
    assert "cella C6: «=1+1»" in told
    assert "Manca il foglio «Commento»." in told
    assert len(result.differences) == 3  # an empty sheet says nothing


def test_a_file_saved_again_as_it_was(produced: Produced, verified: Callable):
    buffer = BytesIO()
    docx.Document(produced.files["docx"]).save(buffer)
    result = verified(buffer.getvalue())
    assert result.verdict is Verdict.EDITED
    assert result.differences == ()
    assert "sono gli stessi" in result.message


def test_texts_that_changed_since(report: Report, verified: Callable):
    first, *others = report.sections
    with_words = replace(report, sections=(replace(first, blocks=(*first.blocks, WRITTEN)), *others))
    assert stamp_of(with_words).words != stamp_of(report).words
    assert verified(pdf(with_words)).verdict is Verdict.WORDS_CHANGED
    result = verified(draft(with_words))
    assert result.verdict is Verdict.WORDS_CHANGED
    assert any("prima si decide" in difference for difference in result.differences)


def test_a_release_that_is_not_there(home_with: Callable, produced: Produced):
    place = home_with(lambda release: release.manifest.update(release_id="r-prova-0002"))
    result = verify(place, produced.files["pdf"])
    assert result.verdict is Verdict.RELEASE_GONE
    assert "«r-prova-0001»" in result.message
    (place.releases / "r-prova-0001.manifest.json").write_text("{}")  # a manifest alone is no release
    assert verify(place, produced.files["pdf"]).verdict is Verdict.RELEASE_GONE


def test_the_release_asked_for_is_another(produced: Produced, verified: Callable):
    content = produced.files["xlsx"].read_bytes()
    result = verified(content, release_id="r-prova-0002")
    assert result.verdict is Verdict.OTHER_RELEASE
    assert verified(content, release_id="r-prova-0001").is_identical


def test_figures_that_the_release_does_not_have(home_with: Callable, produced: Produced):
    """The same name of release, other figures: the file is not what this release produces."""

    def other(release: FakeRelease) -> None:
        for row in release.marts["mart_caseload_by_municipality"]:
            row["opened"] += 1

    result = verify(home_with(other), produced.files["xlsx"])
    assert result.verdict is Verdict.EDITED
    assert result.differences


def test_an_older_release_is_said_to_be_older(home_with: Callable, produced: Produced):
    place = home_with(lambda release: None)
    place.current.write_text(json.dumps({"release_id": "r-prova-0003"}))
    result = verify(place, produced.files["pdf"])
    assert result.is_identical
    assert "Non è la pubblicazione in uso" in result.note


def test_another_version_of_the_program(report: Report, verified: Callable, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr("osservatorio.__version__", "9.9.9")
        content = pdf(report)
    result = verified(content)
    assert result.verdict is Verdict.OTHER_VERSION
    assert "9.9.9" in result.message


def test_files_that_are_not_reports(verified: Callable, produced: Produced):
    plain = BytesIO()
    docx.Document().save(plain)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("elenco.csv", "a;b")
    strangers = (b"", b"ciao", b"%PDF-1.7\nniente", plain.getvalue(), archive.getvalue())
    for content in strangers:
        assert verified(content).verdict is Verdict.NOT_OURS


@pytest.mark.parametrize(
    "text",
    [
        "osservatorio:inventato:2022-S1:ambito:r-prova-0001:0000000000000000:0.1.0",
        "osservatorio:semestrale:2022-S1:ambito:../../etc/passwd:0000000000000000:0.1.0",
        "osservatorio:semestrale:2022-S1:ambito:r-prova-0001",
    ],
)
def test_stamps_that_no_report_bears(verified: Callable, text: str):
    assert verified(f"%PDF-1.7\n{text}\n".encode()).verdict is Verdict.NOT_OURS


@pytest.mark.parametrize("named", ["1999-S1:ambito", "2022-S9:ambito", "2022-S1:atlantide"])
def test_stamps_of_reports_that_the_release_cannot_make(verified: Callable, named: str):
    text = f"osservatorio:semestrale:{named}:r-prova-0001:0000000000000000:0.1.0"
    result = verified(f"%PDF-1.7\n{text}\n".encode())
    assert result.verdict is Verdict.DIFFERENT
    assert "non produce" in result.message


def test_a_stamp_survives_programs_that_drop_punctuation(report: Report):
    stamp = stamp_of(report)
    assert find_stamp(f"una parola, {stamp}, un'altra") == stamp
    assert find_stamp(str(stamp).replace(":", " ")) == stamp


def test_a_bomb_in_the_properties_is_not_unpacked(verified: Callable, produced: Produced):
    bomb = _rewritten(produced.files["docx"].read_bytes(), docProps__core=b" " * 40_000_000)
    with pytest.raises(UserError, match="molto più grande"):
        verified(bomb)


def test_a_bomb_in_the_text_is_not_unpacked(verified: Callable, produced: Produced):
    bomb = _rewritten(produced.files["docx"].read_bytes(), word__document=b" " * 40_000_000)
    result = verified(bomb)
    assert result.verdict is Verdict.DIFFERENT
    assert "struttura" in result.message


def test_sizes_are_capped(monkeypatch: pytest.MonkeyPatch, produced: Produced):
    package = Package(produced.files["xlsx"].read_bytes())
    with pytest.raises(TooLarge):
        package.part("xl/workbook.xml", 10)
    monkeypatch.setattr(produced_files, "MAX_PACKAGE", 1000)
    package = Package(produced.files["xlsx"].read_bytes())
    with pytest.raises(TooLarge):
        package.part("xl/sharedStrings.xml")
    monkeypatch.setattr(produced_files, "MAX_PARTS", 3)
    with pytest.raises(TooLarge):
        Package(produced.files["xlsx"].read_bytes())


def test_entities_are_refused(produced: Produced):
    original = produced.files["docx"].read_bytes()
    with zipfile.ZipFile(BytesIO(original)) as archive:
        body = archive.read("word/document.xml")
    laughs = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    start = body.index(b"<w:document")
    with pytest.raises(ValueError, match="document type"):
        differences(
            "docx", _rewritten(original, word__document=body[:start] + laughs + body[start:]), original
        )


@pytest.mark.parametrize("broken", [b"<w:document", b"", b"\xff\xfe\x00", b"<a/>"])
def test_nonsense_inside_is_no_traceback(verified: Callable, produced: Produced, broken: bytes):
    for form, part in (("docx", "word__document"), ("xlsx", "xl__worksheets__sheet5")):
        result = verified(_rewritten(produced.files[form].read_bytes(), **{part: broken}))
        assert result.verdict in (Verdict.DIFFERENT, Verdict.EDITED)


def test_files_that_cannot_be_read(home: Home, tmp_path: Path, produced: Produced):
    huge, broken, pipe = tmp_path / "enorme.pdf", tmp_path / "rotto.docx", tmp_path / "tubo"
    with huge.open("wb") as file:
        file.truncate(produced_files.MAX_FILE + 1)
    broken.write_bytes(produced.files["docx"].read_bytes()[:5000])
    os.mkfifo(pipe)
    for path in (huge, broken, pipe, tmp_path, tmp_path / "non c'è.pdf", Path("a\x00b")):
        with pytest.raises(UserError) as error:
            verify(home, path)
        assert error.value.exit_code == 2


def test_the_format_is_told_by_the_content(produced: Produced, tmp_path: Path):
    for form in FORMATS:
        path = tmp_path / "senza_suffisso"
        path.write_bytes(produced.files[form].read_bytes())
        assert read_file(path).format == form


def test_the_command_ends_with_0_only_for_identical_files(home: Home, produced: Produced, tmp_path: Path):
    def run(*arguments: str | Path):
        return CliRunner().invoke(app, ["--home", str(home.root), "report", "verify", *map(str, arguments)])

    same = run(produced.files["pdf"])
    assert (same.exit_code, "IDENTICO" in same.output) == (0, True)
    edited = tmp_path / "mio.docx"
    document = docx.Document(produced.files["docx"])
    document.add_paragraph("Una frase in fondo.")
    document.save(edited)
    told = run(edited, "--json")
    content = json.loads(told.stdout)
    assert told.exit_code == 1
    assert (content["verdict"], content["identical"], content["format"]) == ("modificato", False, "docx")
    assert content["stamp"]["period"] == "2022-S1"
    assert len(content["differences"]) == 1
    assert run(produced.files["pdf"], "--release", "corrente").exit_code == 0
    missing = run(tmp_path / "niente.pdf")
    assert isinstance(missing.exception, UserError)


def test_the_help_is_italian():
    told = CliRunner().invoke(app, ["report", "verify", "--help"]).output
    assert told.startswith("Uso: ")
    assert "Verifica che un file" in told
