"""The processes that parse for this one: started when first needed, kept, ended and replaced when they misbehave."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, BinaryIO

from ingestion.isolated.frames import (
    END,
    REFUSED,
    REQUEST,
    ClosedPipe,
    Frame,
    read_frame,
    write_facts,
)
from ingestion.refusal import RefusedFile
from osservatorio.errors import UserError, reason_it

SILENCE_SECONDS = 180.0  # how long an answer may take to come, or to go on
COPY_BYTES = 1 << 20
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG")

_STALLED = (
    "Il file tiene occupato il lettore troppo a lungo ed è stato lasciato: aprirlo, copiare i soli dati in un file "
    "nuovo, oppure consegnarli in formato CSV."
)
_DIED = (
    "Il file ha fatto cadere il lettore (è danneggiato, o ha celle piene lontanissime dai dati): aprirlo, copiare i "
    "soli dati in un file nuovo, oppure consegnarli in formato CSV."
)
_CHANGED = "Il file è cambiato durante la lettura: aspettare che la copia finisca e riprovare."


class IsolatedProcess:
    """One process, started by the first request, and again by the next one after it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting_since: float | None = None
        self._stalled = False
        self._is_busy = False

    @property
    def is_busy(self) -> bool:
        """Whether a request was sent whose answer was not taken to its end."""
        return self._is_busy

    def ask(
        self, action: str, content: BinaryIO | None = None, size: int = 0, **arguments: Any
    ) -> Iterator[Frame]:
        """Send a request, with `size` bytes of `content`, and give the frames of the answer.

        Raises RefusedFile when the process refuses the file, dies of it, or does not answer in time, and what
        reading `content` raises.
        """
        if self._process and self._process.poll() is not None:
            self.end()
        process = self._process or self._start()
        self._is_busy = True
        with self._watched():
            write_facts(process.stdin, REQUEST, {"action": action, "size": size, **arguments})
        for block in _blocks(content, size):
            with self._watched():
                process.stdin.write(block)
        with self._watched():
            process.stdin.flush()
        while True:
            with self._watched():
                frame = read_frame(process.stdout)
            if frame.kind in (REFUSED, END):
                self._is_busy = False
            if frame.kind == REFUSED:
                raise RefusedFile(frame.payload.decode())
            if frame.kind == END:
                return
            yield frame

    def _start(self) -> "subprocess.Popen[bytes]":
        self._stalled = False
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ingestion.isolated"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a parser's last words may hold what it was reading
                env=_environment(),
            )
            with self._watched():
                read_frame(self._process.stdout)
        except (OSError, RefusedFile) as error:
            self.end()
            why = reason_it(error) if isinstance(error, OSError) else "si ferma appena parte"
            raise UserError(
                f"Non riesco ad avviare il lettore dei file Excel e Parquet ({why}): chiudi qualche altro "
                "programma e riprova, oppure consegna i dati in formato CSV."
            ) from error
        return self._process

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """While the other side has the word. Raises RefusedFile when it falls silent or dies."""
        self._waiting_since = monotonic()
        try:
            yield
        except (ClosedPipe, OSError) as error:
            raise RefusedFile(_STALLED if self._stalled else _DIED) from error
        finally:
            self._waiting_since = None

    def end_if_silent(self, seconds: float) -> None:
        """Kill the process when it has been waited for that long; whoever waits is told."""
        since, process = self._waiting_since, self._process
        if process and since is not None and monotonic() - since > seconds:
            self._stalled = True
            process.kill()

    def end(self) -> None:
        """End the process, if it runs; the next request starts another one."""
        process, self._process = self._process, None
        self._is_busy = False
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()


def _environment() -> dict[str, str]:
    """What the process needs to start; no setting and no secret of ours."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _blocks(content: BinaryIO | None, size: int) -> Iterator[bytes]:
    while content and size:
        block = content.read(min(size, COPY_BYTES))
        if not block:
            raise RefusedFile(_CHANGED)
        yield block
        size -= len(block)


class ProcessPool:
    """The processes of a run, lent one at a time. As a context, they end with it."""

    def __init__(self, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._silence = silence_seconds
        self._idle: list[IsolatedProcess] = []
        self._all: list[IsolatedProcess] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def __enter__(self) -> "ProcessPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End every process, also one that is at work; none is lent any more."""
        self._ended.set()
        with self._lock:
            for process in self._all:
                process.end()

    @contextmanager
    def lend(self) -> Iterator[IsolatedProcess]:
        """A process of one's own for a while; one whose answer was not taken to its end is not used again."""
        with self._lock:
            if self._ended.is_set():
                raise RuntimeError("the processes were ended")
            process = self._idle.pop() if self._idle else self._new()
        try:
            yield process
        finally:
            if process.is_busy:
                process.end()
            with self._lock:
                self._idle.append(process)

    def _new(self) -> IsolatedProcess:
        process = IsolatedProcess()
        if not self._all:
            threading.Thread(target=self._watch, daemon=True).start()
        self._all.append(process)
        return process

    def _watch(self) -> None:
        while not self._ended.wait(min(1.0, self._silence / 4)):
            for process in self._all:
                process.end_if_silent(self._silence)
