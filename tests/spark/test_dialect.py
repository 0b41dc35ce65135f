"""What means something else in Spark is said otherwise; what cannot be said is refused."""

import pytest

from dbt_project.spark.dialect import to_spark

pytestmark = pytest.mark.spark
COLUMNS = {
    "opened": "date",
    "closed": "date",
    "amount": "decimal(18,4)",
    "whole": "bigint",
    "code": "string",
    "words": "array<string>",
}


def said(sql: str) -> str:
    return " ".join(to_spark(sql, lambda schema, table: COLUMNS).split()).replace("`", "").lower()


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("closed - opened", "datediff(t.closed, t.opened)"),
        ("opened - 1", "date_sub(t.opened, cast(1 as int))"),
        ("opened + to_years(18)", "add_months(t.opened, ( 18 ) * 12)"),
        ("amount / 3", "cast(t.amount as double) / 3"),
        ("whole / 3", "t.whole / 3"),
        ("amount::bigint", "cast(round(t.amount) as bigint)"),
        ("amount::double::integer", "cast(bround(cast(t.amount as double)) as int)"),
        ("cast(amount as hugeint)", "cast(round(t.amount) as decimal(38, 0))"),
        ("words[2:]", "slice(t.words, 2, size(t.words))"),
        ("words[1]", "t.words[0]"),
        ("format('{:,.2f}', amount::double)", "format_number(cast(t.amount as double), 2)"),
        ("max_by(code, opened)", "max_by(t.code, t.opened) filter(where not t.code is null)"),
        (
            "list_unique(list(code) filter (where whole > 1))",
            "count(distinct t.code) filter(where t.whole > 1)",
        ),
        ("quantile_cont(whole, 0.25)", "percentile(t.whole, 0.25)"),
    ],
)
def test_expressions(duckdb: str, spark: str):
    assert f"select {spark} as value from" in said(f"select {duckdb} as value from core.t as t")


def test_a_list_keeps_its_order():
    text = said("select list(code order by whole) as codes from core.t as t")
    assert "array_sort(collect_list(struct(t.whole as key_0, t.code as kept)))" in text


def test_a_named_window_keeps_its_frame():
    text = said(
        "select sum(whole) over w as so_far from core.t "
        "window w as (partition by code order by opened rows between unbounded preceding and 1 preceding)"
    )
    assert "partition by t.code order by t.opened nulls last rows between" in text
    assert "window" not in text


def test_totals_are_filtered_around():
    text = said(
        "select case when grouping(code) = 1 then 'TUTTI' else code end as code from core.t "
        "group by cube (code) having code is not null or grouping(code) = 1"
    )
    assert "where all_rows.is_kept" in text
    assert "having" not in text


def test_a_null_of_a_union_has_the_type_of_its_column():
    assert "cast(null as decimal(18, 4))" in said(
        "select amount from core.t union all select null from core.t"
    )


def test_names_inside_and_outside_do_not_meet():
    text = said("with a as (with a as (select code from core.t) select * from a) select * from a")
    assert "with a_0 as (" in text
    assert ", a as (" in text


def test_how_a_step_is_held_is_left_to_the_engine():
    text = said("with a as not materialized (select code from core.t) select code from a")
    assert "with a as ( select t.code as code" in text


def test_what_cannot_be_said_is_refused():
    with pytest.raises(ValueError, match="no such pattern"):
        said("select format('{:x}', whole) as value from core.t")
