"""What a check is and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

DATASET_SUITE = "consegne"


class Severity(StrEnum):
    """`critical` would make figures wrong and withholds publication; `warning` is shown; `info` is kept."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Status(StrEnum):
    """`error`: the check could not run. It is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing found by a dataset check: which extract and body, what it means (Italian)."""

    message: str
    extract: str | None = None
    codice_ente: str | None = None


@dataclass(frozen=True)
class Check:
    """An expectation with its severity and its Italian notes.

    `suite` is the extract, or `DATASET_SUITE`. `message` says what a failure means; `explain` makes a finding
    out of each row returned by a dataset expectation (None for the expectations of a contract, where rows are
    only counted).
    """

    id: str
    suite: str
    severity: Severity
    title: str
    message: str
    what_to_do: str
    expectation: "Expectation"
    extract: str | None = None
    explain: Callable[[dict[str, Any]], Finding] | None = None


@dataclass(frozen=True)
class CheckResult:
    """The outcome of a check. `unexpected` is the count of rows (or of findings), None when unknown."""

    check: str
    suite: str
    extract: str | None
    severity: Severity
    status: Status
    title: str
    observed: str
    unexpected: int | None
    message_it: str
    what_to_do_it: str
    findings: tuple[Finding, ...] = field(default=())

    @property
    def blocks(self) -> bool:
        """Withholds publication: a critical check that failed, or any check that could not run."""
        return self.status is Status.ERROR or (
            self.status is Status.FAILED and self.severity is Severity.CRITICAL
        )

    @property
    def warns(self) -> bool:
        return self.status is Status.FAILED and self.severity is Severity.WARNING
