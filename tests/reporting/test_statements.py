"""The rules of the sentences: what may be said of two figures, and that it is Italian whatever they are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prose import faults
from report_marts import wilson

from reporting import statements as say
from reporting.model import Format
from reporting.statements import Measure, Verdict
from reporting.text import SMALL, none_or_count, part_of, verb, with_article

BEFORE, YEAR = "primo semestre 2021", "anno 2021"


def share(part: int, whole: int, *, is_small: bool | None = None) -> Measure:
    """A share as mart_indicators gives it."""
    low, high = wilson(part, whole) if whole else (None, None)
    small = whole < SMALL if is_small is None else is_small
    value = part / whole if whole else None
    return Measure("quota", "Quota", value, part, whole, low, high, small, "quota", Format.PERCENT)


def rate(part: int, whole: int) -> Measure:
    """A rate per 1,000."""
    low, high = (1000 * bound for bound in wilson(part, whole)) if whole else (None, None)
    value = 1000 * part / whole if whole else None
    return Measure(
        "tasso", "Tasso", value, part, whole, low, high, part < SMALL, "ogni 1.000 residenti", Format.DECIMAL
    )


def mean(value: float, base: int) -> Measure:
    """A figure without an interval, like cases per worker."""
    return Measure(
        "media", "Media", value, base, 1, None, None, base < SMALL, "casi per operatore", Format.DECIMAL
    )


@pytest.mark.parametrize(
    ("now", "before", "label", "expected"),
    [
        (110, 100, BEFORE, f", 10 in più (+10,0%) rispetto al {BEFORE}"),
        (90, 100, YEAR, f", 10 in meno (−10,0%) rispetto all'{YEAR}"),
        (100, 100, BEFORE, f", come nel {BEFORE}"),
        (100, 100, YEAR, f", come nell'{YEAR}"),
        (100_001, 100_000, BEFORE, f", 1 in più rispetto al {BEFORE}"),
        (12, 7, BEFORE, f" (nel {BEFORE}: 7; numeri piccoli)"),
        (12, 7, YEAR, f" (nell'{YEAR}: 7; numeri piccoli)"),
        (100, 0, BEFORE, f" (nel {BEFORE}: 0; numeri piccoli)"),
        (100, 29, BEFORE, f" (nel {BEFORE}: 29; numeri piccoli)"),
        (100, None, BEFORE, ""),
        (None, 100, BEFORE, ""),
        (100, 90, "", ""),
    ],
)
def test_change_of_a_count(now, before, label, expected):
    assert say.count_change(now, before, label) == expected


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (share(900, 1000), share(800, 1000), Verdict.HIGHER),
        (share(800, 1000), share(900, 1000), Verdict.LOWER),
        (share(900, 1000), share(890, 1000), Verdict.UNPROVEN),
        (share(9, 10), share(100, 1000), Verdict.SMALL),
        (share(900, 1000), share(1, 29), Verdict.SMALL),
        (share(900, 1000), share(0, 0), Verdict.MISSING),
        (share(900, 1000), None, Verdict.MISSING),
        (mean(30, 900), mean(20, 900), Verdict.UNPROVEN),
    ],
)
def test_a_difference_is_stated_only_where_intervals_do_not_overlap(one, other, verdict):
    assert say.compare(one, other) is verdict


def test_shares_and_the_year_before():
    assert say.share_since(share(900, 1000), share(800, 1000), YEAR) == (
        f"La quota è di 10,0 punti percentuali più alta che nell'{YEAR} (80,0%)."
    )
    assert say.share_since(share(800, 1000), share(900, 1000), BEFORE) == (
        f"La quota è di 10,0 punti percentuali più bassa che nel {BEFORE} (90,0%)."
    )
    assert say.share_since(share(900, 1000), share(890, 1000), YEAR) == (
        f"Non si può dire che la quota sia cambiata rispetto all'{YEAR} (89,0%)."
    )
    assert (
        say.share_since(share(7, 8), share(5, 6), BEFORE)
        == "Nel primo semestre 2021: 5 su 6 (numeri piccoli)."
    )
    assert say.share_since(share(7, 8), share(90, 100), YEAR) == "Nell'anno 2021: 90 su 100 (90,0%)."
    assert say.share_since(share(7, 8), share(0, 0), YEAR) == ""
    assert say.share_since(share(7, 8), share(5, 6), "") == ""


def test_shares_against_the_ambito():
    assert say.share_against(share(640, 1000), share(9600, 10_000)).endswith(
        "più bassa che nell'Ambito (96,0%)."
    )
    assert say.share_against(share(86, 100), share(880, 1000)) == (
        "Nell'Ambito la quota è dell'88,0%: la differenza può essere dovuta al caso."
    )
    assert say.share_against(share(2, 2), share(8, 8)) == "Nell'Ambito: 8 su 8 (numeri piccoli)."
    assert say.share_against(None, share(8, 8)) == ""


def test_rates_against_the_ambito():
    assert say.rate_against(rate(200, 4000), rate(800, 27_000)) == (
        "50,0 ogni 1.000 residenti, contro 29,6 nell'Ambito"
    )
    assert "dovuta al caso" in say.rate_against(rate(131, 4000), rate(800, 27_000))
    assert say.rate_against(rate(9, 1200), rate(800, 27_000)) == (
        "7,5 ogni 1.000 residenti, contro 29,6 nell'Ambito (numeri piccoli)"
    )
    assert (
        say.rate_since(mean(31.8, 900), mean(30.0, 900), YEAR)
        == "31,8 casi per operatore (nell'anno 2021: 30,0)"
    )
    assert say.rate_since(mean(31.8, 12), None, YEAR) == "31,8 casi per operatore"


def test_few_cases_have_no_per_cent():
    assert part_of(7, 8, 0.875) == "7 su 8 (numeri piccoli)"
    assert part_of(70, 80, 0.875) == "70 su 80 (87,5%)"
    assert share(26, 63, is_small=True).as_part == "26 su 63 (numeri piccoli)"


def test_those_apart_are_the_sure_ones():
    parts = {
        "Meda": share(900, 1000),
        "Seveso": share(500, 1000),
        "Misinto": share(1, 9),
        "Giussano": share(700, 1000),
    }
    higher, lower = say.apart(parts, share(7000, 10_000))
    assert [name for name, _ in higher] == ["Meda"]
    assert [name for name, _ in lower] == ["Seveso"]
    many = [(f"Comune {letter}", share(90, 100)) for letter in "abcde"]
    assert say.named(many).endswith("e altri 2 Comuni")
    assert say.named(many[:4]).endswith("e un altro Comune")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([("0-2", 20), ("3-5", 40)], ("3-5",)),
        ([("0-2", 40), ("3-5", 40)], ("0-2", "3-5")),
        ([("0-2", 3), ("3-5", 4)], ()),
        ([], ()),
        ([("0-2", None)], ()),
    ],
)
def test_who_prevails(items, expected):
    assert say.leading(items) == expected


@pytest.mark.parametrize(
    ("article", "what", "expected"),
    [
        ("il", "87,5%", "l'87,5%"),
        ("dal", "8,0%", "dall'8,0%"),
        ("il", "11,2%", "l'11,2%"),
        ("il", "1,4%", "l'1,4%"),
        ("il", "1.400", "il 1.400"),
        ("il", "11.400", "l'11.400"),
        ("al", "0,5%", "allo 0,5%"),
        ("il", "18,0%", "il 18,0%"),
        ("il", "180", "il 180"),
        ("il", "100,0%", "il 100,0%"),
        ("nel", "anno 2021", "nell'anno 2021"),
        (["rispetto", "al"][1], "primo semestre 2021", "al primo semestre 2021"),
    ],
)
def test_articles(article, what, expected):
    assert with_article(article, what) == expected


def test_counts_agree_with_their_verbs():
    assert none_or_count(0, "nessun reclamo", "reclamo", "reclami") == "nessun reclamo"
    assert none_or_count(1, "nessun reclamo", "reclamo", "reclami") == "1 reclamo"
    assert verb(1, "era", "erano") == "era"
    assert verb(0, "era", "erano") == "erano"


counts = st.integers(0, 200_000)
labels = st.sampled_from([BEFORE, YEAR, "secondo semestre 2022", "anno 2020", ""])


@st.composite
def shares(draw) -> Measure | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    whole = draw(st.one_of(st.integers(0, 60), st.integers(0, 100_000)))
    return share(draw(st.integers(0, whole)), whole)


@st.composite
def rates(draw) -> Measure | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    whole = draw(st.one_of(st.integers(0, 60), st.integers(0, 30_000)))
    return draw(st.sampled_from([rate, lambda part, _: mean(part / 7, part)]))(
        draw(st.integers(0, whole)), whole
    )


def reads_right(sentence: str) -> bool:
    return not sentence or not faults(sentence)


@given(now=st.one_of(st.none(), counts), before=st.one_of(st.none(), counts), label=labels)
def test_changes_of_counts_read_right(now, before, label):
    clause = say.count_change(now, before, label)
    assert reads_right(f"Il numero è cambiato{clause}."), clause
    if "%" in clause:
        assert min(now, before) >= SMALL
        assert abs(now - before) > 0


@given(now=shares(), before=shares(), label=labels)
def test_sentences_on_shares_read_right(now, before, label):
    since, against = say.share_since(now, before, label), say.share_against(now, before)
    assert reads_right(since), since
    assert reads_right(against), against
    for sentence in (since, against):
        if "più alta" in sentence or "più bassa" in sentence:
            assert now.low > before.high or now.high < before.low
            assert not now.is_small
            assert not before.is_small
    if now is not None and now.value is not None:
        assert reads_right(f"Conformi: {now.as_part}.")
        assert ("%" in now.as_part) == (now.denominator >= SMALL)


@given(now=rates(), before=rates(), label=labels)
def test_sentences_on_rates_read_right(now, before, label):
    for clause in (say.rate_against(now, before), say.rate_since(now, before, label)):
        assert reads_right(f"I casi sono {clause}." if clause else ""), clause


@given(st.integers(0, 10**7), st.sampled_from([0, 1, 2]))
def test_articles_before_figures_read_right(value, decimals):
    from osservatorio.italian import number

    for article in ("il", "al", "dal", "nel", "del"):
        figure = f"{number(value / 10**decimals, decimals)}%"
        assert reads_right(f"La quota è {with_article(article, figure)}."), with_article(article, figure)


@given(one=shares(), other=shares())
def test_comparing_is_antisymmetric(one, other):
    swap = {Verdict.HIGHER: Verdict.LOWER, Verdict.LOWER: Verdict.HIGHER}
    forth, back = say.compare(one, other), say.compare(other, one)
    assert back is swap.get(forth, forth)


def test_intervals_of_the_tests_are_wilson():
    low, high = wilson(8, 10)
    assert math.isclose(low, 0.4902, abs_tol=1e-4)
    assert math.isclose(high, 0.9433, abs_tol=1e-4)
