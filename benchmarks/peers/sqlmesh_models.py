"""The models by SQLMesh on DuckDB: the same compiled SQL, a project written for it.

    python -m benchmarks.peers.sqlmesh_models write|build WORK

`write` makes the project in WORK/sqlmesh over WORK/sqlmesh_db/ (new files; the landing is attached read-only, the lists
are copied beforehand). `build` is what is measured: a plan of the environment `prod`, applied at once, without tests.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

os.environ |= {"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true", "DO_NOT_TRACK": "1", "MAX_FORK_WORKERS": "1"}
KINDS = {"table": "FULL", "view": "VIEW"}
FILES = "sqlmesh_db"
MODEL = """MODEL (
  name {relation},
  kind {kind},
  dialect duckdb,
  optimize_query FALSE
);

{sql}
"""


def write(work: Path) -> None:
    import duckdb

    about = json.loads((work / "about.json").read_text())
    for name in ("sqlmesh", FILES):
        shutil.rmtree(work / name, ignore_errors=True)
    (work / "sqlmesh" / "models").mkdir(parents=True)
    (work / FILES).mkdir()
    with duckdb.connect() as con:
        for name in ("release", "scratch"):
            con.execute(f"attach '{work / FILES / name}.duckdb' as {name}")
        con.execute(f"attach '{work / 'reference' / 'release.duckdb'}' as given (read_only)")
        con.execute("create schema release.seeds")
        lists = (
            "select table_name from duckdb_tables() where database_name = 'given' and schema_name = 'seeds'"
        )
        for (name,) in con.execute(lists).fetchall():
            con.execute(f'create table release.seeds."{name}" as from given.seeds."{name}"')
    for model in json.loads((work / "models.json").read_text()):
        relation = model["relation"].replace('"', "")
        text = MODEL.format(relation=relation, kind=KINDS[model["kind"]], sql=model["sql"])
        (work / "sqlmesh" / "models" / f"{model['name']}.sql").write_text(text)
    (work / "sqlmesh" / "config.yaml").write_text(json.dumps(_configuration(work, about)))


def _configuration(work: Path, about: dict[str, Any]) -> dict[str, Any]:
    connection = {
        "type": "duckdb",
        "catalogs": {
            "release": str(work / FILES / "release.duckdb"),
            "scratch": str(work / FILES / "scratch.duckdb"),
            "landing_db": {"type": "duckdb", "path": about["landing"], "read_only": True},
        },
        "connector_config": {
            "threads": about["threads"],
            "memory_limit": about["memory_limit"],
            "preserve_insertion_order": False,
            "temp_directory": str(work / FILES / "tmp"),
        },
        "concurrent_tasks": about["threads"],
    }
    state = {"type": "duckdb", "database": str(work / FILES / "state.duckdb")}
    return {
        "gateways": {"build": {"connection": connection, "state_connection": state}},
        "default_gateway": "build",
        "model_defaults": {"dialect": "duckdb", "start": about["as_of"], "cron": "@daily"},
        "disable_anonymized_analytics": True,
    }


def build(work: Path) -> float:
    from sqlmesh import Context

    started = time.perf_counter()
    context = Context(paths=[str(work / "sqlmesh")])
    context.plan(auto_apply=True, no_prompts=True, skip_tests=True, skip_linter=True, no_diff=True)
    context.close()
    return time.perf_counter() - started


def main(what: str, folder: str) -> None:
    work = Path(folder)
    if what == "write":
        write(work)
    else:
        (work / "sqlmesh_told.json").write_text(json.dumps({"work": build(work)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
