"""A report as print shows it: every figure as its Italian text, with its source and its definitions.

The PDF and the editable draft are both set from these, so that no figure can differ between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from osservatorio.italian import date_it, join_words
from reporting import formats
from reporting.documents.layout import PAGE, TURNED, may_break, needs_turning, text_scale, widths
from reporting.model import (
    Block,
    Chart,
    Column,
    Format,
    KeyFigure,
    KeyFigures,
    Report,
    Section,
    Table,
)
from reporting.text import sentences
from reporting.withheld import left_out, withheld_note


@dataclass(frozen=True)
class PrintedColumn:
    """The heading of a column and its width in points."""

    label: str
    is_numeric: bool
    is_code: bool
    width: float


class RowKind(StrEnum):
    GROUP = "group"  # the name of the group that follows, alone in its row
    ROW = "row"
    TOTAL = "total"


@dataclass(frozen=True)
class PrintedRow:
    kind: RowKind
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PrintedTable:
    """A table in print. `definitions` are (term, meaning); a term that is empty refers to other tables.

    `is_long`: it may go on to the next page. `is_wide`: it needs a page on its side. `scale`: by how much its letters
    shrink, where the page is still too narrow.
    """

    key: str
    number: str
    title: str
    columns: tuple[PrintedColumn, ...]
    rows: tuple[PrintedRow, ...]
    note: str
    source: str
    definitions: tuple[tuple[str, str], ...]
    is_long: bool
    is_wide: bool
    scale: float

    @property
    def caption(self) -> str:
        return f"Tabella {self.number} – {self.title}"


@dataclass(frozen=True)
class PrintedFigure:
    """A key figure in print; `before` is empty where there is nothing to compare with."""

    label: str
    value: str
    before: str
    note: str


@dataclass
class SectionPrinter:
    """Prints the tables of one section: a term that the section already explained is not explained again."""

    report: Report
    explained: dict[str, str] = field(default_factory=dict)  # term -> number of the table that defines it

    def blocks(self, section: Section) -> Iterator[Block | PrintedTable]:
        """The blocks of a section that stand in print, its tables as `PrintedTable`."""
        for block in section.blocks:
            if not isinstance(block, Table):
                yield block
            elif block.in_print:
                yield self.table(block)

    def table(self, table: Table) -> PrintedTable:
        """One table, with its figures as texts."""
        shown = [column for column in table.columns if column.key != table.group]
        rows = tuple(_rows(table))
        cells = [row.cells for row in rows if row.kind is not RowKind.GROUP]
        is_wide = needs_turning(shown, cells)
        page = TURNED if is_wide else PAGE
        return PrintedTable(
            table.key,
            table.number,
            table.title,
            tuple(
                PrintedColumn(
                    formats.header(column),
                    formats.is_numeric(column.format),
                    column.format is Format.CODE,
                    width,
                )
                for column, width in zip(shown, widths(shown, cells, page), strict=True)
            ),
            rows,
            sentences(table.note, withheld_note(table)),
            source_line(self.report, table),
            tuple(_definitions(table, shown, self.explained)),
            may_break(shown, len(rows)),
            is_wide,
            text_scale(shown, cells, page),
        )


def source_line(report: Report, table: Table) -> str:
    """Where the figures of a table come from: marts, release, indicators."""
    origin = f"Fonte: {', '.join(table.marts)}; pubblicazione" if table.marts else "Pubblicazione"
    return table.origin or " ".join([f"{origin} {report.release_id}.", *_indicator_codes(table)])


def section_title(section: Section) -> str:
    """«1. Casistica», «Appendice A. Casistica per Comune e servizio», «Sintesi»."""
    number = f"Appendice {section.number}" if section.is_appendix else section.number
    return f"{number}. {section.title}" if number else section.title


def chart_caption(chart: Chart) -> str:
    return f"Grafico {chart.number} – {chart.title}"


def chart_source(report: Report, chart: Chart) -> str:
    table = report.table(chart.table)
    return sentences(f"Dati della tabella {table.number}.", left_out(chart, table))


def key_figures(block: KeyFigures) -> tuple[PrintedFigure, ...]:
    """The key figures, each with its unit."""
    return tuple(_key_figure(item, block.before_label) for item in block.items)


def running_head(report: Report) -> str:
    return f"{report.title} · {report.subtitle[:1].lower()}{report.subtitle[1:]}"


def running_foot(report: Report) -> str:
    return f"Pubblicazione {report.release_id} · dati al {date_it(report.as_of)}"


def _key_figure(item: KeyFigure, before_label: str) -> PrintedFigure:
    form = item.column.format
    has_before = before_label and item.before is not None
    return PrintedFigure(
        item.column.label,
        formats.with_unit(item.value, form),
        formats.with_unit(item.before, form) if has_before else "",
        item.note,
    )


def _indicator_codes(table: Table) -> list[str]:
    return [f"Indicatori: {', '.join(table.indicators)}."] if table.indicators else []


def _rows(table: Table) -> Iterator[PrintedRow]:
    """Rows of texts; where the table is grouped, a row with the name of the group stands before each."""
    group = table.position(table.group) if table.group else None
    current = None
    for row in table.rows:
        if group is not None and row.values[group] != current:
            current = row.values[group]
            yield PrintedRow(RowKind.GROUP, (str(current),))
        cells = tuple(
            formats.text(value, column.format)
            for position, (value, column) in enumerate(zip(row.values, table.columns, strict=True))
            if position != group
        )
        yield PrintedRow(RowKind.TOTAL if row.is_total else RowKind.ROW, cells)


def _definitions(table: Table, columns: list[Column], explained: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The figures of a table explained; terms that the section already explained refer back."""
    earlier = set()
    has_own = False
    for column in columns:
        if not column.definition or column.format is Format.TEXT:
            continue
        if column.term not in explained:
            explained[column.term] = table.number
            has_own = True
            yield column.term, column.definition
        elif explained[column.term] != table.number:
            earlier.add(explained[column.term])
    if earlier:
        others = "Altre voci" if has_own else "Voci"
        places = join_words(sorted(earlier))
        yield "", f"{others}: {'vedi tabella' if len(earlier) == 1 else 'vedi tabelle'} {places}."
