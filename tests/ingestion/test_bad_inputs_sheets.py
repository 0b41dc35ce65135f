"""Every case of `corpus.of_sheets` ends as its lines say, and is mended by a second delivery."""

import pytest
from bad_inputs import play
from corpus.of_sheets import SHEETS


@pytest.mark.parametrize("case", SHEETS.cases, ids=lambda case: case.name)
def test_case(case, office, capfd):
    play(case, office)
    assert capfd.readouterr() == ("", "")
