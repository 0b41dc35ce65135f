"""The order of day and month in a file's dates: a file that was exported with the month first is refused.

Of such a file only the dates with a day after the 12th look wrong; the others would be read, each as another day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.refusal import RefusedFile
from ingestion.tables import distinct
from osservatorio.contracts import Contract

MONTHS = 12
_TWO_PLACES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)(?: .*)?")


@dataclass
class _Order:
    """What the dates of one column say: one that has the month first, one that has the day first, one that could be both."""

    known: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    month_first: str | None = None
    day_first: str | None = None
    either: str | None = None

    def add(self, texts: pa.Array) -> None:
        """Look at texts, each of them there once; what was looked at before is passed over."""
        new = texts.filter(pc.invert(pc.is_in(texts, self.known)))
        for text in new.to_pylist():
            found = _TWO_PLACES.fullmatch(text or "")
            if not found:
                continue
            first, second = int(found[1]), int(found[2])
            if first <= MONTHS < second <= 31:
                self.month_first = self.month_first or text
            elif second <= MONTHS < first <= 31:
                self.day_first = self.day_first or text
            elif first != second and first <= MONTHS and second <= MONTHS:
                self.either = self.either or text
        self.known = pa.concat_arrays([self.known, new])


def day_first(tables: Iterable[pa.Table], contract: Contract) -> Iterator[pa.Table]:
    """The tables of one file, as they are; after the last, RefusedFile when a column's dates have the month first.

    That is so when some can be read in no other way, none shows the day first, and others could be either.
    """
    orders = {column.name: _Order() for column in contract.columns if column.kind == "date"}
    for table in tables:
        for name, order in orders.items():
            for texts in distinct(table.column(name)):
                order.add(texts)
        yield table
    for name, order in orders.items():
        if order.month_first and order.either and not order.day_first:
            raise RefusedFile(
                f"{contract.column(name).label}: le date hanno il mese prima del giorno (per esempio "
                f"«{order.month_first}»), e quelle come «{order.either}» verrebbero lette scambiando giorno e mese: "
                "esportare di nuovo il file con le date scritte come giorno/mese/anno."
            )
