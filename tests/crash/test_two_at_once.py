"""Two commands at once, interruptions, and who is said to hold a home."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.locking import HOLDER_FILE, exclusive

PATIENCE = 120  # seconds
on_posix = pytest.mark.skipif(os.name != "posix", reason="left out: signals of POSIX systems")


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
