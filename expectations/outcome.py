"""From what Great Expectations answers to what we say: passed, failed or not run, with counts in Italian."""

import logging
from typing import Any

from great_expectations.core.expectation_validation_result import ExpectationValidationResult

from expectations.checks import Check, CheckResult, Finding, Status
from osservatorio.italian import number

NOT_RUN = "Il controllo non è riuscito a girare, quindi non si può dire se i dati vanno bene."
WHEN_NOT_RUN = (
    "Finché un controllo non gira non si pubblica nulla: riprova con «osservatorio validate» e, se si ripete, "
    "segnala il nome di questo controllo a chi cura il programma."
)

logger = logging.getLogger(__name__)


def outcome_of(check: Check, result: ExpectationValidationResult) -> CheckResult:
    """The outcome of one expectation."""
    if problem := _exception(result.exception_info):
        return _not_run(check, problem)
    if result.success:
        return _outcome(check, Status.PASSED, "nessuna anomalia", 0)
    if result.success is not False:
        return _not_run(check, "nessun esito")
    details = result.result or {}
    if check.explain:
        return _explained(check, details)
    count = details.get("unexpected_count", details.get("observed_value"))
    observed = f"{number(count)} {'riga' if count == 1 else 'righe'}" if count else "non superato"
    return _outcome(check, Status.FAILED, observed, count)


def suite_error(check: Check, error: Exception) -> CheckResult:
    """The outcome of a check whose suite could not run."""
    return _not_run(check, f"{type(error).__name__}: {error}")


def _explained(check: Check, details: dict[str, Any]) -> CheckResult:
    """A dataset expectation: each row returned becomes a finding."""
    assert check.explain
    rows = details.get("details", {}).get("unexpected_rows") or []
    try:
        findings = tuple(check.explain(dict(row)) for row in rows)
    except (KeyError, TypeError, ValueError) as error:
        return _not_run(check, f"{type(error).__name__}: {error}")
    count = details.get("observed_value")
    observed = f"{number(count)} {'segnalazione' if count == 1 else 'segnalazioni'}"
    return _outcome(check, Status.FAILED, observed, count, findings)


def _exception(info: Any) -> str | None:
    """The exception of a result: one for the expectation, or one per metric that it needed."""
    if not isinstance(info, dict):
        return None
    for part in (info, *info.values()):
        if isinstance(part, dict) and part.get("raised_exception"):
            return str(part.get("exception_message"))
    return None


def _not_run(check: Check, problem: str) -> CheckResult:
    # The problem may quote values of the data: it goes to the log of the process, not into the verdict.
    logger.error("%s: %s", check.id, problem)
    return _outcome(
        check, Status.ERROR, "non eseguito", None, (Finding(f"«{check.title}»: {NOT_RUN}", check.extract),)
    )


def _outcome(
    check: Check, status: Status, observed: str, count: int | None, findings: tuple[Finding, ...] = ()
) -> CheckResult:
    return CheckResult(
        check=check.id,
        suite=check.suite,
        extract=check.extract,
        severity=check.severity,
        status=status,
        title=check.title,
        observed=observed,
        unexpected=count,
        message_it=NOT_RUN if status is Status.ERROR else check.message,
        what_to_do_it=WHEN_NOT_RUN if status is Status.ERROR else check.what_to_do,
        findings=findings,
    )
