"""The promise itself: what is sensitive, how wide an interval must be, and the least threshold."""

import pytest

from osservatorio.errors import UserError
from osservatorio.home import Home
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import policy_of
from reporting.disclosure.scheme import Kind


@pytest.mark.parametrize("threshold", [2, 1, 0, -5])
def test_a_threshold_under_three_is_refused(threshold):
    with pytest.raises(UserError, match="il minimo è 3"):
        Policy(threshold=threshold)


@pytest.mark.parametrize("threshold", [True, 3.5, "5", None])
def test_a_threshold_is_a_whole_number(threshold):
    with pytest.raises(UserError, match="numero intero"):
        Policy(threshold=threshold)


@pytest.mark.parametrize(("families", "share"), [(0, 0.5), (3, 0.0), (3, 1.5)])
def test_other_terms_of_the_promise_have_limits(families, share):
    with pytest.raises(UserError):
        Policy(families=families, share=share)


@pytest.mark.parametrize("text", ["soglia = 2", "soglia = 0", 'soglia = "cinque"'])
def test_the_settings_of_a_home_cannot_go_under_three(tmp_path, text):
    (tmp_path / "impostazioni.toml").write_text(f"[riservatezza]\n{text}\n", "utf-8")
    with pytest.raises(UserError, match="3"):
        policy_of(Home(tmp_path))


def test_a_home_promises_five_unless_it_says_otherwise(tmp_path):
    assert policy_of(Home(tmp_path)) == Policy(threshold=5)
    (tmp_path / "impostazioni.toml").write_text("[riservatezza]\nsoglia = 7\n", "utf-8")
    assert policy_of(Home(tmp_path)).threshold == 7


@pytest.mark.parametrize(
    ("minors", "families", "is_sensitive"),
    [
        (0, 0, False),  # nobody at all is no secret
        (1, 1, True),
        (4, 4, True),
        (5, 5, False),
        (5, 3, False),
        (5, 2, True),  # three brothers and their two cousins
        (40, 1, True),
        (5, None, False),  # families not known
        (None, 2, True),
        (None, None, False),
    ],
)
def test_few_minors_or_few_families_are_sensitive(minors, families, is_sensitive):
    assert Policy(threshold=5).is_sensitive(minors, families) is is_sensitive


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(1, 0, 5), (4, 0, 5), (5, 0, 6), (7, 2, 8)],  # 5 and 7 are sensitive for their families
)
def test_a_count_reaches_from_nobody_to_the_threshold_and_past_itself(value, low, high):
    assert Policy(threshold=5).reach(value, Kind.PERSONS) == (low, high)


@pytest.mark.parametrize(
    ("value", "low", "high"), [(1000.0, 500.0, 1500.0), (1.0, 0.0, 2.0), (0.5, 0.0, 1.5), (0.0, 0.0, 1.0)]
)
def test_an_amount_reaches_half_as_little_and_half_as_much(value, low, high):
    assert Policy(threshold=5).reach(value, Kind.AMOUNT) == (low, high)
