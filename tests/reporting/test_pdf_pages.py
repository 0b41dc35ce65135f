"""The pages of the PDF: nothing outside the margins, no heading left alone, hyphenated Italian, real structure."""

import re
from collections import Counter
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader
from sample_report import sample_report
from test_report_files import _structure

from reporting.documents.layout import PAGE, SHRINKING, needs_turning, text_scale
from reporting.documents.pdf import pdf
from reporting.documents.printed import PrintedTable, SectionPrinter
from reporting.model import Column, Format, Paragraph, Report, Section, text_column
from reporting.produce import Produced

MARGIN = 54.0  # points at the sides; the page has 20 mm, less the space that ends a line
HYPHENS = "-\u00ad\u2010"
HEADING_SIZE = 11.0  # points: no text is as large, but headings


@pytest.fixture(scope="module")
def sample() -> bytes:
    return pdf(sample_report())


@pytest.fixture(scope="module", params=["produced", "sample"])
def pages(request: pytest.FixtureRequest, produced: Produced, sample: bytes) -> pypdfium2.PdfDocument:
    content = sample if request.param == "sample" else produced.files["pdf"].read_bytes()
    return pypdfium2.PdfDocument(content)


def test_no_text_leaves_the_margins(pages: pypdfium2.PdfDocument):
    for number, page in enumerate(pages):
        if number == 0:  # the cover has a ground of its own
            continue
        width, _ = page.get_size()
        text = page.get_textpage()
        for place in range(text.count_rects()):
            left, _, right, _ = text.get_rect(place)
            assert left >= MARGIN, number + 1
            assert right <= width - MARGIN, (number + 1, text.get_text_bounded(*text.get_rect(place)))


def test_no_heading_is_left_alone_at_the_foot(pages: pypdfium2.PdfDocument):
    for number, page in enumerate(pages):
        text = page.get_textpage()
        lines = sorted(
            (text.get_rect(place) for place in range(text.count_rects())),
            key=lambda box: box[1],
            reverse=True,
        )
        above_foot = [box for box in lines if 60 < box[1] < page.get_size()[1] - 60]
        if number > 0 and above_foot:
            lowest = above_foot[-1]
            assert lowest[3] - lowest[1] < HEADING_SIZE, (number + 1, text.get_text_bounded(*lowest))


def test_italian_words_are_hyphenated():
    syllables = (
        "am-mi-ni-stra-zio-ne",
        "ren-di-con-ta-zio-ne",
        "re-spon-sa-bi-li-tà",
        "co-pro-get-ta-zio-ne",
    )
    words = " ".join(word.replace("-", "") for word in syllables) + " "
    section = Section("prova", "Prova", (Paragraph(words * 12),))
    report = replace(sample_report(), sections=(section,))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf(report))).pages)
    ends = [line.rsplit(" ", 1)[-1] for line in text.splitlines()]
    broken = {end.rstrip(HYPHENS) for end in ends if end.endswith(tuple(HYPHENS))}
    allowed = {
        "".join(word.split("-")[:place]) for word in syllables for place in range(1, word.count("-") + 1)
    }
    assert broken
    assert broken <= allowed


def test_narratives_keep_their_structure(sample: bytes):
    document = PdfReader(BytesIO(sample))
    kinds = Counter(str(element["/S"]) for element in _structure(document))
    assert kinds["/H3"] == 2  # the headings inside the narrative
    assert kinds["/Strong"] >= 2
    assert kinds["/Em"] >= 2
    assert (
        kinds["/L"] >= 5
    )  # bullets of the summary and the notice, the narrative's bullets and two lists of steps
    text = "".join(page.extract_text() for page in document.pages)
    assert "[da completare]" in text
    assert "=1+1 <b>non è</b> #strong[markup] & co." in text


def test_headings_skip_no_level(sample: bytes, produced: Produced):
    for content in (sample, produced.files["pdf"].read_bytes()):
        elements = _structure(PdfReader(BytesIO(content)))
        levels = {int(kind[2:]) for kind in (str(e["/S"]) for e in elements) if re.fullmatch(r"/H\d", kind)}
        assert levels == set(range(1, max(levels) + 1))


def test_every_font_is_inside_the_file(sample: bytes):
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()
        for page in PdfReader(BytesIO(sample)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    for font in fonts:
        descriptor = font["/FontDescriptor"]
        assert "TitilliumWeb" in descriptor["/FontName"]
        assert descriptor.keys() & {"/FontFile2", "/FontFile3"}


def _printed(report: Report) -> dict[str, PrintedTable]:
    blocks = [block for section in report.sections for block in SectionPrinter(report).blocks(section)]
    return {block.key: block for block in blocks if isinstance(block, PrintedTable)}


def test_wide_tables_take_a_page_on_its_side(sample: bytes):
    tables = _printed(sample_report())
    assert [key for key, table in tables.items() if table.is_wide] == ["larga"]
    sizes = [page.get_size() for page in pypdfium2.PdfDocument(sample)]
    on_side = [place for place, (width, height) in enumerate(sizes) if width > height]
    assert len(on_side) == 1
    text = PdfReader(BytesIO(sample)).pages[on_side[0]].extract_text()
    assert "2. Tabelle difficili" in text  # the headings before the table turn with it
    assert "1.234.577,00" in text


def test_a_table_that_is_hardly_too_wide_shrinks_rather_than_turn_the_page():
    words = text_column("c", "Comune", 2.4)
    figures = [Column(f"n{place}", "Segnalazioni", Format.INTEGER, "", "") for place in range(10)]
    scales = []
    for count in range(1, len(figures) + 1):
        columns = [words, *figures[:count]]
        rows = [["Lentate sul Seveso", *["1"] * count]]
        scale = text_scale(columns, rows, PAGE)
        assert needs_turning(columns, rows) == (scale < SHRINKING)
        scales.append(scale)
    assert any(SHRINKING <= scale < 1 for scale in scales)
    assert min(scales) < SHRINKING


def test_long_tables_repeat_their_headings(sample: bytes):
    texts = [page.extract_text() for page in PdfReader(BytesIO(sample)).pages]
    parts = [text for text in texts if "seconda_consegna" in text]
    assert len(parts) > 1
    assert all("File" in text and "Righe" in text for text in parts)
    for text in parts:  # the name of a group never stands last on a page
        assert not text.rstrip().splitlines()[-3].startswith("Gruppo")
