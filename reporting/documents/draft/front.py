"""The first pages of the draft: cover, contents, what is still to be written; and the table of key figures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from reporting.documents.draft.tables import plain_columns, table
from reporting.documents.draft.xml import Element, bookmarked, linked, paragraph, run, tab, w
from reporting.documents.draft.xml import field as field_runs
from reporting.documents.printed import PrintedRow, PrintedTable, RowKind, key_figures
from reporting.model import Callout, KeyFigures, Narrative, Report
from reporting.text import MISSING_TEXT

TABLE_LABEL = "Tabella"  # of the sequence that the list of tables gathers
LABEL_WIDTH, VALUE_WIDTH = 150.0, 331.0


@dataclass
class Anchors:
    """The places that the contents point at, in reading order: (bookmark, what it says)."""

    headings: list[tuple[str, str]] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)
    missing_texts: list[tuple[str, str]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def heading(self, title: str) -> list[Element]:
        return self._anchored(self.headings, "_Toc", title, run(title))

    def table(self, table: PrintedTable) -> list[Element]:
        """A caption. The last part of its number is a field of a sequence, which the list of tables gathers."""
        before, _, last = f"{TABLE_LABEL} {table.number}".rpartition(".")
        number = field_runs(f"SEQ {TABLE_LABEL} \\r {last} \\* ARABIC", last)
        content = (run(f"{before}."), *number, run(f" – {table.title}"))
        return self._anchored(self.tables, "_TocTabella", table.caption, *content)

    def missing(self, narrative: Narrative, mark: Element) -> list[Element]:
        return self._anchored(self.missing_texts, "DaCompletare", narrative.title or narrative.prompt, mark)

    def _anchored(
        self, kept: list[tuple[str, str]], prefix: str, text: str, *content: Element
    ) -> list[Element]:
        number = next(self._numbers)
        name = f"{prefix}{number:05d}"
        kept.append((name, text))
        return bookmarked(name, number, *content)


def cover(report: Report, callout: Callable[[Callout], list[Element]]) -> list[Element]:
    """Title, card and notices."""
    columns = plain_columns(("Scheda del documento", LABEL_WIDTH, False), ("Valore", VALUE_WIDTH, False))
    rows = [PrintedRow(RowKind.ROW, (fact.label, fact.text)) for fact in report.facts]
    return [
        paragraph("Ente", run(report.organisation)),
        paragraph("Title", run(report.title), properties=(w("spacing", before=2400, after=120),)),
        paragraph("Subtitle", run(report.subtitle)),
        table(columns, rows, title="Scheda del documento"),
        paragraph("Normal"),
        *(element for notice in report.notices for element in callout(notice)),
    ]


def contents(report: Report, anchors: Anchors) -> list[Element]:
    """The contents, as fields that the word processor fills with pages; the texts to write, as links."""
    result = [
        _gallery(
            [
                paragraph("TOCHeading", run("Indice"), properties=(w("pageBreakBefore"),)),
                *_field_list("TOC1", 'TOC \\o "1-1" \\h \\z', anchors.headings),
            ]
        ),
        paragraph("Titoletto", run("Tabelle")),
        *_field_list("TableofFigures", f'TOC \\h \\z \\c "{TABLE_LABEL}"', anchors.tables),
    ]
    if anchors.missing_texts:
        hint = f"Segui i collegamenti o cerca «{MISSING_TEXT}». Alla fine elimina questo elenco."
        result += [paragraph("Titoletto", run("Testi ancora da scrivere")), paragraph("Normal", run(hint))]
        result += [
            paragraph("ListBullet", linked(name, run(text, style="Hyperlink")))
            for name, text in anchors.missing_texts
        ]
    return result


def _gallery(content: list[Element]) -> Element:
    """The block that word processors know as the table of contents, with its button to update it."""
    kind = w("docPartObj", w("docPartGallery", val="Table of Contents"), w("docPartUnique"))
    return w("sdt", w("sdtPr", kind), w("sdtContent", *content))


def _field_list(style: str, instruction: str, anchors: list[tuple[str, str]]) -> list[Element]:
    """A field over several paragraphs: an entry for each anchor, until the word processor works it out."""
    opening, code, parting, closing = field_runs(instruction)
    entries = [
        paragraph(style, linked(name, run(text), tab(), *field_runs(f"PAGEREF {name} \\h")))
        for name, text in anchors
    ] or [paragraph(style)]
    for place, element in enumerate((opening, code, parting), start=1):
        entries[0].insert(place, element)  # after the properties of the paragraph
    entries[-1].append(closing)
    return entries


def key_figures_table(report: Report) -> Callable[[KeyFigures], list[Element]]:
    """How the key figures of a report are set: one row each, beside those of a year before."""

    def written(block: KeyFigures) -> list[Element]:
        figures = key_figures(block)
        has_before = any(figure.before for figure in figures)
        before = [(block.before_label.capitalize(), 90.0, True)] if has_before else []
        columns = plain_columns(
            ("Voce", 150.0, False),
            (report.period_label.capitalize(), 90.0, True),
            *before,
            ("Nota", 151.0 if has_before else 241.0, False),
        )
        rows = [
            PrintedRow(
                RowKind.ROW,
                (figure.label, figure.value, *([figure.before or "–"] if has_before else []), figure.note),
            )
            for figure in figures
        ]
        return [table(columns, rows, title="I numeri principali"), paragraph("Normal")]

    return written
