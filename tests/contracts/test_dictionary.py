"""The data dictionary is current, complete, and its links lead somewhere."""

import re

import pytest

from osservatorio import reference
from osservatorio.contract_model import DUCKDB_TYPES
from osservatorio.contracts import load_contracts
from osservatorio.dictionary import DICTIONARY, render_dictionary
from osservatorio.dictionary_texts import FORMATS, KINDS


@pytest.fixture(scope="module")
def page() -> str:
    return render_dictionary()


def test_the_page_in_the_repository_is_current(page: str):
    assert DICTIONARY.read_text("utf-8") == page, "run «make dictionary»"


def test_every_extract_column_and_rule_is_there(page: str):
    for contract in load_contracts().values():
        section = page.split(f'<a id="estratto-{contract.extract}"></a>')[1].split("<a id=")[0]
        for column in contract.columns[4:]:
            assert f"| `{column.name}`" in section, (contract.extract, column.name)
        for rule in contract.rules:
            assert rule.message in page, rule.id


def test_every_list_and_every_mart_is_there(page: str):
    for name in reference.code_list_names():
        assert page.count(f'<a id="elenco-{name}"></a>') == 1, name
        assert f"# {name} (`{name}`)" not in page, "give the list a title in dictionary_texts.LIST_TITLES"
    for mart in {row["mart"] for row in reference.read_seed("mart_columns")}:
        assert page.count(f'<a id="tavola-{mart}"></a>') == 1, mart


def test_every_link_leads_to_an_anchor(page: str):
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    assert len(set(anchors)) == len(anchors)
    assert links <= set(anchors)


def test_tables_keep_their_columns(page: str):
    width = 0
    for line in page.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        width = width or cells
        assert cells == width, line


def test_every_kind_and_format_has_a_name():
    assert KINDS.keys() == DUCKDB_TYPES.keys()
    assert {row["format"] for row in reference.read_seed("mart_columns")} <= FORMATS.keys()
