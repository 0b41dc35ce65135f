"""Every extract of a landing at its current version, in pandas: what people and money are recomputed from."""

from pathlib import Path

import pandas as pd

from osservatorio.contracts import load_contracts
from osservatorio.database import connect

ORDER = ["data_estrazione", "load_seq", "source_row"]
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


def read_tables(home: Path) -> Tables:
    """Extract -> its current records with `town`; spells, placements and measures have `person` too.

    The demonstration delivers no full replacement, and no row of it waited that has landed since: the latest version
    of a key is the current one.
    """
    with connect(home / "landing.duckdb", read_only=True) as con:
        (replacements,) = con.execute(
            "select count(*) from landing.meta.deliveries where is_full_replacement"
        ).fetchone()
        assert replacements == 0
        tables = {extract: _current(con, extract) for extract in EXTRACTS}
    minors = tables["minori"]
    minors["person"] = minors["codice_fiscale"].fillna(minors["codice_ente"] + "/" + minors["id_minore"])
    persons = minors[["codice_ente", "id_minore", "person"]]
    spells = tables["prese_in_carico"].merge(persons, how="left")
    spells["person"] = spells["person"].fillna(spells["codice_ente"] + "/" + spells["id_minore"])
    tables["prese_in_carico"] = spells
    tables["provvedimenti"] = tables["provvedimenti"].merge(persons, how="left")
    of_spell = spells[["codice_ente", "id_presa_in_carico", "person", "town"]]
    for extract in ("affidi", "inserimenti"):
        placements = tables[extract].drop(columns="town")
        tables[extract] = placements.merge(of_spell, on=["codice_ente", "id_presa_in_carico"])
    return tables


def _current(con, extract: str) -> pd.DataFrame:
    rows = con.execute(f"select * from landing.landing.{extract}").df()
    for column in load_contracts()[extract].columns:
        if column.name in rows and column.duckdb_type == "DATE":
            rows[column.name] = pd.to_datetime(rows[column.name]).astype("datetime64[ns]")
    latest = rows.sort_values(ORDER).drop_duplicates(list(load_contracts()[extract].key), keep="last")
    latest = latest[latest["stato_record"].fillna("attivo") != "annullato"].copy()
    latest["town"] = latest["comune_riferimento"].fillna(latest["codice_ente"])
    return latest


def with_totals(rows: pd.DataFrame, **totals: str) -> pd.DataFrame:
    """The rows once more for each column rolled up to the code of its total, in every combination."""
    for column, code in totals.items():
        rows = pd.concat([rows, rows.assign(**{column: code})], ignore_index=True)
    return rows


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
