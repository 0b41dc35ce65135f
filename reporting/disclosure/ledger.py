"""The register of protected exports: every table that ever left, with what was shown, withheld or rounded.

It lies in the home under `disclosure/`, one file per export, never changed and never removed: what readers have once
seen cannot be taken back, so every later export is protected and attacked together with it. Each file carries the sum of
the one before and is signed with a key derived from that of the home; the head (how many files, the last sum) lies in
`keys/`, so an edit, a deletion, a change of order and a cut are all found. A withheld value is never written: its mark
only says whether the figure is the same in two exports.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically, write_json
from osservatorio.home import Home
from osservatorio.keys import load_key
from reporting.disclosure.exports import (
    CellState,
    Export,
    LedgerCell,
    LedgerTable,
    export_as_json,
    export_from_json,
)

HEAD_FILE = "esportazioni.json"
LOCK_FILE = ".esportazioni.lock"
LOCK_SECONDS = 20
NO_ENTRY = "0" * 64
FIELDS = ("n", "at", "release", "export", "threshold", "digest", "finding", "scheme", "tables", "prev")

__all__ = [
    "CellState",
    "Entry",
    "Export",
    "Ledger",
    "LedgerCell",
    "LedgerError",
    "LedgerTable",
    "derived_secret",
]


class LedgerError(UserError):
    """The register cannot be read, written or trusted: nothing may leave."""


class OvertakenError(LedgerError):
    """Another export was registered while this one was being protected: the two were never attacked together."""


@dataclass(frozen=True)
class Entry:
    """A registered export: its number and when."""

    n: int
    at: str
    export: Export

    @property
    def name(self) -> str:
        """«assemblea 2022 (n. 3)»."""
        return f"{self.export.export} (n. {self.n})"


class HasExport(Protocol):
    """What was made to leave, with what the register keeps of it."""

    @property
    def export(self) -> Export: ...


Leaving = TypeVar("Leaving", bound=HasExport)


class Ledger:
    """The register of one home. Raises LedgerError when it was tampered with."""

    def __init__(self, home: Home) -> None:
        self.folder = home.disclosure
        self.head = home.keys / HEAD_FILE
        self.lock = home.keys / LOCK_FILE
        self.secret = derived_secret(home, "registro delle esportazioni protette")

    def entries(self) -> list[Entry]:
        """All exports, the oldest first."""
        return [entry for entry, _ in self._read()]

    def register(self, make: Callable[[Sequence[Entry]], Leaving], at: datetime) -> Leaving:
        """Make tables that may leave, knowing every entry, and register them; again where another export came between.

        Raises what `make` raises, and LedgerError.
        """
        for is_last in (False, False, True):
            entries = self.entries()
            made = make(entries)
            try:
                self.append(made.export, at, after=len(entries))
            except OvertakenError:
                if is_last:
                    raise
            else:
                break
        return made

    def append(self, export: Export, at: datetime, after: int | None = None) -> Entry:
        """Register an export, before its files are written. The same export again, as it was, is not registered twice.

        `after` is how many entries the protection knew of. Raises OvertakenError when there are more by now.
        """
        with self._turn():
            found = self._read()
            last = found[-1][1] if found else NO_ENTRY
            for entry, _ in found:
                if entry.export.is_same(export):
                    return entry
            if after is not None and len(found) != after:
                raise OvertakenError(
                    "Un altro comando ha appena esportato tabelle protette, e le due esportazioni non sono state "
                    "verificate insieme: riprova. Nulla è stato scritto."
                )
            entry = Entry(len(found) + 1, at.isoformat(timespec="seconds"), export)
            content = self._signed(entry, last)
            try:
                self.folder.mkdir(mode=0o700, exist_ok=True)
                self._write_head(len(found), last)  # also where a command was killed before it could
                write_atomically(self._path(entry.n), content)
                self._write_head(entry.n, _sum(content))
            except OSError as error:
                raise LedgerError(
                    f"Non riesco a scrivere nel registro delle esportazioni «{self.folder}» ({reason_it(error)}): "
                    "controlla i permessi e lo spazio libero, poi riprova. Nulla è stato esportato."
                ) from error
            return entry

    @contextmanager
    def _turn(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.lock, timeout=LOCK_SECONDS):
                yield
        except Timeout:
            raise LedgerError(
                f"Il registro delle esportazioni «{self.folder}» è occupato da un altro comando: aspetta e riprova."
            ) from None

    def _path(self, n: int) -> Path:
        return self.folder / f"{n:06d}.json"

    def _read(self) -> list[tuple[Entry, str]]:
        """The entries with their sums. Those that came after the head was written, or restored, vouch for themselves."""
        count, last = self._read_head()
        found: list[tuple[Entry, str]] = []
        before = NO_ENTRY
        while (path := self._path(len(found) + 1)).exists():
            content = path.read_bytes()
            found.append((self._entry(path, content, len(found) + 1, before), _sum(content)))
            before = found[-1][1]
        if len(files := list(self.folder.glob("[0-9]*.json"))) > len(found):
            raise self._tampered(f"ne manca almeno uno prima di «{max(files).name}»")
        sums = [NO_ENTRY, *(entry_sum for _, entry_sum in found)]
        if len(found) < count or sums[count] != last:
            raise self._tampered(f"ne risultano {len(found)} e la testa ne conosce {count}")
        return found

    def _entry(self, path: Path, content: bytes, n: int, before: str) -> Entry:
        try:
            values = json.loads(content)
            is_sound = hmac.compare_digest(_mac(self.secret, values), values["mac"])
            if is_sound and (values["n"], values["prev"]) == (n, before):
                return Entry(n, values["at"], export_from_json(values))
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        raise self._tampered(f"«{path.name}» è stato modificato o non è al suo posto")

    def _tampered(self, what: str) -> LedgerError:
        return LedgerError(
            f"Il registro delle esportazioni protette «{self.folder}» non è come è stato scritto ({what}): ripristinalo "
            "dalla copia di sicurezza, insieme alla cartella delle chiavi. Senza registro non si esporta nulla."
        )

    def _read_head(self) -> tuple[int, str]:
        try:
            values = json.loads(self.head.read_text("utf-8"))
            count, last = values["count"], values["last"]
            if hmac.compare_digest(self._head_mac(count, last), values["mac"]):
                return count, last
        except FileNotFoundError:
            if not self._path(1).exists():
                return 0, NO_ENTRY
        except (OSError, ValueError, KeyError, TypeError):
            pass
        raise self._tampered(f"la testa «{self.head.name}» manca o è stata modificata")

    def _write_head(self, count: int, last: str) -> None:
        write_json(self.head, {"count": count, "last": last, "mac": self._head_mac(count, last)})

    def _head_mac(self, count: int, last: str) -> str:
        return hmac.new(self.secret, f"head:{count}:{last}".encode(), hashlib.sha256).hexdigest()

    def _signed(self, entry: Entry, before: str) -> bytes:
        values = {"n": entry.n, "at": entry.at, **export_as_json(entry.export), "prev": before}
        values["mac"] = _mac(self.secret, values)
        return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def derived_secret(home: Home, purpose: str) -> bytes:
    """A secret of the home for one purpose. It outlives rotations, which add secrets and keep the first.

    Raises UserError when the home has no key.
    """
    return hmac.new(load_key(home).secret, purpose.encode(), hashlib.sha256).digest()


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _mac(key: bytes, values: Mapping[str, Any]) -> str:
    text = json.dumps(
        [values[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hmac.new(key, b"export:" + text.encode(), hashlib.sha256).hexdigest()
