"""Tables as people read them: Italian formats, inert text, totals marked."""

import math
import re
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seen_tables import read

from dashboards.page_tables import html_of
from dashboards.tables import FORMATTERS, Column, Table, shown, table
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


def test_a_page_table_sets_numbers_right_and_totals_bold_and_text_is_inert() -> None:
    columns = (
        Column("name", "Nome *", "", "testo"),
        Column("value", "Valore", "", "euro"),
        Column("town", "Comune", "", "testo"),
    )
    frame = pd.DataFrame({"name": ["<b>a</b>", "b"], "value": [1.5, None], "town": ["Giussano", "Meda"]})
    made = html_of(Table('«T» & "t"', frame, columns, pd.Series([False, True])))
    assert made == (
        '<div class="tabella"><table aria-label="Tabella: «T» &amp; &quot;t&quot;"><thead><tr>'
        '<th scope="col">Nome *</th><th scope="col" class="cifra">Valore</th>'
        '<th scope="col" style="min-width: calc(9ch + 1rem)">Comune</th></tr></thead><tbody>'
        '<tr><th scope="row">&lt;b&gt;a&lt;/b&gt;</th><td class="cifra">1,50\N{NO-BREAK SPACE}€</td><td>Giussano</td></tr>'
        '<tr class="totale"><th scope="row">b</th><td class="cifra">–</td><td>Meda</td></tr></tbody></table></div>'
    )


def test_a_table_that_scrolls_is_reached_by_keyboard_and_named() -> None:
    table = Table("t", pd.DataFrame({"n": [1]}), (Column("n", "N", "", "intero"),), pd.Series([False]))
    frame = '<div class="tabella lunga" tabindex="0" role="region" aria-label="Tabella che scorre: t">'
    assert html_of(table, scrolls=True).startswith(frame)


def test_sentences_have_room_and_a_width_that_can_be_read() -> None:
    frame = pd.DataFrame({"text": ["parole " * 20, "x"]})
    made = html_of(Table("t", frame, (Column("text", "Testo", "", "testo"),), pd.Series([False, False])))
    assert '<th scope="col" class="frasi">' in made
    assert '<th scope="row"><p>parole' in made
    assert '<th scope="row">x</th>' in made


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text()), min_size=1), st.text(), st.text())
def test_data_is_text_in_a_table_whatever_it_is(rows: list[tuple[str, str]], title: str, label: str) -> None:
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype=object)
    columns = (Column("one", f"x{label}", "", "testo"), Column("two", "y", "", "codice"))
    links = {"two": pd.Series([f"?a={text}" for _, text in rows], dtype=object)}
    made = Table(title, frame, columns, pd.Series(False, index=frame.index), links=links)
    found = read(html_of(made)).value
    assert len(found) == len(rows)
    assert found.columns[0] == _line(f"x{label}")
    for (one, two), (first, second) in zip(rows, found.itertuples(index=False), strict=True):
        assert first == _line(columns[0].show(one))
        assert second == f"[{_line(columns[1].brief(two))}]({_line(f'?a={two}')})"


def _line(text: str) -> str:
    return re.sub(r"[\r\n\t]+", " ", text).strip()


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
