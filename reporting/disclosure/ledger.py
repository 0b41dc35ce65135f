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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically, write_json
from osservatorio.home import Home
from osservatorio.keys import load_key
from reporting.disclosure.cells import Number
from reporting.disclosure.scheme import Scheme, scheme_as_json, scheme_from_json

HEAD_FILE = "esportazioni.json"
LOCK_FILE = ".esportazioni.lock"
LOCK_SECONDS = 20
NO_ENTRY = "0" * 64
FIELDS = ("n", "at", "release", "export", "threshold", "scheme", "tables", "prev")


class LedgerError(UserError):
    """The register cannot be read, written or trusted: nothing may leave."""


class CellState(StrEnum):
    """What readers got of a cell."""

    SHOWN = "s"
    SENSITIVE = "p"  # withheld by the first rule
    WITHHELD = "w"
    ROUNDED = "r"
    EMPTY = "e"  # nothing to show: a rate without a denominator


@dataclass(frozen=True)
class LedgerCell:
    """A cell as it left. `width` is that of the attacker's interval then, 0 for a shown one."""

    place: tuple[str, ...]
    measure: str
    value: Number | None
    state: CellState
    mark: str
    width: float = 0.0


@dataclass(frozen=True)
class LedgerTable:
    """A table as it left; `base` is the rounding base, 0 where figures are exact."""

    key: str
    title: str
    dimensions: tuple[str, ...]
    base: int
    cells: tuple[LedgerCell, ...]

    def count(self, *states: CellState) -> int:
        """How many cells are in one of these states."""
        return sum(cell.state in states for cell in self.cells)


@dataclass(frozen=True)
class Export:
    """Tables that leave together, to be registered: which release, which export, under which threshold."""

    release: str
    export: str
    threshold: int
    known: Scheme
    tables: tuple[LedgerTable, ...]

    def is_same(self, other: "Export") -> bool:
        """Whether readers get the same from both."""
        return self.release == other.release and self.export == other.export and self._seen() == other._seen()

    def _seen(self) -> list[object]:
        return [
            (
                table.key,
                table.dimensions,
                table.base,
                [(c.place, c.measure, c.value, c.state) for c in table.cells],
            )
            for table in self.tables
        ]


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

    def append(self, export: Export, at: datetime) -> Entry:
        """Register an export, before its files are written. The same export again, as it was, is not registered twice."""
        with self._turn():
            found = self._read()
            for entry, _ in found:
                if entry.export.is_same(export):
                    return entry
            if not self.head.exists():
                self._write_head(0, NO_ENTRY)
            last = found[-1][1] if found else NO_ENTRY
            entry = Entry(len(found) + 1, at.isoformat(timespec="seconds"), export)
            content = self._signed(entry, last)
            try:
                self.folder.mkdir(mode=0o700, exist_ok=True)
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
        """The entries with their sums. One that was interrupted before the head knew of it counts."""
        count, last = self._read_head()
        found: list[tuple[Entry, str]] = []
        before = NO_ENTRY
        while (path := self._path(len(found) + 1)).exists():
            content = path.read_bytes()
            found.append((self._entry(path, content, len(found) + 1, before), _sum(content)))
            before = found[-1][1]
        sums = [NO_ENTRY, *(entry_sum for _, entry_sum in found)]
        if len(found) not in (count, count + 1) or sums[min(count, len(found))] != last:
            raise self._tampered(f"ne risultano {len(found)} e dovrebbero essere {count}")
        return found

    def _entry(self, path: Path, content: bytes, n: int, before: str) -> Entry:
        try:
            values = json.loads(content)
            is_sound = hmac.compare_digest(_mac(self.secret, values), values["mac"])
            if is_sound and (values["n"], values["prev"]) == (n, before):
                return Entry(n, values["at"], _export(values))
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
        export = entry.export
        values = {
            "n": entry.n,
            "at": entry.at,
            "release": export.release,
            "export": export.export,
            "threshold": export.threshold,
            "scheme": scheme_as_json(export.known),
            "tables": [_table_as_json(table) for table in export.tables],
            "prev": before,
        }
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


def _table_as_json(table: LedgerTable) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "dimensions": list(table.dimensions),
        "base": table.base,
        "cells": [
            [*cell.place, cell.measure, cell.value, cell.state.value, cell.mark, cell.width]
            for cell in table.cells
        ],
    }


def _export(values: Mapping[str, Any]) -> Export:
    return Export(
        values["release"],
        values["export"],
        values["threshold"],
        scheme_from_json(values["scheme"]),
        tuple(
            LedgerTable(
                table["key"],
                table["title"],
                tuple(table["dimensions"]),
                table["base"],
                tuple(_cell(line, len(table["dimensions"])) for line in table["cells"]),
            )
            for table in values["tables"]
        ),
    )


def _cell(line: list[Any], dimensions: int) -> LedgerCell:
    measure, value, state, mark, width = line[dimensions:]
    return LedgerCell(tuple(line[:dimensions]), measure, value, CellState(state), mark, width)
