"""A home for the returns: releases and landing of the demonstration, keys and exports of its own."""

import json
import shutil
from pathlib import Path

import pytest

from osservatorio.home import Home


def home_like(root: Path, demo: Path) -> Home:
    """A home that reads the demonstration's archives and writes its own keys, settings, log and exports."""
    root.mkdir()
    shutil.copytree(demo / "keys", root / "keys")
    for name in ("landing.duckdb", "releases", "current.json", "dati_dimostrativi.txt"):
        (root / name).symlink_to(demo / name)
    return Home(root)


@pytest.fixture(scope="session")
def returns_home(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Home:
    """Where every test of this room exports; tests that change keys or settings make their own."""
    return home_like(tmp_path_factory.mktemp("rilevazioni") / "home", demo_home)


@pytest.fixture
def own_home(tmp_path: Path, demo_home: Path) -> Home:
    return home_like(tmp_path / "home", demo_home)


@pytest.fixture(scope="session")
def sinba(returns_home: Home, osservatorio) -> dict:
    """The national return of 2022, as the command tells of it in JSON."""
    return json.loads(osservatorio("export", "sinba", "2022", "--json", home=returns_home.root).stdout)
