"""What a peer is, to whoever measures it."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers.measuring import Command
from benchmarks.peers.prepared import ROOT, Ground

OURS = "ours"
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
SPARK_PYTHON = ROOT / ".venv-spark" / "bin" / "python"
OFFLINE = {
    "PYTHONPATH": str(ROOT),
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true",
    "GX_ANALYTICS_ENABLED": "false",
}


def nothing(ground: Ground) -> None:
    """No preparation is needed."""


def nothing_to_tell(ground: Ground) -> dict[str, Any]:
    return {}


def agreed(ground: Ground) -> dict[str, Any]:
    """The product is what others are compared with."""
    return {}


@dataclass(frozen=True)
class Peer:
    """A tool that does a work.

    `prepare` is called once and `reset` before each run, neither is timed; `compare` says how many values of the result
    were compared with the product's and how many differ; `tell` adds what a reader must know of the set-up.
    """

    name: str
    command: Callable[[Ground], Command]
    compare: Callable[[Ground], dict[str, Any]] = agreed
    prepare: Callable[[Ground], None] = nothing
    reset: Callable[[Ground], None] = nothing
    tell: Callable[[Ground], dict[str, Any]] = nothing_to_tell


@dataclass(frozen=True)
class Work:
    """One work, the product first, then its peers; `about` says how much it is (models, marts, rows)."""

    name: str
    peers: list[Peer]
    about: dict[str, Any] = field(default_factory=dict)


def module(name: str, *arguments: str, python: Path | str = sys.executable) -> list[str]:
    """The command line of a module of this folder."""
    return [str(python), "-m", f"benchmarks.peers.{name}", *arguments]
