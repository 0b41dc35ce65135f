"""Killed with -9 while many Ambiti are published together, the home serves the release before or the whole new one."""

import os
import shutil
from pathlib import Path
from random import Random

import pytest
from ambiti_by_hand import FIRST, SECOND, move_elsewhere, publish_both, publish_one, snapshot
from killing import Stages, Witness

from osservatorio.ambiti.contents import ambiti_of
from osservatorio.home import Home
from osservatorio.release import current_release_id, read_manifest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: this system cannot fork a process")

SEED, KILLS = 20240116, 12


@pytest.fixture
def stages(tmp_path: Path):
    begun = Stages(tmp_path / "log.txt", Random(SEED))
    yield begun
    begun.close()


def _codes(home: Home) -> set[str]:
    release_id = current_release_id(home)
    assert release_id
    return set(ambiti_of(read_manifest(home, release_id)))


def test_one_more_ambito_comes_whole_or_not_at_all(stages: Stages, tmp_path: Path, report_kills):
    first = publish_one(tmp_path / "primo", is_small=True)
    second = publish_one(tmp_path / "secondo", move_elsewhere, is_small=True)
    sources = snapshot(first), snapshot(second)
    before = Home(tmp_path / "prima")
    publish_both(before, [first])
    homes = [str(second.root)]
    never_killed = Home(shutil.copytree(before.root, tmp_path / "mai_uccisa"))
    seconds = stages.run("publish_together", never_killed, homes=homes)
    expected = current_release_id(never_killed)

    kills = lost = 0
    while kills < KILLS:
        home = Home(tmp_path / "insieme")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(before.root, home.root)
        witness = Witness(home)
        witness.look(read_only=True)
        while kills < KILLS and stages.kill("publish_together", home, seconds, homes=homes):
            kills += 1
            seconds *= 1.05
            witness.look(read_only=True)
            assert _codes(home) in ({FIRST}, {FIRST, SECOND})
            if _codes(home) == {FIRST, SECOND}:
                break
        else:
            seconds *= 0.75
        stages.run("publish_together", home, homes=homes)
        witness.look(read_only=True)
        lost += witness.lost
        assert current_release_id(home) == expected
        assert not [path for path in home.root.rglob("*") if path.name.endswith((".tmp", ".wal", ".nuovo"))]
    assert (snapshot(first), snapshot(second)) == sources
    report_kills("ambiti insieme", kills, lost)
