"""The works that make marts: all of them, those that PostgreSQL can, and the chain of two that pandas does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.cells import compare
from benchmarks.peers.measuring import Command, Failed
from benchmarks.peers.pandas_marts import MARTS as PANDAS_MARTS
from benchmarks.peers.peer import OFFLINE, OURS, PEERS_PYTHON, SPARK_PYTHON, Peer, Work, module
from benchmarks.peers.prepared import NULL, ROOT, Ground
from osservatorio.landing_export import AMBITO

Relations = Callable[[duckdb.DuckDBPyConnection, Ground], Mapping[str, str]]


def modelling(ground: Ground) -> list[Work]:
    """The works over the marts of one scale; without a server of PostgreSQL its work is left out, and that is said."""
    every = ground.models.marts
    works = [
        Work(
            "models",
            [
                _ours(ground, "models", every),
                Peer(
                    "dbt_duckdb", _dbt, _compared(every, _dbt_marts), _read_project, _new_files("dbt_duckdb")
                ),
                Peer("sqlmesh", _sqlmesh, _compared(every, _sqlmesh_marts), reset=_write_sqlmesh),
                Peer("spark", _spark, _compared(every, _spark_marts)),
            ],
            _size(ground, every),
        ),
        Work(
            "two_marts",
            [
                _ours(ground, "two_marts", list(PANDAS_MARTS)),
                Peer(
                    "pandas",
                    _pandas,
                    _compared(list(PANDAS_MARTS), _pandas_marts),
                    reset=_no_folder("pandas"),
                ),
            ],
            _size(ground, list(PANDAS_MARTS)),
        ),
    ]
    try:
        _load_postgres(ground)
    except Failed as failure:
        print(f"PostgreSQL: {failure}", file=sys.stderr)
        return works
    return [*works, _postgres_work(ground)]


def _postgres_work(ground: Ground) -> Work:
    """The marts that need no model that is left out, on both engines."""
    left_out = _postgres(ground)["left_out"]
    possible = ground.models.possible_without(left_out)
    compare = _postgres_compared(possible)
    return Work(
        "models_postgres",
        [
            _ours(ground, "models_postgres", possible),
            Peer("postgres", _dbt_postgres, compare, reset=_empty_postgres, tell=_postgres),
        ],
        {
            **_size(ground, possible),
            "left_out": left_out,
            "marts_left_out": sorted(set(ground.models.marts) - set(possible)),
        },
    )


def _size(ground: Ground, marts: list[str]) -> dict[str, Any]:
    return {"marts": len(marts), "models": len(ground.models.needed_by(marts))}


def _compared(marts: list[str], relations: Relations) -> Callable[[Ground], dict[str, Any]]:
    """Compare the marts of a peer, wherever they lie, with those of the product's plan."""

    def comparing(ground: Ground) -> dict[str, Any]:
        with duckdb.connect() as con:
            con.execute(f"attach '{ground.work / 'reference' / 'release.duckdb'}' as ours (read_only)")
            theirs = relations(con, ground)
            ours = {mart: f"ours.main.{mart}" for mart in marts}
            found = compare(con, ours, theirs, ground.manifest["keys"])
            return {**found.as_dict(), "unit": "cells"}

    return comparing


# The product itself: the part of its plan that makes these marts.
def _ours(ground: Ground, name: str, marts: list[str]) -> Peer:
    plan, told = ground.plan_of(name, ground.models.needed_by(marts)), ground.work / f"ours_{name}.json"
    return Peer(
        OURS,
        lambda g: Command(
            module("ours", str(plan), str(told)), {**OFFLINE, **g.places(f"ours_{name}")}, told
        ),
        reset=_new_files(f"ours_{name}"),
    )


def _new_files(name: str) -> Callable[[Ground], None]:
    def reset(ground: Ground) -> None:
        for file in (ground.work / name).glob("*.duckdb*"):
            file.unlink()

    return reset


def _no_folder(name: str) -> Callable[[Ground], None]:
    return lambda ground: shutil.rmtree(ground.work / name, ignore_errors=True)


