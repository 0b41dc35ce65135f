"""Commands in forks of a process that has the libraries loaded (`warm_process.py`): one such process for each of pytest's."""

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SCRIPT = Path(__file__).with_name("warm_process.py")
CAN_FORK = hasattr(os, "fork")
PATIENCE = 600  # seconds


class WarmProcess:
    """The process that forks, and a folder for what its forks say."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            text=True,
            encoding="utf-8",
        )

    def run(self, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run `osservatorio` with these arguments to its end."""
        said = {name: Path(self._folder.name) / name for name in ("out", "error")}
        files = {name: str(path) for name, path in said.items()}
        asked = {"arguments": arguments, "environment": environment, "folder": os.getcwd(), **files}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        if not ready:
            self._process.kill()
            raise AssertionError(f"osservatorio {arguments}: not over after {PATIENCE} seconds")
        code = int(self._process.stdout.readline())
        out, error = (path.read_text("utf-8") for path in said.values())
        return subprocess.CompletedProcess(arguments, code, out, error)

    def close(self) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(30)
        self._folder.cleanup()


@cache
def warm_process() -> WarmProcess:
    return WarmProcess()


def close_warm_process() -> None:
    if warm_process.cache_info().currsize:
        warm_process().close()
        warm_process.cache_clear()
