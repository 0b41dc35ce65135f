"""The deck: one message a slide, native charts with the figures of the report, sources, Italian, the same bytes twice."""

import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pypdfium2
import pytest
from governance_release import uneven_rules
from pptx import Presentation
from pptx.util import Pt
from report_release import AS_OF, RELEASE_ID, FakeRelease
from sample_report import sample_report

from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.reference import SEEDS
from osservatorio.release import open_release
from reporting.context import Context
from reporting.documents import slides as slides_module
from reporting.documents.slide_master import HEIGHT, WIDTH
from reporting.documents.slides import slides
from reporting.documents.stamp import find_stamp, stamp_of
from reporting.drawing.theme import PRIMARY, TYPEFACE
from reporting.drawing.vega import chart_rows
from reporting.governance.context import exact_context
from reporting.model import Bullets, Chart, ChartKind, KeyFigures, Report, Slide, Table
from reporting.produce import read_report
from reporting.recipes.governance import governance

HOSTILE = '=cmd|calc #strong[x] <script>alert(1)</script> {"a"} & \x07 😀'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return uneven_rules(FakeRelease(Home(tmp_path_factory.mktemp("pack_home")))).write()


@pytest.fixture
def home_with(tmp_path: Path) -> Callable[[Callable[[FakeRelease], None]], Home]:
    """As everywhere in this room, of the release of this module."""

    def make(change: Callable[[FakeRelease], None]) -> Home:
        release = uneven_rules(FakeRelease(Home(tmp_path / "home")))
        change(release)
        return release.write()

    return make


def pack_of(home: Home) -> Report:
    """The first level of governance, as if nothing had to be withheld: its deck has a slide of every sort."""
    period = parse_period("2022-S1")
    with open_release(home) as release:
        return governance(exact_context(Context(release, period, period.year_before, is_complete=True)))


@pytest.fixture(scope="module")
def report(home: Home) -> Report:
    return pack_of(home)


@pytest.fixture(scope="module")
def content(report: Report) -> bytes:
    return slides(report)


@pytest.fixture(scope="module")
def deck(content: bytes):
    return Presentation(BytesIO(content))


def charts(deck) -> list:
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def texts(deck) -> str:
    found = []
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(found)


def test_a_deck_is_wide_short_and_says_one_thing_a_slide(deck, report: Report):
    assert (deck.slide_width, deck.slide_height) == (WIDTH, HEIGHT)
    assert 6 <= len(deck.slides) <= 10
    assert len(deck.slides) == len(report.slides) + 1
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == [report.title, *(slide.title.rstrip(".") for slide in report.slides)]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 150 for title in titles)
    assert sum(any(c.isdigit() for c in title) for title in titles) >= 6  # a message, not a label


def test_charts_are_native_with_the_figures_of_the_report(deck, report: Report):
    drawn = [slide.block for slide in report.slides if isinstance(slide.block, Chart)]
    assert len(charts(deck)) == len(drawn) >= 5
    for native, chart in zip(charts(deck), drawn, strict=True):
        table = report.table(chart.table)
        rows = chart_rows(chart, table)
        book = openpyxl.load_workbook(BytesIO(native.part.chart_workbook.xlsx_part.blob)).active
        for number, (series, name) in enumerate(zip(native.plots[0].series, chart.series, strict=True), 2):
            expected = [float(row.values[table.position(name)]) for row in rows]
            assert list(series.values) == pytest.approx(expected)
            assert [book.cell(line, number).value for line in range(2, len(rows) + 2)] == pytest.approx(
                expected
            )
            assert series.name == chart.series_name(table, name) == book.cell(1, number).value


