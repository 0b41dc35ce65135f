"""Fixtures of the ingestion's tests: an office with a folder to deliver from and an empty home."""

from pathlib import Path

import pytest
from delivered_samples import Office, care, sample

from osservatorio.encryption import can_encrypt, new_archive_key
from osservatorio.home import Home

pytest.register_assert_rewrite("bad_inputs", "throwing")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that has delivered nothing so far; its archives are encrypted where the installation can."""
    place = Office(tmp_path / "consegne", Home(tmp_path / "casa"))
    place.folder.mkdir()
    if can_encrypt():
        new_archive_key(place.home)
    return place


@pytest.fixture
def family(office: Office) -> Office:
    """An office that has already delivered a minor, a professional and a spell of care."""
    office.write("minori.csv", [sample("minori")])
    office.write("operatori.csv", [sample("operatori")])
    office.write("prese_in_carico.csv", [care()])
    office.ingest()
    return office
