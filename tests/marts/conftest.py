"""The demonstration's deliveries read in pandas, beside the release made from them."""

from pathlib import Path

import pytest
from records_in_pandas import Records

from osservatorio.home import Home
from osservatorio.release import Release, open_release


@pytest.fixture(scope="session")
def release(demo_home: Path):
    with open_release(Home(demo_home)) as opened:
        yield opened


@pytest.fixture(scope="session")
def records(demo_home: Path, demo_deliveries: Path, release: Release) -> Records:
    return Records(demo_deliveries, demo_home, release.manifest["as_of"])
