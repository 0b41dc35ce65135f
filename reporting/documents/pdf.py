"""A report -> a tagged PDF (PDF/UA-1 and PDF/A-2a), set by Typst.

The template holds all the markup; the report reaches it as JSON, so that data is text and never markup.
The document is dated with the reference date: the same report gives the same bytes.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from osservatorio.errors import StageError
from reporting.documents.printed import (
    PrintedTable,
    SectionPrinter,
    chart_caption,
    chart_source,
    key_figures,
    running_foot,
    running_head,
    section_title,
)
from reporting.documents.stamp import stamped_keywords
from reporting.drawing.charts import draw
from reporting.drawing.glyphs import printable
from reporting.drawing.theme import FONTS, PALETTE, TONES
from reporting.drawing.vega import BAR, NARROW, WIDTH, chart_rows
from reporting.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Heading,
    KeyFigures,
    Layout,
    Narrative,
    Paragraph,
    Report,
    Section,
)
from reporting.text import MISSING_TEXT

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = TEMPLATES / "report.typ"  # what all layouts share; the pages of each are in a file of its name
STANDARDS = ["ua-1", "a-2a"]
TEXT_HEIGHT, AROUND_CHART = (
    40,
    60,
)  # pixels of a panel's sentence, and of what stands around the bars of its chart


def pdf(report: Report) -> bytes:
    """Set the report. Raises StageError when Typst refuses it or warns (a typeface or a glyph is missing)."""
    text = json.dumps(_printable(payload(report)), ensure_ascii=False)
    moment = int(datetime.combine(report.as_of, time(), UTC).timestamp())
    pages = TEMPLATES / f"{report.layout}.typ"
    return compile_document(TEMPLATE.read_bytes() + pages.read_bytes(), {"report": text}, moment)


def compile_document(source: bytes, inputs: dict[str, str], timestamp: int) -> bytes:
    """Compile Typst source. Raises StageError for an error and for any warning: none is harmless here."""
    import typst

    try:
        content, warnings = typst.compile_with_warnings(
            source,
            font_paths=_fonts(),
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise StageError(f"Il documento PDF non è stato composto: {error}") from error
    if warnings:
        raise StageError(f"Il documento PDF non è stato composto: {'; '.join(map(str, warnings))}")
    return content


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _printable(value: Any) -> Any:
    """Every string of the payload as the typeface can print it (drawings excepted: theirs already is)."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: item if key == "svg" else _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def payload(report: Report) -> dict[str, Any]:
    """The report as the template reads it: every figure already as its Italian text."""
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "organisation": report.organisation,
        "period": report.period_label,
        "head": running_head(report),
        "foot": running_foot(report),
        "date": [report.as_of.year, report.as_of.month, report.as_of.day],
        "facts": [[fact.label, fact.text] for fact in report.facts],
        "notices": [_callout(notice) for notice in report.notices],
        "keywords": list(stamped_keywords(report)),
        "description": report.description,
        "palette": PALETTE,
        "tones": {str(tone): list(colours) for tone, colours in TONES.items()},
        "sections": [_section(report, section) for section in report.sections],
    }


def _section(report: Report, section: Section) -> dict[str, Any]:
    blocks = list(SectionPrinter(report).blocks(section))
    is_page = report.layout is Layout.BRIEF and not section.is_appendix
    return {
        "title": section.title,
        "heading": section_title(section),
        "number": section.number,
        "appendix": section.is_appendix,
        "summary": section.is_summary,
        "blocks": _panels(report, blocks) if is_page else [_block(report, block) for block in blocks],
    }


def _panels(report: Report, blocks: Sequence[Block | PrintedTable]) -> list[dict[str, Any]]:
    """The blocks of a page of a brief: sentences, each with its chart where it has one, stand in two columns."""
    result: list[dict[str, Any]] = []
    for are_words, run in groupby(blocks, key=lambda block: isinstance(block, Paragraph | Chart)):
        waiting = list(run)
        charts = [place for place, block in enumerate(waiting) if isinstance(block, Chart)]
        if are_words and charts:
            result.append(_columns(report, waiting[: charts[-1] + 1]))
            waiting = waiting[charts[-1] + 1 :]
        result += [_block(report, block) for block in waiting]
    return result


def _columns(report: Report, blocks: Sequence[Block | PrintedTable]) -> dict[str, Any]:
    """Panels, and how many of them stand in the left column for the two to be as high as one another."""
    items: list[dict[str, Any]] = []
    heights: list[int] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            items.append({"text": block.text, "chart": None})
            heights.append(TEXT_HEIGHT)
        elif isinstance(block, Chart):
            items[-1]["chart"] = _chart(report, block, NARROW)
            heights[-1] += AROUND_CHART + BAR * len(block.series) * len(
                chart_rows(block, report.table(block.table))
            )
    left = min(range(1, len(items) + 1), key=lambda n: abs(sum(heights[:n]) - sum(heights[n:])))
    return {"kind": "panels", "items": items, "left": left}


def _block(report: Report, block: Block | PrintedTable) -> dict[str, Any]:
    writers: dict[type, Callable[[Any], dict[str, Any]]] = {
        PrintedTable: lambda b: {"kind": "table", "caption": b.caption, **asdict(b)},
        Paragraph: lambda b: {"kind": "paragraph", "text": b.text},
        Heading: lambda b: {"kind": "heading", "text": b.text},
        Bullets: lambda b: {"kind": "bullets", "items": list(b.items)},
        Callout: lambda b: {"kind": "callout", **_callout(b)},
        KeyFigures: _key_figures,
        Narrative: _narrative,
        Chart: lambda b: _chart(report, b),
    }
    return writers[type(block)](block)


def _narrative(block: Narrative) -> dict[str, Any]:
    lines = [
        {"kind": str(line.kind), "runs": [[run.text, run.is_strong, run.is_emphasis] for run in line.runs]}
        for line in block.lines
    ]
    return {
        "kind": "narrative",
        "title": block.title,
        "prompt": block.prompt,
        "mark": MISSING_TEXT,
        "lines": lines,
    }


def _callout(block: Callout) -> dict[str, Any]:
    return {"tone": str(block.tone), "title": block.title, "items": list(block.items)}


def _key_figures(block: KeyFigures) -> dict[str, Any]:
    items = [
        {
            "label": item.label,
            "value": item.value,
            "before": f"{block.before_label}: {item.before}" if item.before else "",
            "note": item.note,
        }
        for item in key_figures(block)
    ]
    return {"kind": "figures", "items": items}


def _chart(report: Report, block: Chart, width: int = WIDTH) -> dict[str, Any]:
    return {
        "kind": "chart",
        "caption": chart_caption(block),
        "alt": block.alt,
        "source": chart_source(report, block),
        "svg": draw(block, report.table(block.table), width),
    }
