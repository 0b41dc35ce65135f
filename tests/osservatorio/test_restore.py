"""Going back to an earlier release: only to one that is what was published."""

import json
import shutil
from pathlib import Path

import pytest
from releases_by_hand import put_out

from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.integrity import restore_release
from osservatorio.release import current_release_id, manifest_path, open_release, release_path

OTHER = [("108030", "TUTTE", 11.5)]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    place = Home(tmp_path_factory.mktemp("due") / "casa")
    put_out(place)
    put_out(place, OTHER, later=1)
    return place.root


@pytest.fixture
def home(made, tmp_path) -> Home:
    """A home with two releases: the first, and the second, in use."""
    return Home(shutil.copytree(made, tmp_path, dirs_exist_ok=True))


@pytest.fixture
def first(home) -> str:
    (found,) = {path.stem for path in home.releases.glob("*.duckdb")} - {current_release_id(home)}
    return found


def test_the_pointer_moves_back_and_both_releases_stay(home, first):
    second = current_release_id(home)
    assert restore_release(home, first)["release_id"] == first
    with open_release(home) as release:
        assert release.id == first
        assert release.rows("select count(*) from mart_budget") == [(3,)]
    restore_release(home, second)
    assert current_release_id(home) == second


def test_the_command_by_id_and_by_name(home, first, osservatorio):
    said = osservatorio("releases", "restore", "precedente", home=home.root).stdout
    assert first in said
    assert "31/12/2023" in said
    assert current_release_id(home) == first


def change_a_figure(path) -> None:
    with connect(path) as con:
        con.execute("update mart_budget set spent = spent + 1")


def flip_a_byte(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


@pytest.mark.parametrize("damage", [change_a_figure, flip_a_byte, cut])
def test_a_release_that_is_not_what_was_published_is_refused(home, first, damage):
    second = current_release_id(home)
    path = release_path(home, first)
    path.chmod(0o644)
    damage(path)
    with pytest.raises(UserError, match="non è più quello pubblicato"):
        restore_release(home, first)
    assert current_release_id(home) == second


def test_figures_are_checked_against_the_manifest_too(home, first):
    """A file and a manifest that agree on the bytes do not make other figures the published ones."""
    path = manifest_path(home, first)
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {"content_sha256": "0" * 64}), "utf-8")
    with pytest.raises(UserError, match="non è più quello pubblicato"):
        restore_release(home, first)


def test_a_file_that_is_gone_is_said_so(home, first):
    release_path(home, first).unlink()
    with pytest.raises(UserError, match="copia di sicurezza"):
        restore_release(home, first)
