"""Months, semesters and years."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osservatorio.errors import UserError
from osservatorio.periods import parse_period, period_at


@pytest.mark.parametrize(
    ("code", "kind", "start", "end", "label"),
    [
        ("2022-S1", "semester", date(2022, 1, 1), date(2022, 6, 30), "primo semestre 2022"),
        ("2022-s2", "semester", date(2022, 7, 1), date(2022, 12, 31), "secondo semestre 2022"),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29), "febbraio 2024"),
        ("2022-12", "month", date(2022, 12, 1), date(2022, 12, 31), "dicembre 2022"),
        ("2022", "year", date(2022, 1, 1), date(2022, 12, 31), "anno 2022"),
    ],
)
def test_parse(code, kind, start, end, label):
    period = parse_period(code)
    assert (period.type, period.start, period.end, period.label) == (kind, start, end, label)


@pytest.mark.parametrize("code", ["2022-S3", "2022-13", "22", "", "2022/06", "0001", "9999", "primo"])
def test_anything_else_is_refused_in_italian(code):
    with pytest.raises(UserError, match="2022-S1"):
        parse_period(code)


@given(st.text(max_size=8))
def test_never_a_traceback(text):
    with contextlib.suppress(UserError):
        parse_period(text)


@given(st.integers(1901, 9997), st.sampled_from(["S1", "S2"]))
def test_semesters_follow_one_another(year, half):
    period = parse_period(f"{year}-{half}")
    after = parse_period(f"{year}-S2" if half == "S1" else f"{year + 1}-S1")
    assert period.end + timedelta(days=1) == after.start
    assert period.year_before.code == f"{year - 1}-{half}"


@given(st.dates(date(1901, 1, 1), date(2200, 12, 31)), st.sampled_from(["month", "semester", "year"]))
def test_the_period_of_a_day_holds_it(day, kind):
    period = period_at(kind, day)
    assert period.type == kind
    assert period.start <= day <= period.end
