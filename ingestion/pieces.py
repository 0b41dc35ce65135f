"""What is landed together: small deliveries in one piece, a large one in several."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from ingestion.reading import Content, Delivery
from ingestion.refusal import RefusedFile


@dataclass(frozen=True)
class Piece:
    """Rows to check in one pass: (place of the delivery in the batch, table), as the readers give them.

    The pieces of a batch, which is one transaction, follow one another and have its number.
    """

    number: int
    batch: list[Content]
    tables: list[tuple[int, pa.Table]]


@dataclass(frozen=True)
class Refused:
    """A delivery that is refused; one that was begun (`number` is that of its batch) leaves nothing behind."""

    number: int
    delivery: Delivery
    refusal: RefusedFile


def in_pieces(
    contents: Iterable[tuple[Delivery, Content | RefusedFile]], batch_bytes: int
) -> Iterator[Piece | Refused]:
    """Deliveries in pieces of about `batch_bytes`, in the order given but for the small ones, that wait for others."""
    number = size = 0
    batch: list[Content] = []
    for delivery, content in contents:
        number += 1
        if isinstance(content, RefusedFile):
            yield Refused(number, delivery, content)
        elif content.is_large:
            yield from _of_large(number, content)
        else:
            batch.append(content)
            size += sum(table.nbytes for table in content.tables)
            if size >= batch_bytes:
                yield _of_small(number, batch)
                batch, size = [], 0
    if batch:
        yield _of_small(number + 1, batch)


def _of_small(number: int, batch: list[Content]) -> Piece:
    return Piece(
        number, batch, [(place, table) for place, content in enumerate(batch) for table in content.tables]
    )


def _of_large(number: int, content: Content) -> Iterator[Piece | Refused]:
    try:
        for table in content.tables:
            yield Piece(number, [content], [(0, table)])
    except RefusedFile as refusal:
        yield Refused(number, content.delivery, refusal)
