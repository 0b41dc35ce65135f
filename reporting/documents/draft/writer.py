"""A report -> an editable DOCX, from the same printed forms as the PDF.

Headings, lists, captions and tables are real ones; contents and page numbers are fields; a text that is still to
be written is a highlighted box that one click replaces. Equal reports give equal bytes.
"""

from collections.abc import Callable
from io import BytesIO
from itertools import count, groupby
from typing import TYPE_CHECKING, Any

from reporting.documents.draft import front, pages, parts, styles, tables
from reporting.documents.draft.package import empty_document, package_bytes, set_properties
from reporting.documents.draft.xml import Element, colour, paragraph, run, w
from reporting.documents.printed import (
    PrintedTable,
    SectionPrinter,
    chart_caption,
    chart_source,
    section_title,
)
from reporting.drawing.charts import draw_png
from reporting.drawing.glyphs import without_controls
from reporting.drawing.theme import TONES
from reporting.model import (
    Bullets,
    Callout,
    Chart,
    Heading,
    KeyFigures,
    Line,
    LineKind,
    Narrative,
    Paragraph,
    Report,
    Run,
    Section,
)
from reporting.text import MISSING_TEXT

if TYPE_CHECKING:
    from docx.document import Document

POINT = 12700  # EMU


def draft(report: Report) -> bytes:
    """Write the report as a DOCX."""
    document = empty_document()
    set_properties(document, report)
    writer = _Writer(document, report)
    sections = [writer.section(section) for section in report.sections]
    body = document.element.body
    body.extend(front.cover(report, writer.callout))
    body.extend(front.contents(report, writer.anchors))
    for elements in sections:
        body.extend(elements)
    body.append(writer.pages.section_properties())
    return package_bytes(document)


