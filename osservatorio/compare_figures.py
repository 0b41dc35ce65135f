"""The figures of two releases side by side, in SQL over both files: which differ, and by how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from osservatorio.reference import code_list

BEFORE, AFTER = "before_release", "after_release"  # catalogues
FIGURES = "figures"
CHANGED, NEW, GONE = "changed", "new", "gone"
TOTAL = "AMBITO"
NUMERIC = ("intero", "decimale", "percentuale", "euro")
LABEL = "_name"  # how columns end that only put a code into words
PERIOD_TYPES = ("year", "semester", "month")  # the order in which a person reads them
SHOWN_INSTEAD = {"delivery_id": "file_name", "figure_id": "what"}


@dataclass(frozen=True)
class Column:
    """A column of a mart with its Italian label and format, and its type in each release (None where it lacks)."""

    name: str
    label: str
    format: str
    before: str | None
    after: str | None

    @property
    def is_in_both(self) -> bool:
        return self.before is not None and self.after is not None

    @property
    def is_number(self) -> bool:
        return self.format in NUMERIC


@dataclass(frozen=True)
class Figure:
    """One figure that differs. `key` are codes by column, `shown` what a person reads by label.

    `status`: `changed`; or `new`, `gone` where only one release has the row (its figures other than 0 are listed).
    """

    mart: str
    key: dict[str, str]
    shown: dict[str, str]
    municipality: str | None
    measure: str
    label: str
    format: str
    status: str
    before: Any
    after: Any
    difference: float | None


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The temporary table that `compare_mart` fills."""
    con.execute(
        f"""create temp table {FIGURES} (
            mart varchar, place varchar, keys varchar[], shown varchar[], municipality varchar, measure varchar,
            status varchar, number_before double, number_after double, text_before varchar, text_after varchar
        )"""
    )


def columns_of(con: duckdb.DuckDBPyConnection, mart: str) -> list[Column]:
    """The columns of a mart in either release, as the seed of the later one that has it describes them."""
    rows = con.execute(
        f"""with types as (
            select column_name, any_value(data_type) filter (database_name = '{BEFORE}') as before,
                any_value(data_type) filter (database_name = '{AFTER}') as after, min(column_index) as place
            from duckdb_columns()
            where schema_name = 'main' and table_name = $mart and database_name in ('{BEFORE}', '{AFTER}')
            group by column_name
        ),
        described as (
            select column_name, arg_min(label, preference) as label, arg_min(format, preference) as format
            from (
                select *, 1 as preference from {AFTER}.seeds.mart_columns
                union all by name select *, 2 as preference from {BEFORE}.seeds.mart_columns
            )
            where mart = $mart
            group by column_name
        )
        select column_name, coalesce(label, column_name), coalesce(format, 'testo'), before, after
        from types left join described using (column_name) order by place, column_name""",
        {"mart": mart},
    ).fetchall()
    return [Column(*row) for row in rows]


def compare_mart(
    con: duckdb.DuckDBPyConnection,
    mart: str,
    columns: Sequence[Column],
    key: Sequence[str],
    *,
    only: tuple[str, Sequence[str]] | None = None,
) -> None:
    """Add to `figures` every figure of a mart that differs; with `only`, of the rows whose column has one of the values."""
    by_name = {column.name: column for column in columns}
    measures = [
        column
        for column in columns
        if column.is_in_both and column.name not in key and not column.name.endswith(LABEL)
    ]
    if not measures:
        return
    pairs = " and ".join(f"old.{_q(name)} = new.{_q(name)}" for name in key)
    is_old, is_new = f"old.{_q(key[0])} is not null", f"new.{_q(key[0])} is not null"
    municipality = _either("municipality_code") if "municipality_code" in by_name else "null"
    figures = ", ".join(_figure(column, is_old, is_new) for column in measures)
    con.execute(
        f"""insert into {FIGURES}
        with paired as (
            select [{", ".join(f"{_either(name)}::varchar" for name in key)}] as keys,
                [{", ".join(_shown(name, by_name) for name in key)}] as shown,
                {municipality} as municipality,
                case when not ({is_old}) then '{NEW}' when not ({is_new}) then '{GONE}' else '{CHANGED}' end as status,
                unnest([{figures}]) as figure
            from {BEFORE}.main.{_q(mart)} as old
            full join {AFTER}.main.{_q(mart)} as new on {pairs}
            where (not ({is_old} and {is_new}) or {" or ".join(_differs(column) for column in measures)})
                {f"and list_contains($only, {_either(only[0])}::varchar)" if only else ""}
        )
        select $mart, concat_ws(chr(31), status, coalesce(municipality, '{TOTAL}') <> '{TOTAL}', {_place(key)}), keys,
            shown, municipality, figure.measure, status, figure.number_before, figure.number_after,
            figure.text_before, figure.text_after
        from paired
        where figure.is_moved""",
        {"mart": mart, **({"only": list(only[1])} if only else {})},
    )


