"""Fixtures of the ingestion's tests: an office with a folder to deliver from and an empty home."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivered_samples import Office, care, sample

from ingestion import ingest, layout
from osservatorio.encryption import archive_key, can_encrypt, new_archive_key
from osservatorio.home import Home

pytest.register_assert_rewrite("bad_inputs", "throwing")


@pytest.fixture(scope="session", autouse=True)
def empty_landings() -> Iterator[None]:
    """A landing without rows is made once for each layout; the next homes have the same bytes."""
    made: dict[str, bytes] = {}

    def create(path: Path) -> None:
        state = repr(layout._tables())
        if archive_key(path, read_only=False) is not None:
            layout.create(path)
        elif state in made:
            path.write_bytes(made[state])
        else:
            layout.create(path)
            made[state] = path.read_bytes()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "create", create)
        yield


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
