"""Indicators in rows, years in columns: shares with their intervals and bases."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from osservatorio.periods import YEAR, Period
from reporting.context import TEXT_WEIGHT, Context
from reporting.figures import INDICATORS
from reporting.model import Column, Format, Row, Table
from reporting.queries import TUTTI
from reporting.statements import Measure

FORMATS = {
    "value": Format.PERCENT,
    "low": Format.PERCENT,
    "high": Format.PERCENT,
    "denominator": Format.INTEGER,
}


def shares_over_years(context: Context, key: str, codes: Sequence[str], **options: Any) -> Table | None:
    """Shares in the report's own year, with interval and base, after the values of the years covered before.

    Only codes of shares: a column has one format. None where no share has a value in the report's year.
    """
    years = context.covered(YEAR)
    earlier, this = years[:-1], years[-1]
    columns = [
        replace(context.column(INDICATORS, "indicator_name"), key="indicator", weight=TEXT_WEIGHT),
        *(_column(context, "value", year) for year in earlier),
        *(_column(context, name, this) for name in FORMATS),
    ]
    rows = []
    for code in codes:
        now = context.measures.get(code, this.code, context.place, TUTTI)
        if now is None or now.value is None:
            continue
        before = [context.measures.get(code, year.code, context.place, TUTTI) for year in earlier]
        values = (now.name, *(item.value if item else None for item in before), *_figures(now))
        rows.append(Row((code,), values))
    if not rows:
        return None
    found = tuple(row.key[0] for row in rows)
    return Table(
        key, marts=(INDICATORS,), columns=tuple(columns), rows=tuple(rows), indicators=found, **options
    )


def _column(context: Context, name: str, year: Period) -> Column:
    column = context.column(INDICATORS, name)
    is_own = year == context.period
    label = f"{column.label}, {year.code}" if name == "value" else column.label
    return replace(
        column,
        key=name if is_own else f"{name}_{year.code}_before",
        label=label,
        term=label,
        format=FORMATS[name],
        definition=column.definition if is_own else f"come «{column.label}», nell'{year.label}.",
    )


def _figures(measure: Measure) -> tuple[float | int | None, ...]:
    return tuple(
        round(value) if FORMATS[name] is Format.INTEGER and value is not None else value
        for name, value in ((name, getattr(measure, name)) for name in FORMATS)
    )
