"""What the tests of crash safety share."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from osservatorio.home import Home
from osservatorio.keys import new_key


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with its keys, and nothing landed."""
    place = Home(tmp_path / "casa")
    new_key(place)
    return place


@pytest.fixture
def few_deliveries(small_deliveries: Path, tmp_path: Path) -> Path:
    """Files of one extract."""
    folder = tmp_path / "poche"
    folder.mkdir()
    for file in small_deliveries.glob("minori__*.csv"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def report_kills(request: pytest.FixtureRequest) -> Callable[[str, int, int], None]:
    """Note how many times a stage was killed and what was lost, for the line at the end of the tests."""

    def note(stage: str, kills: int, lost: int) -> None:
        noted = {"of": "uccisioni", "part": stage, "counts": {"in tutto": kills, "perduto": lost}}
        request.node.user_properties.append(("counts", noted))

    return note
