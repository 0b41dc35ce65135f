"""Tables that set periods side by side: the semesters of a year in columns, the years covered in rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from osservatorio.periods import SEMESTER, YEAR
from reporting.context import Context, Slice, with_column
from reporting.model import Row, Table


def with_semesters(
    context: Context, table: Table | None, source: Slice, names: Sequence[str]
) -> Table | None:
    """A table of a year with its semesters before each of these columns: «2022-S1», «2022-S2», then the year."""
    if table is None:
        return None
    for semester in context.semesters:
        where = {**source.where, "period_type": SEMESTER, "period": semester.code}
        records = context.read(source.mart, [*source.index, *names], where)
        for name in names:
            column = table.columns[table.position(name)]
            label = f"{column.label}, {semester.code}"
            meaning = f"come «{column.label}», nel {semester.label}."
            extra = replace(
                column, key=half_key(name, semester.code), label=label, term=label, definition=meaning
            )
            values = {tuple(record[key] for key in source.index): record[name] for record in records}
            table = with_column(table, _before(table, name), extra, values)
    return table


def half_key(name: str, semester: str) -> str:
    """The key of a column of a semester; like those of a year before, the list of definitions leaves it out."""
    return f"{name}_{semester.lower().replace('-', '_')}_before"


def _before(table: Table, name: str) -> str:
    """The column that stands before another one."""
    return table.columns[table.position(name) - 1].key


def over_time(
    context: Context,
    key: str,
    mart: str,
    where: Mapping[str, object],
    columns: Sequence[str],
    *,
    keep: Sequence[str] | None = None,
    halves: bool = True,
    **options: Any,
) -> Table | None:
    """One row per year covered, up to the report's own, each before its semesters; the years stand as totals.

    A period of zeros has its row too. None where there is one period only, or where the columns in `keep` (by
    default, all) have no figure but zero: there is nothing to follow over time.
    """
    years = [period.code for period in context.covered(YEAR)]
    semesters = [period.code for period in context.covered(SEMESTER)] if halves else []
    source = Slice(mart, ("period",), {**where, "period": (*years, *semesters)})
    table = context.table(key, source, columns, keep=("period",), **options)
    if table is None or len(table.rows) < 2:
        return None
    if not any(row.values[table.position(name)] for row in table.rows for name in keep or columns):
        return None
    return replace(
        table, rows=tuple(replace(row, is_total=halves and row.key[0] in years) for row in table.rows)
    )


def years_of(
    context: Context,
    key: str,
    mart: str,
    where: Mapping[str, object],
    columns: Sequence[str],
    **options: Any,
) -> Table | None:
    """The same for a mart whose rows are years alone, in the column `year`."""
    years = tuple(int(period.code) for period in context.covered(YEAR))
    table = context.table(key, Slice(mart, ("year",), {**where, "year": years}), columns, **options)
    if table is None:
        return None
    rows = tuple(Row((str(row.key[0]),), (str(row.values[0]), *row.values[1:])) for row in table.rows)
    return replace(table, rows=rows)
