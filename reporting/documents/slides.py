"""A report's deck -> PPTX: a cover, then one slide for each message, with native charts and tables.

Every slide says in its foot where its figures come from. The deck is dated with the reference date: the same report
gives the same bytes.
"""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, time
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any

from osservatorio.italian import date_it
from reporting import formats
from reporting.documents.layout import LONGEST_WORD, widths
from reporting.documents.office_files import without_times
from reporting.documents.slide_charts import add_chart
from reporting.documents.slide_master import CM, CONTENT, COVER, INNER, LANGUAGE, MARGIN, layout_of, new_deck
from reporting.documents.stamp import office_keywords
from reporting.model import Bullets, Chart, KeyFigure, KeyFigures, Report, Slide, Table
from reporting.text import sentences
from reporting.withheld import ON_TABLE, has_withheld, left_out, withheld_note

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide as PptxSlide

TOP, BOTTOM = int(3.4 * CM), int(17.8 * CM)  # of what stands under the title
NOTE_HEIGHT = int(1.3 * CM)
NOTE_SIZE, SMALL_NOTE, LONG_NOTE = 14, 11, 180  # points; characters beyond which a note is set smaller
TITLE_SIZES = ((60, 30), (95, 26), (140, 22))  # characters that a title may have, and its points
SMALLEST_TITLE = 18
TEXT_SIZES = (20, 18, 16, 14, 12)
TABLE_SIZES = (18, 16, 15, 14, 13, 12, 11, 10)
# Of the size: the width of a character and the height of a line, in the typeface and in the widest that may stand in.
TYPEFACES = ((0.48, 1.53), (0.58, 1.2))
WIDEST = 0.68  # and the width of a character in a word of wide ones
TABLE_SPACING, BULLET_SPACING = 0.6, 0.6  # of the size, under a row
PADDING = int(0.55 * CM)  # of a cell, on both sides together
TILES_IN_A_ROW = 4
Box = tuple[int, int, int, int]


def slides(report: Report) -> bytes:
    """Write the deck. Raises ValueError for a report that has none."""
    if not report.slides:
        raise ValueError(f"the report {report.key} has no slides")
    deck = new_deck()
    _properties(deck, report)
    _cover(deck, report)
    for slide in report.slides:
        _content(deck, report, slide)
    buffer = BytesIO()
    deck.save(buffer)
    return without_times(buffer.getvalue())


def _moment(report: Report) -> datetime:
    return datetime.combine(report.as_of, time())


def _properties(deck: "Presentation", report: Report) -> None:
    core = deck.core_properties
    core.title = f"{report.title} – {report.subtitle}"
    core.author = core.last_modified_by = report.organisation
    core.subject = report.description
    core.keywords = office_keywords(report)
    core.comments = f"Pubblicazione {report.release_id}, dati al {date_it(report.as_of)}."
    core.language = LANGUAGE
    core.created = core.modified = _moment(report)
    core.revision = 1


def _cover(deck: "Presentation", report: Report) -> None:
    slide = deck.slides.add_slide(layout_of(deck, COVER))
    _write(slide.shapes.title.text_frame, [report.title])
    lines = [
        report.subtitle,
        report.organisation,
        f"Dati al {date_it(report.as_of)}, pubblicazione {report.release_id}",
        *(notice.title for notice in report.notices),
    ]
    _write(slide.placeholders[1].text_frame, lines)


def _content(deck: "Presentation", report: Report, content: Slide) -> None:
    slide = deck.slides.add_slide(layout_of(deck, CONTENT))
    _title(slide, content.title)
    note = sentences(content.note, _signs(report, content.block))
    bottom = BOTTOM - NOTE_HEIGHT if note else BOTTOM
    box = (MARGIN, TOP, INNER, bottom - TOP)
    block = content.block
    marts: tuple[str, ...] = ()
    if isinstance(block, Chart):
        table = report.table(block.table)
        add_chart(slide, block, table, box, _moment(report))
        marts = table.marts
    elif isinstance(block, Table):
        _table(slide, block, box)
        marts = block.marts
    elif isinstance(block, KeyFigures):
        _tiles(slide, block, box)
        marts = tuple(dict.fromkeys(item.mart for item in block.items))
    else:
        _bullets(slide, block, box)
    if note:
        frame = _text_box(slide, (MARGIN, bottom, INNER, NOTE_HEIGHT), "Nota")
        _write(frame, [note], size=NOTE_SIZE if len(note) <= LONG_NOTE else SMALL_NOTE)
    _foot(slide, report, marts)


