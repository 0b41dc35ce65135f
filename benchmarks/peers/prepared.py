"""The ground on which all stand: deliveries, a home of the product after its run, and what peers are given of it.

deliveries/  home/        generated deliveries, and `osservatorio run` over them
about.json                where the landing lies, reference date, variables of the models, limits of the engine
models.json  columns.json the compiled models in their order, and the columns of every table
tables/                   landing and lists as CSV, for PostgreSQL (and as Parquet, for pandas)
exported/                 `osservatorio landing export`, for Spark
reference/                release and scratch files of the product's plan: what all results are compared with
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.models import Models, part_of_plan
from osservatorio.build_plan import Plan, kept_plan, plan_place
from osservatorio.home import Home
from osservatorio.release import current_release_id, read_manifest
from osservatorio.settings import Settings

ROOT = Path(__file__).parents[2]
GIVEN = ("landing", "held", "meta", "quarantine", "seeds")
NULL = r"\N"


@dataclass(frozen=True)
class Ground:
    """One scale, ready to be worked on."""

    work: Path
    scale: float

    @property
    def home(self) -> Home:
        return Home(self.work / "home")

    @property
    def deliveries(self) -> Path:
        return self.work / "deliveries"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        name = current_release_id(self.home)
        if name is None:
            raise SystemExit("the run published nothing")
        return read_manifest(self.home, name)

    @property
    def as_of(self) -> str:
        return self.manifest["as_of"]

    @property
    def rows(self) -> int:
        """Rows of the deliveries."""
        return sum(delivery["rows_read"] for delivery in self.manifest["deliveries"])

    @cached_property
    def models(self) -> Models:
        return Models(json.loads((self.work / "models.json").read_text()))

    @cached_property
    def plan(self) -> Plan:
        """The whole plan of the product, at the reference date."""
        plan = kept_plan(plan_place(Settings().model_variables()))
        if plan is None:
            raise SystemExit("the product left no plan of its build")
        return plan.at(self.as_of)

    def places(self, name: str) -> Mapping[str, str]:
        """Environment of a build on DuckDB into new files in the folder `name`."""
        folder = self.work / name
        folder.mkdir(exist_ok=True)
        return {
            "OSSERVATORIO_BUILD_DB": str(folder / "release.duckdb"),
            "OSSERVATORIO_SCRATCH_DB": str(folder / "scratch.duckdb"),
            "OSSERVATORIO_LANDING_DB": str(self.home.landing),
            "OSSERVATORIO_TEMP_DIR": str(folder / "tmp"),
            "OSSERVATORIO_MEMORY_LIMIT": Settings().memory_limit,
            "OSSERVATORIO_THREADS": str(Settings().threads),
        }

    def plan_of(self, name: str, models: list[str]) -> Path:
        """The file of the part of the plan that makes these models."""
        file = self.work / f"plan_{name}.json"
        file.write_text(json.dumps(asdict(part_of_plan(self.plan, models))))
        return file


def osservatorio(home: Path, *arguments: str) -> None:
    """A command of the product; what it says is shown where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "osservatorio.cli", "--home", str(home), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"osservatorio {' '.join(arguments)}: exit {done.returncode}\n{done.stdout[-2000:]}")


def prepare(work: Path, scale: float) -> Ground:
    """Everything above, in `work`, which is empty; nothing of it is timed."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from compiled_models import compile_models

    ground = Ground(work, scale)
    osservatorio(work, "generate", "--out", str(ground.deliveries), "--scale", f"{scale:g}")
    osservatorio(ground.home.root, "keys", "new")
    osservatorio(ground.home.root, "run", str(ground.deliveries))
    osservatorio(ground.home.root, "landing", "export", "--out", str(work / "exported"))
    compiled = compile_models(ground.home, ground.as_of, ground.manifest["settings"])
    listed = Models([asdict(model) for model in compiled])
    described = [
        {
            **model,
            "schema": model["relation"].split(".")[1].strip('"'),
            "parents": sorted(listed.parents[model["name"]]),
        }
        for model in listed.compiled
    ]
    (work / "models.json").write_text(json.dumps(described))
    about = {
        "landing": str(ground.home.landing),
        "as_of": ground.as_of,
        "variables": ground.manifest["settings"],
        "threads": Settings().threads,
        "memory_limit": Settings().memory_limit,
    }
    (work / "about.json").write_text(json.dumps(about))
    _build_reference(ground)
    _give_tables(ground)
    return ground


def _build_reference(ground: Ground) -> None:
    plan = ground.plan_of("reference", list(ground.models.by_name))
    command = [sys.executable, "-m", "benchmarks.peers.ours", str(plan), str(ground.work / "reference.json")]
    environment = {**os.environ, **ground.places("reference"), "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _give_tables(ground: Ground) -> None:
    tables = ground.work / "tables"
    tables.mkdir()
    with duckdb.connect() as con:
        attach_reference(con, ground)
        columns: dict[str, dict[str, str]] = {}
        for place, name, kind in con.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            "where database_name in ('release', 'scratch', 'landing_db') and not internal "
            "order by database_name, schema_name, table_name, column_index"
        ).fetchall():
            columns.setdefault(place, {})[name] = kind
        (ground.work / "columns.json").write_text(json.dumps(columns))
        for place in columns:
            schema, table = place.split(".")
            if schema in GIVEN:
                database = "release" if schema == "seeds" else "landing_db"
                source = f'{database}.{schema}."{table}"'
                con.execute(f"copy {source} to '{tables / place}.csv' (header, nullstr '{NULL}')")
                con.execute(f"copy {source} to '{tables / place}.parquet' (compression zstd)")


def attach_reference(con: duckdb.DuckDBPyConnection, ground: Ground) -> None:
    """The product's files, read only, under the names that the models give them."""
    for name in ("release", "scratch"):
        con.execute(f"attach '{ground.work / 'reference' / name}.duckdb' as {name} (read_only)")
    con.execute(f"attach '{ground.home.landing}' as landing_db (read_only)")
