"""A home of its own for tests that run the whole job."""

import pytest

from osservatorio.home import Home
from osservatorio.keys import new_key


@pytest.fixture
def home(tmp_path):
    place = Home(tmp_path / "casa")
    new_key(place)
    return place
