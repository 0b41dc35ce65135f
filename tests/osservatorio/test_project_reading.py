"""Reading the dbt project once for all homes: the same models, from the cache or from the files."""

import os
import shutil
from pathlib import Path

import pytest

from osservatorio import build, project_reading
from osservatorio.build import parse

HOME = "OSSERVATORIO_LANDING_DB"
MODELS = {"model.osservatorio.one", "model.osservatorio.two"}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(HOME, "the home's own")
    return tmp_path / "cache" / "osservatorio" / "dbt"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with two models in place of its own, which take seconds to read."""
    folder = tmp_path / "progetto"
    without = shutil.ignore_patterns("models", "seeds", "tests", "*.py", "__pycache__")
    shutil.copytree(build.PROJECT, folder, ignore=without)
    (folder / "models").mkdir()
    (folder / "models" / "one.sql").write_text("select 1 as number", "utf-8")
    (folder / "models" / "two.sql").write_text("select * from {{ ref('one') }}", "utf-8")
    for module in (build, project_reading):
        monkeypatch.setattr(module, "PROJECT", folder)
    return folder


def _read(folder: Path) -> tuple[set[str], bool]:
    """The models of the project, and whether dbt had to read its files."""
    manifest = parse(str(folder))
    assert os.environ[HOME] == "the home's own"
    return {name for name in manifest.nodes if name.startswith("model.")}, any(folder.glob("*.msgpack"))


def test_a_second_home_takes_what_the_first_one_read(cache: Path, tmp_path: Path):
    assert _read(tmp_path / "one") == (MODELS, True)
    (kept,) = cache.iterdir()
    for place in ("one", "cache"):
        assert str(tmp_path / place).encode() not in kept.read_bytes()
    assert _read(tmp_path / "two") == (MODELS, False)
    kept.write_bytes(b"half of a")
    assert _read(tmp_path / "three") == (MODELS, True)
    assert _read(tmp_path / "four") == (MODELS, False)


def test_another_state_of_the_project_is_read_again(cache: Path, tmp_path: Path, project: Path):
    assert _read(tmp_path / "one") == (MODELS, True)
    (project / "models" / "two.sql").unlink()
    assert _read(tmp_path / "two") == (MODELS - {"model.osservatorio.two"}, True)
    assert len(list(cache.iterdir())) == 2


def test_without_a_place_for_it_the_files_are_read(cache: Path, tmp_path: Path):
    (tmp_path / "cache").write_text("not a folder")
    assert _read(tmp_path / "one")[1]


def test_a_home_outlives_the_place_of_the_programme(
    cache: Path, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
):
    home = tmp_path / "home"
    parse(str(home))
    moved = project.rename(tmp_path / "altrove")
    for module in (build, project_reading):
        monkeypatch.setattr(module, "PROJECT", moved)
    parse(str(home))
    assert str(project).encode() not in (home / project_reading.SAVED).read_bytes()
