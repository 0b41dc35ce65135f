"""One command in a process of its own: seconds of the wall and of the processor, memory of all its processes.

Memory is the sum of the proportional set sizes: a page that several processes share (the buffers of a database server)
is counted once. The seconds of the processor are those of every process that descends from the command, also of one
that outlives it for a moment, as a virtual machine does: this process adopts it and waits for its end.
"""

import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.process_memory import tree_memory

SAMPLED_EVERY = 0.1  # seconds
ADOPT_ORPHANS = 36  # prctl's PR_SET_CHILD_SUBREAPER
LAST_MOMENTS = 10.0  # seconds that a process may outlive the command


class Failed(Exception):
    """The command ended with an error; the message is the end of what it said."""


class TimedOut(Exception):
    """The command did not end within the seconds it was given."""


@dataclass(frozen=True)
class Sample:
    """Seconds of the wall and of the processor, peak memory in MB, and the seconds of the work itself: without the
    start of the tool, as the command tells them (None where it does not)."""

    wall: float
    cpu: float
    peak_mb: float
    work: float | None


@dataclass(frozen=True)
class Command:
    """What is run; `told` is the JSON file in which it leaves what it has to tell (`work`: seconds)."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    told: Path | None = None


def measure(command: Command, timeout: float) -> Sample:
    """Run a command once. Raises Failed, or TimedOut after `timeout` seconds; no process of it is left behind."""
    _adopt_orphans()
    before, start = os.times(), time.perf_counter()
    child = subprocess.Popen(
        command.arguments,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    peak, said = 0, b""
    assert child.stdout is not None
    os.set_blocking(child.stdout.fileno(), False)
    while child.poll() is None:
        peak = max(peak, tree_memory(child.pid))
        said = (said + (child.stdout.read() or b""))[-20_000:]
        if time.perf_counter() - start > timeout:
            _end(child)
            raise TimedOut(f"{timeout:.0f} s")
        time.sleep(SAMPLED_EVERY)
    wall = time.perf_counter() - start
    said = (said + (child.stdout.read() or b""))[-20_000:]
    child.stdout.close()
    _wait_for_adopted()
    after = os.times()
    if child.returncode != 0:
        raise Failed(
            f"{' '.join(command.arguments[:4])}…: exit {child.returncode}\n{said.decode(errors='replace')}"
        )
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    work = json.loads(command.told.read_text())["work"] if command.told else None
    return Sample(wall, cpu, peak / 1e6, work)


def _adopt_orphans() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)


def _wait_for_adopted() -> None:
    until = time.perf_counter() + LAST_MOMENTS
    while time.perf_counter() < until:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(SAMPLED_EVERY)
        except ChildProcessError:
            return


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the command and whatever descends from it."""
    try:
        tree = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        tree = []
    for process in [*tree, child]:
        try:
            os.kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    child.wait()
    if child.stdout:
        child.stdout.close()
    _wait_for_adopted()
