"""The examination of an installation and of a home: what is in order, what is not, and how to mend it.

It is used when things are broken: a check that fails is a finding like the others, and never ends the examination.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.interruption import stop_if_asked

Outcome = Literal["ok", "avviso", "errore"]


@dataclass(frozen=True)
class Finding:
    """What a check says. `remedy`: how to mend it; None when there is nothing to mend."""

    check: str
    outcome: Outcome
    message: str
    remedy: str | None = None


@dataclass(frozen=True)
class Patient:
    """What is examined, and when: the checks read the clock here only."""

    home: Home
    now: datetime


Answer = tuple[Outcome, str, str | None]
Check = Callable[[Patient], Iterator[Answer]]


def examine(home: Home, *, now: datetime) -> list[Finding]:
    """Every check over a home and the installation. Raises nothing but KeyboardInterrupt."""
    patient = Patient(home, now)
    return [finding for name, check in checks().items() for finding in ask(name, check, patient)]


def checks() -> dict[str, Check]:
    """Every check by its name, in the order in which they are asked."""
    from osservatorio import doctor_access, doctor_archives, doctor_home, doctor_installation

    return {
        **doctor_installation.CHECKS,
        **doctor_home.CHECKS,
        **doctor_archives.CHECKS,
        **doctor_access.CHECKS,
    }


def is_sound(findings: list[Finding]) -> bool:
    """Whether nothing keeps the program from working as it should."""
    return all(finding.outcome != "errore" for finding in findings)


def ask(name: str, check: Check, patient: Patient) -> list[Finding]:
    """What one check finds; its failure is a finding too, but for one that is due to being asked to stop."""
    found: list[Finding] = []
    try:
        for outcome, message, remedy in check(patient):
            found.append(Finding(name, outcome, message, remedy))
    except UserError as error:
        message, _, remedy = error.message.partition(": ")
        found.append(Finding(name, "errore", message + ".", remedy[:1].upper() + remedy[1:] or None))
    except Exception as error:
        found.append(
            Finding(
                name,
                "errore",
                f"Il controllo non è riuscito ({type(error).__name__}).",
                "Segnalalo a chi mantiene Osservatorio, con l'esito di questo comando.",
            )
        )
    stop_if_asked()
    return found
