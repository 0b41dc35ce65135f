"""A process that has the libraries loaded and nothing open: each command asked for runs in a fork of it.

The command is the real one, in a process of its own, without the seconds that Python takes to load what it needs; so
are the processes that it starts for the checks and for the build. All processes of pytest ask the same one, each on a
line of its own: one line of JSON in (`arguments`, `environment`, `folder`, and the files for its words, `out` and
`error`), one line out: how it ended.
"""

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

from expectations.late_import import seldom_used_late
from osservatorio import cli, worker
from osservatorio.contracts import load_contracts
from osservatorio.pipeline import BUILD_MODULE, CHECK_MODULE

ROOMS = ("ingestion.ingest", "ingestion.synthetic.generate", "reporting.produce", "reporting.due.readiness")
SERVICES = ("publish", "purge", "rotation", "compare", "compare_workbook", "explain", "documents", "doctor")
LIBRARIES = ("pandas", "duckdb", "rich.progress", "pydantic.main", "filelock", "docx", "markdown_it")
# What most commands come to import at their turn.
LIGHT = (*LIBRARIES, *ROOMS, *(f"osservatorio.{name}" for name in SERVICES))
# Of the stages: the checks, and the build, which repeats a plan that is there; the one that makes it loads dbt itself.
CHECKS = ("expectations.__main__", "expectations.checkpoint")
BUILD = ("osservatorio.build",)
MAKES_A_RELEASE = {
    "demo": CHECKS + BUILD,
    "run": CHECKS + BUILD,
    "validate": CHECKS,
    "build": BUILD,
    "purge": CHECKS + BUILD,
}


def load(modules: tuple[str, ...]) -> None:
    with seldom_used_late():
        for module in modules:
            importlib.import_module(module)
    assert threading.active_count() == 1, "a fork would miss the other threads"
    gc.freeze()


def _stage(module: str) -> int:
    if module == BUILD_MODULE:
        from osservatorio.build import main

        return main()
    from expectations.__main__ import main as check

    return check(["--wait"])


class ForkedStage:
    """A process that waits to be one of the stages; to `Worker` what `subprocess.Popen` gives it."""

    def __init__(self, module: str, inherited: list[int]) -> None:
        given, give = os.pipe()
        told, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            for descriptor in (*inherited, give, told):  # else nobody would see the end of what it reads
                os.close(descriptor)
            os.dup2(given, 0)
            os.dup2(tell, 1)
            _leave(partial(_become_stage, module))
        os.close(given)
        os.close(tell)
        inherited += [give, told]
        self.stdin = os.fdopen(give, "w", encoding="utf-8")
        self.stdout = os.fdopen(told, encoding="utf-8")
        self._code: int | None = None

    def begin(self, log: str, environment: dict[str, str]) -> None:
        """From now on it is the stage."""
        self.stdin.write(json.dumps({"log": log, "environment": environment}) + "\n")
        self.stdin.flush()

    def poll(self) -> int | None:
        return self.wait(os.WNOHANG)

    def wait(self, options: int = 0) -> int | None:
        if self._code is None:
            found, status = os.waitpid(self.pid, options)
            self._code = os.waitstatus_to_exitcode(status) if found else None
        return self._code

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def _become_stage(module: str) -> int:
    line = b""
    while not line.endswith(b"\n"):  # no further: the rest is the stage's
        byte = os.read(0, 1)
        if not byte:
            return 0  # the command had no need of it
        line += byte
    told = json.loads(line)
    os.dup2(os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666), 2)
    os.environ.clear()
    os.environ |= told["environment"]
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.argv = [module, "--wait"]
    return _stage(module)


class Stages:
    """The stages that the command may want, forked before it opens anything. Whatever else it starts is started."""

    PIPE = subprocess.PIPE

    def __init__(self) -> None:
        inherited: list[int] = []
        self._waiting = {module: ForkedStage(module, inherited) for module in (CHECK_MODULE, BUILD_MODULE)}

    def Popen(self, words: list[str], *, stderr: IO[str], env: dict[str, str], **options: Any) -> Any:
        stage = self._waiting.pop(words[2], None)
        if stage is None:
            return subprocess.Popen(words, stderr=stderr, env=env, **options)
        stage.begin(stderr.name, env)
        return stage

    def dismiss(self) -> None:
        """Let those go that were not wanted."""
        for stage in self._waiting.values():
            stage.stdin.close()
            stage.wait()


def _leave(work: Callable[[], int]) -> None:
    """End the fork after its work; what was imported before it is not taken down."""
    code: Any = 1
    try:
        code = work()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


def _command(asked: dict[str, Any]) -> int:
    for descriptor, path in ((0, os.devnull), (1, asked["out"]), (2, asked["error"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    os.environ.clear()
    os.environ |= asked["environment"]
    os.chdir(asked["folder"])
    sys.argv = ["osservatorio", *asked["arguments"]]
    stages = Stages() if _makes_a_release(asked) else None
    if stages:
        worker.subprocess = stages  # type: ignore[assignment]
    try:
        cli.main()
    finally:
        if stages:
            stages.dismiss()
    return 0


def _makes_a_release(asked: dict[str, Any]) -> bool:
    words = asked["arguments"]
    return words[:1] != [] and words[0] in MAKES_A_RELEASE and "--help" not in words


class Server:
    """Forks a command for each that is asked for, and tells who asked how it ended; commands run beside each other."""

    def __init__(self, address: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen()
        ended, self._end = os.pipe()  # of a fork: a byte tells that there is one to wait for
        for descriptor in (ended, self._end):
            os.set_blocking(descriptor, False)
        self._looked_at = selectors.DefaultSelector()
        self._looked_at.register(self._listener, selectors.EVENT_READ, self._accept)
        self._looked_at.register(ended, selectors.EVENT_READ, partial(self._tell_ends, ended))
        self._lines: set[socket.socket] = set()
        self._asked_by: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Until the last line is closed."""
        load(LIGHT)
        load_contracts()  # which most commands read, and keep
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._end, warn_on_full_buffer=False)
        came = False
        while self._lines or not came:
            for key, _ in self._looked_at.select():
                key.data()
            came = came or bool(self._lines)

    def _accept(self) -> None:
        line, _ = self._listener.accept()
        self._lines.add(line)
        self._looked_at.register(line, selectors.EVENT_READ, partial(self._answer, line, line.makefile("rb")))

    def _answer(self, line: socket.socket, asked_on: IO[bytes]) -> None:
        told = asked_on.readline()  # who asks waits for the answer: there is never more than one
        if not told:
            self._looked_at.unregister(line)
            self._lines.remove(line)
            line.close()
            return
        asked = json.loads(told)
        if _makes_a_release(asked):
            load(MAKES_A_RELEASE[asked["arguments"][0]])
        child = os.fork()
        if child == 0:
            self._let_go()
            _leave(partial(_command, asked))
        self._asked_by[child] = line

    def _let_go(self) -> None:
        """In the fork: nothing of this is its own."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in (self._listener, *self._lines):
            os.close(one.fileno())

    def _tell_ends(self, ended: int) -> None:
        os.read(ended, 1024)
        for child, line in list(self._asked_by.items()):
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                del self._asked_by[child]
                with contextlib.suppress(BrokenPipeError):  # who asked is gone
                    line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def main() -> int:
    address = sys.argv[1]
    try:
        Server(address).serve()
    finally:
        shutil.rmtree(Path(address).parent, ignore_errors=True)
    return 0


if __name__ == "__main__":
    _leave(main)