def _signs(report: Report, block: KeyFigures | Chart | Table | Bullets) -> str:
    """What a slide says of the withheld figures that it shows or leaves out."""
    if isinstance(block, Chart):
        return left_out(block, report.table(block.table))
    if isinstance(block, Table):
        return withheld_note(block)
    if isinstance(block, KeyFigures):
        return ON_TABLE if has_withheld(v for item in block.items for v in (item.value, item.before)) else ""
    return ""


def _title(slide: "PptxSlide", text: str) -> None:
    size = next((points for most, points in TITLE_SIZES if len(text) <= most), SMALLEST_TITLE)
    _write(slide.shapes.title.text_frame, [text.rstrip(".")], size=size)


def _foot(slide: "PptxSlide", report: Report, marts: tuple[str, ...]) -> None:
    """Source and number of the slide: the placeholders of the layout, which the library does not bring along."""
    origin = f"Fonte: {', '.join(marts)}; pubblicazione" if marts else "Pubblicazione"
    words = f"{origin} {report.release_id}, dati al {date_it(report.as_of)}. {report.organisation}."
    for shape in slide.slide_layout.placeholders:
        kind = shape.element.ph.get("type")
        if kind in ("ftr", "sldNum"):
            copied = deepcopy(shape.element)
            slide.shapes.element.append(copied)
            copied.nvSpPr.cNvPr.set("id", str(max(s.shape_id for s in slide.shapes) + 1))
            copied.nvSpPr.cNvPr.set("name", "Fonte" if kind == "ftr" else "Numero del lucido")
            if kind == "ftr":
                _write(slide.shapes[-1].text_frame, [words])


def _text_box(slide: "PptxSlide", box: Box, name: str) -> Any:
    shape = slide.shapes.add_textbox(*box)
    shape.name = name
    shape.text_frame.word_wrap = True
    shape.text_frame.margin_left = 0
    return shape.text_frame


def _write(frame: Any, lines: list[str], *, size: float | None = None, bold: bool | None = None) -> None:
    """Fill a text frame with one paragraph a line, in Italian."""
    from pptx.util import Pt

    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        for run in list(paragraph.runs):
            run._r.getparent().remove(run._r)
        run = paragraph.add_run()
        run.text = line
        run._r.get_or_add_rPr().set("lang", LANGUAGE)
        if size is not None:
            run.font.size = Pt(size)
        if bold is not None:
            run.font.bold = bold


def _bullets(slide: "PptxSlide", block: Bullets, box: Box) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Pt

    rows = [[item] for item in block.items]
    sizes = [size for size in TEXT_SIZES if _height(rows, [box[2] - CM], size, BULLET_SPACING) <= box[3]]
    size = sizes[0] if sizes else TEXT_SIZES[-1]
    frame = _text_box(slide, box, "Elenco")
    _write(frame, list(block.items), size=size)
    for paragraph in frame.paragraphs:
        properties = paragraph._p.get_or_add_pPr()
        properties.set("marL", str(CM))
        properties.set("indent", str(-CM))
        paragraph.space_after = Pt(size * BULLET_SPACING)
        properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def _tiles(slide: "PptxSlide", block: KeyFigures, box: Box) -> None:
    left, top, width, height = box
    rows = ceil(len(block.items) / TILES_IN_A_ROW)
    gap = int(0.5 * CM)
    wide = (width - gap * (TILES_IN_A_ROW - 1)) // TILES_IN_A_ROW
    high = min((height - gap * (rows - 1)) // rows, int(6 * CM))
    for place, item in enumerate(block.items):
        row, column = divmod(place, TILES_IN_A_ROW)
        where = (left + column * (wide + gap), top + row * (high + gap), wide, high)
        _tile(slide, item, block.before_label, where)


def _tile(slide: "PptxSlide", item: KeyFigure, before_label: str, box: Box) -> None:
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box)
    shape.name = item.column.label
    shape.element.remove(shape.element.find("{*}style"))  # of the theme: shadow, white letters
    shape.fill.solid()
    shape.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
    shape.line.fill.background()
    form = item.column.format
    before = (
        f"{before_label}: {formats.with_unit(item.before, form)}"
        if before_label and item.before is not None
        else ""
    )
    lines = [item.column.label, formats.with_unit(item.value, form), *(x for x in (before, item.note) if x)]
    frame = shape.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _write(frame, lines, size=13)
    for place, paragraph in enumerate(frame.paragraphs):
        paragraph.alignment = PP_ALIGN.LEFT
        font = paragraph.runs[0].font
        font.color.theme_color = MSO_THEME_COLOR.ACCENT_1 if place == 1 else MSO_THEME_COLOR.TEXT_1
        if place == 1:
            font.size, font.bold = Pt(32), True


