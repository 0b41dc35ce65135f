"""The SQL behind a figure: the models and formulas of this installation, checked against those of the release."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from osservatorio.reference import SEEDS
from osservatorio.upstream import EXTRACT, FORMULA

PROJECT = SEEDS.parent
MODELS = "models"


class State(StrEnum):
    """Whether a text of this installation is the one that made the release."""

    SAME = "same"
    OTHER = "other"  # changed since
    GONE = "gone"  # no longer installed
    UNKNOWN = "unknown"  # the release does not tell (published by an earlier version)


@dataclass(frozen=True)
class Source:
    """A model or a file of formulas: its name, its path inside the program, its text and whether it is the release's."""

    name: str
    path: str
    sql: str
    state: State


@dataclass(frozen=True)
class Sources:
    """What a figure rests on: `main` computes it, `behind` are the models that those read (nearest first)."""

    main: list[Source]
    behind: list[Source]
    formulas: list[Source]
    lists: list[str]
    extracts: list[str]

    @property
    def all(self) -> list[Source]:
        return [*self.main, *self.behind, *self.formulas]


def read_sources(manifest: dict[str, Any], main: Sequence[str], names: Sequence[str]) -> Sources:
    """The texts of the models `main` and of the other `names` behind a figure (see `upstream.names_behind`)."""
    installed = {path.stem: path for path in (PROJECT / MODELS).rglob("*.sql")}
    known = manifest.get("models", {})
    formulas = manifest.get("graph", {}).get("macros", {})
    return Sources(
        [_source(name, installed.get(name), known.get(name)) for name in main],
        [
            _source(name, installed.get(name), known.get(name))
            for name in names
            if name in known and name not in main
        ],
        [
            _source(name, PROJECT / name, formulas.get(name))
            for name in sorted(names)
            if name.startswith(FORMULA)
        ],
        sorted(name for name in names if name not in known and "." not in name),
        sorted(name.removeprefix(EXTRACT) for name in names if name.startswith(EXTRACT)),
    )


def _source(name: str, path: Path | None, checksum: str | None) -> Source:
    try:
        text = path.read_text("utf-8") if path else None
    except OSError:
        text = None
    if path is None or text is None:
        return Source(name, "", "", State.GONE)
    place = path.relative_to(PROJECT.parent).as_posix()
    # The checksum is that of the text without the white space around it.
    digest = hashlib.sha256(text.strip().encode()).hexdigest()
    state = State.UNKNOWN if checksum is None else State.SAME if digest == checksum else State.OTHER
    return Source(name, place, text.strip(), state)
