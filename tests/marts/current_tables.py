"""Every extract at its current version, in pandas: what people and money are recomputed from."""

import pandas as pd
from records_in_pandas import Records, with_totals

__all__ = ["Tables", "bounds", "periods_of", "read_tables", "weeks", "with_totals"]

EXTRACTS = (
    "minori",
    "prese_in_carico",
    "provvedimenti",
    "affidi",
    "inserimenti",
    "operatori",
    "ore_operatori",
    "spese",
    "controlli",
    "riunioni",
    "formazione",
)
Tables = dict[str, pd.DataFrame]


def read_tables(records: Records) -> Tables:
    """Extract -> its current records with `town`; spells, placements and measures have `person` too."""
    tables = {extract: records[extract].rename(columns={"municipality": "town"}) for extract in EXTRACTS}
    persons = records.persons[["codice_ente", "id_minore", "person"]]
    tables["minori"] = records.persons
    tables["prese_in_carico"] = records.spells.rename(columns={"municipality": "town"})
    tables["provvedimenti"] = tables["provvedimenti"].merge(persons, how="left")
    for extract in ("affidi", "inserimenti"):
        tables[extract] = records.of_spells(extract).rename(columns={"municipality": "town"})
    return tables


def periods_of(days: pd.Series) -> pd.DataFrame:
    """The month, semester and year of each day, by the index of the day."""
    year, month = days.dt.year.astype(str), days.dt.month
    names = {
        "month": year + "-" + month.astype(str).str.zfill(2),
        "semester": year + "-S" + ((month > 6).astype(int) + 1).astype(str),
        "year": year,
    }
    return pd.concat([pd.DataFrame({"period_type": kind, "period": name}) for kind, name in names.items()])


def bounds(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a period by its name."""
    if "-S" in period:
        first = pd.Timestamp(int(period[:4]), 1 if period.endswith("1") else 7, 1)
        return first, first + pd.DateOffset(months=6) - pd.Timedelta(days=1)
    first = pd.Timestamp(f"{period}-01" if "-" in period else f"{period}-01-01")
    months = 1 if "-" in period else 12
    return first, first + pd.DateOffset(months=months) - pd.Timedelta(days=1)


def weeks(period: str) -> float:
    first, last = bounds(period)
    return ((last - first).days + 1) / 7
