"""The thresholds of the dataset checks: what is worth a warning, what withholds publication."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Shares are between 0 and 1; counts are rows.

    Small numbers are left alone: one row out of ten in quarantine is in the quarantine list already, and a
    small service has months without acts.
    """

    quarantine_share: float = 0.05
    quarantine_rows: int = 3
    blocking_quarantine_share: float = 0.20
    blocking_quarantine_rows: int = 100
    volume_share: float = 0.5
    volume_rows: int = 50
    volume_earlier_semesters: int = 2
    volume_looked_at_semesters: int = 4
    month_rows: int = 5
