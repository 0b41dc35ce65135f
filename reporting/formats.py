"""A value and the format of its column -> the text of a document, the number format of a workbook."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from osservatorio import italian
from reporting.disclosure.tidy import SIGN
from reporting.model import WITHHELD, Column, Format, Value

NUMERIC = frozenset({Format.INTEGER, Format.DECIMAL, Format.PERCENT, Format.EURO})
# Decimals of the value of a figure as it is shown; of a share, of the share itself.
DECIMALS = {Format.INTEGER: 0, Format.DECIMAL: 1, Format.PERCENT: 3, Format.EURO: 2}

# Number formats of spreadsheets are written with point and comma of English: the program that opens the
# file shows them as its own language does.
WORKBOOK_FORMATS = {
    Format.INTEGER: "#,##0",
    Format.DECIMAL: "#,##0.0",
    Format.PERCENT: "0.0%",
    Format.EURO: "#,##0.00",
    Format.DATE: "dd/mm/yyyy",
}


def text(value: Value, form: Format) -> str:
    """The Italian text of a value; a missing one is a dash, a withheld one its sign."""
    if value is WITHHELD:
        return SIGN
    if value is None or value == "":
        return italian.MISSING
    if form is Format.INTEGER:
        return italian.number(value)
    if form is Format.DECIMAL:
        return italian.number(value, 1)
    if form is Format.PERCENT:
        return italian.percent(value)
    if form is Format.EURO:
        return italian.number(value, 2)
    if form is Format.DATE:
        return italian.date_it(value)
    if form is Format.FLAG:
        return "sì" if value else "no"
    return str(value)


def as_shown(value: Value, form: Format) -> Decimal | None:
    """A figure rounded as its text is, half up; None for a missing or withheld one. Raises KeyError for a format of words."""
    if value is None or value is WITHHELD or isinstance(value, str | date):
        return None
    return Decimal(repr(value) if isinstance(value, float) else str(value)).quantize(
        Decimal(1).scaleb(-DECIMALS[form]), ROUND_HALF_UP
    )


def with_unit(value: Value, form: Format) -> str:
    """The text of a figure that stands alone: money says its unit."""
    return italian.euro(value) if form is Format.EURO and value is not WITHHELD else text(value, form)


def header(column: Column) -> str:
    """The heading of a column: money says its unit here, once, so that the cells stay readable."""
    return f"{column.label} (€)" if column.format is Format.EURO and "€" not in column.label else column.label


def is_numeric(form: Format) -> bool:
    return form in NUMERIC
