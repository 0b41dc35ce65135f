"""What happens on a small disk, full or read-only. Run by `test_small_disk.py`, where mounting is allowed.

The home lies on a file system of its own in memory; how much room it leaves is decided by a file that fills it.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from killing import content

from osservatorio.build import candidate_folder, candidate_path
from osservatorio.catalogue import release_list
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.files import write_atomically
from osservatorio.home import Home
from osservatorio.integrity import check_release
from osservatorio.keys import new_key
from osservatorio.landing_state import landing_state
from osservatorio.pipeline import ingest_only, publish_only
from osservatorio.release import current_release_id
from osservatorio.settings import Settings

DELIVERIES = Path(os.environ.get("CONSEGNE_DI_PROVA", ""))
MEGABYTES = 96
BLOCK = 4096
NOW = datetime(2024, 1, 15, 10, 30).astimezone()
# What a manifest takes from a release's list of deliveries.
DELIVERY_FACTS = (
    *("delivery_id varchar", "extract varchar", "file_name varchar", "outcome varchar", "rule varchar"),
    *("first_extraction date", "last_extraction date", "rows_delivered bigint", "rows_accepted bigint"),
    *("rows_quarantined bigint", "rows_waiting bigint"),
)


@dataclass
class SmallDisk:
    """A file system in memory."""

    root: Path

    def leave(self, free: int) -> None:
        """Fill the disk but for so many bytes."""
        self.make_room()
        with (self.root / "riempimento").open("wb") as file:
            while (extra := shutil.disk_usage(self.root).free - free) >= BLOCK:
                file.write(b"x" * min(extra // BLOCK * BLOCK, 1 << 20))
                file.flush()

    def make_room(self) -> None:
        (self.root / "riempimento").unlink(missing_ok=True)

    def allow_writing(self, allowed: bool) -> None:
        mode = "rw" if allowed else "ro"
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.root)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    root = tmp_path / "disco"
    root.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs"]
    subprocess.run(["mount", *options, str(root)], check=True)
    yield SmallDisk(root)
    subprocess.run(["umount", str(root)], check=True)


def deliver(folder: Path, *extracts: str) -> Path:
    """A folder with the files of some extracts."""
    folder.mkdir()
    for extract in extracts:
        for file in DELIVERIES.glob(f"{extract}__*"):
            shutil.copy(file, folder)
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of deliveries; what is in the second refers to what is in the first."""
    return deliver(tmp_path / "prima", "minori"), deliver(tmp_path / "seconda", "provvedimenti", "reclami")


def ingest(home: Home, folder: Path) -> None:
    """As the command does, in this process, which has the libraries loaded."""
    ingest_only(home, folder, now=NOW, settings=Settings())


@pytest.fixture
def home(disk: SmallDisk) -> Home:
    """A home on the small disk."""
    place = Home(disk.root / "casa")
    new_key(place)
    return place


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Ended with exit code 2 and one sentence in Italian, which says these words."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("Errore: ")
    for english in ("device", "Error:", "Read-only", "Traceback", "denied"):
        assert english not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_ingest_on_a_full_disk(osservatorio, disk, home, folders):
    """Whatever room is left, what was landed stays; with more room the same command completes."""
    first, second = folders
    ingest(home, first)
    before = content(home)
    disk.leave(0)
    refused(osservatorio("ingest", second, home=home.root, check=False), "spazio")
    assert osservatorio("status", home=home.root).stdout
    assert content(home) == before
    for free in (50_000, 200_000, 400_000, 700_000):
        disk.leave(free)
        with contextlib.suppress(UserError):
            ingest(home, second)
        after = content(home)
        for table, rows in before.items():
            assert set(rows) <= set(after.get(table, ())), table
    disk.make_room()
    osservatorio("ingest", second, home=home.root)
    whole = Home(first.parent / "mai_piena")
    shutil.copytree(home.keys, whole.keys)
    for folder in folders:
        ingest(whole, folder)
    assert counts(home) == counts(whole)


def counts(home: Home) -> list[tuple]:
    with connect(home.landing, read_only=True) as con:
        return con.execute(
            "select file_name, rows_read, accepted, quarantined, waiting from meta.deliveries order by all"
        ).fetchall()


def test_the_first_ingest_on_a_full_disk(osservatorio, disk, home, folders):
    for free in (0, 200_000):
        disk.leave(free)
        refused(osservatorio("ingest", folders[0], home=home.root, check=False), "spazio")
        assert not home.landing.exists() or not any(content(home).values())
    disk.make_room()
    ingest(home, folders[0])


