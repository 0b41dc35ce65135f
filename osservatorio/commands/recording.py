"""What a command does is written in the home's audit log: before it is done, and how it ended."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from osservatorio.audit import Fact, append
from osservatorio.audit_head import AuditError
from osservatorio.fingerprint import facts_of_files as facts_of_files
from osservatorio.home import Home
from osservatorio.interruption import interrupted_by
from osservatorio.locking import user_name

if TYPE_CHECKING:
    from osservatorio.run_result import RunResult

BEGUN = "inizio"
DONE = "fatto"
FAILED = "non riuscito"
STOPPED = "interrotto"


@contextmanager
def recorded(
    home: Home, event: str, *, is_required: bool = True, person: str | None = None, **facts: Fact
) -> Iterator[dict[str, Fact]]:
    """Record an event around what is done inside; the facts put in the dictionary go with its end. It is of a `person`
    who signed in, or of the user of this computer.

    What writes is not done when its beginning cannot be recorded (AuditError); with `is_required` false the person
    is told and it goes on. A folder that does not exist yet gets its first line when it was made.
    """
    known: dict[str, Fact] = dict(facts)
    begun = home.root.is_dir()
    if begun:
        _write(home, event, BEGUN, known, is_required, person)
    try:
        yield known
    except BaseException as error:
        interrupted = bool(interrupted_by()) or isinstance(error, KeyboardInterrupt | typer.Abort)
        if begun:
            with suppress(AuditError):
                told = known if interrupted else known | {"errore": type(error).__name__}
                _write(home, event, STOPPED if interrupted else FAILED, told, True, person)
        raise
    if home.root.is_dir():
        _write(home, event, DONE, known, is_required, person)


def record(
    home: Home, event: str, *, is_required: bool = True, person: str | None = None, **facts: Fact
) -> None:
    """Record an event that takes no time; of a `person` who signed in, or of the user of this computer."""
    if home.root.is_dir():
        _write(home, event, DONE, facts, is_required, person)


def _write(
    home: Home, event: str, phase: str, facts: dict[str, Fact], is_required: bool, person: str | None = None
) -> None:
    user, now = person or user_name(), datetime.now().astimezone()
    try:
        append(home, event=event, phase=phase, at=now, user=user, facts=facts)
    except AuditError as error:
        if is_required:
            raise
        typer.echo(f"Avviso: {error.message}", err=True)


def facts_of(result: "RunResult") -> dict[str, Fact]:
    """What the log keeps of a run or of one of its stages: counts and the name of the release."""
    facts: dict[str, Fact] = {}
    if result.deliveries:
        outcomes = Counter(delivery["outcome"] for delivery in result.deliveries)
        facts |= {
            "caricati": outcomes["landed"],
            "già caricati": outcomes["already_landed"],
            "respinti": outcomes["refused"],
        }
        for name, label in (
            ("rows_read", "righe lette"),
            ("accepted", "accettate"),
            ("quarantined", "in quarantena"),
            ("waiting", "in attesa"),
        ):
            facts[label] = sum(delivery[name] for delivery in result.deliveries)
    if result.verdict:
        facts |= {
            "controlli": result.verdict["outcome"],
            "pubblicazione": result.release_id,
            "nuova": result.is_new,
        }
    return facts
