"""The audit log of a home: who did what and when, one line per event, each bound to the line before.

`audit.log` is only ever appended to. A line is one JSON object in a fixed form; its `mac` is an HMAC-SHA256, with a
key of the log's own, over the rest of the line, which holds the `mac` of the line before (`prev`). The head
(`keys/registro.json`: how many lines, the last `mac`) lies away from the log, so that a log that was cut short is
known. Lines tell counts, names of releases and sums of files: never an identifier and never a delivered value.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from osservatorio.audit_head import AuditError, Head, open_head, write_head
from osservatorio.errors import reason_it
from osservatorio.files import sync_folder
from osservatorio.home import Home

LOCK_FILE = ".registro.lock"
LOCK_SECONDS = 20
MAX_TEXT = 300
FIELDS = ("n", "at", "user", "event", "phase", "facts", "prev", "mac")

Fact = str | int | bool | None


@dataclass(frozen=True)
class Entry:
    """One event. `phase`: «inizio» before something is done, «fatto», «non riuscito» or «interrotto» after it."""

    n: int
    at: str
    user: str
    event: str
    phase: str
    facts: dict[str, Fact]
    prev: str
    mac: str


def append(
    home: Home, *, event: str, phase: str, at: datetime, user: str, facts: Mapping[str, Fact] | None = None
) -> Entry:
    """Write one line and flush it to the disk, then the head. Processes take turns.

    An append that was interrupted is completed or taken back by the next one. Raises AuditError when the log cannot
    be written or can no longer be bound to what it held.
    """
    for name, fact in (facts or {}).items():
        if not isinstance(fact, str | int | bool | None) or len(str(fact)) > MAX_TEXT:
            raise ValueError(f"{name}: the audit log keeps short facts only")
    home.prepare()
    try:
        with turn(home):
            key, head = open_head(home)
            tail, head = _mend_tail(home, key, head)
            entry = _sign(
                key,
                {
                    "n": head.count + 1,
                    "at": at.isoformat(timespec="seconds"),
                    "user": user,
                    "event": event,
                    "phase": phase,
                    "facts": dict(facts or {}),
                    "prev": head.last,
                },
            )
            _write_line(home.audit_log, tail + line_of(entry))
            write_head(home, key, Head(entry.n, entry.mac))
            return entry
    except OSError as error:
        raise AuditError(
            f"Non riesco a scrivere nel registro delle operazioni «{home.audit_log}» ({reason_it(error)}): "
            "controlla i permessi e lo spazio libero, poi riprova."
        ) from error


def line_of(entry: Entry) -> bytes:
    """The line of an entry, as it stands in the log."""
    values = {name: getattr(entry, name) for name in FIELDS}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_line(key: bytes, line: bytes) -> Entry | None:
    """The entry of a line (without its end), or None when the line is not, byte by byte, one that was written."""
    try:
        values = json.loads(line)
        entry = Entry(*(values[name] for name in FIELDS))
        if line_of(entry) == line + b"\n" and hmac.compare_digest(_mac(key, values), entry.mac):
            return entry
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return None


def is_begun_line(piece: bytes, n: int) -> bool:
    """The bytes may be the beginning of line `n`, left there by an append that was interrupted."""
    start = b'{"n":%d,' % n
    begun = piece.rstrip(b"\0")
    return start.startswith(begun) or (begun.startswith(start) and b"\n" not in begun)


@contextmanager
def turn(home: Home) -> Iterator[None]:
    """While nobody else writes in the log, nor its head in `keys/`. Raises AuditError when the wait is too long."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(home.keys / LOCK_FILE, timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise AuditError(
            f"Il registro delle operazioni «{home.audit_log}» è occupato da un altro comando: aspetta e riprova."
        ) from None


def _mend_tail(home: Home, key: bytes, head: Head) -> tuple[bytes, Head]:
    """What an interrupted append left: a whole line is counted, a piece of one is taken back.

    Anything else stays where it is, for `audit verify` to find. Returns what must stand before the next line.
    """
    try:
        content = _last_bytes(home.audit_log)
    except FileNotFoundError:
        return b"", head
    *lines, piece = content.split(b"\n")
    whole = read_line(key, piece or (lines[-1] if lines else b""))
    if whole is not None and whole.n == head.count + 1 and whole.prev == head.last:
        return b"" if not piece else b"\n", Head(whole.n, whole.mac)
    if piece and is_begun_line(piece, head.count + 1):
        with home.audit_log.open("rb+") as file:
            file.truncate(file.seek(0, os.SEEK_END) - len(piece))
        return b"", head
    return b"\n" if piece else b"", head


def _last_bytes(path: Path, length: int = 1 << 16) -> bytes:
    """The end of the log, which is longer than a line can be."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - length))
        return file.read()


def _write_line(path: Path, line: bytes) -> None:
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(descriptor, line) != len(line):
            raise OSError("scrittura incompleta")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def _sign(key: bytes, values: dict[str, Any]) -> Entry:
    return Entry(**values, mac=_mac(key, values))


def _mac(key: bytes, values: Mapping[str, Any]) -> str:
    text = json.dumps([values[name] for name in FIELDS[:-1]], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, b"line:" + text.encode(), hashlib.sha256).hexdigest()
