"""A small release with invented figures, whose marts have exactly the columns of the seed mart_columns.

A figure named here that the seed does not know raises, so a column renamed in the warehouse is noticed.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd
from report_figures import AS_OF, DELIVERIES, Figures, figures
from report_marts import indicators

from osservatorio.home import Home
from osservatorio.reference import SEEDS

TYPES = {
    "testo": "varchar",
    "codice": "varchar",
    "intero": "bigint",
    "decimale": "double",
    "percentuale": "double",
    "euro": "decimal(18, 2)",
    "data": "date",
    "si_no": "boolean",
}
RELEASE_ID = "r-prova-0001"


class FakeRelease(Figures):
    """Builds the file of one release under a home and points the home at it."""

    def __init__(self, home: Home, as_of: date = AS_OF) -> None:
        super().__init__(as_of)
        self.home = home
        self.seeds: dict[str, pd.DataFrame] = {}  # instead of the project's own
        self.marts = {mart: [dict(row) for row in rows] for mart, rows in figures(as_of).items()}
        self.manifest: dict[str, Any] = {
            "release_id": RELEASE_ID,
            "as_of": as_of.isoformat(),
            "created_at": "2022-10-03T08:00:00",
            "content_sha256": "ab" * 32,
            "key_id": "k-prova",
            "versions": {"osservatorio": "0"},
            "deliveries": [
                {
                    "delivery_id": f"d-{number:04d}",
                    "file": f"{extract}__{town.slug}__2022-06-30.csv",
                    "extract": extract,
                    "sha256": f"{number:064x}",
                    "rows_read": 100 + number,
                    "accepted": 99 + number,
                    "quarantined": 1,
                }
                for number, (extract, town) in enumerate(DELIVERIES)
            ],
            "row_counts": {},
            "models": {},
            "verdict": {
                "outcome": "superato_con_avvisi",
                "publishable": True,
                "checks": 120,
                "failed": 0,
                "warnings": [
                    {
                        "check": "volume",
                        "severity": "avviso",
                        "extract": "interventi",
                        "codice_ente": "108030",
                        "message": "Meda ha consegnato meno interventi del solito.",
                        "what_to_do": "Chiedi a Meda se la consegna è completa.",
                    }
                ],
            },
        }

    def write(self) -> Home:
        """Write release, manifest and pointer: the figures as they were invented, then those that a test changed."""
        self.home.prepare()
        path = self.home.releases / f"{self.manifest['release_id']}.duckdb"
        invented = _invented(self.as_of)
        path.write_bytes(invented.content)
        changed = {mart: rows for mart, rows in self.marts.items() if rows != invented.marts.get(mart)}
        if changed and "mart_indicators" not in self.marts:
            changed["mart_indicators"] = indicators(self.marts)
        with duckdb.connect(str(path)) as connection:
            for seed, frame in self.seeds.items():
                self._create_seed(connection, seed, frame)
            for mart, rows in changed.items():
                self._create(connection, mart, rows)
            for mart in invented.marts.keys() - self.marts.keys():
                connection.execute(f"drop table {mart}")
        manifest = path.with_name(f"{self.manifest['release_id']}.manifest.json")
        manifest.write_text(json.dumps(self.manifest), "utf-8")
        self.home.current.write_text(json.dumps({"release_id": self.manifest["release_id"]}), "utf-8")
        return self.home

    def write_whole(self, path: Path) -> None:
        """Every seed and mart in a new file."""
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema seeds")
            for seed in sorted(SEEDS.glob("*.csv")):
                frame = pd.read_csv(seed, dtype={"municipality_code": str})
                self._create_seed(connection, seed.stem, frame)
            for mart, rows in {"mart_indicators": indicators(self.marts), **self.marts}.items():
                self._create(connection, mart, rows)

    @staticmethod
    def _create_seed(connection: duckdb.DuckDBPyConnection, seed: str, frame: pd.DataFrame) -> None:
        connection.register("frame", frame)
        connection.execute(f"create or replace table seeds.{seed} as from frame")
        connection.unregister("frame")

    def _create(self, connection: duckdb.DuckDBPyConnection, mart: str, rows: list[dict[str, Any]]) -> None:
        types = {row["column_name"]: TYPES[row["format"]] for row in self.columns if row["mart"] == mart}
        types |= {name: "bigint" for name in types if name == "year"}
        assert types, f"mart_columns does not know {mart}"
        connection.execute(
            f"create or replace table {mart} ({', '.join(f'{name} {kind}' for name, kind in types.items())})"
        )
        frame = pd.DataFrame(rows)
        assert set(frame.columns) <= set(types), (
            f"{mart}: {set(frame.columns) - set(types)} not in mart_columns"
        )
        if len(frame):
            connection.register("frame", frame)
            connection.execute(f"insert into {mart} by name select * from frame")
            connection.unregister("frame")


@dataclass(frozen=True)
class Invented:
    """A release as it is invented: the bytes of its file, and the rows of its marts."""

    content: bytes
    marts: dict[str, list[dict[str, Any]]]


@cache
def _invented(as_of: date) -> Invented:
    """Made once for all tests of a process: most change little of it."""
    with TemporaryDirectory() as folder:
        release = FakeRelease(Home(Path(folder)), as_of)
        path = Path(folder) / "invented.duckdb"
        release.write_whole(path)
        return Invented(path.read_bytes(), release.marts)
