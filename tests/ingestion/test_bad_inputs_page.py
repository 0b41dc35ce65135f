"""The page of the bad deliveries is made from the corpus, and current; its lines are Italian and one each."""

import re

from bad_inputs import ENGLISH
from corpus.page import GROUPS, PAGE, render_page

CASES = [case for group in GROUPS for case in group.cases]


def test_the_page_in_the_repository_is_current():
    assert PAGE.read_text("utf-8") == render_page(), "run «make dictionary»"


def test_every_case_has_its_row_and_no_two_are_the_same():
    page = render_page()
    assert len(re.findall(r"^\| (?!---|Che cosa arriva)", page, re.MULTILINE)) == len(CASES)
    assert len({case.name for case in CASES}) == len({case.found for case in CASES}) == len(CASES)


def test_the_lines_are_italian_sentences():
    for case in CASES:
        assert case.does.endswith("."), case.name
        assert not case.found.endswith("."), case.name
        assert "\n" not in case.found + case.does
        told = re.sub(r"\([^)]*\)", "", f"{case.found} {case.does}")
        assert not ENGLISH.search(told), case.name
