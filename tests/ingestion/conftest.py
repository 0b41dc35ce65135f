"""Fixtures of the ingestion's tests: an office with a folder to deliver from and an empty home."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivered_samples import Office, care, office_in, sample

from ingestion import engine, layout
from osservatorio.encryption import archive_key

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
        patch.setattr(engine, "create", create)
        yield


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return office_in(tmp_path)


@pytest.fixture(scope="session")
def family_made(tmp_path_factory: pytest.TempPathFactory, empty_landings: None) -> Path:
    place = tmp_path_factory.mktemp("famiglia")
    office = office_in(place)
    office.write("minori.csv", [sample("minori")])
    office.write("operatori.csv", [sample("operatori")])
    office.write("prese_in_carico.csv", [care()])
    office.ingest()
    return place


@pytest.fixture
def family(office: Office, family_made: Path) -> Office:
    """An office that has already delivered a minor, a professional and a spell of care."""
    return office.come_to(family_made)
