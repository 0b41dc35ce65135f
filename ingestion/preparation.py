"""What is worked out of a piece before its rules are checked: typed values, pseudonyms, references that lead nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.checking import ORPHAN
from ingestion.pieces import Piece
from ingestion.reading import Content
from ingestion.references import Keys, orphans
from ingestion.rules import SENDER
from ingestion.tables import FLAW, ROW
from ingestion.values import Converter
from osservatorio.contracts import Contract
from osservatorio.keys import Key

OWN = ["row_no", "file_no", ROW, FLAW]


@dataclass(frozen=True)
class Prepared:
    """A piece of the batch `number`, its rows in one chunk a column.

    They are there as `delivered`, with a `row_no` each, and `typed`, with the masks of the rules of single values, the
    body whose records alone their file may hold, and whether some reference leads nowhere.
    """

    number: int
    batch: list[Content]
    delivered: pa.Table
    typed: pa.Table


class Preparer:
    """Prepares the rows of one extract. Its connection is its own, for another thread lands the rows meanwhile."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, key: Key, parents: Mapping[str, Keys]
    ) -> None:
        self._converter = Converter(con, contract, key)
        self._contract = contract
        self._parents = parents

    def prepare(self, piece: Piece) -> Prepared:
        """The piece with its rows under one number each, and their values."""
        delivered = _rows_of_all(piece.tables)
        typed = self._converter.typed_rows(delivered)
        numbers = delivered.column("file_no").chunk(0)
        senders = pa.array([content.sender for content in piece.batch], pa.string())
        seen = pa.table(
            {
                SENDER: pa.DictionaryArray.from_arrays(numbers, senders),
                ORPHAN: orphans(typed, self._contract, self._parents),
            }
        )
        return Prepared(
            piece.number, piece.batch, delivered, side_by_side(delivered.select(OWN), typed, seen)
        )


def side_by_side(*tables: pa.Table) -> pa.Table:
    """Tables of the same rows as one."""
    return pa.table(
        [column for table in tables for column in table.columns],
        names=[name for table in tables for name in table.column_names],
    )


def _rows_of_all(tables: Sequence[tuple[int, pa.Table]]) -> pa.Table:
    """The rows of all files under one number per row, one chunk a column."""
    parts = [
        table.append_column("file_no", pa.array(np.full(table.num_rows, number, dtype=np.int32)))
        for number, table in tables
    ]
    rows = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    return rows.append_column("row_no", pa.array(np.arange(rows.num_rows)))
