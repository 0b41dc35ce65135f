"""Running stages and killing them at a random moment; what a home must be afterwards."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import psutil
from balance import check_balance

from osservatorio.catalogue import release_list
from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.integrity import check_release
from osservatorio.release import current_release_id, release_path

PATIENCE = 60  # seconds
SCRIPT = Path(__file__).with_name("forked_stages.py")


class Stages:
    """Stages run one at a time in processes of their own, from a process that has the libraries loaded."""

    def __init__(self, log: Path, random: Random) -> None:
        self.log = log
        self.random = random
        self._server = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, stage: str, home: Home, **arguments: Any) -> float:
        """Run a stage to its end; the seconds that it took."""
        self._begin(stage, home, arguments)
        begun = time.monotonic()
        assert self._end() == 0, self.log.read_text("utf-8")[-3000:]
        return time.monotonic() - begun

    def kill(self, stage: str, home: Home, within: float, *, alone: bool = False, **arguments: Any) -> bool:
        """Begin a stage and kill it at a random moment of the seconds given; whether it was not over by then.

        The whole group of processes is killed; `alone` kills only the first.
        """
        process = self._begin(stage, home, arguments)
        time.sleep(self.random.uniform(0, within))
        with contextlib.suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(process, signal.SIGKILL)
        code = self._end()
        assert code in (0, -signal.SIGKILL), self.log.read_text("utf-8")[-3000:]
        self._wait_for_orphans(process)
        return code != 0

    def close(self) -> None:
        self._server.stdin.close()
        self._server.wait(30)

    def _wait_for_orphans(self, group: int) -> None:
        """The processes of a killed one end by themselves."""
        until = time.monotonic() + PATIENCE
        while any(_is_of(process, group) for process in psutil.process_iter()):
            assert time.monotonic() < until, "a process outlives the one that started it"
            time.sleep(0.05)

    def _begin(self, stage: str, home: Home, arguments: dict[str, Any]) -> int:
        self._server.stdin.write(json.dumps({"stage": stage, "home": str(home.root), **arguments}) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def _end(self) -> int:
        return int(self._server.stdout.readline())


def _is_of(process: psutil.Process, group: int) -> bool:
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    return False


class Witness:
    """What a home has acknowledged so far, and what of it is missing."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.accounts: dict[str, tuple[int, int]] = {}
        self.release: str | None = None
        self.whole: dict[str, tuple[int, int, int]] = {}
        self.written: list[tuple[str, int, int, int]] = []
        self.lost = 0

    def look(self, *, read_only: bool) -> None:
        """After a kill: whole deliveries only, none of those seen before missing, no torn release.

        Opening the landing replays what the killed process had committed: for reading only, as `status` does, or
        for writing, as the next ingestion does.
        """
        written = _written(self.home)
        if written and written == self.written:
            accounts = self.accounts  # nobody has written there since it was read
        elif self.home.landing.exists():
            with connect(self.home.landing, read_only=read_only) as con:
                accounts = {
                    delivery: (read, accepted)
                    for delivery, read, accepted in con.execute(
                        "select delivery_id, rows_read, accepted from meta.deliveries where outcome = 'landed'"
                    ).fetchall()
                }
            check_balance(self.home)
        else:
            accounts = {}
        for delivery, (read, accepted) in self.accounts.items():
            now = accounts.get(delivery, (0, 0))
            self.lost += now[0] < read or now[1] < accepted  # rows that waited may only be added
        self.accounts = accounts
        self.written = _written(self.home)
        assert self.lost == 0
        self._look_at_releases()

    def _look_at_releases(self) -> None:
        current = current_release_id(self.home)
        self.lost += current is None and self.release is not None
        listed = {row["release_id"] for row in release_list(self.home)}
        self.lost += len(self.whole.keys() - listed)
        for release_id in listed | ({current} if current else set()):
            found = release_path(self.home, release_id).stat()
            if self.whole.get(release_id) != (found.st_ino, found.st_mtime_ns, found.st_size):
                assert release_id not in self.whole, "a release was written again"
                check_release(self.home, release_id)
                self.whole[release_id] = (found.st_ino, found.st_mtime_ns, found.st_size)
        self.release = current
        assert self.lost == 0


def _written(home: Home) -> list[tuple[str, int, int, int]]:
    """What tells whether the landing, or the log beside it, was written."""
    found = sorted(home.landing.parent.glob(f"{home.landing.name}*"))
    return [(path.name, *(stat := path.stat())[1:2], stat.st_size, stat.st_mtime_ns) for path in found]


def content(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the landing, by table; a table without rows is not there."""
    with connect(home.landing, read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where estimated_size > 0 and not internal"
        ).fetchall()
        names = {name: f"landing.{name}" for (name,) in tables}  # the file gives its name to the catalogue
        rows = {
            name: con.execute(f"select * from {of} order by all").fetchall() for name, of in names.items()
        }
        return {name: found for name, found in rows.items() if found}
