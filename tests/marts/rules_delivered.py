"""What bodies delivered, as the rules need it: the current version of each record, brought together in pandas.

The warehouse is not asked for anything. Every value is a plain Python one; what is missing is None.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

import pandas as pd

EXTRACTS = ("minori", "prese_in_carico", "interventi", "affidi", "inserimenti", "progetti", "provvedimenti")
EXTRACTS += ("relazioni_ag", "compartecipazioni", "tariffe", "operatori", "ore_operatori", "formazione")
EXTRACTS += ("riunioni", "reclami", "spese")


@dataclass(frozen=True)
class Delivered:
    """Current records by extract. `town` is the municipality of a record, `person` the minor of a spell or measure."""

    as_of: date
    frames: dict[str, pd.DataFrame]
    persons: dict[str, SimpleNamespace] = field(default_factory=dict)

    def rows(self, extract: str, **values: object) -> Iterator[SimpleNamespace]:
        frame = self.frames[extract]
        for column, value in values.items():
            frame = frame[frame[column] == value]
        for row in frame.to_dict("records"):
            yield SimpleNamespace(**row)


def of_frames(frames: dict[str, pd.DataFrame], as_of: date) -> Delivered:
    """From the current records of `EXTRACTS`, each with `town`, the latest version last."""
    delivered = Delivered(as_of, frames)
    person_of = {}
    for minor in frames["minori"].to_dict("records"):
        local = (minor["codice_ente"], minor["id_minore"])
        person_of[local] = (minor["codice_fiscale"] or "").upper() or "/".join(local)
        delivered.persons[person_of[local]] = SimpleNamespace(**minor)  # the last description speaks

    for extract in ("prese_in_carico", "provvedimenti", "relazioni_ag"):
        frame = frames[extract]
        frame["person"] = [
            person_of.get(local, "/".join(local))
            for local in zip(frame["codice_ente"], frame["id_minore"], strict=True)
        ]
    spells = frames["prese_in_carico"][
        ["codice_ente", "id_presa_in_carico", "town", "person", "codice_servizio"]
    ]
    for extract in ("interventi", "affidi", "inserimenti", "progetti", "compartecipazioni"):
        # Of a withdrawn spell nothing counts.
        frames[extract] = (
            frames[extract].drop(columns="town").merge(spells, on=["codice_ente", "id_presa_in_carico"])
        )
    return delivered
