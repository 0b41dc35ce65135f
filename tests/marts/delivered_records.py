"""What flow and care are recomputed from: persons, spells, acts and placements as the delivered files have them."""

from dataclasses import dataclass

import pandas as pd
from records_in_pandas import ORDER, Records

from osservatorio.reference import read_seed


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


def read_delivered(records: Records) -> Delivered:
    in_order = records.persons.sort_values(ORDER)
    persons = in_order.drop_duplicates("person", keep="last").set_index("person")
    of_spell = ["codice_ente", "id_presa_in_carico", "data_apertura", "data_chiusura"]

    def with_spell(extract: str) -> pd.DataFrame:
        rows = records.of_spells(extract).rename(columns={"municipality": "town"})
        return rows.merge(records.spells[of_spell], on=of_spell[:2])

    residents = {
        (row["municipality_code"], int(row["year"])): int(row["resident_minors"])
        for row in read_seed("resident_minors")
    }
    spells = records.spells.rename(columns={"municipality": "town"})
    acts, affidi, inserimenti = (with_spell(extract) for extract in ("interventi", "affidi", "inserimenti"))
    return Delivered(records.as_of, persons, spells, acts, affidi, inserimenti, residents)
