"""Cells as text: what each value of a workbook or of a Parquet file is when an office would have typed it."""

from array import array
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

EXACT_INTEGERS = 10**15  # Excel keeps 15 significant digits


def texts(values: Collection[Any]) -> list[str]:
    """Each value as text; an empty cell is an empty text."""
    return [value if type(value) is str else _AS_TEXT.get(type(value), str)(value) for value in values]


def packed_texts(values: Sequence[Any]) -> bytes:
    """A column of cells as Arrow's text buffers: the 32-bit offsets, one more than the values, then the UTF-8.

    Repeated values (dates, numbers, codes) are converted once.
    """
    kinds = set(map(type, values))
    if kinds == {str}:
        parts = list(map(str.encode, values))
    elif bool in kinds:  # True and 1.0 are the same key of a dictionary
        parts = list(map(str.encode, texts(values)))
    else:
        distinct = set(values)
        text_of = dict(zip(distinct, map(str.encode, texts(distinct)), strict=True))
        parts = list(map(text_of.__getitem__, values))
    offsets = array("i", accumulate(map(len, parts), initial=0))
    return b"".join((offsets.tobytes(), *parts))


def number_text(value: float) -> str:
    """As an Italian reader writes it: no decimals when there are none, else a comma, which no rule can misread."""
    if value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{Decimal(text):f}" if abs(value) < EXACT_INTEGERS else text
    return text.replace(".", ",")


def _duration_text(value: timedelta) -> str:
    """Hours and minutes, as a cell of Excel shows a time longer than a day."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    float: number_text,
    bool: lambda value: "VERO" if value else "FALSO",
    datetime: lambda value: value.isoformat(" "),
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _duration_text,
    type(None): lambda _: "",
}
