"""The page of the indicators is current, complete, and its links lead somewhere."""

import re

import pytest

from osservatorio import reference
from osservatorio.dictionary import render_dictionary
from osservatorio.dictionary_texts import FORMATS
from osservatorio.indicators_page import INDICATORS_PAGE, render_indicators_page


@pytest.fixture(scope="module")
def page() -> str:
    return render_indicators_page()


@pytest.fixture(scope="module")
def indicators() -> list[dict[str, str]]:
    return reference.read_seed("indicators")


def test_the_page_in_the_repository_is_current(page):
    assert INDICATORS_PAGE.read_text("utf-8") == page, "run «make dictionary»"


def test_every_indicator_and_column_is_there_once(page, indicators):
    for row in indicators:
        assert page.count(f'<a id="indicatore-{row["indicator_code"]}"></a>') == 1
        assert row["definition"] in page
        assert row["serves"] in page
    for row in reference.read_seed("mart_columns"):
        if row["mart"] == "mart_indicators":
            assert f"| `{row['column_name']}` |" in page


def test_every_link_leads_to_an_anchor(page):
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= set(re.findall(r'<a id="([^"]+)"></a>', page))
    dictionary = set(re.findall(r'<a id="([^"]+)"></a>', render_dictionary()))
    assert set(re.findall(r"dizionario_dati\.md#([^)]+)\)", page)) <= dictionary


def test_the_seed_says_everything_of_an_indicator(indicators):
    marts = {(row["mart"], row["column_name"]) for row in reference.read_seed("mart_columns")}
    orders = [int(row["sort_order"]) for row in indicators]
    assert orders == list(range(1, len(indicators) + 1))
    for row in indicators:
        for column in ("name", "definition", "numerator", "denominator", "unit", "serves", "source_mart"):
            assert row[column], (row["indicator_code"], column)
        assert row["definition"].endswith("."), row
        assert row["format"] in FORMATS
        assert row["direction"] in reference.code_list("direzione_indicatore")
        assert row["topic"] in reference.code_list("tema_indicatore")
        assert row["interval"] in ("", "wilson")
        assert row["rests_on"] in ("", "numeratore", "denominatore")
        assert not row["source_column"] or (row["source_mart"], row["source_column"]) in marts
