"""What it costs to export packs and open data one after the other, with the commands that the office types.

A copy of a home gets an empty register; then the Assembly's pack and the open data of each of its years leave in turn, so
that packs have open data before them, then the governance pack, and the auditor attacks all of it. Seconds are those of the
processor, of each command from its start to its end. For each export of open data, those of the attack on each of its
files, and on all of them at once, are told beside the goal: with every table of the release and every earlier export.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from osservatorio.home import Home
from reporting.disclosure.attacker import audit
from reporting.disclosure.attacker_equations import Publication
from reporting.disclosure.history import promises, publication_of, shown_since
from reporting.disclosure.ledger import Entry, Ledger
from reporting.disclosure.policy import Policy

REGISTER, HEAD = "disclosure", "esportazioni.json"
PACK_GOAL, FILE_GOAL = (
    20,
    2,
)  # seconds: a year's pack protected and attacked, and the attack on a file of open data


@dataclass(frozen=True)
class Command:
    """A command over a register of so many exports: seconds of the processor, and what it printed.

    `audits` are seconds of the attack on each file that it exported, and on all of them, with everything else.
    """

    words: str
    registered: int
    seconds: float
    printed: str
    audits: tuple[tuple[str, float], ...] = ()


def exports(home: Path, years: Sequence[int]) -> Iterator[Command]:
    """Run everything over a copy of a home, the oldest year first, and attack it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(home, Path(folder) / "home"))
        shutil.rmtree(copy / REGISTER, ignore_errors=True)
        (copy / "keys" / HEAD).unlink(missing_ok=True)
        for year in sorted(years):
            yield _run(copy, "report", "assemblea", str(year))
            done = _run(copy, "export", "open-data", str(year))
            yield replace(done, audits=tuple(_audits(Ledger(Home(copy)).entries())))
        yield _run(copy, "report", "governance", f"{min(years)}-S1")
        yield _run(copy, "disclosure", "audit", "--json")


def _audits(entries: Sequence[Entry]) -> Iterator[tuple[str, float]]:
    """Seconds of the attack on each table of the last export, and on all, with everything in the register."""
    *before, last = (publication_of(entry) for entry in entries)
    policy = Policy(threshold=entries[-1].export.threshold)
    tables = [replace(last, source=table.key, tables=(table,)) for table in last.tables]
    for judged in ([table.source] for table in tables):
        yield judged[0], _attacked([*before, *tables], policy, entries, judged)
    yield "all at once", _attacked([*before, last], policy, entries, [last.source])


def _attacked(
    publications: Sequence[Publication], policy: Policy, entries: Sequence[Entry], judged: Sequence[str]
) -> float:
    start = time.process_time()
    demands, excused = promises(entries), shown_since(entries, {})
    found = audit(publications, policy, demands=demands, excused=excused, only=judged)
    seconds = time.process_time() - start
    if found.breaches:
        raise SystemExit(f"{judged}: {len(found.breaches)} figures give way")
    return round(seconds, 1)


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
    yield (
        f"| command | exports in the register | seconds of the processor (goal of a pack: {PACK_GOAL}) "
        f"| audit of each file of open data (goal: {FILE_GOAL}) |\n|---|--:|--:|---|"
    )
    for command in commands:
        audits = ", ".join(f"{name} {seconds}" for name, seconds in command.audits)
        yield f"| {command.words} | {command.registered} | {command.seconds} | {audits} |"
    tables = json.loads(commands[-1].printed)
    yield f"\n{json.dumps({key: value for key, value in tables.items() if not isinstance(value, list)})}"
