"""An office for each test that wants one, with keys of its own."""

from pathlib import Path

import pytest
from keyed_office import KeyedOffice, keyed_office_in


@pytest.fixture
def office(tmp_path: Path) -> KeyedOffice:
    return keyed_office_in(tmp_path)
