"""The models' SQL said in PostgreSQL's dialect, for the peers of the benchmarks; what cannot be said is refused."""

import pytest

from benchmarks.peers.to_postgres import NotSaid, to_postgres

pytestmark = pytest.mark.spark  # sqlglot comes with the libraries of Spark
COLUMNS = {
    "core.t": {
        "opened": "DATE",
        "closed": "DATE",
        "amount": "DECIMAL(18,4)",
        "whole": "BIGINT",
        "wide": "HUGEINT",
        "code": "VARCHAR",
    },
    "core.u": {"code": "VARCHAR", "whole": "BIGINT"},
}


def said(sql: str) -> str:
    return " ".join(to_postgres(sql, COLUMNS).split()).replace('"', "").lower()


@pytest.mark.parametrize(
    ("duckdb", "postgres"),
    [
        ("closed - opened", "t.closed - t.opened"),
        ("opened + whole", "t.opened + cast(( t.whole ) as int)"),
        ("amount / 3", "cast(t.amount as double precision) / cast(3 as double precision)"),
        ("whole // 2", "t.whole / 2"),
        ("wide // 2", "div(cast(t.wide as decimal), cast(2 as decimal))"),
        ("year(opened)", "cast(extract(year from t.opened) as int)"),
        ("hash(code, whole)", "hashtextextended(concat_ws('|', t.code, t.whole), 0)"),
        ("format('{:,.2f}', amount::double)", "'fm999,999,999,999,990.00'"),
        (
            "list_unique(list(code) filter (where whole > 1))",
            "count(distinct t.code) filter(where t.whole > 1)",
        ),
        ("max_by(code, opened)", "array_agg(t.code order by t.opened desc nulls last) filter("),
    ],
)
def test_expressions(duckdb: str, postgres: str):
    assert postgres in said(f"select {duckdb} as value from core.t as t")


def test_groups_are_named():
    assert "group by t.code" in said("select code, count(*) as n from core.t as t group by all")


def test_a_filter_on_windows_keeps_the_columns_of_each_table():
    text = said(
        "select t.whole, u.whole as other from core.t as t join core.u as u using (code) "
        "qualify row_number() over (partition by code order by abs(t.whole - u.whole)) = 1"
    )
    assert "abs(t.whole - u.whole)" in text
    assert "where all_rows.is_kept" in text


def test_what_cannot_be_said_is_refused():
    with pytest.raises(NotSaid, match="struct_pack"):
        said("select max_by(struct_pack(a := code, b := whole), opened) as value from core.t as t")
