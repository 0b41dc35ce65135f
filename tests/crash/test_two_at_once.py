"""Two commands at once, interruptions, and who is said to hold a home."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import duckdb
import psutil
import pytest

from osservatorio import interruption
from osservatorio.audit import turn
from osservatorio.build import RESULT, candidate_folder
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.locking import HOLDER_FILE, exclusive
from osservatorio.pipeline import VERDICT, ingest_only
from osservatorio.release import Release
from osservatorio.settings import Settings

PATIENCE = 120  # seconds
on_posix = pytest.mark.skipif(os.name != "posix", reason="left out: signals of POSIX systems")


def heed_signals() -> None:
    """As at a terminal: what began the tests may ignore some (`nohup`, a job in the background)."""
    for name in interruption.SIGNALS:
        signal.signal(getattr(signal, name), signal.SIG_DFL)


@pytest.fixture
def begin(home: Home):
    """Begin a command in a process of its own; whatever happens it is ended."""
    begun = []

    def start(*words: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "osservatorio.cli", *map(str, words)],
            env={**os.environ, "OSSERVATORIO_HOME": str(home.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=hasattr(os, "setsid"),
            preexec_fn=heed_signals if os.name == "posix" else None,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


def wait_for(path: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < until, path
        time.sleep(0.01)


@on_posix
def test_the_second_is_told_who_holds_the_home(osservatorio, begin, few_deliveries, home):
    first = begin("ingest", few_deliveries)
    wait_for(home.root / HOLDER_FILE)
    first.send_signal(signal.SIGSTOP)
    second = osservatorio("run", few_deliveries, home=home.root, check=False)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert "Un altro comando" in second.stderr
    assert "«osservatorio ingest»" in second.stderr
    assert f"processo {first.pid}" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    out, error = first.communicate(timeout=PATIENCE)
    assert first.returncode == 0, error
    assert "caricati" in out
    assert not (home.root / HOLDER_FILE).exists()


def test_reading_does_not_wait(osservatorio, home):
    with exclusive(home, "build"):
        assert osservatorio("releases", "list", home=home.root).returncode == 0


def test_a_holder_that_was_killed_holds_nothing(home):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert holder.stdout.readline() == "held\n"
    with (
        pytest.raises(UserError, match=f"osservatorio publish.*processo {holder.pid}"),
        exclusive(home, "run"),
    ):
        pass
    holder.kill()
    holder.communicate()
    assert (home.root / HOLDER_FILE).exists()
    with exclusive(home, "run"):
        assert json.loads((home.root / HOLDER_FILE).read_text("utf-8"))["process"] == os.getpid()


HOLD = """
import sys, time
from pathlib import Path
from osservatorio.home import Home
from osservatorio.locking import exclusive
with exclusive(Home(Path(sys.argv[1])), "publish"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize(
    "facts",
    [
        None,
        "{",
        "[]",
        {"command": "run", "user": "x", "computer": "altrove", "process": 1},
        {"command": "run", "user": "x", "computer": None, "process": 2**22 + 1},
    ],
    ids=["none", "torn", "foreign", "elsewhere", "gone"],
)
def test_facts_about_the_holder_are_not_needed(home, facts):
    """The lock decides; facts of nobody, or of a process that is gone, are left out."""
    import platform

    from filelock import FileLock

    home.prepare()
    if isinstance(facts, dict):
        facts["computer"] = facts["computer"] or platform.node()
    if facts is not None:
        text = facts if isinstance(facts, str) else json.dumps(facts)
        (home.root / HOLDER_FILE).write_text(text, "utf-8")
    held, refused = FileLock(home.root / ".lock"), pytest.raises(UserError, match="Un altro comando")
    with held, refused as refusal, exclusive(home, "run"):
        pass
    is_told = isinstance(facts, dict) and facts["computer"] == "altrove"
    assert ("«altrove»" in refusal.value.message) == is_told
    assert ("processo" in refusal.value.message) == is_told


@on_posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_interrupted(osservatorio, begin, few_deliveries, home, name):
    """One sentence, no process left behind, and the next command completes."""
    number = getattr(signal, name)
    process = begin("run", few_deliveries)
    wait_for(home.root / HOLDER_FILE)
    wait_for(home.landing)
    time.sleep(0.3)
    process.send_signal(number)
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number, error
    assert error.strip().splitlines()[-1].startswith("Interrotto: ")
    assert "Traceback" not in error
    assert not (home.root / HOLDER_FILE).exists()
    osservatorio("ingest", few_deliveries, home=home.root)


@on_posix
@pytest.mark.parametrize("stage", ["validate", "build"])
def test_interrupted_while_a_process_of_its_own_works(begin, few_deliveries, home, stage):
    """It is ended, not waited for; one that had only just begun ends by itself, with no task to do."""
    ingest_only(home, few_deliveries, now=datetime(2024, 1, 15).astimezone(), settings=Settings())
    process = begin(stage)
    until = time.monotonic() + PATIENCE
    while not (children := psutil.Process(process.pid).children()):
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGINT, error
    assert error.strip().startswith("Interrotto: ")
    assert not psutil.wait_procs(children, timeout=PATIENCE)[1]
    assert not (home.work / VERDICT).exists()
    assert not (candidate_folder(home) / RESULT).exists()


@pytest.mark.parametrize("of_release", [False, True], ids=["connection", "release"])
def test_every_connection_is_told_to_end(tmp_path, monkeypatch, of_release):
    """Also when one that was closed is still there, and when the query runs on a cursor."""
    monkeypatch.setattr(interruption, "_received", [])
    closed = connect(None)
    closed.close()
    connect(tmp_path / "prova.duckdb").close()
    release = Release(tmp_path / "prova.duckdb", {})
    con = connect(None)
    ask = release.rows if of_release else con.execute
    ended = []

    def work() -> None:
        try:
            ask("select sum(range % 7) from range(1000000000000)")
        except duckdb.InterruptException:
            ended.append(True)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while thread.is_alive() and time.monotonic() < until:
        with pytest.raises(KeyboardInterrupt):
            interruption._interrupt(signal.SIGINT, None)
        thread.join(0.1)  # a query that had not begun yet was not told
    assert ended
    assert closed is not None
    con.close()
    release.close()


def test_what_others_write_in_the_keys_is_no_left_over(home):
    """A command that does not hold the home writes in the log, whose head lies in `keys/`."""
    unfinished = home.keys / ".registro.json.1.tmp"

    def hold() -> None:
        with exclusive(home, "run"):
            pass

    with turn(home):
        unfinished.touch()
        holder = threading.Thread(target=hold)
        holder.start()
        holder.join(0.5)
        assert unfinished.exists()
    holder.join(PATIENCE)
    assert not unfinished.exists()


@on_posix
def test_interrupted_while_the_library_works(tmp_path):
    """A library that turns the interruption into an error of its own does not hide it, nor ends its work first.

    Several at once, since which of the library's threads has the work is left to chance.
    """
    program = tmp_path / "comando.py"
    program.write_text(SLOW_COMMAND, "utf-8")
    processes = [
        subprocess.Popen(
            [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    try:
        for process in processes:
            assert process.stdout.readline() == "working\n"
        time.sleep(0.5)  # well inside the query, which would take hours
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            _, error = process.communicate(timeout=PATIENCE)
            assert process.returncode == 128 + signal.SIGTERM, error
            assert error.strip().startswith("Interrotto: ")
    finally:
        for process in processes:
            process.kill()


SLOW_COMMAND = """
from osservatorio import cli
from osservatorio.database import connect

@cli.app.command("lento")
def slow() -> None:
    con = connect(None)
    print("working", flush=True)
    con.execute("select sum(range % 7) from range(1000000000000)").fetchall()

import sys
sys.argv[1:] = ["lento"]
cli.main()
"""
