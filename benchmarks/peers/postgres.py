"""The models on PostgreSQL by dbt-postgres.

    python -m benchmarks.peers.postgres load|empty|build|keep WORK

WORK holds what `prepared.py` leaves there. `load` makes the server, its landing and lists, and the dbt project of the
models said in PostgreSQL's dialect, and writes to `postgres.json` where the server lies and which models are left out
and why. `empty` takes away what an earlier build made. `build` is what is measured: the server starts, dbt makes every table, the server ends. `keep` writes the marts
to files, to be compared.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.peers.dbt_run import run_dbt
from benchmarks.peers.postgres_server import DATABASE, USER, make, running
from benchmarks.peers.to_postgres import FUNCTIONS, to_postgres

ABOUT = "postgres.json"
NULL = r"\N"
TYPES = {"VARCHAR": "text", "DOUBLE": "double precision", "JSON": "text", "HUGEINT": "numeric(38, 0)"}
READ = ("landing", "held", "meta", "quarantine", "seeds")  # schemas that models read and do not make
CONFIG = "{{ config(materialized='table', unlogged=true, schema='%s', post_hook='analyze {{ this }}') }}"
SCHEMA_NAME = """{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim }}
{%- endmacro %}
"""


def load(work: Path) -> None:
    columns = json.loads((work / "columns.json").read_text())
    models = json.loads((work / "models.json").read_text())
    folder = Path(tempfile.mkdtemp(prefix="osservatorio-postgres-"))
    folder.chmod(0o755)
    server = folder / "server"
    make(server)
    started = time.perf_counter()
    with running(server) as connection:
        cursor = connection.cursor()
        for place, types in columns.items():
            schema, table = place.split(".")
            if schema in READ:
                _load_table(cursor, work / "tables" / f"{place}.csv", schema, table, types)
        cursor.execute(FUNCTIONS)
        cursor.execute("analyze")
        loaded = time.perf_counter() - started
        cursor.execute("show server_version")
        version = cursor.fetchone()[0].split()[0]
        left_out = _write_project(work / "postgres", models, columns, server)
        _make_schemas(cursor, columns)
    about = {"server": str(server), "version": version, "loaded": loaded, "left_out": left_out}
    (work / ABOUT).write_text(json.dumps(about))


def _load_table(cursor: Any, file: Path, schema: str, table: str, types: dict[str, str]) -> None:
    cursor.execute(f'create schema if not exists "{schema}"')
    columns = ", ".join(f'"{name}" {TYPES.get(kind, kind.lower())}' for name, kind in types.items())
    cursor.execute(f'create unlogged table "{schema}"."{table}" ({columns})')
    with file.open("rb") as rows:
        cursor.copy_expert(
            f'copy "{schema}"."{table}" from stdin (format csv, header, null \'{NULL}\')', rows
        )


def _make_schemas(cursor: Any, columns: dict[str, Any]) -> None:
    for schema in sorted({place.split(".")[0] for place in columns} - set(READ)):
        cursor.execute(f'create schema if not exists "{schema}"')


def _write_project(
    folder: Path, models: list[dict[str, Any]], columns: dict[str, Any], server: Path
) -> dict[str, str]:
    """Write the dbt project. Returns the models that it leaves out, with the reason: not said, or made from one that is not."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("models", "macros"):
        (folder / part).mkdir(parents=True)
    left_out: dict[str, str] = {}
    for model in models:
        name = model["name"]
        missing = [parent for parent in model["parents"] if parent in left_out]
        try:
            if missing:
                raise ValueError(f"reads {missing[0]}")
            text = to_postgres(model["sql"], columns)
        except Exception as error:  # each is told beside the figures
            left_out[name] = str(error).splitlines()[0]
            continue
        after = "".join(f"-- depends_on: {{{{ ref('{parent}') }}}}\n" for parent in model["parents"])
        body = f"{CONFIG % model['schema']}\n{after}{{% raw %}}{text}{{% endraw %}}\n"
        (folder / "models" / f"{name}.sql").write_text(body)
    (folder / "macros" / "schema_name.sql").write_text(SCHEMA_NAME)
    project = {
        "name": "peers",
        "version": "1.0.0",
        "config-version": 2,
        "profile": "peers",
        "flags": {"send_anonymous_usage_stats": False, "version_check": False},
    }
    target = {
        "type": "postgres",
        "host": str(server),
        "port": 5432,
        "user": USER,
        "password": "none",
        "dbname": DATABASE,
        "schema": "main",
        "threads": 2,
    }
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    profiles = {"peers": {"target": "build", "outputs": {"build": target}}}
    (folder / "profiles.yml").write_text(json.dumps(profiles))
    return left_out


def empty(work: Path) -> None:
    columns = json.loads((work / "columns.json").read_text())
    with running(Path(json.loads((work / ABOUT).read_text())["server"])) as connection:
        cursor = connection.cursor()
        for schema in sorted({place.split(".")[0] for place in columns} - set(READ)):
            cursor.execute(f'drop schema if exists "{schema}" cascade')
        _make_schemas(cursor, columns)


def build(work: Path) -> float:
    about = json.loads((work / ABOUT).read_text())
    started = time.perf_counter()
    with running(Path(about["server"])):
        run_dbt(work / "postgres", work / "postgres", {}, ["run"])
    return time.perf_counter() - started


def keep(work: Path) -> None:
    about = json.loads((work / ABOUT).read_text())
    out = work / "postgres_marts"
    out.mkdir(exist_ok=True)
    with running(Path(about["server"])) as connection:
        cursor = connection.cursor()
        cursor.execute("select table_name from information_schema.tables where table_schema = 'main'")
        for (mart,) in cursor.fetchall():
            with (out / f"{mart}.csv").open("wb") as rows:
                cursor.copy_expert(f"copy main.{mart} to stdout (format csv, header, null '{NULL}')", rows)


def main(what: str, folder: str) -> None:
    work = Path(folder)
    if what == "load":
        load(work)
    elif what == "empty":
        empty(work)
    elif what == "build":
        (work / "postgres_told.json").write_text(json.dumps({"work": build(work)}))
    else:
        keep(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
