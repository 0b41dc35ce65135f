"""A report -> a tagged PDF (PDF/UA-1 and PDF/A-2a), set by Typst.

The template holds all the markup; the report reaches it as JSON, so that data is text and never markup.
The document is dated with the reference date: the same report gives the same bytes.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from osservatorio.errors import StageError
from osservatorio.italian import date_it, join_words
from reporting import formats
from reporting.charts import draw
from reporting.glyphs import printable
from reporting.layout import may_break, widths
from reporting.model import (
    Block,
    Bullets,
    Callout,
    Chart,
    Column,
    Format,
    Heading,
    KeyFigure,
    KeyFigures,
    Narrative,
    Paragraph,
    Report,
    Section,
    Table,
)
from reporting.text import MISSING_TEXT
from reporting.theme import FONTS

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
STANDARDS = ["ua-1", "a-2a"]


def pdf(report: Report) -> bytes:
    """Set the report. Raises StageError when Typst refuses it or warns (a typeface or a glyph is missing)."""
    text = json.dumps(_printable(payload(report)), ensure_ascii=False)
    moment = int(datetime.combine(report.as_of, time(), UTC).timestamp())
    return compile_document(TEMPLATE.read_bytes(), {"report": text}, moment)


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
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return value


def payload(report: Report) -> dict[str, Any]:
    """The report as the template reads it: every figure already as its Italian text."""
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "organisation": report.organisation,
        "period": report.period_label,
        "release": report.release_id,
        "as_of": date_it(report.as_of),
        "date": [report.as_of.year, report.as_of.month, report.as_of.day],
        "facts": [[fact.label, fact.text] for fact in report.facts],
        "notices": [_callout(notice) for notice in report.notices],
        "keywords": list(report.keywords),
        "description": report.description,
        "sections": [_section(report, section) for section in report.sections],
    }


def _section(report: Report, section: Section) -> dict[str, Any]:
    explained: dict[str, str] = {}  # term -> number of the table that defines it, in this section
    return {
        "title": section.title,
        "number": section.number,
        "appendix": section.is_appendix,
        "summary": section.is_summary,
        "blocks": [
            _block(report, block, explained)
            for block in section.blocks
            if not isinstance(block, Table) or block.in_print
        ],
    }


def _block(report: Report, block: Block, explained: dict[str, str]) -> dict[str, Any]:
    if isinstance(block, Table):
        return _table(report, block, explained)
    writers: dict[type, Callable[[Any], dict[str, Any]]] = {
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
    return {"kind": "figures", "items": [_key_figure(item, block.before_label) for item in block.items]}


def _key_figure(item: KeyFigure, before_label: str) -> dict[str, str]:
    form = item.column.format
    before = (
        f"{before_label}: {formats.with_unit(item.before, form)}"
        if before_label and item.before is not None
        else ""
    )
    value = formats.with_unit(item.value, form)
    return {"label": item.column.label, "value": value, "before": before, "note": item.note}


def _chart(report: Report, block: Chart) -> dict[str, Any]:
    table = report.table(block.table)
    return {
        "kind": "chart",
        "number": block.number,
        "title": block.title,
        "alt": block.alt,
        "source": f"Dati della tabella {table.number}.",
        "svg": draw(block, table),
    }


def _table(report: Report, table: Table, explained: dict[str, str]) -> dict[str, Any]:
    shown = [column for column in table.columns if column.key != table.group]
    rows = _rows(table)
    points = widths(shown, [row["cells"] for row in rows if row["kind"] != "group"])
    origin = f"Fonte: {', '.join(table.marts)}; pubblicazione" if table.marts else "Pubblicazione"
    return {
        "kind": "table",
        "number": table.number,
        "title": table.title,
        "columns": [
            {
                "label": formats.header(column),
                "numeric": formats.is_numeric(column.format),
                "code": column.format is Format.CODE,
                "width": width,
            }
            for column, width in zip(shown, points, strict=True)
        ],
        "rows": rows,
        "long": may_break(shown, len(rows)),
        "note": table.note,
        "source": table.origin or " ".join([f"{origin} {report.release_id}.", *_indicator_codes(table)]),
        "definitions": _definitions(table, shown, explained),
    }


def _indicator_codes(table: Table) -> list[str]:
    return [f"Indicatori: {', '.join(table.indicators)}."] if table.indicators else []


def _rows(table: Table) -> list[dict[str, Any]]:
    """Rows of texts; where the table is grouped, a row with the name of the group stands before each."""
    group = table.position(table.group) if table.group else None
    rows: list[dict[str, Any]] = []
    current = None
    for row in table.rows:
        if group is not None and row.values[group] != current:
            current = row.values[group]
            rows.append({"kind": "group", "cells": [str(current)]})
        cells = [
            formats.text(value, column.format)
            for position, (value, column) in enumerate(zip(row.values, table.columns, strict=True))
            if position != group
        ]
        rows.append({"kind": "total" if row.is_total else "row", "cells": cells})
    return rows


def _definitions(table: Table, columns: list[Column], explained: dict[str, str]) -> list[list[str]]:
    """[term, definition] of the figures of a table; terms that the section already explained refer back."""
    result = []
    earlier = set()
    for column in columns:
        if not column.definition or column.format is Format.TEXT:
            continue
        if column.term not in explained:
            explained[column.term] = table.number
            result.append([column.term, column.definition])
        elif explained[column.term] != table.number:
            earlier.add(explained[column.term])
    if earlier:
        others = "Altre voci" if result else "Voci"
        places = join_words(sorted(earlier))
        result.append(["", f"{others}: {'vedi tabella' if len(earlier) == 1 else 'vedi tabelle'} {places}."])
    return result
