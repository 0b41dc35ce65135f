"""Reading the dbt project once for all homes: the same models, from the cache or from the files."""

import os
from pathlib import Path

import pytest

from osservatorio.build import parse

HOME = "OSSERVATORIO_LANDING_DB"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(HOME, "the home's own")
    return tmp_path / "cache" / "osservatorio" / "dbt"


def _read(folder: Path) -> tuple[set[str], bool]:
    """The models of the project, and whether dbt had to read its files."""
    manifest = parse(str(folder))
    assert os.environ[HOME] == "the home's own"
    return {name for name in manifest.nodes if name.startswith("model.")}, any(folder.glob("*.msgpack"))


def test_a_second_home_takes_what_the_first_one_read(cache: Path, tmp_path: Path):
    models, was_read = _read(tmp_path / "one")
    assert was_read
    assert len(models) > 100
    (kept,) = cache.iterdir()
    assert str(tmp_path).encode() not in kept.read_bytes()
    assert _read(tmp_path / "two") == (models, False)
    kept.write_bytes(b"half of a")
    assert _read(tmp_path / "three") == (models, True)
    assert _read(tmp_path / "four") == (models, False)


def test_without_a_place_for_it_the_files_are_read(cache: Path, tmp_path: Path):
    (tmp_path / "cache").write_text("not a folder")
    assert _read(tmp_path / "one")[1]
