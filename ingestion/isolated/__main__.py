"""The process itself: `python -m ingestion.isolated`. It answers requests on its input until the input ends.

It imports little: it starts in about a tenth of a second. It opens no file and its errors go nowhere, so that what
it is given, identities among it, is in its memory only.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from ingestion.isolated.frames import END, READY, REFUSED, ClosedPipe, read_exactly, read_frame, write_frame
from ingestion.refusal import RefusedFile

CPU_SECONDS = 90  # from one frame of an answer to the next
MEMORY_BYTES = 3 << 30  # address space; a workbook of 160 MB unpacked, 200,000 rows, takes 0.4 GB


def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints is no answer
    _limit_memory()
    served: dict[str, Any] = {}
    with suppress(ClosedPipe, BrokenPipeError, KeyboardInterrupt):
        write_frame(answers, READY)
        answers.flush()
        while True:
            request = read_frame(sys.stdin.buffer).facts
            content = read_exactly(sys.stdin.buffer, request.pop("size"))
            _answer(answers, request, content, served)
            del content


def _answer(answers: BinaryIO, request: dict[str, Any], content: bytes, served: dict[str, Any]) -> None:
    try:
        _limit_time()
        for kind, payload in _handle(request, content, served):
            write_frame(answers, kind, payload)
            _limit_time()
        write_frame(answers, END)
    except RefusedFile as refusal:
        write_frame(answers, REFUSED, refusal.message.encode())
    except MemoryError:
        served.clear()
        write_frame(answers, REFUSED, _TOO_LARGE.encode())
    answers.flush()


_TOO_LARGE = (
    "Il file è troppo grande per essere letto: consegnare i dati in formato CSV, o divisi in più file."
)


def _handle(request: dict[str, Any], content: bytes, served: dict[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    """The frames of an answer. A file that was opened is `served` until it is read, or another one is opened."""
    action = request.pop("action")
    if action == "read":
        yield from served.pop("file").rows(**request)
        return
    served.clear()
    if action == "open_workbook":
        from ingestion.isolated.workbook import OpenWorkbook

        served["file"] = OpenWorkbook(content)
        yield from served["file"].describe(**request)
    elif action == "open_parquet":
        from ingestion.isolated.parquet import OpenParquet

        served["file"] = OpenParquet(content)
        yield from served["file"].describe()
    else:
        raise ValueError(action)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a memory image would hold identities
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _limit_time() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS, hard))


if __name__ == "__main__":
    main()
