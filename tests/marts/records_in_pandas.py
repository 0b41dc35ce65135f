"""What the deliveries of the demonstration say, worked out in pandas from the files: apart from landing and models.

Of the product's work only the list of rows set aside is taken (`quarantine.rows`: file and row).
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from delivered import read_table

from osservatorio.contracts import Contract, load_contracts
from osservatorio.database import connect
from osservatorio.home import Home

ORDER = ["data_estrazione", "file_place", "file_row"]  # what makes one version of a record later than another
AMBITO, ALL_SERVICES, ALL = "AMBITO", "TUTTI", "TUTTE"
TOWNS = [
    "108005",
    "108018",
    "108020",
    "108024",
    "108025",
    "108030",
    "108032",
    "108039",
    "108040",
    "108054",
]  # the ten municipalities, by ISTAT code
FLAGS = {"S": True, "SI": True, "sì": True, "N": False, "NO": False, "no": False}


class Records:
    """The current records of each extract at the reference date, as typed frames; `municipality` is whose they are."""

    def __init__(self, folder: Path, home: Path, as_of: str) -> None:
        self.folder = folder
        self.as_of = pd.Timestamp(as_of)
        with connect(Home(home).landing, read_only=True) as con:
            self._aside = set(con.execute('select distinct file, "row" from quarantine.rows').fetchall())
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, extract: str) -> pd.DataFrame:
        if extract not in self._frames:
            self._frames[extract] = self._current(load_contracts()[extract])
        return self._frames[extract].copy()

    def _current(self, contract: Contract) -> pd.DataFrame:
        names = [column.name for column in contract.columns]
        parts = [pd.DataFrame(columns=names, dtype=object)]
        for place, path in enumerate(sorted(self.folder.glob(f"{contract.extract}__*"))):
            assert "__completa" not in path.name
            header, rows = read_table(path)
            frame = pd.DataFrame(rows, columns=header, dtype=object)
            numbers = pd.Series(range(2, len(frame) + 2))
            kept = [(path.name, number) not in self._aside for number in numbers]
            parts.append(frame.assign(file_place=place, file_row=numbers)[kept])
        everything = pd.concat(parts, ignore_index=True)
        typed = everything.assign(
            **{column.name: _typed(everything[column.name], column.kind) for column in contract.columns}
        )
        known = typed[typed["data_estrazione"] <= self.as_of].sort_values(ORDER)
        last = known.drop_duplicates(list(contract.key), keep="last")
        alive = last[last["stato_record"] != "annullato"]
        return alive.assign(
            municipality=alive["comune_riferimento"].fillna(alive["codice_ente"])
        ).reset_index(drop=True)

    def plain(self, extract: str) -> pd.DataFrame:
        """The records with `town`, as plain Python values, what is missing as None; the latest version last."""
        frame = self[extract].rename(columns={"municipality": "town"}).astype(object)
        for column in load_contracts()[extract].columns:
            convert = PLAIN.get(column.kind, lambda value: value)
            values = [None if pd.isna(value) else convert(value) for value in frame[column.name]]
            frame[column.name] = pd.Series(values, index=frame.index, dtype=object)
        return frame

    @cached_property
    def persons(self) -> pd.DataFrame:
        """Who is who: `person` by body and id; a person is a codice fiscale, or without one the body's own id."""
        minors = self["minori"]
        alone = minors["codice_ente"] + "/" + minors["id_minore"]
        return minors.assign(person=minors["codice_fiscale"].str.upper().fillna(alone))

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of care with their `person` and `service`."""
        known = self.persons[["codice_ente", "id_minore", "person"]]
        spells = self["prese_in_carico"].merge(known, on=["codice_ente", "id_minore"], how="left")
        alone = spells["codice_ente"] + "/" + spells["id_minore"]
        return spells.assign(person=spells["person"].fillna(alone), service=spells["codice_servizio"])

    def of_spells(self, extract: str) -> pd.DataFrame:
        """Records with the person, municipality and service of their spell; those of a withdrawn one are left out."""
        own = self[extract].drop(columns="municipality")
        place = ["codice_ente", "id_presa_in_carico"]
        return own.merge(self.spells[[*place, "person", "municipality", "service"]], on=place)

    def periods(self, *kinds: str) -> pd.DataFrame:
        """Months, semesters and years of the years that the release has, with first and last day."""
        first = min(
            self.spells["data_apertura"].min(),
            *(self[extract][column].min() for extract, column in FIRST_DAYS.items()),
        )
        years = range(max(first.year, self.as_of.year - 30), self.as_of.year + 1)
        rows = [
            *(("month", f"{y}-{m:02}", f"{y}-{m:02}-01", 1) for y in years for m in range(1, 13)),
            *(("semester", f"{y}-S{s}", f"{y}-{6 * s - 5:02}-01", 6) for y in years for s in (1, 2)),
            *(("year", f"{y}", f"{y}-01-01", 12) for y in years),
        ]
        frame = pd.DataFrame(rows, columns=["period_type", "period", "start", "months"])
        frame["start"] = pd.to_datetime(frame["start"])
        frame["end"] = [
            start + pd.DateOffset(months=months) - pd.Timedelta(days=1)
            for start, months in zip(frame["start"], frame["months"], strict=True)
        ]
        return frame[frame["period_type"].isin(kinds)].reset_index(drop=True)


FIRST_DAYS = {
    "interventi": "data_intervento",
    "reclami": "data_ricezione",
    "controlli": "data_controllo",
    "spese": "data_competenza",
    "ore_operatori": "mese",
}


PLAIN: dict[str, Callable[[Any], Any]] = {
    "date": pd.Timestamp.date,
    "month": pd.Timestamp.date,
    "int": int,
    "year": int,
    "decimal": lambda value: Decimal(repr(float(value))),
    "flag": bool,
}


def _typed(texts: pd.Series, kind: str) -> pd.Series:
    texts = texts.where(texts != "", None)
    match kind:
        case "date":
            iso = texts.str.fullmatch(r"\d{4}-\d\d-\d\d", na=False)
            italian = pd.to_datetime(texts.where(~iso).str.replace("-", "/"), format="%d/%m/%Y")
            return pd.to_datetime(texts.where(iso), format="%Y-%m-%d").fillna(italian)
        case "month":
            iso = texts.str.fullmatch(r"\d{4}-\d\d", na=False)
            italian = pd.to_datetime(texts.where(~iso), format="%m/%Y")
            return pd.to_datetime(texts.where(iso), format="%Y-%m").fillna(italian)
        case "int" | "year":
            return pd.to_numeric(texts).astype("Int64")
        case "decimal":
            has_comma = texts.str.contains(",", na=False)
            plain = texts.str.replace(".", "").str.replace(",", ".")
            return pd.to_numeric(texts.where(~has_comma, plain))
        case "flag":
            return texts.map(FLAGS)
    return texts


def with_totals(frame: pd.DataFrame, **totals: str) -> pd.DataFrame:
    """The rows, and again for each column under the code of its total."""
    for column, total in totals.items():
        frame = pd.concat([frame, frame.assign(**{column: total})], ignore_index=True)
    return frame


def with_periods(frame: pd.DataFrame, periods: pd.DataFrame, day: str) -> pd.DataFrame:
    """Each row once for each period that its day lies in."""
    days = frame[[day]].drop_duplicates().merge(periods, how="cross")
    return frame.merge(days[(days[day] >= days["start"]) & (days[day] <= days["end"])], on=day)
