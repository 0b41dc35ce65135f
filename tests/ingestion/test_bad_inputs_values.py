"""Every case of `corpus.of_values` ends as its lines say, and is mended by a second delivery."""

import pytest
from bad_inputs import play
from corpus.of_values import VALUES


@pytest.mark.parametrize("case", VALUES.cases, ids=lambda case: case.name)
def test_case(case, office, capfd):
    play(case, office)
    assert capfd.readouterr() == ("", "")