def _figure(column: Column, is_old: str, is_new: str) -> str:
    old, new = f"old.{_q(column.name)}", f"new.{_q(column.name)}"
    number = "{}::double" if column.is_number else "null::double"
    text = "null::varchar" if column.is_number else "{}::varchar"
    # Of a row that only one release has, what is not 0 counts as moved.
    alone = f"coalesce({old}, {new}) <> 0" if column.is_number else "false"
    return f"""{{
        'measure': '{column.name}', 'number_before': {number.format(old)}, 'number_after': {number.format(new)},
        'text_before': {text.format(old)}, 'text_after': {text.format(new)},
        'is_moved': case when {is_old} and {is_new} then {_differs(column)} else coalesce({alone}, false) end
    }}"""


def _differs(column: Column) -> str:
    """SQL: the value is another one. Floats count to nine significant figures, as in the content hash."""
    old, new = f"old.{_q(column.name)}", f"new.{_q(column.name)}"
    if "DOUBLE" in (column.before, column.after):
        old, new = f"printf('%.9g', {old}::double)", f"printf('%.9g', {new}::double)"
    return (
        f"{old} is distinct from {new}"
        if column.is_number
        else f"{old}::varchar is distinct from {new}::varchar"
    )


def _shown(name: str, columns: dict[str, Column]) -> str:
    """What a person reads for a key: its column of words where there is one, else the code."""
    words = _words(name, columns)
    return f"{_either(words.name)}::varchar" if words else f"{_either(name)}::varchar"


def _words(name: str, columns: dict[str, Column]) -> Column | None:
    found = columns.get(SHOWN_INSTEAD.get(name, f"{name.removesuffix('_code')}_name"))
    return found if found and found.is_in_both else None


def _place(key: Sequence[str]) -> str:
    types = " ".join(f"when '{kind}' then '{order}'" for order, kind in enumerate(PERIOD_TYPES))
    parts = [
        f"case keys[{number}] {types} else keys[{number}] end" if name == "period_type" else f"keys[{number}]"
        for number, name in enumerate(key, 1)
    ]
    return ", ".join(parts)


def _either(name: str) -> str:
    return f"coalesce(new.{_q(name)}, old.{_q(name)})"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def totals(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """How many figures of each mart differ, by mart and status."""
    rows = con.execute(f"select mart, status, count(*) from {FIGURES} group by all").fetchall()
    return {(mart, status): count for mart, status, count in rows}


def places_moved(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None]]:
    """Each mart and municipality (None: the figures name none) of which a figure differs."""
    return con.execute(f"select distinct mart, municipality from {FIGURES} order by all").fetchall()


def groups_moved(
    con: duckdb.DuckDBPyConnection, mart: str, place: int
) -> list[tuple[str, str, list[str | None], int, int, int]]:
    """The figures of a mart that differ, by the code at a place (from 1) of its key: code, words, municipalities, and
    how many changed, are new, are gone; the most first."""
    return con.execute(
        f"""select keys[$place] as code, any_value(shown[$place]), list(distinct municipality),
            count(*) filter (status = '{CHANGED}'), count(*) filter (status = '{NEW}'),
            count(*) filter (status = '{GONE}')
        from {FIGURES} where mart = $mart group by code order by count(*) desc, code""",
        {"mart": mart, "place": place},
    ).fetchall()


def read_figures(
    con: duckdb.DuckDBPyConnection,
    mart: str,
    columns: Sequence[Column],
    key: Sequence[str],
    limit: int | None,
) -> list[Figure]:
    """The figures of a mart that differ: changed ones first, totals before parts, years before months."""
    by_name = {column.name: column for column in columns}
    order = ", ".join(f"'{column.name}'" for column in columns)
    rows = con.execute(
        f"""select keys, shown, municipality, measure, status, number_before, number_after, text_before, text_after
        from {FIGURES} where mart = $mart order by place, list_position([{order}], measure)
        {f"limit {limit:d}" if limit is not None else ""}""",
        {"mart": mart},
    ).fetchall()
    labels = [(_words(name, by_name) or by_name[name]).label for name in key]
    types = code_list("period_type")
    found = []
    for keys, shown, municipality, measure, status, old, new, old_text, new_text in rows:
        column = by_name[measure]
        numbers = column.is_number
        found.append(
            Figure(
                mart,
                dict(zip(key, keys, strict=True)),
                {label: types.get(text, text) for label, text in zip(labels, shown, strict=True)},
                municipality,
                measure,
                column.label,
                column.format,
                status,
                old if numbers else old_text,
                new if numbers else new_text,
                new - old if numbers and old is not None and new is not None else None,
            )
        )
    return found
