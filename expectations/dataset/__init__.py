"""Checks written by hand over the deliveries as a whole: what no contract of one extract can say."""

from expectations.checks import Check
from expectations.dataset import archive, bodies, months, quarantine, volume
from expectations.dataset.scope import Scope

__all__ = ["Scope", "dataset_checks"]


def dataset_checks(scope: Scope) -> list[Check]:
    """All of them, in the order in which they are shown."""
    return [check for room in (archive, quarantine, bodies, volume, months) for check in room.checks(scope)]
