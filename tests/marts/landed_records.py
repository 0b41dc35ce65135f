"""The current version of the records that a landing made by hand holds; what is missing is None.

Where there are files, `records_in_pandas` reads those instead.
"""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from osservatorio.contracts import load_contracts
from osservatorio.database import connect

ORDER = ["data_estrazione", "load_seq", "source_row"]


def read_current(landing: Path, extracts: tuple[str, ...], as_of: date) -> dict[str, pd.DataFrame]:
    """Each extract with `town`, the latest version last.

    For landings without full replacements and without rows that waited and have landed since.
    """
    with connect(landing, read_only=True) as con:
        for table, kind in (
            ("meta.deliveries", "is_full_replacement"),
            ("quarantine.rows", "state = 'landed'"),
        ):
            assert con.execute(f"select count(*) from landing.{table} where {kind}").fetchone() == (0,)
        return {extract: _current(con, extract, as_of) for extract in extracts}


def _current(con: duckdb.DuckDBPyConnection, extract: str, as_of: date) -> pd.DataFrame:
    result = con.execute(
        f"select * from landing.landing.{extract} where data_estrazione <= $as_of", {"as_of": as_of}
    )
    names = [column[0] for column in result.description]
    rows = pd.DataFrame(result.fetchall(), columns=names, dtype=object)
    latest = rows.sort_values(ORDER).drop_duplicates(list(load_contracts()[extract].key), keep="last")
    latest = latest[latest["stato_record"].map(lambda state: state != "annullato")].copy()
    latest["town"] = [
        named or body for named, body in zip(latest["comune_riferimento"], latest["codice_ente"], strict=True)
    ]
    return latest