def _unmeasured(command: Command) -> None:
    done = subprocess.run(
        command.arguments,
        env={**os.environ, **command.environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise Failed(f"{' '.join(command.arguments[:5])}: exit {done.returncode}\n{done.stdout[-3000:]}")


# dbt with DuckDB, the project as it stands.
def _dbt_command(ground: Ground, *command: str) -> Command:
    told = ground.work / "dbt_duckdb.json"
    variables = {"as_of": ground.as_of, **ground.manifest["settings"]}
    project = [str(ROOT / "dbt_project"), str(ground.work / "dbt_duckdb"), json.dumps(variables), str(told)]
    return Command(module("dbt_run", *project, *command), {**OFFLINE, **ground.places("dbt_duckdb")}, told)


def _dbt(ground: Ground) -> Command:
    return _dbt_command(ground, "build", "--resource-type", "model", "--resource-type", "seed")


def _read_project(ground: Ground) -> None:
    """What dbt keeps of its reading of the project is there, as from an earlier run."""
    _unmeasured(_dbt_command(ground, "parse"))


def _dbt_marts(con: duckdb.DuckDBPyConnection, ground: Ground) -> Mapping[str, str]:
    con.execute(f"attach '{ground.work / 'dbt_duckdb' / 'release.duckdb'}' as theirs (read_only)")
    return {mart: f"theirs.main.{mart}" for mart in ground.models.marts}


# SQLMesh with DuckDB.
def _write_sqlmesh(ground: Ground) -> None:
    _unmeasured(Command(module("sqlmesh_models", "write", str(ground.work), python=PEERS_PYTHON), OFFLINE))


def _sqlmesh(ground: Ground) -> Command:
    told = ground.work / "sqlmesh_told.json"
    return Command(module("sqlmesh_models", "build", str(ground.work), python=PEERS_PYTHON), OFFLINE, told)


def _sqlmesh_marts(con: duckdb.DuckDBPyConnection, ground: Ground) -> Mapping[str, str]:
    for name in ("release", "scratch"):  # its views call the files by these names
        con.execute(f"attach '{ground.work / 'sqlmesh_db' / name}.duckdb' as {name} (read_only)")
    return {mart: f"release.main.{mart}" for mart in ground.models.marts}


# Spark.
def _spark(ground: Ground) -> Command:
    told = ground.work / "spark_told.json"
    return Command(module("spark_models", str(ground.work), python=SPARK_PYTHON), OFFLINE, told)


def _spark_marts(con: duckdb.DuckDBPyConnection, ground: Ground) -> Mapping[str, str]:
    files = ground.work / "spark" / "marts"
    return {
        mart: f"read_parquet('{files / mart}/{AMBITO}=*/*.parquet', hive_partitioning = false)"
        for mart in ground.models.marts
    }


# PostgreSQL.
def _postgres_command(ground: Ground, what: str) -> Command:
    told = ground.work / "postgres_told.json" if what == "build" else None
    return Command(module("postgres", what, str(ground.work), python=PEERS_PYTHON), OFFLINE, told)


def _load_postgres(ground: Ground) -> None:
    _unmeasured(_postgres_command(ground, "load"))


def _empty_postgres(ground: Ground) -> None:
    _unmeasured(_postgres_command(ground, "empty"))


def _dbt_postgres(ground: Ground) -> Command:
    return _postgres_command(ground, "build")


def _postgres(ground: Ground) -> dict[str, Any]:
    return json.loads((ground.work / "postgres.json").read_text())


def _postgres_compared(marts: list[str]) -> Callable[[Ground], dict[str, Any]]:
    def relations(con: duckdb.DuckDBPyConnection, ground: Ground) -> Mapping[str, str]:
        _unmeasured(_postgres_command(ground, "keep"))
        files = ground.work / "postgres_marts"
        options = (
            f"all_varchar = true, header = true, nullstr = '{NULL}', delim = ',', quote = '\"', escape = '\"'"
        )
        return {mart: f"read_csv('{files / mart}.csv', {options})" for mart in marts}

    return _compared(marts, relations)


# pandas.
def _pandas(ground: Ground) -> Command:
    told = ground.work / "pandas_told.json"
    return Command(module("pandas_marts", str(ground.work), str(told)), OFFLINE, told)


def _pandas_marts(con: duckdb.DuckDBPyConnection, ground: Ground) -> Mapping[str, str]:
    return {mart: f"read_parquet('{ground.work / 'pandas' / mart}.parquet')" for mart in PANDAS_MARTS}


def forget(ground: Ground) -> None:
    """The folder of the server, which lies outside the folder of the work."""
    file: Path = ground.work / "postgres.json"
    if file.exists():
        shutil.rmtree(Path(json.loads(file.read_text())["server"]).parent, ignore_errors=True)
