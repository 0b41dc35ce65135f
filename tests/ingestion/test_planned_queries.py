"""Queries planned once read the table of each piece, whatever was there before."""

from datetime import date, datetime

import duckdb
import pyarrow as pa
import pytest

from ingestion.parsed import PlannedQueries

QUERY = "select place, word, $today::date as day from rows order by place"
DAY = date(2023, 1, 15)


def table(*words: str | None, kind: pa.DataType | None = None) -> pa.Table:
    texts = pa.array(words, pa.string())
    return pa.table({"place": range(len(words)), "word": texts.cast(kind) if kind else texts})


@pytest.fixture
def planned():
    with duckdb.connect() as con:
        yield PlannedQueries(con)


def words(planned: PlannedQueries, rows: pa.Table) -> list[str | None]:
    with planned.over(rows=rows):
        return planned.result(QUERY, today=DAY).column("word").to_pylist()


def test_each_time_the_table_that_is_there_is_read(planned):
    assert words(planned, table("a", "b")) == ["a", "b"]
    assert words(planned, table("c", None, "d")) == ["c", None, "d"]
    assert words(planned, table()) == []


def test_nothing_is_there_afterwards_also_after_a_failure(planned):
    with pytest.raises(ZeroDivisionError), planned.over(rows=table("a")):
        raise ZeroDivisionError
    assert planned.execute("select count(*) from rows").fetchone() == (0,)


def test_a_table_of_another_schema_is_read_as_what_it_is(planned):
    coded = pa.dictionary(pa.int32(), pa.string())
    for kind in (pa.string(), coded, pa.large_string(), coded):
        assert words(planned, table("a", None, "a", kind=kind)) == ["a", None, "a"]
    with planned.over(rows=pa.table({"place": [1, 2], "word": [7, 8], "more": [0, 0]})):
        assert planned.result(QUERY, today=DAY).column("word").to_pylist() == [7, 8]


def test_dictionaries_of_their_own_in_every_table(planned):
    coded = pa.dictionary(pa.int32(), pa.string())
    assert words(planned, table("a", "b", "a", kind=coded)) == ["a", "b", "a"]
    assert words(planned, table("z", "b", None, "y", kind=coded)) == ["z", "b", None, "y"]


def test_days_and_moments_are_given_each_time(planned):
    with planned.over(rows=table("a")):
        for day in (DAY, date(1999, 12, 31)):
            assert planned.result(QUERY, today=day).column("day").to_pylist() == [day]
        moment = datetime(2023, 1, 15, 9, 30, 1, 250)
        found = planned.execute("select $at::timestamp, count(*) from rows", at=moment).fetchone()
        assert found == (moment, 1)


def test_one_after_the_other_on_one_connection():
    with duckdb.connect() as con:
        first, second = PlannedQueries(con), PlannedQueries(con)
        assert words(first, table("a")) == ["a"]
        assert words(second, table("b", "c")) == ["b", "c"]


def test_what_a_transaction_registered_is_made_again_after_it_was_undone():
    with duckdb.connect() as con:
        planned = PlannedQueries(con)
        con.execute("begin")
        assert words(planned, table("a")) == ["a"]
        con.execute("rollback")
        planned.forget()
        assert words(planned, table("b")) == ["b"]
