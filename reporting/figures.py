"""Key figures of a summary: a cell of a mart or an indicator, with the same of the period a year before."""

from dataclasses import replace

from osservatorio.italian import number
from reporting.context import Context
from reporting.model import Column, Format, KeyFigure
from reporting.queries import TUTTI
from reporting.statements import Measure
from reporting.text import SMALL_NUMBERS

INDICATORS = "mart_indicators"


def mart_figure(context: Context, mart: str, column: str, **whole: str) -> KeyFigure:
    """A column of the row of a mart that `whole` and the report's period and place name."""
    where = {"municipality_code": context.place, **whole}
    value = _cell(context, mart, column, context.this_period(**where))
    before = None
    if context.before:
        period = {"period_type": context.before.type, "period": context.before.code}
        before = _cell(context, mart, column, {**period, **where})
    return KeyFigure(mart, context.column(mart, column), value, before)


def indicator_figure(context: Context, code: str, service: str = TUTTI) -> KeyFigure:
    """An indicator. Its note gives the base of a share, and says so where it is small or the value is missing."""
    now = context.measure(code, service)
    before = context.before and context.measures.get(code, context.before.code, context.place, service)
    return KeyFigure(
        INDICATORS,
        indicator_column(context, code),
        now.value if now else None,
        before.value if before else None,
        note=_base(now),
    )


def indicator_column(context: Context, code: str) -> Column:
    """The column of an indicator's values: its own name, definition and format."""
    indicator = context.indicator(code)
    column = context.column(INDICATORS, "value")
    return replace(
        column,
        key=code,
        label=indicator["name"],
        term=indicator["name"],
        definition=indicator["definition"],
        format=Format(indicator["format"]),
    )


def _base(measure: Measure | None) -> str:
    if measure is None or measure.value is None:
        return "nessun caso su cui calcolarla"
    small = f"; {SMALL_NUMBERS}" if measure.is_small else ""
    if measure.form is Format.PERCENT and measure.has_interval:
        return f"{number(measure.numerator)} su {number(measure.denominator)}{small}"
    return SMALL_NUMBERS if measure.is_small else ""


def _cell(context: Context, mart: str, column: str, where: dict[str, object]) -> object:
    return next((record[column] for record in context.read(mart, (column,), where)), None)
