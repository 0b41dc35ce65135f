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

from dashboards.page_tables import cells_of, sent_as
from dashboards.tables import FORMATTERS, Column, Table, shown, table
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
    cells = cells_of(Table("t", frame, columns, pd.Series([False, True])))
    assert list(cells.columns) == ["Nome \\*", "Valore"]
    assert cells.columns["Valore"] == [plain("1,50\N{NO-BREAK SPACE}€"), "–"]
    assert cells.columns["Nome \\*"][0] == "\\<b\\>a\\<\\/b\\>"
    assert cells.rules[0] == ("td:nth-child(1)", {"min-width": "9ch"}), "a word is not broken"
    assert cells.rules[1] == (":is(td, th):nth-child(2)", {"text-align": "right !important"})
    assert cells.rules[-1] == (
        "tbody tr:nth-child(2) td",
        {"font-weight": "700", "background-color": SOFT},
    )


def test_a_table_is_sent_as_streamlit_would_send_it() -> None:
    """Fails when a new version of Streamlit, of pandas or of Arrow would send something else."""
    columns = (Column("name", "Nome", "", "testo"), Column("value", "Valore", "", "codice"))
    frame = pd.DataFrame({"name": ["a", "b" * 70], "value": ["1000", "2"]})
    cells = cells_of(Table("t", frame, columns, pd.Series([False, True])))
    assert len(cells.rules) == 2
    words = pd.DataFrame(cells.columns, dtype=object)
    styler = words.style.set_uuid(cells.mark).set_table_styles(
        [{"selector": where, "props": list(look.items())} for where, look in cells.rules]
    )
    theirs = ArrowData()
    marshall_table(theirs, styler, "x")
    ours = sent_as(cells).arrow_data
    assert ours.styler.styles == theirs.styler.styles
    assert ours.styler.uuid == theirs.styler.uuid
    assert ours.data == theirs.data
    for one, other in ((ours.data, words), (ours.styler.display_values, words)):
        pd.testing.assert_frame_equal(convert_arrow_bytes_to_pandas_df(one), other, check_dtype=False)


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
