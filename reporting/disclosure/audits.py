"""The attack on everything that was ever exported from a home."""

from collections.abc import Sequence

from reporting.disclosure.attacker import Audit, audit
from reporting.disclosure.history import promises, publication_of, shown_since
from reporting.disclosure.ledger import Entry
from reporting.disclosure.policy import Policy


def audit_ledger(entries: Sequence[Entry], policy: Policy, *, exact: bool = False) -> Audit:
    """Attack all registered exports together. Cells whose figure was shown later, harmlessly, are not judged."""
    publications = [publication_of(entry) for entry in entries]
    return audit(
        publications,
        policy,
        demands=promises(entries, policy),
        excused=shown_since(entries, {}),
        exact=exact,
    )
