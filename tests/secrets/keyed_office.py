"""An office whose home has keys of its own, as a user makes them."""

from dataclasses import dataclass
from pathlib import Path

from delivered_samples import FOLDER, HOME, Office

from ingestion.ingest import IngestResult, ingest
from osservatorio.home import Home
from osservatorio.keys import load_key, new_key


@dataclass
class KeyedOffice(Office):
    """An office that loads under the key of its home's `keys/` folder."""

    def ingest(self, **options: object) -> IngestResult:
        return ingest(self.folder, self.home, load_key(self.home), loaded_at=self.loaded_at, **options)


def keyed_office_in(place: Path) -> KeyedOffice:
    """An office that has delivered nothing so far."""
    office = KeyedOffice(place / FOLDER, Home(place / HOME))
    office.folder.mkdir()
    new_key(office.home)
    return office
