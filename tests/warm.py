"""Commands in forks of a process that has the libraries loaded (`warm_process.py`): one for all of pytest's processes."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

SCRIPT = Path(__file__).with_name("warm_process.py")
CAN_FORK = hasattr(os, "fork")
PATIENCE = 600  # seconds


def _place() -> Path:
    """Where all processes of this run of pytest find it: a folder of ours alone, whose name is short (a socket's has to be)."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    place = Path(tempfile.gettempdir()) / f"osservatorio-{run[:20]}"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


class WarmProcess:
    """A line to the process that forks, which whoever comes first starts, and a folder for what its forks say.

    It ends when nobody has a line to it any more, and takes its place away.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        place = _place()
        with FileLock(place / "lock"):
            address = place / "socket"
            self._line = _connected(address) or self._begin(address)
        self._answers = self._line.makefile(encoding="utf-8")

    def _begin(self, address: Path) -> socket.socket:
        address.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(address)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        until = time.monotonic() + PATIENCE
        while (line := _connected(address)) is None:
            assert process.poll() is None, "the process that forks commands did not begin"
            assert time.monotonic() < until
            time.sleep(0.01)
        return line

    def run(self, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run `osservatorio` with these arguments to its end."""
        said = {name: Path(self._folder.name) / name for name in ("out", "error")}
        files = {name: str(path) for name, path in said.items()}
        asked = {"arguments": arguments, "environment": environment, "folder": os.getcwd(), **files}
        self._line.settimeout(PATIENCE)
        self._line.sendall(json.dumps(asked).encode() + b"\n")
        try:
            code = int(self._answers.readline())
        except TimeoutError:
            raise AssertionError(f"osservatorio {arguments}: not over after {PATIENCE} seconds") from None
        out, error = (path.read_text("utf-8") for path in said.values())
        return subprocess.CompletedProcess(arguments, code, out, error)

    def close(self) -> None:
        self._answers.close()
        self._line.close()
        self._folder.cleanup()


def _connected(address: Path) -> socket.socket | None:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(str(address))
    except OSError:  # nobody is there, or no more
        line.close()
        return None
    return line


@cache
def warm_process() -> WarmProcess:
    return WarmProcess()


def close_warm_process() -> None:
    if warm_process.cache_info().currsize:
        warm_process().close()
        warm_process.cache_clear()
