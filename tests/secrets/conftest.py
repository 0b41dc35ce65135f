"""An office whose home has keys of its own, as a user makes them."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from delivered_samples import Office

from ingestion.ingest import IngestResult, ingest
from osservatorio.home import Home
from osservatorio.keys import load_key, new_key


@dataclass
class KeyedOffice(Office):
    """An office that loads under the key of its home's `keys/` folder."""

    def ingest(self, **options: object) -> IngestResult:
        return ingest(self.folder, self.home, load_key(self.home), loaded_at=self.loaded_at, **options)


@pytest.fixture
def office(tmp_path: Path) -> KeyedOffice:
    place = KeyedOffice(tmp_path / "consegne", Home(tmp_path / "casa"))
    place.folder.mkdir()
    new_key(place.home)
    return place
