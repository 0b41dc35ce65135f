"""Tables as people read them: Italian formats, inert text, totals marked."""

import math
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.tables import FORMATTERS, Column, Table, shown, styled, table
from dashboards.text import chart_text, plain
from osservatorio.release import Release


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("intero", 1234, "1.234"),
        ("intero", math.nan, "–"),
        ("decimale", 12.25, "12,3"),
        ("percentuale", 0.4567, "45,7%"),
        ("percentuale", None, "–"),
        ("euro", Decimal("1234.5"), "1.234,50\N{NO-BREAK SPACE}€"),
        ("data", pd.Timestamp("2022-06-30"), "30/06/2022"),
        ("data", date(2022, 6, 30), "30/06/2022"),
        ("data", pd.NaT, "–"),
        ("si_no", True, "Sì"),
        ("si_no", None, "–"),
        ("testo", "", "–"),
        ("codice", "108030", "108030"),
    ],
)
def test_values_are_shown_in_italian(kind: str, value: object, text: str) -> None:
    assert Column("x", "X", "", kind).show(value) == text


def test_every_format_of_the_seed_can_be_shown(release: Release) -> None:
    described = release.rows("select distinct format from seeds.mart_columns")
    assert {kind for (kind,) in described} <= set(FORMATTERS)


def test_a_table_has_the_labels_and_definitions_of_the_seed(release: Release) -> None:
    frame = release.query("select * from mart_budget where year = 2022 and area = 'TUTTE'")
    made = table(release, "mart_budget", frame, ["municipality_name", "spent"], "Spesa", frame.allotted > 0)
    assert list(shown(made).columns) == ["Comune", "Speso"]
    assert made.columns[1].definition.startswith("Euro pagati")
    assert made.totals.all()
    assert len(made.first(2).frame) == len(made.first(2).totals) == 2
    with pytest.raises(KeyError):
        table(release, "mart_budget", frame, ["non_esiste"], "x")


def test_a_page_table_keeps_numbers_as_numbers_and_text_inert() -> None:
    columns = (Column("name", "Nome *", "", "testo"), Column("value", "Valore", "", "euro"))
    frame = pd.DataFrame({"name": ["<b>a</b>", "b"], "value": [1.5, None]})
    style = styled(Table("t", frame, columns, pd.Series([False, True])))
    assert list(style.data.columns) == ["Nome \\*", "Valore"]
    assert style.data["Valore"].dtype == float
    assert style.data.iloc[0, 0] == "\\<b\\>a\\<\\/b\\>"
    page = style.to_html()
    assert "1\\,50" not in page
    assert "1,50" in page
    assert "font-weight: 700" in page


@given(st.text())
def test_plain_text_is_one_line_without_live_markup(text: str) -> None:
    made = plain(text)
    assert "\n" not in made
    assert "\r" not in made
    bare = made.replace("\\\\", "")
    for mark in "`*_[]<>$#~|":
        assert bare.count(mark) == bare.count(f"\\{mark}")


@given(st.text())
def test_chart_text_has_no_tags(text: str) -> None:
    assert "<" not in chart_text(text)
    assert ">" not in chart_text(text)