def test_build_and_report_on_a_full_disk(osservatorio, disk, home, tmp_path):
    ingest(home, deliver(tmp_path / "casi", "minori", "operatori", "prese_in_carico", "interventi"))
    before = content(home)
    disk.leave(300_000)
    refused(osservatorio("build", home=home.root, check=False), "spazio")
    assert content(home) == before
    disk.make_room()
    osservatorio("build", home=home.root)
    write_verdict(home, json.loads((candidate_folder(home) / "build.json").read_text("utf-8"))["as_of"])
    publish_only(home, now=NOW)
    report = ("report", "semestrale", "2022-S1")
    disk.leave(0)
    refused(osservatorio(*report, home=home.root, check=False), "spazio")
    disk.make_room()
    disk.allow_writing(False)
    refused(osservatorio(*report, home=home.root, check=False), "sola lettura")
    disk.allow_writing(True)
    osservatorio(*report, home=home.root)
    assert not list(home.reports.rglob(".*"))


def test_publish_on_a_full_disk(osservatorio, disk, home, folders):
    """The release in use stays in use, and the next publication of the same content completes."""
    ingest(home, folders[0])
    put_candidate(home, 1)
    publish_only(home, now=NOW)
    published = current_release_id(home)
    put_candidate(home, 2)
    for free in (0, BLOCK):
        disk.leave(free)
        refused(osservatorio("publish", home=home.root, check=False), "spazio")
        assert current_release_id(home) == published
        check_release(home, published)
        assert [row["release_id"] for row in release_list(home)] == [published]
    disk.make_room()
    osservatorio("publish", home=home.root)
    assert current_release_id(home) != published
    check_release(home, current_release_id(home))


def put_candidate(home: Home, number: int) -> None:
    """What the stages before `publish` leave."""
    shutil.rmtree(candidate_folder(home), ignore_errors=True)
    candidate_folder(home).mkdir(parents=True)
    with connect(candidate_path(home)) as con:
        con.execute(f"create table mart_a as select {number} as value")
        con.execute(f"create table mart_data_quality ({', '.join(DELIVERY_FACTS)})")
    build = {
        "as_of": "2022-12-31",
        "landing_state": landing_state(home),
        "succeeded": True,
        "failures": [],
        "variables": {},
        "models": {},
    }
    (candidate_folder(home) / "build.json").write_text(json.dumps(build), "utf-8")
    write_verdict(home, build["as_of"])


def write_verdict(home: Home, as_of: str) -> None:
    """What `validate` leaves when everything is right."""
    facts = {"as_of": as_of, "landing_state": landing_state(home)}
    verdict = facts | {"outcome": "superato", "publishable": True, "checks": 1, "failed": 0, "warnings": []}
    (home.work / "verdict.json").write_text(json.dumps(verdict), "utf-8")


def test_keys_on_a_full_disk(osservatorio, disk):
    """No half key is left, which would look like one to restore from a copy."""
    home = Home(disk.root / "casa")
    home.prepare()
    disk.leave(0)
    refused(osservatorio("keys", "new", home=home.root, check=False), "spazio")
    with pytest.raises(UserError, match="spazio"):
        new_key(home)
    assert not list(home.keys.glob("*key*")) + list(home.keys.glob(".*.tmp"))
    disk.make_room()
    osservatorio("keys", "new", home=home.root)


def test_a_file_on_a_full_disk(disk):
    """The report of before stays whole, and nothing is left beside it."""
    path = disk.root / "rapporto.pdf"
    write_atomically(path, b"prima" * 1000)
    disk.leave(0)
    with pytest.raises(OSError, match="space"):
        write_atomically(path, b"dopo" * 10_000)
    assert path.read_bytes() == b"prima" * 1000
    assert sorted(entry.name for entry in disk.root.iterdir()) == ["rapporto.pdf", "riempimento"]


def test_a_read_only_home(osservatorio, disk, home, folders):
    """What reads still works, also over the log of a killed ingestion; what writes says why it does not."""
    ingest(home, folders[0])
    put_candidate(home, 1)
    publish_only(home, now=NOW)
    subprocess.run([sys.executable, "-c", KILLED_AFTER_WRITING, str(home.landing)], check=False)
    assert list(home.root.glob("*.wal"))
    disk.allow_writing(False)
    for words in (["run", folders[1]], ["publish"]):
        refused(osservatorio(*words, home=home.root, check=False), "sola lettura")
    assert "mai.csv" in osservatorio("status", home=home.root).stdout
    for words in (["quarantine"], ["releases", "list"], ["releases", "show", "corrente"]):
        assert osservatorio(*words, home=home.root).stdout.strip()
    disk.allow_writing(True)
    ingest(home, folders[1])
    assert not list(home.root.glob("*.wal"))


KILLED_AFTER_WRITING = """
import os, sys
from pathlib import Path
from osservatorio.database import connect
con = connect(Path(sys.argv[1]))
con.execute(
    "insert into meta.deliveries by name select 'x' as delivery_id, 'mai.csv' as file_name, 'refused' as outcome, "
    "0 as rows_read, 0 as accepted, 0 as quarantined, 0 as waiting, 'respinto' as message"
)
os.kill(os.getpid(), 9)
"""
