"""The same models on DuckDB and on Spark give the same marts, cell for cell; two Ambiti in one warehouse, each its own.

The second has lists of its own too: other names, other residents, a municipality that joins the common services.
"""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from comparing import MOST_SHOWN, compare_marts
from dbt_landings import PROJECT
from dbt_landings import build as build_on_duckdb
from dbt_small_case import AS_OF, small_landing

from dbt_project.spark.build import build as build_on_spark
from osservatorio import landing_export
from osservatorio.home import Home
from osservatorio.settings import Settings

pytestmark = [pytest.mark.spark, pytest.mark.landing_by_hand]
DELIVERED, BY_HAND = "consegnato", "scritto_a_mano"


@dataclass(frozen=True)
class Warehouse:
    """Where the marts of Spark lie, the releases of DuckDB by Ambito, the keys of the marts."""

    folder: Path
    releases: dict[str, Path]
    keys: dict[str, list[str]]
    failures: dict[str, list[str]]


def change_list(project: Path, name: str, column: str, change: Callable[[str], str]) -> None:
    """Say the values of one column of a list otherwise."""
    path = project / "seeds" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {column: change(row[column])} for row in rows)


def project_of_another_ambito(folder: Path) -> Path:
    """The project as another installation has it."""
    project = shutil.copytree(PROJECT, folder / "dbt_project")
    change_list(project, "municipalities", "name", lambda name: f"{name} d'Oltre")
    change_list(project, "municipalities", "is_associated", lambda _: "true")
    change_list(project, "resident_minors", "resident_minors", lambda count: str(int(count) + 117))
    change_list(project, "services", "name", str.upper)
    return project


@pytest.fixture(scope="module")
def warehouse(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Both Ambiti on both engines: small deliveries that went the whole way, and a landing worked by hand."""
    folder = tmp_path_factory.mktemp("magazzino")
    manifest = json.loads(next((small_home / "releases").glob("*.manifest.json")).read_text("utf-8"))
    assert manifest["as_of"] == AS_OF, "one reference date for all Ambiti of a build"
    project = project_of_another_ambito(folder)
    by_hand = build_on_duckdb(
        small_landing(tmp_path_factory.mktemp("a_mano") / "casa"),
        AS_OF,
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
        project=project,
    )
    releases = {
        DELIVERED: next((small_home / "releases").glob("*.duckdb")),
        BY_HAND: by_hand.release,
    }
    homes = {DELIVERED: (small_home, PROJECT), BY_HAND: (by_hand.release.parent, project)}
    for ambito, (home, its_project) in homes.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(landing_export, "SEEDS", its_project / "seeds")
            landing_export.export_landing(Home(home), folder / "landing", Settings(), ambito=ambito)
    failures = build_on_spark(str(folder / "landing"), str(folder), AS_OF, threads=2)
    return Warehouse(folder, releases, manifest["keys"], failures)


def test_every_model_is_built(warehouse: Warehouse):
    assert warehouse.failures == {DELIVERED: [], BY_HAND: []}


@pytest.mark.parametrize("ambito", [DELIVERED, BY_HAND])
def test_every_cell_is_that_of_duckdb(warehouse: Warehouse, ambito: str, record_property):
    compared = compare_marts(warehouse.releases[ambito], warehouse.folder / "marts", ambito, warehouse.keys)
    cells = sum(mart.rows * mart.columns for mart in compared.values())
    counts = {"marts": len(compared), "rows": sum(mart.rows for mart in compared.values()), "cells": cells}
    record_property("counts", {"of": "Marts of Spark and of DuckDB", "part": ambito, "counts": counts})
    told = [line for mart in compared.values() for line in mart.differences[:MOST_SHOWN]]
    assert not told, "\n" + "\n".join(told)
    assert cells > 1000


def test_every_mart_is_there(warehouse: Warehouse):
    built = {folder.name for folder in (warehouse.folder / "marts").iterdir()}
    assert built == set(warehouse.keys)
    for mart in built:
        parts = {part.name for part in (warehouse.folder / "marts" / mart).iterdir() if part.is_dir()}
        assert parts == {f"ambito_code={DELIVERED}", f"ambito_code={BY_HAND}"}, mart
