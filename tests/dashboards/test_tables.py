"""Tables as people read them: Italian formats, inert text, totals marked."""

import math
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.elements.table import marshall_table
from streamlit.proto.ArrowData_pb2 import ArrowData

from dashboards.tables import FORMATTERS, Column, Table, shown, styled, table
from dashboards.text import chart_text, plain
from dashboards.theme import SOFT
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


def test_a_page_table_sets_numbers_right_and_totals_bold_and_text_is_inert() -> None:
    columns = (Column("name", "Nome *", "", "testo"), Column("value", "Valore", "", "euro"))
    frame = pd.DataFrame({"name": ["<b>a</b>", "b"], "value": [1.5, None]})
    cells = styled(Table("t", frame, columns, pd.Series([False, True])))
    assert list(cells.data.columns) == ["Nome \\*", "Valore"]
    assert cells.data["Valore"].tolist() == [plain("1,50\N{NO-BREAK SPACE}€"), "–"]
    assert cells.data.iloc[0, 0] == "\\<b\\>a\\<\\/b\\>"
    rules = cells._translate()["table_styles"]
    assert rules[0] == {"selector": ":is(td, th):nth-child(2)", "props": [("text-align", "right !important")]}
    assert rules[-1]["selector"] == "tbody tr:nth-child(2) td"
    assert rules[-1]["props"] == [("font-weight", "700"), ("background-color", SOFT)]


def test_streamlit_takes_cells_and_rules_as_they_are() -> None:
    """Fails when a new version of Streamlit or of pandas asks the table for something else."""
    columns = (Column("name", "Nome", "", "testo"), Column("value", "Valore", "", "intero"))
    frame = pd.DataFrame({"name": ["a", "b"], "value": [1000, 2]})
    sent = ArrowData()
    marshall_table(sent, styled(Table("t", frame, columns, pd.Series([False, False]))), "x")
    where = f"#T_{sent.styler.uuid} :is(td, th):nth-child(2)"
    assert f"{where} {{ text-align: right !important }}" in sent.styler.styles
    for content in (sent.data, sent.styler.display_values):
        assert convert_arrow_bytes_to_pandas_df(content)["Valore"].tolist() == [plain("1.000"), "2"]


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
