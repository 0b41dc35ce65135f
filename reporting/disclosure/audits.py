"""The attack on everything that was ever exported from a home."""

from collections.abc import Sequence

from reporting.disclosure.attacker import Audit, audit
from reporting.disclosure.history import promises, publication_of, shown_since
from reporting.disclosure.ledger import Entry
from reporting.disclosure.policy import Policy


def audit_ledger(
    entries: Sequence[Entry], policy: Policy, *, as_promised: bool = True, exact: bool = False
) -> Audit:
    """Attack all registered exports together. Cells whose figure was shown later, harmlessly, are not judged.

    Each export is held to what it promised then; without `as_promised` all of them to the policy given.
    """
    publications = [publication_of(entry) for entry in entries]
    return audit(
        publications,
        policy,
        demands=promises(entries, None if as_promised else policy),
        excused=shown_since(entries, {}),
        exact=exact,
    )
