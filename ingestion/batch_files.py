"""The deliveries that are checked together, and the count of the rows of each."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import pyarrow as pa


@dataclass
class Account:
    """The count of one delivery's rows, and what they say of the delivery. Read = accepted + quarantined + waiting."""

    rows_read: int = 0
    accepted: int = 0
    quarantined: int = 0
    waiting: int = 0
    bodies: frozenset[str] = frozenset()
    first_extraction: date | None = None
    last_extraction: date | None = None

    def add(self, other: "Account") -> None:
        """Add the count of more rows of the same delivery."""
        self.rows_read += other.rows_read
        self.accepted += other.accepted
        self.quarantined += other.quarantined
        self.waiting += other.waiting
        self.bodies |= other.bodies
        firsts = [day for day in (self.first_extraction, other.first_extraction) if day]
        lasts = [day for day in (self.last_extraction, other.last_extraction) if day]
        self.first_extraction = min(firsts, default=None)
        self.last_extraction = max(lasts, default=None)


@dataclass(frozen=True)
class FileOfBatch:
    """A delivery of the batch, under the number that its rows carry."""

    number: int
    delivery_id: str
    name: str
    load_seq: int


def files_table(files: Sequence[FileOfBatch]) -> pa.Table:
    """The deliveries as the table `files` of SQL."""
    return pa.table(
        {field.name: [getattr(file, field.name) for file in files] for field in fields(FileOfBatch)}
    )
