"""Two versions of one report side by side: the figures that a reader saw and that are others now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from osservatorio.periods import parse_period
from osservatorio.provenance import LISTED
from osservatorio.reference import municipalities
from osservatorio.upstream import lists_records
from reporting import formats
from reporting.model import Column, Format, Report, Row, Table, Value
from reporting.queries import AMBITO, TUTTE, TUTTI

TOTALS = {AMBITO, TUTTI, TUTTE}
WORDS = (Format.TEXT, Format.CODE)
BEFORE = "_before"  # how columns of the period of comparison end


@dataclass(frozen=True)
class Correction:
    """A figure of a table that is shown otherwise than then.

    `row` are the words of its row, `measure` what it measures; `place` is the code of its municipality (AMBITO: the
    totals), `codes` those of its row, and in a matrix of its column. A value that the table no longer has, or did not have, is None.
    """

    table: Table
    row: str
    measure: str
    column: Column
    place: str
    codes: tuple[str, ...]
    then: Decimal | None
    now: Decimal | None

    @property
    def format(self) -> Format:
        return self.column.format

    @property
    def difference(self) -> Decimal | None:
        """Now minus then, as both are shown; of shares, in percentage points."""
        if self.then is None or self.now is None:
            return None
        gap = self.now - self.then
        return gap * 100 if self.format is Format.PERCENT else gap

    @property
    def order(self) -> tuple[Decimal, int, bool]:
        """Sorting key: the largest change first (of a figure that came or went, the figure itself), then totals."""
        change = (self.now or 0) - (self.then or 0)
        return -abs(Decimal(change)), len({*self.codes} - TOTALS), self.place != AMBITO


def corrections(
    then: Report, now: Report, manifest: Mapping[str, Any], place: str, *, with_before: bool = True
) -> list[Correction]:
    """The figures of the tables of a report that are shown otherwise now, in reading order, each once.

    A figure that stands in several tables counts in the first. Left out are the account of the deliveries and lists of
    single records, which grow with every delivery, and figures of a period that was not over then, as of a year in the
    report of its first semester. `place` is the municipality of the edition, `with_before` says whether the columns of
    the period of comparison count.
    """
    found: dict[tuple[Any, ...], Correction] = {}
    before, after = ({table.key: table for table in report.tables} for report in (then, now))
    for key in dict.fromkeys([*before, *after]):
        for item in _of_table(before.get(key), after.get(key), place):
            if not _is_figure(item.table, manifest, then.as_of):
                break
            if with_before or not item.column.key.endswith(BEFORE):
                found.setdefault((_identity(item), item.then, item.now), item)
    return list(found.values())


def figures(report: Report, manifest: Mapping[str, Any]) -> int:
    """How many figures of a report can be compared."""
    return sum(
        value is not None
        for table in report.tables
        if _is_figure(table, manifest, report.as_of)
        for row in table.rows
        for value, column in zip(row.values, table.columns, strict=True)
        if formats.is_numeric(column.format)
    )


def _is_figure(table: Table, manifest: Mapping[str, Any], as_of: date) -> bool:
    if table.period and parse_period(table.period).end > as_of:
        return False
    return bool(table.marts) and not any(
        mart == LISTED or lists_records(manifest, mart) for mart in table.marts
    )


def _of_table(before: Table | None, after: Table | None, place: str) -> Iterator[Correction]:
    """The cells of figures that differ; a table that is missing has no rows."""
    table = after or before
    assert table is not None
    columns = {column.key: column for each in (before, after) if each for column in each.columns}
    old, new = _cells(before), _cells(after)
    rows = {row.key: (each, row) for each in (before, after) if each for row in each.rows}
    for key, (of, row) in rows.items():
        words = _words(of, row)
        for name, column in columns.items():
            if not formats.is_numeric(column.format):
                continue
            one, other = old.get((key, name)), new.get((key, name))
            if one == other:
                continue
            then, now = (formats.as_shown(value, column.format) for value in (one, other))
            if then == now or not (then or now):
                continue
            codes = key if column.term == column.label else (*key, column.key)
            town = _town(codes, place)
            yield Correction(of, words, _measure(column), column, town, codes, then, now)


def _cells(table: Table | None) -> dict[tuple[tuple[str, ...], str], Value]:
    if table is None:
        return {}
    return {
        (row.key, column.key): value
        for row in table.rows
        for value, column in zip(row.values, table.columns, strict=True)
    }


def _words(table: Table, row: Row) -> str:
    """«Meda · Équipe territoriale»: the words of a row."""
    return " · ".join(
        str(value)
        for value, column in zip(row.values, table.columns, strict=True)
        if column.format in WORDS and value not in (None, "")
    )


def _measure(column: Column) -> str:
    """What a column measures; of a matrix, the measure and the column."""
    return column.label if column.term == column.label else f"{column.term}: {column.label}"


def _town(codes: tuple[str, ...], place: str) -> str:
    return next((code for code in codes if code == AMBITO or code in municipalities()), place)


def _identity(item: Correction) -> tuple[Any, ...]:
    """What tells a figure from others wherever it stands: its marts, measure, municipality and other codes."""
    codes = {code for code in item.codes if code not in TOTALS and code != item.place}
    return item.table.marts, item.column.term, item.place, frozenset(codes)
