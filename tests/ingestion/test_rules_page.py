"""The page of all rules is current and whole, and every rule has texts that an office can act on."""

import re

import pytest

from ingestion.rule_texts import sentence
from ingestion.rules import Rule, catalogue
from ingestion.rules_page import RULES_PAGE, render_rules_page
from osservatorio.contracts import load_contracts

RULES = {
    (rule.id, rule.texts): (contract, rule)
    for contract in load_contracts().values()
    for rule in catalogue(contract)
}


@pytest.fixture(scope="module")
def page() -> str:
    return render_rules_page()


def test_the_page_in_the_repository_is_current(page: str):
    assert RULES_PAGE.read_text("utf-8") == page, "run «make dictionary»"


def test_every_rule_is_there_once_under_its_extract_or_among_the_common_ones(page: str):
    sections = dict(re.findall(r'<a id="([^"]+)"></a>(.*?)(?=<a id=|\Z)', page, re.S))
    common = sections.pop("righe") + sections.pop("comuni")
    for extract, contract in load_contracts().items():
        own = sections[f"estratto-{extract}"]
        for rule in catalogue(contract):
            assert (own + common).count(f"| `{rule.id}` |") == 1, rule.id


def test_tables_keep_their_columns_and_links_lead_somewhere(page: str):
    for line in page.splitlines():
        assert not line.startswith("|") or len(re.findall(r"(?<!\\)\|", line)) == 6, line
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) == set(anchors)


@pytest.mark.parametrize(("contract", "rule"), RULES.values(), ids=lambda value: getattr(value, "id", ""))
def test_a_rule_says_what_is_wrong_what_is_expected_and_how_to_mend_it(contract, rule: Rule):
    texts = rule.texts
    for clause in (texts.problem, texts.expected, texts.remedy):
        assert clause
        assert clause == clause.strip(" .:")
        assert "{" not in clause
    assert sentence(texts.remedy).endswith(".")
    assert texts.message.endswith(".")
    assert texts.message[0].isupper()
    if rule.stage in ("missing", "failed", "typed", "reference"):
        assert texts.message.startswith(f"{contract.column(rule.column).label}: ")
    if rule.stage not in ("reference", "row", "structure") and not rule.id.endswith(".obbligatorio"):
        shown = f"«{{{rule.column}}}" in texts.message
        hidden = contract.column(rule.column).secret or rule.id.endswith(".codice_fiscale")
        assert shown != hidden
    assert set(re.findall(r"\{(\w+)\}", texts.message)) <= {*rule.shown, "trovato"}
    assert not re.search(r"\b(None|null|varchar|pattern)\b", " ".join(vars(texts).values()))
