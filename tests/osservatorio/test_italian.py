"""Italian numbers, dates and words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osservatorio import italian


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (1234567, 0, "1.234.567"),
        (1234.5, 1, "1.234,5"),
        (0.125, 2, "0,13"),
        (-0.4, 0, "0"),
        (Decimal("2.5"), 0, "3"),
        (None, 0, italian.MISSING),
        (float("nan"), 2, italian.MISSING),
    ],
)
def test_number(value, decimals, text):
    assert italian.number(value, decimals) == text


@given(st.integers(-(10**12), 10**12))
def test_a_number_reads_back(value):
    assert int(italian.number(value).replace(".", "")) == value


def test_euro_and_percent():
    assert italian.euro(680000) == "680.000,00\N{NO-BREAK SPACE}€"
    assert italian.percent(0.0325) == "3,3%"
    assert italian.euro(None) == italian.percent(None) == italian.MISSING


def test_dates():
    assert italian.date_it(date(2022, 6, 30)) == "30/06/2022"
    assert italian.long_date(date(2022, 1, 1)) == "1º gennaio 2022"
    assert italian.date_it(None) == italian.MISSING


def test_join_words():
    assert italian.join_words([]) == ""
    assert italian.join_words(["Meda"]) == "Meda"
    assert italian.join_words(["Meda", "Seveso", "Seregno"]) == "Meda, Seveso e Seregno"
