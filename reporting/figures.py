"""Key figures of a summary: a cell of a mart or an indicator, with the same of the period a year before."""

from dataclasses import replace

from osservatorio.italian import number
from reporting.context import Context
from reporting.model import Column, Format, KeyFigure
from reporting.queries import TUTTI
from reporting.statements import Measure, rests_on_few
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
    """An indicator with its base; a share of few cases stands as its two counts, with no per cent."""
    now = context.measure(code, service)
    before = context.before and context.measures.get(code, context.before.code, context.place, service)
    column = indicator_column(context, code)
    if now is None or now.value is None:
        return KeyFigure(INDICATORS, column, None, note="nessun caso su cui calcolare")
    is_share = now.form is Format.PERCENT and now.has_interval
    if is_share and now.is_small:
        column = replace(column, format=Format.TEXT)
        counts = _counts(before) if before and before.denominator else None
        return KeyFigure(INDICATORS, column, _counts(now), counts, note=SMALL_NUMBERS)
    note = _counts(now) if is_share else SMALL_NUMBERS if rests_on_few(now) else ""
    return KeyFigure(INDICATORS, column, now.value, before.value if before else None, note=note)


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


def _counts(measure: Measure) -> str:
    """«17 su 48»."""
    return f"{number(measure.numerator)} su {number(measure.denominator)}"


def _cell(context: Context, mart: str, column: str, where: dict[str, object]) -> object:
    return next((record[column] for record in context.read(mart, (column,), where)), None)
