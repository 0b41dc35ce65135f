"""The verdict over a landing: may a release be published, and what must its readers know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.checks import CheckResult, Finding, Severity, Status

PASSED, PASSED_WITH_WARNINGS, BLOCKED = "superato", "superato_con_avvisi", "bloccato"


@dataclass(frozen=True)
class Verdict:
    """The results of every check, and the gate: the highest severity that failed decides."""

    as_of: date
    results: tuple[CheckResult, ...]

    @property
    def publishable(self) -> bool:
        """False when a critical check failed, when a check could not run, or when nothing was checked."""
        return bool(self.results) and not any(result.blocks for result in self.results)

    @property
    def outcome(self) -> str:
        if not self.publishable:
            return BLOCKED
        return PASSED_WITH_WARNINGS if any(result.warns for result in self.results) else PASSED

    def to_dict(self) -> dict[str, Any]:
        """The verdict for the manifest: counts, what blocks, what warns, and each check's result.

        `failed` counts the checks of severity `warning` or `critical` that did not pass, errors included.
        """
        blocking = [result for result in self.results if result.blocks]
        warning = [result for result in self.results if result.warns]
        return {
            "outcome": self.outcome,
            "publishable": self.publishable,
            "as_of": self.as_of.isoformat(),
            "checks": len(self.results),
            "passed": sum(result.status is Status.PASSED for result in self.results),
            "failed": len(blocking) + len(warning),
            "errors": sum(result.status is Status.ERROR for result in self.results),
            "blocking": list(_notices(blocking)),
            "warnings": list(_notices(warning)),
            "results": [_result(result) for result in self.results],
        }


def _notices(results: Iterable[CheckResult]) -> Iterable[dict[str, Any]]:
    """One entry per finding; a check without findings (a contract's) speaks for itself."""
    for result in results:
        whole = Finding(f"{result.message_it.removesuffix('.')} ({result.observed}).", result.extract)
        for finding in result.findings or (whole,):
            yield {
                "check": result.check,
                "severity": str(Severity.CRITICAL if result.blocks else result.severity),
                "extract": finding.extract,
                "codice_ente": finding.codice_ente,
                "message": finding.message,
                "what_to_do": result.what_to_do_it,
            }


def _result(result: CheckResult) -> dict[str, Any]:
    passed = result.status is Status.PASSED
    return {
        "check": result.check,
        "suite": result.suite,
        "extract": result.extract,
        "severity": str(result.severity),
        "status": str(result.status),
        "observed": result.observed,
        "unexpected": result.unexpected,
        "message_it": None if passed else result.message_it,
        "what_to_do_it": None if passed else result.what_to_do_it,
    }