def _table(slide: "PptxSlide", table: Table, box: Box) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    columns = table.columns
    texts = [
        [formats.text(value, column.format) for value, column in zip(row.values, columns, strict=True)]
        for row in table.rows
    ]
    heads = [formats.header(column) for column in columns]
    size, wide = _table_fit(widths(columns, texts), [heads, *texts], box)
    frame = slide.shapes.add_table(len(texts) + 1, len(columns), *box[:3], int(1.0 * CM) * (len(texts) + 1))
    properties = frame.element.nvGraphicFramePr.cNvPr
    properties.set("name", f"Tabella: {table.title}")
    properties.set("descr", f"{table.title}: {len(texts)} righe, {len(columns)} colonne.")
    grid = frame.table
    for column, width in zip(grid.columns, wide, strict=True):
        column.width = width
    for number, line in enumerate([heads, *texts]):
        is_total = number > 0 and table.rows[number - 1].is_total
        for place, words in enumerate(line):
            cell = grid.cell(number, place)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            _write(cell.text_frame, [words], size=size, bold=number == 0 or is_total)
            if formats.is_numeric(columns[place].format):
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _table_fit(shares: Sequence[float], rows: list[list[str]], box: Box) -> tuple[int, list[int]]:
    """The size of a table's texts and the widths of its columns (EMU): no word is cut, and the rows fit in the box."""
    size, wide = TABLE_SIZES[-1], [int(box[2] * share / sum(shares)) for share in shares]
    for candidate in TABLE_SIZES:
        longest = [
            min(LONGEST_WORD, max(len(word) for row in rows for word in (row[place].split() or [""])))
            for place in range(len(shares))
        ]
        floors = [int(length * candidate * WIDEST * 12_700) + PADDING for length in longest]
        wide = _at_least(floors, shares, box[2])
        size = candidate
        if (
            _height(rows, [width - PADDING for width in wide], candidate, TABLE_SPACING) <= box[3]
            and sum(wide) <= box[2]
        ):
            break
    return size, [width * box[2] // sum(wide) for width in wide]


def _at_least(floors: Sequence[int], shares: Sequence[float], total: int) -> list[int]:
    """Widths in the shares given, but none under its floor: what they need is taken from the others."""
    wide = [int(total * share / sum(shares)) for share in shares]
    for _ in shares:
        short = {place for place, width in enumerate(wide) if width <= floors[place]}
        free = total - sum(floors[place] for place in short)
        rest = sum(share for place, share in enumerate(shares) if place not in short)
        wide = [
            floors[place] if place in short else int(max(free, 0) * share / rest)
            for place, share in enumerate(shares)
        ]
    return wide


def _height(rows: list[list[str]], wide: Sequence[int], size: int, spacing: float) -> int:
    """The height (EMU) of rows of texts set in columns; `spacing`, in parts of the size, is left free under a row."""
    heights = []
    for character, line in TYPEFACES:
        lines = (
            max(
                ceil(len(words) * size * character * 12_700 / width) or 1
                for words, width in zip(row, wide, strict=True)
            )
            for row in rows
        )
        heights.append(sum((count * line + spacing) * size * 12_700 for count in lines))
    return int(max(heights))
