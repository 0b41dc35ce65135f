"""A comparison as an XLSX workbook: summary, circumstances, deliveries, then one sheet per mart with every figure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from osservatorio import compare_texts as texts
from osservatorio.compare import Comparison, MartComparison
from osservatorio.compare_figures import NUMERIC

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MAX_ROWS = 1_000_000  # figures on one sheet; a sheet holds little more
MAX_NAMES = 5  # deliveries named beside a figure
FORMATS = {"intero": "#,##0", "decimale": "#,##0.00", "percentuale": "0.00%", "euro": "#,##0.00 €"}
Cell = str | float | None


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
        ("Tabella", "Valori cambiati", "Valori in righe nuove o scomparse"),
        *((mart.title, float(mart.changed), float(mart.new + mart.gone)) for mart in comparison.marts),
    ]
    _sheet(book, "Riepilogo", ("Voce", "Prima (A)", "Dopo (B)"), rows, (60, 40, 40))


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
    formats = {name: book.add_format({"num_format": code}) for name, code in FORMATS.items()}
    rows = (
        (
            *figure.shown.values(),
            figure.label,
            texts.STATUSES[figure.status],
            *(_cell(found, figure.format) for found in (figure.before, figure.after)),
            figure.difference,
            _named([names[name] for name in mart.deliveries_of(figure)]),
            formats.get(figure.format),
        )
        for figure in mart.figures[:MAX_ROWS]
    )
    widths = [24 for _ in labels] + [36, 14, 16, 16, 16, 70]
    _sheet(book, mart.title, header, rows, widths, numbers_from=len(labels) + 2)


def _cell(found: Any, form: str) -> Cell:
    return found if form in NUMERIC else texts.value(found, form)


def _named(files: Sequence[str]) -> str:
    more = len(files) - MAX_NAMES
    return ", ".join(files[:MAX_NAMES]) + (f" e altre {more}" if more > 0 else "")


def _sheet(
    book: "Workbook",
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[float],
    numbers_from: int | None = None,
) -> None:
    """A sheet with a bold first row. With `numbers_from`, each row ends with the format of its numbers."""
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    bold = book.add_format({"bold": True})
    for column, text in enumerate(header):
        sheet.write_string(0, column, text, bold)
    line = 0
    for line, row in enumerate(rows, 1):
        form = row[-1] if numbers_from is not None else None
        for column, cell in enumerate(row[: len(header)]):
            if isinstance(cell, int | float):
                sheet.write_number(line, column, cell, form)
            elif cell is not None:
                sheet.write_string(line, column, str(cell))
    if line:
        sheet.autofilter(0, 0, line, len(header) - 1)