def test_what_is_drawn_is_said_in_words(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert len(shape.element.nvGraphicFramePr.cNvPr.get("descr")) > 20
        assert slide.shapes[0].is_placeholder  # the title is read first
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(set(ids)) == len(ids)


def test_every_slide_says_where_its_figures_come_from(deck, report: Report):
    for slide, told in zip(list(deck.slides)[1:], report.slides, strict=True):
        feet = {
            s.placeholder_format.type: s.text_frame.text
            for s in slide.placeholders
            if s != slide.shapes.title
        }
        foot = next(text for text in feet.values() if "ubblicazione" in text)
        assert RELEASE_ID in foot
        assert "30/09/2022" in foot
        block = told.block
        marts = (
            report.table(block.table).marts
            if isinstance(block, Chart)
            else {item.mart for item in block.items}
            if isinstance(block, KeyFigures)
            else block.marts
        )
        assert all(mart in foot for mart in marts)
        assert "<a:fld" in slide.shapes[-1].element.xml  # its number
    assert report.organisation in texts(deck)
    assert "Dati protetti" in deck.slides[0].placeholders[1].text_frame.text


def test_the_look_is_of_the_house_and_italian(content: bytes):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        theme = archive.read("ppt/theme/theme1.xml").decode()
        parts = {
            n: archive.read(n).decode()
            for n in names
            if re.match(r"ppt/((slides|charts|slide[LM]\w+)/[^/]+|presentation)\.xml$", n)
        }
    assert theme.count(f'typeface="{TYPEFACE}"') == 2
    assert f'<a:accent1><a:srgbClr val="{PRIMARY[1:]}"/></a:accent1>' in theme
    assert not [
        name for name in names if "printer" in name or "thumbnail" in name or name.endswith("app.xml")
    ]
    for name, part in parts.items():
        assert set(re.findall(r'\blang="([^"]+)"', part)) <= {"it-IT"}, name
        assert "Click to edit" not in part, name
        if "/charts/" in name:
            assert '<c:lang val="it-IT"/>' in part
    assert len([name for name in names if name.startswith("ppt/slideLayouts/slideLayout")]) == 2


def test_the_same_report_gives_the_same_bytes(content: bytes, report: Report):
    assert slides(report) == content
    moment = datetime.combine(AS_OF, time())
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        inner = [archive.read(name) for name in archive.namelist() if name.startswith("ppt/embeddings/")]
    assert inner
    for workbook in inner:
        assert openpyxl.load_workbook(BytesIO(workbook)).properties.created == moment
    core = Presentation(BytesIO(content)).core_properties
    assert core.created.replace(tzinfo=None) == core.modified.replace(tzinfo=None) == moment
    assert find_stamp(core.keywords) == stamp_of(report)
    assert core.language == "it-IT"


def test_data_is_text_never_a_formula_nor_markup(home_with: Callable):
    def hostile(release: FakeRelease) -> None:
        services = pd.read_csv(SEEDS / "services.csv")
        services.loc[services["service_code"] == "equipe_tutela", "short_name"] = HOSTILE
        release.seeds["services"] = services
        rules = pd.read_csv(SEEDS / "rules.csv")
        rules["title"] = HOSTILE + " " + rules["rule_id"]
        release.seeds["rules"] = rules

    deck = Presentation(BytesIO(slides(pack_of(home_with(hostile)))))
    assert "=cmd|calc #strong[x] <script>alert(1)</script>" in texts(deck)
    categories = [str(category) for chart in charts(deck) for category in chart.plots[0].categories]
    assert any(category.startswith("=cmd|calc") for category in categories)
    for chart in charts(deck):
        book = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def every_kind(report: Report) -> Report:
    """A report made by hand with a slide of each chart, a long table, key figures and bullets."""
    drawn = [b for section in report.sections for b in section.blocks if isinstance(b, Chart)]
    drawn += [
        replace(drawn[0], kind=ChartKind.COLUMNS),
        replace(
            drawn[0], kind=ChartKind.INTERVALS, series=("now", "before", "now"), names=("valore", "da", "a")
        ),
    ]
    table = next(t for t in report.tables if len(t.rows) <= 8)
    figures = next(b for section in report.sections for b in section.blocks if isinstance(b, KeyFigures))
    bullets = Bullets(tuple(f"Punto {n}: " + "una frase lunga abbastanza. " * 4 for n in range(6)))
    blocks = (*drawn, table, figures, bullets)
    return replace(
        report, slides=tuple(Slide(f"Messaggio numero {n}.", b, "Nota.") for n, b in enumerate(blocks))
    )


def test_every_kind_of_block_has_its_slide():
    report = every_kind(sample_report())
    deck = Presentation(BytesIO(slides(report)))
    assert len(deck.slides) == len(report.slides) + 1
    kinds = {slide.block.kind for slide in report.slides if isinstance(slide.block, Chart)}
    assert kinds == set(ChartKind)
    assert "Punto 5: una frase" in texts(deck)
    drawn = [slide.block for slide in report.slides if isinstance(slide.block, Chart)]
    for chart, native in zip(drawn, charts(deck), strict=True):
        assert ("hiLowLines" in native._chartSpace.xml) == (chart.kind is ChartKind.INTERVALS)


def test_a_report_without_slides_is_a_mistake_of_the_program(home: Home):
    with pytest.raises(ValueError, match="no slides"):
        slides(read_report(home, "semestrale", "2022-S1"))


def test_boxes_stay_on_their_slide_and_apart(deck):
    for slide in deck.slides:
        boxes = [
            (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
            for shape in slide.shapes
            if shape.has_chart or shape.name in ("Nota", "Fonte", "Elenco")
        ]
        for left, top, right, bottom in boxes:
            assert left >= 0
            assert top >= 0
            assert right <= WIDTH
            assert bottom <= HEIGHT
        ordered = sorted(boxes, key=lambda box: box[1])
        assert all(upper[3] <= lower[1] for upper, lower in pairwise(ordered))


def test_texts_of_a_table_shrink_until_they_fit(report: Report):
    table = next(slide.block for slide in report.slides if isinstance(slide.block, Table))
    many = replace(table, rows=tuple(replace(row, key=(str(n),)) for n, row in enumerate(table.rows * 2)))
    sizes = []
    for shown in (replace(table, rows=table.rows[:2]), many):
        deck = Presentation(BytesIO(slides(replace(report, slides=(Slide("Una tabella", shown),)))))
        (grid,) = [shape.table for shape in deck.slides[1].shapes if shape.has_table]
        sizes.append(grid.cell(1, 0).text_frame.paragraphs[0].runs[0].font.size)
        assert len(grid.rows) == len(shown.rows) + 1
        assert sum(column.width for column in grid.columns) <= slides_module.INNER
    assert sizes[0] > sizes[1] >= Pt(slides_module.TABLE_SIZES[-1])


@pytest.mark.office
def test_another_program_opens_it(impress: str, content: bytes, report: Report, tmp_path: Path):
    source = tmp_path / "lucidi.pptx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [impress, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    document = pypdfium2.PdfDocument(source.with_suffix(".pdf"))
    assert len(document) == len(report.slides) + 1
    for number, slide in enumerate(report.slides, 1):
        words = " ".join(document[number].get_textpage().get_text_bounded().split())
        assert " ".join(slide.title.rstrip(".").split()) in words
        assert RELEASE_ID in words
