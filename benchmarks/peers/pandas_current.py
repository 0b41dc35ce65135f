"""The current version of each record in pandas, as the staging models say it (`macros/current_version.sql`)."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

ORDER = ["data_estrazione", "load_seq", "source_row"]
PROVENANCE = ["codice_ente", "comune_riferimento", "stato_record", "delivery_id", *ORDER]


def read(file: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """A Parquet file, only the columns asked for; dates as moments, texts and missing values as pandas has them."""
    table = pq.read_table(file, columns=list(dict.fromkeys(columns)) if columns else None)
    return table.to_pandas(date_as_object=False)


@dataclass(frozen=True)
class Landing:
    """The landing as Parquet files, at a reference date."""

    folder: Path
    as_of: pd.Timestamp

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        names = ["delivery_id", "outcome", "last_extraction", "loaded_at", "is_full_replacement"]
        return read(self.folder / "meta.deliveries.parquet", names)

    @cached_property
    def landed_later(self) -> pd.DataFrame:
        """Rows that still waited for another record at the reference date: extract, delivery and row."""
        rows = read(
            self.folder / "quarantine.rows.parquet", ["extract", "delivery_id", "row", "state", "closed_at"]
        ).rename(columns={"row": "source_row"})
        newer = (self.deliveries["outcome"] == "landed") & (self.deliveries["last_extraction"] > self.as_of)
        first = self.deliveries.loc[newer, "loaded_at"].min()
        late = (rows["state"] == "landed") & (rows["closed_at"] >= first)
        return rows.loc[late, ["extract", "delivery_id", "source_row"]].drop_duplicates()

    def current(self, extract: str, key: list[str], columns: list[str]) -> pd.DataFrame:
        """The current records of an extract: their key, these columns, and `municipality_code`."""
        rows = read(self.folder / f"landing.{extract}.parquet", [*PROVENANCE, *key, *columns])
        later = self.landed_later.loc[self.landed_later["extract"] == extract]
        if len(later):
            place = pd.MultiIndex.from_frame(rows[["delivery_id", "source_row"]])
            rows = rows[~place.isin(pd.MultiIndex.from_frame(later[["delivery_id", "source_row"]]))]
        delivered = rows[rows["data_estrazione"] <= self.as_of]
        latest = delivered.sort_values(ORDER).drop_duplicates(key, keep="last")
        latest = latest[~latest["delivery_id"].index.isin(self._left_out(extract, key, rows, latest))]
        latest = latest[latest["stato_record"].fillna("attivo") != "annullato"]
        return latest.assign(municipality_code=latest["comune_riferimento"].fillna(latest["codice_ente"]))

    def _left_out(self, extract: str, key: list[str], rows: pd.DataFrame, latest: pd.DataFrame) -> pd.Index:
        """Labels of the latest versions that a later full replacement of their body came without."""
        whole = self.deliveries.loc[
            self.deliveries["is_full_replacement"].fillna(False).astype(bool), "delivery_id"
        ]
        replacing = rows[rows["delivery_id"].isin(whole)]
        if replacing.empty:
            return pd.Index([])
        replacements = replacing.groupby(["codice_ente", "delivery_id"], as_index=False).agg(
            replaced_at=("data_estrazione", "max"), replaced_seq=("load_seq", "max")
        )
        replacements = replacements[replacements["replaced_at"] <= self.as_of].rename(
            columns={"delivery_id": "replacement"}
        )
        held = read(self.folder / f"held.{extract}.parquet", ["delivery_id", *key])
        all_rows = read(self.folder / f"landing.{extract}.parquet", ["delivery_id", *key])
        brought = pd.concat([all_rows, held])
        brought = brought[brought["delivery_id"].isin(replacements["replacement"])]
        brought = brought.rename(columns={"delivery_id": "replacement"}).drop_duplicates()
        facing = latest.rename_axis("label").reset_index().merge(replacements, on="codice_ente")
        after = (facing["replaced_at"] > facing["data_estrazione"]) | (
            (facing["replaced_at"] == facing["data_estrazione"])
            & (facing["replaced_seq"] > facing["load_seq"])
        )
        facing = facing[after & (facing["replacement"] != facing["delivery_id"])]
        facing = facing.merge(brought, on=["replacement", *key], how="left", indicator=True)
        return pd.Index(facing.loc[facing["_merge"] == "left_only", "label"].unique())
