"""What bodies delivered, read from the landing of the demonstration and brought to its current version in pandas.

The warehouse is not asked for anything: these records are what its marts are recomputed from.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.reference import read_seed
from osservatorio.release import open_release

KEYS = {
    "minori": ["codice_ente", "id_minore"],
    "prese_in_carico": ["codice_ente", "id_presa_in_carico"],
    "interventi": ["codice_ente", "id_intervento"],
    "affidi": ["codice_ente", "id_affido"],
    "inserimenti": ["codice_ente", "id_inserimento"],
}
ORDER = ["data_estrazione", "load_seq", "source_row"]
DATES = ["data_estrazione", "data_nascita", "data_segnalazione", "data_apertura", "data_chiusura"]
DATES += ["data_intervento", "data_inizio", "data_fine"]


@dataclass(frozen=True)
class Delivered:
    """Current records, one row per key; spells, acts and placements with `person` and `town`."""

    as_of: pd.Timestamp
    persons: pd.DataFrame  # by person: data_nascita, minore_straniero_non_accompagnato
    spells: pd.DataFrame
    acts: pd.DataFrame
    affidi: pd.DataFrame
    inserimenti: pd.DataFrame
    residents: dict[tuple[str, int], int]


def _current(con, extract: str) -> pd.DataFrame:
    rows = con.execute(f"select * from landing.landing.{extract}").df()
    for column in set(DATES) & set(rows.columns):
        rows[column] = pd.to_datetime(rows[column]).astype("datetime64[ns]")
    latest = rows.sort_values(ORDER).drop_duplicates(KEYS[extract], keep="last")
    latest = latest[latest["stato_record"].fillna("attivo") != "annullato"].copy()
    latest["town"] = latest["comune_riferimento"].fillna(latest["codice_ente"])
    return latest


def read_delivered(home: Path) -> Delivered:
    """The demonstration delivers no full replacement, and no row of it waited that has landed since: the latest
    version of a key is the current one."""
    with open_release(Home(home)) as release:
        as_of = pd.Timestamp(release.as_of)
    with connect(home / "landing.duckdb", read_only=True) as con:
        assert con.execute(
            "select count(*) from landing.meta.deliveries where is_full_replacement"
        ).fetchone() == (0,)
        assert con.execute(
            "select count(*) from landing.quarantine.rows where state = 'landed'"
        ).fetchone() == (0,)
        minors, spells, acts, affidi, inserimenti = (_current(con, extract) for extract in KEYS)
    minors["person"] = minors["codice_fiscale"].fillna(minors["codice_ente"] + "/" + minors["id_minore"])
    spells = spells.merge(minors[["codice_ente", "id_minore", "person"]], how="left")
    spells["person"] = spells["person"].fillna(spells["codice_ente"] + "/" + spells["id_minore"])
    spells["service"] = spells["codice_servizio"]
    of_spell = spells[
        ["codice_ente", "id_presa_in_carico", "person", "town", "data_apertura", "data_chiusura"]
    ]

    def with_spell(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.drop(columns="town").merge(of_spell, on=["codice_ente", "id_presa_in_carico"])

    persons = minors.sort_values(ORDER).drop_duplicates("person", keep="last").set_index("person")
    residents = {
        (row["municipality_code"], int(row["year"])): int(row["resident_minors"])
        for row in read_seed("resident_minors")
    }
    return Delivered(
        as_of, persons, spells, with_spell(acts), with_spell(affidi), with_spell(inserimenti), residents
    )
