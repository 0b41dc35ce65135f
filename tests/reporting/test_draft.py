"""The editable draft: the same figures as the print, real structure, Italian, the same bytes twice."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from PIL import Image
from report_release import FakeRelease
from sample_report import LONG_NAME, MISSING, sample_report

from reporting.documents.draft.typeface import embedded_fonts, obfuscated
from reporting.documents.draft.writer import draft
from reporting.documents.printed import PrintedTable, SectionPrinter
from reporting.documents.stamp import stamp_of
from reporting.drawing.theme import FONTS
from reporting.model import Callout, Chart, Report, Section, Tone
from reporting.produce import Produced, read_report


@pytest.fixture(scope="module")
def document(produced: Produced) -> Document:
    return docx.Document(produced.files["docx"])


@pytest.fixture(scope="module")
def sample() -> Document:
    return docx.Document(BytesIO(draft(sample_report())))


def _printed(report: Report) -> list[PrintedTable]:
    blocks = [block for section in report.sections for block in SectionPrinter(report).blocks(section)]
    return [block for block in blocks if isinstance(block, PrintedTable)]


def _table(document: Document, caption: str) -> list[list[str]]:
    """The rows of the table read aloud as `caption`, each with the texts of its cells."""
    for table in document.element.body.iter(qn("w:tbl")):
        if table.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}").get(qn("w:val")) == caption:
            return [
                ["".join(t.text for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
                for row in table.iter(qn("w:tr"))
            ]
    raise AssertionError(f"no table {caption}")


def test_every_cell_is_the_one_in_print(report: Report, document: Document):
    tables = _printed(report)
    assert len(tables) > 20
    for table in tables:
        heads, *rows = _table(document, table.caption)
        assert heads == [column.label for column in table.columns]
        assert rows == [list(row.cells) for row in table.rows], table.caption


def test_every_table_has_a_header_row_that_repeats_and_rows_that_stay_whole(document: Document):
    tables = list(document.element.body.iter(qn("w:tbl")))
    assert len(tables) > 20
    for table in tables:
        rows = list(table.iter(qn("w:tr")))
        repeated = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        assert repeated == [True, *[False] * (len(rows) - 1)]
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)


def test_headings_captions_and_texts_stand_in_the_document(report: Report, document: Document):
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert [title for title in by_style["Heading 1"] if title.startswith("1. ")] == ["1. Casistica"]
    assert len(by_style["Heading 1"]) == len(report.sections)
    captions = [block.caption for block in _printed(report)]
    assert [text for text in by_style["Caption"] if text.startswith("Tabella")] == captions
    assert by_style["Title"] == [report.title]


def test_the_contents_and_the_page_numbers_are_fields(document: Document):
    codes = [code.text for code in document.element.body.iter(qn("w:instrText"))]
    assert any('TOC \\o "1-1"' in code for code in codes)
    assert any('TOC \\h \\z \\c "Tabella"' in code for code in codes)
    footer = document.sections[-1].footer._element
    assert [code.text.strip() for code in footer.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert "Pubblicazione r-prova-0001" in "".join(t.text for t in footer.iter(qn("w:t")))
    anchors = {link.get(qn("w:anchor")) for link in document.element.body.iter(qn("w:hyperlink"))}
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    assert anchors
    assert anchors <= marks


def test_the_language_is_italian_and_words_are_hyphenated(produced: Produced):
    with zipfile.ZipFile(produced.files["docx"]) as archive:
        styles, settings = (archive.read(f"word/{name}.xml").decode() for name in ("styles", "settings"))
    assert re.findall(r'<w:lang w:val="([^"]+)"', styles) == ["it-IT"]
    assert '<w:autoHyphenation w:val="true"/>' in settings


def test_charts_say_what_they_show_and_are_fine_enough_for_print(report: Report, document: Document):
    charts = [b for section in report.sections for b in section.blocks if isinstance(b, Chart)]
    pictures = list(document.element.body.iter(qn("wp:inline")))
    assert [picture.docPr.get("descr") for picture in pictures] == [chart.alt for chart in charts]
    for picture in pictures:
        part = document.part.related_parts[picture.graphic.graphicData.pic.blipFill.blip.embed]
        width, height = Image.open(BytesIO(part.blob)).size
        inches = picture.extent.cx / 914_400
        assert width / inches > 200
        assert picture.extent.cy / picture.extent.cx == pytest.approx(height / width, rel=0.01)


def test_the_typeface_of_the_theme_is_inside_the_file(produced: Produced):
    with zipfile.ZipFile(produced.files["docx"]) as archive:
        assert archive.read("word/theme/theme1.xml").decode().count('typeface="Titillium Web"') == 2
        table = archive.read("word/fontTable.xml").decode()
        assert '<w:altName w:val="Calibri"/>' in table
        for element, font in embedded_fonts().items():
            key = re.search(rf'<w:{element} w:fontKey="\{{([^"]+)\}}"', table)[1]
            original = obfuscated(archive.read(f"word/{font.part}"), UUID(key))
            assert original.startswith(b"\x00\x01\x00\x00")
            assert original in {path.read_bytes() for path in FONTS.glob("*.ttf")}


def test_what_is_to_be_written_is_marked_highlighted_and_listed(sample: Document):
    boxes = [
        box
        for box in sample.element.body.iter(qn("w:sdt"))
        if box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}") is not None
    ]
    (box,) = boxes
    assert box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == MISSING.key
    (marked,) = [
        run for run in box.iter(qn("w:r")) if run.find(f"{qn('w:rPr')}/{qn('w:highlight')}") is not None
    ]
    assert "".join(t.text for t in marked.iter(qn("w:t"))) == "[da completare]"
    assert MISSING.prompt in "".join(t.text for t in box.iter(qn("w:t")))
    titles = [paragraph.text for paragraph in sample.paragraphs]
    assert "Testi ancora da scrivere" in titles
    assert MISSING.title in titles


def test_nothing_to_write_is_not_listed():
    report = sample_report()
    sections = tuple(
        replace(section, blocks=tuple(block for block in section.blocks if block is not MISSING))
        for section in report.sections
    )
    written = docx.Document(BytesIO(draft(replace(report, sections=sections))))
    assert "Testi ancora da scrivere" not in [paragraph.text for paragraph in written.paragraphs]


def test_narratives_are_headings_lists_and_words_in_their_hand(sample: Document):
    written = {paragraph.text: paragraph for paragraph in sample.paragraphs}
    assert written["Che cosa è cambiato"].style.name == "Heading 3"
    assert written["una cosa"].style.name == "List Bullet"
    bold = {run.text for run in written["Il servizio ha retto e bene"].runs if run.bold}
    italic = {run.text for run in written["Il servizio ha retto e bene"].runs if run.italic}
    assert (bold, italic) == ({"retto"}, {"bene"})
    first, second = (_list_number(written[text]) for text in ("prima si decide", "di nuovo il primo"))
    assert first != second  # each list of steps begins from 1
    assert first == _list_number(written["poi si fa"])


def _list_number(paragraph) -> int:
    return paragraph._p.pPr.numPr.numId.val


def test_wide_tables_take_a_page_on_its_side(sample: Document):
    sides = [section.page_width > section.page_height for section in sample.sections]
    assert sides == [False, True, False]
    assert _table(sample, "Tabella 2.1 – Una tabella larga")[1][1] == "1.234.567,00"
    assert LONG_NAME in _table(sample, "Tabella 2.2 – Una tabella lunga")[2]


def test_the_file_says_what_it_is(document: Document, report: Report):
    known = document.core_properties
    assert known.title == f"{report.title} – {report.period_label}"
    assert known.author == report.organisation
    assert known.created.date() == known.modified.date() == report.as_of
    assert known.language == "it-IT"
    assert "2022-S1" in known.keywords


def test_the_same_report_gives_the_same_bytes(report: Report, produced: Produced):
    content = produced.files["docx"].read_bytes()
    assert draft(report) == content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_texts_of_the_data_stay_inert(home_with: Callable):
    hostile = '<w:p/>&amp; =cmd|calc </w:t> "x" \x07 \x00 😀'

    def change(release: FakeRelease) -> None:
        release.manifest["verdict"]["warnings"][0]["message"] = hostile

    content = draft(read_report(home_with(change), "semestrale", "2022-S1"))
    text = "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t")))
        for p in docx.Document(BytesIO(content)).element.body.iter(qn("w:p"))
    )
    assert '<w:p/>&amp; =cmd|calc </w:t> "x"   😀' in re.sub(r" +", lambda m: m[0][:3], text)


def test_keywords_that_would_be_too_many_leave_room_for_the_stamp():
    report = replace(
        sample_report(), keywords=tuple(f"argomento numero {n}" for n in range(30)), release_id="r" * 60
    )
    kept = docx.Document(BytesIO(draft(report))).core_properties.keywords
    assert len(kept) <= 255
    assert kept.endswith(str(stamp_of(report)))
    assert "argomento numero 29" in kept


def test_notices_that_follow_one_another_stay_apart():
    notices = tuple(
        Callout(Tone.INFO, title, ("Uno.", "Due.")) for title in ("Primo avviso", "Secondo avviso")
    )
    report = replace(sample_report(), sections=(Section("avvisi", "Avvisi", notices),))
    paragraphs = docx.Document(BytesIO(draft(report))).paragraphs
    place = next(number for number, one in enumerate(paragraphs) if one.text == "Secondo avviso")
    gap, before = paragraphs[place - 1], paragraphs[place - 2]
    assert not gap.text
    assert gap.style.name != before.style.name == paragraphs[place].style.name
