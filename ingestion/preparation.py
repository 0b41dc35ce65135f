"""What is worked out of a piece before it is landed: typed values, pseudonyms, and what becomes of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.checking import ORPHAN
from ingestion.judging import Judge, Judged, side_by_side
from ingestion.pieces import Piece
from ingestion.reading import Content
from ingestion.references import orphans, parent_keys
from ingestion.rules import SENDER
from ingestion.tables import FLAW, ROW
from ingestion.values import Converter
from osservatorio.contracts import Contract
from osservatorio.keys import Key

OWN = ["row_no", "file_no", ROW, FLAW]


@dataclass(frozen=True)
class Prepared:
    """A piece of the batch `number`, its rows ready to be landed or set aside."""

    number: int
    batch: list[Content]
    judged: Judged


class Preparer:
    """Prepares the rows of one extract. Its connection is its own, for another thread lands the rows meanwhile.

    The tables of parents have to be loaded on it.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, key: Key, loaded_at: datetime
    ) -> None:
        self._converter = Converter(con, contract, key)
        self._contract = contract
        self._parents = parent_keys(con, contract)
        self._judge = Judge(con, contract, loaded_at)

    def prepare(self, piece: Piece) -> Prepared:
        """The piece with its rows under one number each, their values, and what becomes of them."""
        delivered = _rows_of_all(piece.tables)
        return Prepared(
            piece.number, piece.batch, self._judge.judged(delivered, self._typed(piece, delivered))
        )

    def _typed(self, piece: Piece, delivered: pa.Table) -> pa.Table:
        """The values, with the masks of the rules of single values, the body whose records alone the row's file may
        hold, and whether some reference leads nowhere."""
        typed = self._converter.typed_rows(delivered)
        numbers = delivered.column("file_no").chunk(0)
        senders = pa.array([content.sender for content in piece.batch], pa.string())
        seen = pa.table(
            {
                SENDER: pa.DictionaryArray.from_arrays(numbers, senders),
                ORPHAN: orphans(typed, self._contract, self._parents),
            }
        )
        return side_by_side(delivered.select(OWN), typed, seen)


def _rows_of_all(tables: Sequence[tuple[int, pa.Table]]) -> pa.Table:
    """The rows of all files under one number per row, one chunk a column."""
    parts = [
        table.append_column("file_no", pa.array(np.full(table.num_rows, number, dtype=np.int32)))
        for number, table in tables
    ]
    rows = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    return rows.append_column("row_no", pa.array(np.arange(rows.num_rows)))
