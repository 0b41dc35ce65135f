"""The work of checking: the same expectations by the product on DuckDB, and on frames of pandas.

On what was delivered nearly every check passes; so both also judge a copy of the landing with a wrong value put in
every place that a check looks at, once and untimed, and every verdict must be the same.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.peers.measuring import Command
from benchmarks.peers.peer import OFFLINE, OURS, Peer, Work, module
from benchmarks.peers.prepared import ROOT, Ground
from osservatorio.contracts import Contract, load_contracts

SPOILT = "spoilt"
WRONG_CODE = "nessun_codice"


def checking(ground: Ground) -> list[Work]:
    """The work over the accepted rows of one scale."""
    told = {engine: ground.work / f"checks_{engine}.json" for engine in ("duckdb", "pandas")}

    def command(engine: str, place: Path, file: Path) -> Command:
        return Command(module("checks", engine, str(place), str(file)), OFFLINE, file)

    def compare(ground: Ground) -> dict[str, Any]:
        _spoil(ground)
        spoilt = ground.work / SPOILT
        pairs = [[_statuses(told[engine]) for engine in ("duckdb", "pandas")], []]
        for engine, place in (("duckdb", spoilt / "landing.duckdb"), ("pandas", spoilt)):
            file = spoilt / f"{engine}.json"
            subprocess.run(
                command(engine, place, file).arguments, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
            pairs[1].append(_statuses(file))
        different = [
            f"{check}: {ours.get(check)} and {theirs.get(check)}"
            for ours, theirs in pairs
            for check in sorted(ours.keys() | theirs.keys())
            if ours.get(check) != theirs.get(check)
        ]
        failed = sum(status == "failed" for status in pairs[1][0].values())
        return {
            "cells": sum(len(ours) for ours, _ in pairs),
            "different": len(different),
            "shown": different[:10],
            "unit": "verdicts",
            "failed_on_spoilt": failed,
        }

    checks = sum(len(contract.columns) for contract in load_contracts().values())
    return [
        Work(
            "checks",
            [
                Peer(OURS, lambda g: command("duckdb", g.home.landing, told["duckdb"])),
                Peer("gx_pandas", lambda g: command("pandas", g.work / "tables", told["pandas"]), compare),
            ],
            {"columns": checks, "python": sys.version.split()[0]},
        )
    ]


def _statuses(file: Path) -> dict[str, str]:
    return json.loads(file.read_text())["statuses"]


def _spoil(ground: Ground) -> None:
    """A copy of the landing, and of its Parquet files, with wrong values in the first rows of every extract."""
    folder = ground.work / SPOILT
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(ground.home.landing, folder / "landing.duckdb")
    with duckdb.connect(str(folder / "landing.duckdb")) as con:
        for extract, contract in load_contracts().items():
            table = f"landing.landing.{extract}"  # the file, then the schema
            for place, change in enumerate(_wrong_values(contract)):
                con.execute(
                    f"update {table} set {change} where rowid = (select min(rowid) + {place} from {table})"
                )
            con.execute(f"copy {table} to '{folder}/landing.{extract}.parquet'")


def _wrong_values(contract: Contract) -> list[str]:
    """One assignment for each thing that a column promises."""
    changes = []
    for column in contract.columns:
        if column.required or column.name in contract.key:
            changes.append(f"{column.name} = null")
        if column.code_list and column.kind != "codes":
            changes.append(f"{column.name} = '{WRONG_CODE}'")
        if column.minimum is not None:
            changes.append(f"{column.name} = {column.minimum - 1}")
        if column.maximum is not None:
            changes.append(f"{column.name} = {column.maximum + 1}")
        if column.max_length is not None and column.kind == "text":
            changes.append(f"{column.name} = '{'x' * (column.max_length + 1)}'")
    return changes
