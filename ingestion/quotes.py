"""Quotes in CSV lines: which lines stand on their own, and how the others are put together or set aside."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from ingestion.tables import BAD_QUOTES, BLANKS, TOO_FEW_FIELDS, TOO_MANY_FIELDS
from ingestion.text_files import MAX_LINE_BYTES

MAX_CONTINUED = 200  # physical lines that one value may take

csv.field_size_limit(MAX_LINE_BYTES)  # the default refuses a long text that the length rule should report
_UNFINISHED = "unexpected end of data"


@dataclass
class Unfolded:
    """What became of the lines that do not stand on their own, by their place among the lines given.

    `records`: fields by the place of their first line; `flaws`: (place, rule id, what was found); `used`: every
    place spoken for; `taken`: how many lines were looked at (fewer than given when a value may go on after them).
    """

    taken: int
    records: list[tuple[int, list[str]]] = field(default_factory=list)
    flaws: list[tuple[int, str, str | None]] = field(default_factory=list)
    used: list[int] = field(default_factory=list)


def closed_line_pattern(separator: str) -> str:
    """RE2 pattern of a line (with its LF) whose quotes enclose whole values and are all closed."""
    mark = re.escape(separator)
    value = f'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return f"^{value}(?:{mark}{value})*\n$"


def split_line(line: str, separator: str) -> list[str]:
    """The fields of one line; a line with broken quotes is cut at every separator."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return line.split(separator)


def unfold(
    lines: pa.StringArray, places: Sequence[int], fields_expected: int, separator: str, *, is_last: bool
) -> Unfolded:
    """Cut the lines at `places`, joining those that a quoted value with line breaks runs across.

    A quote that is never closed spoils its own line only: the lines after it are read as if it were not there,
    and so is every line that would be swallowed although it has all its fields.
    """
    result = Unfolded(taken=len(lines))
    free_from = 0
    for place in places:
        if place < free_from:
            continue
        fields, end = _join(lines, place, fields_expected, separator)
        if fields is None and end == len(lines) and not is_last and end - place < MAX_CONTINUED:
            result.taken = place
            break
        if fields is None:
            result.flaws.append((place, BAD_QUOTES, None))
            end = place + 1
        elif not any(value.strip(BLANKS + '"') for value in fields):
            pass  # an empty row, written with quotes
        elif len(fields) == fields_expected:
            result.records.append((place, fields))
        else:
            result.flaws.append((place, *field_count_flaw(len(fields), fields_expected)))
        result.used.extend(range(place, end))
        free_from = end
    return result


def field_count_flaw(count: int, expected: int) -> tuple[str, str]:
    """Rule id and finding for a row with too many or too few fields."""
    found = f"{count} {'valore' if count == 1 else 'valori'} invece di {expected}"
    return TOO_MANY_FIELDS if count > expected else TOO_FEW_FIELDS, found


def _join(
    lines: pa.StringArray, start: int, fields_expected: int, separator: str
) -> tuple[list[str] | None, int]:
    """The fields of the record that starts there, and the place after its last line.

    Without fields: the quotes are broken (place `start`), or the lines ended before the record did (the place
    after the last line).
    """
    last = min(len(lines), start + MAX_CONTINUED)
    text = lines[start].as_py()
    end = start + 1
    while True:
        try:
            return next(csv.reader([text], delimiter=separator, strict=True)), end
        except csv.Error as error:
            if _UNFINISHED not in str(error):
                return None, start
        following = ""
        while '"' not in following:
            if end == last:
                return None, end if end == len(lines) else start
            following = lines[end].as_py()
            if following.count(separator) + 1 == fields_expected:
                return None, start  # a whole row: the quote before it was left open
            text += following
            end += 1
