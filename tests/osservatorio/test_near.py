"""What a person may have meant."""

import pytest

from osservatorio.errors import UserError
from osservatorio.near import nearest, perhaps
from osservatorio.reference import find_municipality

CODES = {"affidi_1000": "Minori in affido ogni 1.000 residenti", "quota_spesa": "Quota spesa delle risorse"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("affidi_100", " Forse «affidi_1000»?"),
        ("AFFIDI 1000", " Forse «affidi_1000»?"),
        ("quota spesa delle risorse", " Forse «quota_spesa»?"),
        ("spesa", " Forse «quota_spesa»?"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_codes_by_their_own_look_or_that_of_their_label(text, found):
    assert perhaps(text, CODES) == found


def test_at_most_three_the_most_alike_first():
    names = [f"misura_{letter}" for letter in "abcdefgh"]
    assert nearest("misura_c", names)[0] == "misura_c"
    assert len(nearest("misura", names)) == 3
    assert perhaps("misur_a", names[:2]) == " Forse «misura_a» o «misura_b»?"


def test_a_municipality_that_was_written_wrong():
    with pytest.raises(UserError) as raised:
        find_municipality("Sergno")
    assert "Forse «Seregno»? Scegli fra Barlassina" in raised.value.message
