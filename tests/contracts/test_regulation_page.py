"""The page of the rules is current and whole, and its texts are sentences that an office can act on."""

import re

import pytest

from osservatorio.reference import code_list, read_seed
from osservatorio.regulation_page import REGULATION_PAGE, render_regulation_page


@pytest.fixture(scope="module")
def page() -> str:
    return render_regulation_page()


def test_the_page_in_the_repository_is_current(page: str):
    assert REGULATION_PAGE.read_text("utf-8") == page, "run «make dictionary»"


def test_every_rule_is_there_once_with_all_that_it_finds(page: str):
    sections = dict(re.findall(r'<a id="regola-([^"]+)"></a>(.*?)(?=<a id=|\Z)', page, re.S))
    assert list(sections) == [rule["rule_id"] for rule in read_seed("rules")]
    for rule in read_seed("rules"):
        section = sections[rule["rule_id"]]
        for column in ("title", "article", "check_text", "how_to_mend", "event_date_text", "note"):
            assert rule[column].removesuffix(".") in section, (rule["rule_id"], column)
    for row in read_seed("rule_verdicts"):
        assert row["condition"] in sections[row["rule_id"]], row


def test_links_lead_somewhere(page: str):
    links = re.findall(r"\]\(#([^)]+)\)", page)
    assert links
    assert set(links) <= set(re.findall(r'<a id="([^"]+)"></a>', page))


def test_texts_of_rules_are_complete():
    for number, rule in enumerate(read_seed("rules"), 1):
        assert int(rule["sort_order"]) == number
        assert rule["severity"] in code_list("severity")
        assert rule["period_kind"] in code_list("rule_period")
        assert all(rule[column].endswith(".") for column in ("check_text", "how_to_mend")), rule["rule_id"]
        assert not rule["note"] or rule["note"].endswith("."), rule["rule_id"]
        assert all(value or column == "note" for column, value in rule.items()), rule["rule_id"]


def test_the_reading_of_the_administrative_hours_is_shown(page: str):
    (rule,) = (rule for rule in read_seed("rules") if rule["rule_id"] == "C-AMM")
    assert "«non inferiore»" in rule["note"]
    assert rule["note"].removesuffix(".") in page
