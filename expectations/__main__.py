"""`python -m expectations`: the checks as a process of their own, beside the rest of a run.

With --wait it imports its libraries first, then waits for one line of JSON on standard input with the task
(`landing`, `docs`, `out`, `as_of`): the import overlaps with the ingestion. Exit code 0 whatever the verdict, 2
for a landing that cannot be opened or a full disk, 3 when the checkpoint itself broke down.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from expectations.late_import import seldom_used_late
from osservatorio.errors import UserError
from osservatorio.files import write_json
from osservatorio.worker import report_refusal, seldom_look_for_garbage, wait_for_task

DONE, UNUSABLE, BROKEN = 0, 2, 3


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m expectations", description="Controlla ciò che è stato caricato."
    )
    parser.add_argument("--landing", help="l'archivio da controllare")
    parser.add_argument("--docs", help="la cartella in cui scrivere le pagine dei controlli")
    parser.add_argument("--out", help="il file JSON in cui scrivere il verdetto")
    parser.add_argument("--as-of", help="il giorno a cui si riferiscono le cifre (AAAA-MM-GG)")
    parser.add_argument("--wait", action="store_true", help="attende il compito dallo standard input")
    arguments = parser.parse_args(given)
    if not arguments.wait and not (arguments.landing and arguments.docs and arguments.out):
        parser.error("servono --landing, --docs e --out, oppure --wait")
    return arguments


def _load() -> None:
    """Import what the checks need."""
    with seldom_used_late():
        import expectations.checkpoint  # noqa: F401


def _check(task: dict[str, Any]) -> None:
    _load()
    from expectations.checkpoint import MEMORY, run_checkpoint

    verdict = run_checkpoint(
        Path(task["landing"]),
        Path(task["docs"]),
        as_of=date.fromisoformat(task["as_of"]) if task.get("as_of") else None,
        memory=task.get("memory") or MEMORY,
    )
    write_json(Path(task["out"]), verdict.to_dict() | {"landing_state": task.get("landing_state")})


def main(given: Sequence[str] | None = None) -> int:
    """Run the checks of a task and return the exit code."""
    arguments = _arguments(given)
    task: dict[str, Any] | None = vars(arguments)
    try:
        if arguments.wait:
            seldom_look_for_garbage()
            _load()  # the seconds of import, before the task is there
            task = wait_for_task()
        if task:
            _check(task)
    except UserError as error:
        print(error.message, file=sys.stderr)
        if arguments.wait:
            report_refusal(error)
        return UNUSABLE
    except Exception as error:
        if arguments.wait and report_refusal(error):
            return UNUSABLE
        traceback.print_exc()
        print("I controlli si sono interrotti: non si può pubblicare nulla.", file=sys.stderr)
        return BROKEN
    return DONE


def _leave(code: int) -> NoReturn:
    """End without tearing down the interpreter: at that point DuckDB's binding complains at length of leaks."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