class _Writer:
    """Turns the blocks of one report into elements, numbering what needs a number of its own."""

    def __init__(self, document: "Document", report: Report) -> None:
        self.document = document
        self.report = report
        self.pages = pages.Pages(document, report)
        self.anchors = front.Anchors()
        self._pictures = count(1)
        self._controls = count(1)
        self._lists = count(styles.STEP + 1)
        self._writers: dict[type, Callable[[Any], list[Element]]] = {
            Paragraph: lambda block: [paragraph("Normal", run(block.text))],
            Heading: lambda block: [paragraph("Heading2", run(block.text))],
            Bullets: lambda block: [paragraph("ListBullet", run(item)) for item in block.items],
            Callout: self.callout,
            KeyFigures: front.key_figures_table(report),
            Narrative: self._narrative,
            Chart: self._chart,
            PrintedTable: self._table,
        }

    def section(self, section: Section) -> list[Element]:
        """The heading of a section and its blocks; a wide table gets a page on its side, with the headings before it."""
        done: list[Element] = []
        waiting = [self._heading(section)]
        before: object = None
        for block in SectionPrinter(self.report).blocks(section):
            elements = self._writers[type(block)](block)
            if isinstance(block, Callout) and isinstance(before, Callout):
                done.append(_gap())
            before = block
            if isinstance(block, Heading):
                waiting += elements
                continue
            if isinstance(block, PrintedTable) and block.is_wide:
                done.append(self.pages.end_of_section())
                done += [*waiting, *elements, self.pages.end_of_section(is_wide=True)]
            else:
                done += [*waiting, *elements]
            waiting = []
        return done + waiting

    def _heading(self, section: Section) -> Element:
        title = section_title(section)
        opens_page = section.is_summary or self._follows_summary(section) or section.number == "A"
        return paragraph(
            "Heading1",
            *self.anchors.heading(title),
            properties=(w("pageBreakBefore"),) if opens_page else (),
        )

    def _follows_summary(self, section: Section) -> bool:
        place = self.report.sections.index(section)
        return place > 0 and self.report.sections[place - 1].is_summary

    def callout(self, block: Callout) -> list[Element]:
        """A framed notice: its title, then its sentence or its list."""
        style, stroke = styles.TONE_STYLES[block.tone], TONES[block.tone][0]
        title = run(block.title, w("b"), w("bCs"), w("color", val=colour(stroke)))
        last = len(block.items) - 1
        result = [paragraph(style, title, properties=(w("keepNext"), w("spacing", before=160, after=40)))]
        for place, item in enumerate(block.items):
            number = (w("numPr", w("ilvl", val=0), w("numId", val=styles.BULLET)),) if last else ()
            space = w("spacing", before=0, after=160 if place == last else 40)
            indent = (w("ind", left=460, hanging=260),) if last else ()
            kept = () if place == last else (w("keepNext"),)
            result.append(paragraph(style, run(item), properties=(*kept, *number, space, *indent)))
        return result

    def _table(self, block: PrintedTable) -> list[Element]:
        grid = tables.table(
            block.columns,
            block.rows,
            title=block.caption,
            description=" ".join(part for part in (block.note, block.source) if part),
            is_long=block.is_long,
            scale=block.scale,
        )
        caption = paragraph("Caption", *self.anchors.table(block))
        return [caption, grid, *tables.notes(block.note, block.source, block.definitions)]

    def _chart(self, block: Chart) -> list[Element]:
        picture = draw_png(block, self.report.table(block.table))
        width = round(styles.WIDTH * POINT)
        inline = self.document.part.new_pic_inline(
            BytesIO(picture.content), width, round(width * picture.ratio)
        )
        for side in ("distT", "distB", "distL", "distR"):  # some programs put room around where none is said
            inline.set(side, "0")
        number = next(self._pictures)
        inline.docPr.set("id", str(number))
        inline.docPr.set("name", f"Grafico {block.number}")
        inline.docPr.set("descr", without_controls(block.alt))
        inline.graphic.graphicData.pic.nvPicPr.cNvPr.set("name", f"grafico_{number}.png")
        return [
            paragraph("Caption", run(chart_caption(block))),
            paragraph("Figura", w("r", w("drawing", inline))),
            *tables.notes("", chart_source(self.report, block), ()),
        ]

    def _narrative(self, block: Narrative) -> list[Element]:
        title = [paragraph("Heading2", run(block.title))] if block.title else []
        if block.is_missing:
            return [*title, self._to_complete(block)]
        style = "Heading3" if block.title else "Heading2"
        result = title
        for kind, lines in groupby(block.lines, lambda line: line.kind):
            if kind is LineKind.STEP:
                result += self._steps(list(lines))
            else:
                named = {LineKind.HEADING: style, LineKind.BULLET: "ListBullet"}.get(kind, "Normal")
                result += [paragraph(named, *_rich(line)) for line in lines]
        return result

    def _steps(self, lines: list[Line]) -> list[Element]:
        """A numbered list that begins from 1."""
        number = next(self._lists)
        self.document.part.numbering_part.element.append(parts.restarted_steps(number))
        return [
            paragraph(
                "ListNumber", *_rich(line), properties=(w("numPr", w("ilvl", val=0), w("numId", val=number)),)
            )
            for line in lines
        ]

    def _to_complete(self, block: Narrative) -> Element:
        """A box that says what is to be written, and goes when somebody writes in it."""
        mark = run(MISSING_TEXT, w("b"), w("bCs"), w("highlight", val="yellow"), style="PlaceholderText")
        prompt = run(f" {block.prompt}", style="PlaceholderText")
        content = paragraph("DaCompletare", *self.anchors.missing(block, mark), prompt)
        properties = w(
            "sdtPr",
            w("alias", val=without_controls(block.title or "Testo")),
            w("tag", val=block.key),
            w("id", val=next(self._controls)),
            w("showingPlcHdr"),
        )
        return w("sdt", properties, w("sdtContent", content))


def _rich(line: Line) -> list[Element]:
    """The runs of a line of somebody's words."""
    return [run(part.text, *_emphasis(part)) for part in line.runs]


def _emphasis(part: Run) -> list[Element]:
    names = [*(["b", "bCs"] if part.is_strong else []), *(["i", "iCs"] if part.is_emphasis else [])]
    return [w(name) for name in names]


def _gap() -> Element:
    """Room between two framed notices, which would otherwise run into one frame."""
    return paragraph("Normal", properties=(w("spacing", before=0, after=0, line=160, lineRule="exact"),))
