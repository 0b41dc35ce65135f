"""Italian numbers, money, shares and dates, the same in every document and page."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

MISSING = "–"
MONTHS = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
]

Number = int | float | Decimal


def _as_decimal(value: object) -> Decimal | None:
    """The value as a decimal, or None for a missing one (None, NaN, pandas NA)."""
    if value is None or isinstance(value, str):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    if not isfinite(number):
        return None
    return value if isinstance(value, Decimal) else Decimal(repr(number))


def number(value: Number | None, decimals: int = 0) -> str:
    """1234.5 -> «1.234,5» with `decimals` figures, half up; a missing value is «–»."""
    exact = _as_decimal(value)
    if exact is None:
        return MISSING
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def euro(value: Number | None, decimals: int = 2) -> str:
    """1234.5 -> «1.234,50 €»."""
    text = number(value, decimals)
    return text if text == MISSING else f"{text}\N{NO-BREAK SPACE}€"


def percent(value: Number | None, decimals: int = 1) -> str:
    """A share between 0 and 1 -> «12,3%»."""
    exact = _as_decimal(value)
    return MISSING if exact is None else f"{number(exact * 100, decimals)}%"


def quantity(count: int, one: str, many: str) -> str:
    """1, «riga», «righe» -> «1 riga»."""
    return f"{number(count)} {one if count == 1 else many}"


def date_it(value: date | datetime | None) -> str:
    """A date -> «30/06/2022»."""
    return MISSING if value is None or value != value else f"{value:%d/%m/%Y}"


def long_date(value: date) -> str:
    """A date -> «30 giugno 2022» (the first of a month with its ordinal, «1º»)."""
    return f"{'1º' if value.day == 1 else value.day} {MONTHS[value.month - 1]} {value.year}"


def join_words(words: Sequence[str]) -> str:
    """Words -> «a, b e c»."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} e {words[-1]}"
