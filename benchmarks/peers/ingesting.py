"""The work of reading and checking deliveries: the product's `ingest`, and pydantic row by row."""

import json
import shutil
import sys
from typing import Any

import duckdb

from benchmarks.peers.measuring import Command
from benchmarks.peers.peer import OFFLINE, OURS, Peer, Work, module
from benchmarks.peers.prepared import Ground, osservatorio

HOME, OUT, TOLD = "ingest_home", "pydantic", "pydantic_told.json"


def ingesting(ground: Ground) -> list[Work]:
    """The work over the deliveries of one scale."""
    return [
        Work(
            "ingest",
            [
                Peer(OURS, _ingest, reset=_new_home),
                Peer("pydantic", _pydantic, _compare, reset=_no_output, tell=_tell),
            ],
            {"rows": ground.rows},
        )
    ]


def _new_home(ground: Ground) -> None:
    shutil.rmtree(ground.work / HOME, ignore_errors=True)
    osservatorio(ground.work / HOME, "keys", "new")


def _ingest(ground: Ground) -> Command:
    arguments = [
        "-m",
        "osservatorio.cli",
        "--home",
        str(ground.work / HOME),
        "ingest",
        str(ground.deliveries),
    ]
    return Command([sys.executable, *arguments], OFFLINE)


def _no_output(ground: Ground) -> None:
    shutil.rmtree(ground.work / OUT, ignore_errors=True)


def _pydantic(ground: Ground) -> Command:
    told = ground.work / TOLD
    arguments = [str(ground.deliveries), str(ground.work / OUT), str(told)]
    return Command(module("row_by_row", *arguments), OFFLINE, told)


def _told(ground: Ground) -> dict[str, Any]:
    return json.loads((ground.work / TOLD).read_text())


def _tell(ground: Ground) -> dict[str, Any]:
    if not (ground.work / TOLD).exists():
        return {}
    told = _told(ground)
    return {"refused": len(told["refused"]), "rules_not_said": len(told["rules_not_said"])}


def _compare(ground: Ground) -> dict[str, Any]:
    """Which rows are refused, by file and line; those that break only rules that the models do not have are left aside."""
    told = _told(ground)
    theirs = {(file, line) for file, line in told["refused"]}
    not_said = {name.split(".", 1)[1] for name in told["rules_not_said"]}
    with duckdb.connect(str(ground.work / HOME / "landing.duckdb"), read_only=True) as con:
        refused = con.execute('select file, "row", rule from quarantine.rows').fetchall()
        counted = con.execute(
            "select sum(rows_read) from meta.deliveries where outcome = 'landed'"
        ).fetchone()
    ours = {(file, line) for file, line, rule in refused if rule not in not_said}
    different = sorted(ours ^ theirs)
    return {
        "cells": told["rows"],
        "different": len(different) + abs(told["rows"] - (counted[0] if counted else 0)),
        "shown": [f"{file}, {line}" for file, line in different[:10]],
        "unit": "rows",
        "refused": len(ours),
    }
