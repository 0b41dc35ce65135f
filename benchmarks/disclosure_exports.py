"""What it costs to export packs and open data one after the other, with the commands that the office types.

A copy of a home gets an empty register; then the Assembly's packs and the open data of its years leave, and the auditor
attacks all of it. Seconds are those of the processor, of each command from its start to its end.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REGISTER, HEAD = "disclosure", "esportazioni.json"


@dataclass(frozen=True)
class Command:
    """A command over a register of so many exports: seconds of the processor, and what it printed."""

    words: str
    registered: int
    seconds: float
    printed: str


def exports(home: Path, years: Sequence[int]) -> Iterator[Command]:
    """Run everything over a copy of a home, the oldest year first, and attack it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(home, Path(folder) / "home"))
        shutil.rmtree(copy / REGISTER, ignore_errors=True)
        (copy / "keys" / HEAD).unlink(missing_ok=True)
        for words in (("report", "assemblea"), ("export", "open-data")):
            for year in sorted(years):
                yield _run(copy, *words, str(year))
        yield _run(copy, "disclosure", "audit", "--json")


def _run(home: Path, *words: str) -> Command:
    registered = len(list((home / REGISTER).glob("*.json")))
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "osservatorio.cli", "--home", str(home), *words],
        check=False,
        capture_output=True,
        text=True,
    )
    after = os.times()
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr or done.stdout}")
    seconds = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return Command(" ".join(words), registered, round(seconds, 1), done.stdout)


def lines(commands: Sequence[Command]) -> Iterator[str]:
    """A table of the commands, and what the last attack found."""
    yield "| command | exports in the register | seconds of the processor |\n|---|--:|--:|"
    for command in commands:
        yield f"| {command.words} | {command.registered} | {command.seconds} |"
    tables = json.loads(commands[-1].printed)
    yield f"\n{json.dumps({key: value for key, value in tables.items() if not isinstance(value, list)})}"
