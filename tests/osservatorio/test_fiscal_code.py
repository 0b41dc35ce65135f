"""What looks like a codice fiscale is found however it was typed, and words are not taken for one."""

import pytest

from osservatorio.fiscal_code import MASKED, line_with_fiscal_code, mask_fiscal_codes


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RSSMRA80A01H501U", 1),
        ("due righe\nrssmra80a01h501u", 2),
        ("RSS MRA 80A01 H501U", 1),
        ("a\n\nRSS-MRA-80A01-H501-U", 3),
        ("RSSMRAULALMHRLNU", 1),
        ("RSS**MRA**80A01`H501U`", 1),
        ("RSSMRA<b>80A01</b>H501U", 1),
        ("ＲＳＳＭＲＡ８０Ａ０１Ｈ５０１Ｕ", 1),
        ("responsabilmente, il 30/06/2022, 12 minori", None),
        ("Delibera n. 80 A 01 del Comune", None),
        ("", None),
    ],
)
def test_the_line_of_a_codice_fiscale(text: str, line: int | None):
    assert line_with_fiscal_code(text) == line


def test_codici_fiscali_are_masked():
    assert mask_fiscal_codes("il minore RSSMRA80A01H501U.") == f"il minore {MASKED}."
