"""Sentences, glyphs, widths: the small parts that every report leans on."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import text
from reporting.documents.layout import PAGE, widths
from reporting.documents.pdf import compile_document
from reporting.drawing.glyphs import printable
from reporting.formats import text as shown
from reporting.model import Column, Format


def test_counts_and_labels_in_sentences():
    assert text.count(1, "reclamo", "reclami") == "1 reclamo"
    assert text.count(1234, "reclamo", "reclami") == "1.234 reclami"
    assert text.lower_first("Colloquio") == "colloquio"
    assert text.lower_first("ADM") == "ADM"
    assert text.signed(-3.5, 1) == "−3,5"
    assert text.signed(0.01, 1) == "0"


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (1234.56, Format.DECIMAL, "1.234,6"),
        (0.125, Format.PERCENT, "12,5%"),
        (Decimal("1234.5"), Format.EURO, "1.234,50"),
        (None, Format.INTEGER, "–"),
        ("", Format.TEXT, "–"),
        (True, Format.FLAG, "sì"),
    ],
)
def test_values_are_shown_in_italian(value, form, expected):
    assert shown(value, form) == expected


def test_the_typeface_has_every_glyph_that_may_reach_it():
    """Typst refuses a document with a missing glyph: set every allowed character in every face."""
    allowed = [chr(code) for code in range(32, 0x2300) if printable(chr(code)) == chr(code)]
    faces = "".join(
        f'#text(weight: {weight}, style: "{style}", sys.inputs.all)\n'
        for weight in (400, 600, 700)
        for style in ("normal", "italic")
    )
    source = f'#set document(title: "prova")\n#set text(font: "Titillium Web", lang: "it")\n{faces}'
    assert compile_document(source.encode(), {"all": " ".join(allowed)}, 0)


@given(st.text())
def test_printable_text_is_stable_and_without_controls(value):
    once = printable(value)
    assert printable(once) == once
    assert not re.search(r"[\x00-\x1f]", once)


def test_printable_keeps_italian_and_writes_out_the_rest():
    assert printable("Perché «sì» – 12,5 €, l’età") == "Perché «sì» – 12,5 €, l’età"
    assert printable("a\x00b\nc") == "a b c"
    assert printable("≥ 3 → ok 😀") == ">= 3 -> ok ?"


@given(
    st.lists(st.sampled_from(list(Format)), min_size=1, max_size=10),
    st.lists(st.integers(min_value=0, max_value=10**7), max_size=5),
)
def test_columns_fill_the_page(forms, numbers):
    columns = [Column(str(i), f"Una voce {i}", form, "", "") for i, form in enumerate(forms)]
    rows = [[str(number)] * len(forms) for number in numbers]
    result = widths(columns, rows)
    assert len(result) == len(columns)
    assert all(width > 0 for width in result)
    if any(form in (Format.TEXT, Format.CODE) for form in forms):
        assert sum(result) == pytest.approx(PAGE, abs=1)
