"""Killed with -9 at random moments, a home never loses what it acknowledged, and the next run completes."""

import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from killing import Stages, Witness, content

from osservatorio.build import RESULT, candidate_folder, candidate_path
from osservatorio.database import attach, connect
from osservatorio.home import Home
from osservatorio.keys import new_key
from osservatorio.release import current_release_id

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: this system cannot fork a process")

SEED = 20240115
KILLS = {"ingest": 67, "build": 1, "build_apart": 2, "validate": 3, "publish": 29}
CHILDREN = ("provvedimenti", "relazioni_ag")
PARENTS = ("minori", "reclami")
FILES = 2  # of each extract: enough for one transaction to be whole and the next one not
MOST_IN_A_ROW = 9
MARTS_IN = 8  # one in so many: a release of fewer tables is no less a release, and is published in less time
EACH, TOGETHER = 1, 64 << 20  # bytes checked in one transaction: one delivery, or all of an extract


@dataclass
class Case:
    """The home under attack, the same home never killed, and what they were given."""

    stages: Stages
    home: Home
    never_killed: Home
    first: Path
    second: Path
    candidate: Path
    release_id: str
    seconds: dict[str, float]
    kills: Counter = field(default_factory=Counter)
    lost: int = 0

    def kill(self, stage: str, home: Home, *, alone: bool = False, **arguments: Any) -> bool:
        """Kill a stage at a random moment of the time that it takes; whether it was not over by then.

        That time is learnt while killing: other work of the computer makes it longer and shorter.
        """
        killed = self.stages.kill(stage, home, self.seconds[stage], alone=alone, **arguments)
        self.seconds[stage] *= 1.05 if killed else 0.75
        self.kills[stage] += killed
        return killed


def _copy(source: Home, target: Path) -> Home:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source.root, target)
    return Home(target)


@pytest.fixture(scope="module")
def case(small_deliveries: Path, plan_of_builds: None, tmp_path_factory: pytest.TempPathFactory):
    """A home where rows wait for their parents, and beside it what it becomes when nobody kills anything."""
    place = tmp_path_factory.mktemp("uccisioni")
    folders = {"prima": CHILDREN, "seconda": CHILDREN + PARENTS}
    for name, extracts in folders.items():
        (place / name).mkdir()
        for extract in extracts:
            for file in sorted(small_deliveries.glob(f"{extract}__*.csv"))[:FILES]:
                shutil.copy(file, place / name)
    stages = Stages(place / "log.txt", Random(SEED))
    home, first, second = Home(place / "casa"), place / "prima", place / "seconda"
    new_key(home)
    stages.run("ingest", home, folder=str(first), batch_bytes=TOGETHER)
    never_killed = _copy(home, place / "mai_uccisa")
    seconds = {"ingest": stages.run("ingest", never_killed, folder=str(second), batch_bytes=TOGETHER)}
    seconds["build"] = stages.run("build", never_killed)
    seconds["build_apart"] = seconds["build"] + 3
    _take_some_marts(never_killed, place / "candidata")
    seconds["validate"] = stages.run("validate", never_killed)
    shutil.copy(never_killed.work / "verdict.json", place / "candidata")
    seconds["publish"] = stages.run("publish", never_killed)
    release_id = current_release_id(never_killed)
    assert release_id
    yield Case(stages, home, never_killed, first, second, place / "candidata", release_id, seconds)
    stages.close()


def test_ingest(case: Case, tmp_path: Path, report_kills):
    """Over a landing where rows wait, and over none; each delivery apart, or an extract in one transaction."""
    expected = content(case.never_killed)
    for chain in count():
        begins_empty = chain % 4 == 3
        home = _copy(case.home, tmp_path / "casa")
        if begins_empty:
            home.landing.unlink()
        _kill_until_it_is_done(case, home)
        if not begins_empty:
            assert content(home) == expected
            if case.kills["ingest"] >= KILLS["ingest"]:
                break
    report_kills("ingest", case.kills["ingest"], case.lost)
    _copy(home, case.home.root)


def _kill_until_it_is_done(case: Case, home: Home) -> None:
    """Kill ingestion after ingestion over what the one before left, until one ends; a few, and then let one end."""
    random = case.stages.random
    witness = Witness(home)
    folder = str(case.second)
    for _ in range(MOST_IN_A_ROW):
        size = random.choice((EACH, TOGETHER))
        killed = case.kill("ingest", home, folder=folder, batch_bytes=size)
        witness.look(read_only=random.random() < 0.5)
        if not killed:
            break
    case.stages.run("ingest", home, folder=folder, batch_bytes=TOGETHER)
    witness.look(read_only=True)
    case.lost += witness.lost
    assert not list(home.root.glob("*.wal"))


def test_build_and_validate(case: Case, report_kills):
    """Candidate and verdict are lost, nothing else is; the build killed with its parent, or left alone by it."""
    for stage in ("build", "build_apart", "validate"):
        witness = Witness(case.home)
        witness.look(read_only=True)
        while case.kills[stage] < KILLS[stage]:
            alone = stage == "build_apart" and case.kills[stage] % 2 == 1
            case.kill(stage, case.home, alone=alone)
            witness.look(read_only=True)
            assert not case.home.current.exists()
        case.lost += witness.lost
        report_kills(stage, case.kills[stage], witness.lost)


def test_publish(case: Case, report_kills):
    """Readers see the release before or the new one; both open and hold what their manifest says."""
    witness = Witness(case.home)
    variant = 0
    while case.kills["publish"] < KILLS["publish"]:
        _put_candidate(case, variant)
        before = current_release_id(case.home)
        killed = case.kill("publish", case.home)
        witness.look(read_only=True)
        if witness.release != before or not killed:
            variant += 1
    _put_candidate(case, variant)
    case.stages.run("publish", case.home)
    case.lost += witness.lost
    report_kills("publish", case.kills["publish"], witness.lost)


def test_the_next_run_completes_and_gives_the_same_release(case: Case, osservatorio):
    assert current_release_id(case.home) != case.release_id
    osservatorio("run", case.second, home=case.home.root)
    witness = Witness(case.home)
    witness.look(read_only=True)
    assert witness.release == case.release_id
    assert sum(case.kills.values()) >= 100
    assert case.lost == 0
    left_over = [path for path in case.home.root.rglob("*") if path.name.endswith((".tmp", ".wal", ".nuovo"))]
    assert not left_over
    assert not candidate_folder(case.home).exists()


def _take_some_marts(home: Home, folder: Path) -> None:
    """A candidate with some of the marts of the one that a home has built, and what else `build` left of it."""
    folder.mkdir()
    shutil.copy(candidate_folder(home) / RESULT, folder)
    with connect(folder / candidate_path(home).name) as con:
        attach(con, candidate_path(home), "whole", read_only=True)
        marts = con.execute(
            "select table_name from duckdb_tables() where database_name = 'whole' and schema_name = 'main' order by 1"
        ).fetchall()
        for mart in {"mart_data_quality", *(mart for (mart,) in marts[::MARTS_IN])}:
            con.execute(f"create table release.main.{mart} as from whole.main.{mart}")


def _put_candidate(case: Case, variant: int) -> None:
    """What `build` and `validate` leave; each variant has a content, and so a release, of its own."""
    folder = candidate_folder(case.home)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(case.candidate, folder)
    os.replace(folder / "verdict.json", case.home.work / "verdict.json")
    with connect(candidate_path(case.home)) as con:
        con.execute(f"create table release.main.variante as select {variant} as numero")
