"""A comparison as an XLSX workbook: summary, circumstances, deliveries, then one sheet per mart with every figure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from osservatorio import compare_texts as texts
from osservatorio.compare import Comparison, MartComparison
from osservatorio.compare_figures import NUMERIC

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

MAX_ROWS = 1_000_000  # figures on one sheet; a sheet holds little more
MAX_NAMES = 5  # deliveries named beside a figure
FORMATS = {"intero": "#,##0", "decimale": "#,##0.00", "percentuale": "0.00%", "euro": "#,##0.00 €"}
POINTS = '0.00" punti"'  # of two percentages the difference is no percentage
A4 = 9
DIFFERENCE_FROM_END = 2  # place of the difference among the columns of a figure
MAX_WIDTH = 34  # of a column of words
LINE_HEIGHT = 15  # points
MAX_TITLE = 31  # characters of the name of a sheet
INK, HEADER_GROUND, RULE = "#1F2933", "#1F4E79", "#C5CDD5"
Cell = str | float | None


class Heading(tuple[str, ...]):
    """A row within a sheet that heads the rows below it."""

    __slots__ = ()


def comparison_workbook(comparison: Comparison) -> bytes:
    """Write the workbook. Dated with the later reference date: equal comparisons give equal bytes. Texts are inert."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    inert = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(buffer, {"in_memory": True, **inert}) as book:
        last = max(
            date.fromisoformat(manifest["as_of"]) for manifest in (comparison.before, comparison.after)
        )
        book.set_properties(
            {"title": "Confronto tra due pubblicazioni", "created": datetime.combine(last, time())}
        )
        _summary(book, comparison)
        _deliveries(book, comparison)
        _indicators(book, comparison)
        names = {change.delivery["delivery_id"]: change.delivery["file"] for change in comparison.deliveries}
        for mart in comparison.marts:
            if mart.figures:
                _figures(book, mart, names)
    return buffer.getvalue()


def _summary(book: "Workbook", comparison: Comparison) -> None:
    rows: list[tuple[Cell, ...]] = [
        ("Pubblicazione", comparison.before["release_id"], comparison.after["release_id"]),
        *(texts.circumstance(item) for item in comparison.circumstances),
        *((line, "", "") for line in texts.summary(comparison)),
        ("", "", ""),
        Heading(("Tabella", "Valori cambiati", "Valori in righe nuove o scomparse")),
        *((mart.title, float(mart.changed), float(mart.new + mart.gone)) for mart in comparison.marts),
    ]
    _sheet(book, "Riepilogo", ("Voce", "Prima (A)", "Dopo (B)"), rows, (60, 40, 40), has_filters=False)


def _deliveries(book: "Workbook", comparison: Comparison) -> None:
    rows = [
        (
            texts.DELIVERY_CHANGES[change.change],
            change.delivery["file"],
            change.delivery["extract"],
            texts.moved_counts(change),
            change.delivery["sha256"],
        )
        for change in comparison.deliveries
    ]
    _sheet(book, "Consegne", ("Esito", "File", "Estratto", "Righe", "SHA-256"), rows, (20, 50, 22, 50, 66))


def _indicators(book: "Workbook", comparison: Comparison) -> None:
    rows = [
        (item.name, item.code, *(float(count) for count in (item.changed, item.new, item.gone)))
        for mart in comparison.marts
        for item in mart.indicators
    ]
    if rows:
        header = ("Indicatore", "Codice", "Valori cambiati", "In righe nuove", "In righe scomparse")
        _sheet(book, "Indicatori che si sono mossi", header, rows, (70, 40, 16, 16, 16))


def _figures(book: "Workbook", mart: MartComparison, names: dict[str, str]) -> None:
    labels = list(mart.figures[0].shown)
    header = [
        *labels,
        "Misura",
        "Esito",
        "Prima (A)",
        "Dopo (B)",
        "Differenza",
        "Consegne che possono averlo mosso",
    ]
    formats = {name: _cell_style(book, code) for name, code in FORMATS.items()}
    points = _cell_style(book, POINTS)
    rows = (
        (
            *figure.shown.values(),
            figure.label,
            texts.STATUSES[figure.status],
            *(_cell(found, figure.format) for found in (figure.before, figure.after)),
            figure.difference * 100
            if figure.format == "percentuale" and figure.difference is not None
            else figure.difference,
            _named([names[name] for name in mart.deliveries_of(figure)]),
            formats.get(figure.format),
            points if figure.format == "percentuale" else formats.get(figure.format),
        )
        for figure in mart.figures[:MAX_ROWS]
    )
    widths = [_width([label, *(figure.shown[label] for figure in mart.figures)]) for label in labels]
    widths += [_width(["Misura", *(figure.label for figure in mart.figures)]), 14, 15, 15, 15, 56]
    _sheet(book, mart.title, header, rows, widths, numbers_from=len(labels) + 2)


def _width(texts: Sequence[str]) -> int:
    """As wide as the longest of the texts, within limits: longer ones wrap."""
    return min(max(map(len, texts)) + 3, MAX_WIDTH)


def _cell(found: Any, form: str) -> Cell:
    return found if form in NUMERIC else texts.value(found, form)


def _named(files: Sequence[str]) -> str:
    more = len(files) - MAX_NAMES
    return ", ".join(files[:MAX_NAMES]) + (f" e altre {more}" if more > 0 else "")


def _cell_style(book: "Workbook", number_format: str | None = None) -> "Format":
    """A cell of a table, whose texts wrap; with a format, one of numbers."""
    style = {"font_color": INK, "valign": "top", "bottom": 4, "bottom_color": RULE}
    return book.add_format(
        style
        | (
            {"num_format": number_format, "align": "right"}
            if number_format
            else {"text_wrap": True, "indent": 1}
        )
    )


def _sheet(
    book: "Workbook",
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[float],
    numbers_from: int | None = None,
    *,
    has_filters: bool = True,
) -> None:
    """A sheet whose first row stays in sight and is printed on every page, as wide as the paper.

    With `numbers_from`, each row ends with the format of its numbers and that of its difference.
    """
    sheet = book.add_worksheet(shorten(title, MAX_TITLE, placeholder="…"))
    sheet.freeze_panes(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L&14{title.replace('&', '&&')}")
    sheet.set_footer("&L&F – &A&Rpagina &P di &N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    ground = {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "font_color": "#FFFFFF",
        "bg_color": HEADER_GROUND,
    }
    heading = book.add_format(ground | {"indent": 1})
    number_heading = book.add_format(ground | {"align": "right"})
    plain, whole = _cell_style(book), _cell_style(book, FORMATS["intero"])
    for column, text in enumerate(header):
        is_number = numbers_from is not None and numbers_from <= column < len(header) - 1
        sheet.write_string(0, column, text, number_heading if is_number else heading)
    line = 0
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row[: len(header)]):
            if isinstance(cell, int | float):
                is_difference = column == len(header) - DIFFERENCE_FROM_END
                form = whole if numbers_from is None else row[-1] if is_difference else row[-2]
                sheet.write_number(line, column, cell, form)
            else:
                head = number_heading if column else heading
                sheet.write_string(line, column, cell or "", head if isinstance(row, Heading) else plain)
        # Not every program makes room for wrapped texts by itself.
        texts = [(cell, width) for cell, width in zip(row, widths, strict=False) if isinstance(cell, str)]
        lines = max((ceil((len(text) + 2) / width) for text, width in texts), default=1)
        sheet.set_row(line, LINE_HEIGHT * lines)
    if line and has_filters:
        sheet.autofilter(0, 0, line, len(header) - 1)
