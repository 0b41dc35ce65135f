"""Child processes that load their libraries while another stage works, then wait for the word to start.

dbt and Great Expectations cost seconds to import; a stage in a child process pays that beside the
ingestion and gives its memory back when it ends.
"""

import contextlib
import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from osservatorio.errors import EXIT_USAGE, StageError, UserError, disk_message

Progress = Callable[[str, int, int], None]


class Worker:
    """A `python -m MODULE --wait` process: one JSON line in, progress lines out, the result in a file.

    Its standard input stays open as long as the parent lives: a stage whose parent was killed ends too.
    """

    def __init__(self, module: str, log: Path, environment: dict[str, str] | None = None) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.module = module
        self.log = log
        self._log_file: IO[str] = log.open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, "--wait"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            env={**os.environ, **(environment or {})},
            text=True,
            encoding="utf-8",
        )

    def start(self, task: dict[str, Any]) -> None:
        """Give the task; the process works from now on."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # it died while loading: `finish` tells
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()

    def finish(self, progress: Progress | None = None) -> None:
        """Wait for the end, passing progress lines on.

        Raises UserError with what the process refuses to go on for, StageError when it failed.
        """
        assert self._process.stdout
        refusal = None
        for line in self._process.stdout:
            told = json.loads(line) if line.startswith("{") else {}
            refusal = told.get("refusal", refusal)
            if progress and "what" in told:
                progress(told["what"], told["done"], told["total"])
        code = self._process.wait()
        self._log_file.close()
        if code != 0 and refusal:
            raise UserError(refusal)
        if code != 0:
            raise StageError(
                f"Lo stadio «{self.module}» si è interrotto (codice {code}): "
                f"non è stato pubblicato nulla. I dettagli tecnici sono in «{self.log}»."
            )

    def cancel(self) -> None:
        """End the process, if it is still there."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log_file):
            if stream and not stream.closed:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def seldom_look_for_garbage() -> None:
    """In the child, before its libraries load: they leave a great many objects that stay to the end.

    Looking through them again and again for some that are of no use any more would take a tenth of a build.
    """
    gc.set_threshold(100_000, 50, 100)


def wait_for_task() -> dict[str, Any] | None:
    """In the child: the task given on standard input, or None when the parent changed its mind.

    From then on the process ends by itself when the parent does.
    """
    gc.freeze()  # what is loaded by now stays
    line = sys.stdin.readline()
    if not line.strip():
        return None
    threading.Thread(target=_end_with_parent, args=[sys.stdin.fileno()], daemon=True).start()
    return json.loads(line)


def _end_with_parent(descriptor: int) -> None:
    # Not through `sys.stdin`, whose lock would be missed at the end of the interpreter.
    while os.read(descriptor, 1):
        pass
    os._exit(EXIT_USAGE)


def report_refusal(error: Exception) -> bool:
    """In the child: tell the parent, which raises it, what a person can mend: a UserError, a full disk. False otherwise."""
    message = error.message if isinstance(error, UserError) else disk_message(error)
    if message is not None:
        _tell({"refusal": message})
    return message is not None


_one_line_at_a_time = threading.Lock()


def report_progress(what: str, done: int, total: int) -> None:
    """In the child: tell the parent how far the work is. Threads may call it at the same time."""
    _tell({"what": what, "done": done, "total": total})


def _tell(content: dict[str, Any]) -> None:
    line = json.dumps(content) + "\n"
    with _one_line_at_a_time:
        sys.stdout.write(line)
        sys.stdout.flush()
