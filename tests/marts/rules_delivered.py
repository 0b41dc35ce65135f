"""What bodies delivered, as the rules need it: the current version of each record, brought together in pandas.

The warehouse is not asked for anything. Every value is a plain Python one; what is missing is None.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from osservatorio.contracts import load_contracts
from osservatorio.database import connect

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


def _current(con, extract: str, as_of: date) -> pd.DataFrame:
    result = con.execute(f"select * from landing.landing.{extract}")
    names = [column[0] for column in result.description]
    rows = pd.DataFrame(result.fetchall(), columns=names, dtype=object)
    rows = rows[rows["data_estrazione"] <= as_of] if len(rows) else rows
    latest = rows.sort_values(["data_estrazione", "load_seq", "source_row"])
    latest = latest.drop_duplicates(list(load_contracts()[extract].key), keep="last")
    latest = latest[latest["stato_record"].map(lambda state: state != "annullato")].copy()
    latest["town"] = [
        named or body for named, body in zip(latest["comune_riferimento"], latest["codice_ente"], strict=True)
    ]
    return latest


def read_delivered(landing: Path, as_of: date) -> Delivered:
    """For landings without full replacements and without rows that waited and have landed since."""
    with connect(landing, read_only=True) as con:
        frames = {extract: _current(con, extract, as_of) for extract in EXTRACTS}
        assert con.execute(
            "select count(*) from landing.meta.deliveries where is_full_replacement"
        ).fetchone() == (0,)
        assert con.execute(
            "select count(*) from landing.quarantine.rows where state = 'landed'"
        ).fetchone() == (0,)
    delivered = Delivered(as_of, frames)
    person_of = {}
    in_order = frames["minori"].sort_values(["data_estrazione", "load_seq", "source_row"])
    for minor in in_order.to_dict("records"):
        local = (minor["codice_ente"], minor["id_minore"])
        person_of[local] = minor["codice_fiscale"] or "/".join(local)
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
