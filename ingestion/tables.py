"""What every reader gives: tables of delivered text, one row per row of the file, with its place and its flaw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.headers import Header
from osservatorio.contracts import Contract

ROW = "source_row"
FLAW = "flaw"
FLAW_FOUND = "flaw_found"

# Structural flaws: the row cannot be cut into columns, so nothing else of it is checked, shown or kept.
TOO_MANY_FIELDS = "riga.valori_in_piu"
TOO_FEW_FIELDS = "riga.valori_mancanti"
BAD_QUOTES = "riga.virgolette"
CONTROL_CHARACTERS = "riga.caratteri"
REPEATED_HEADER = "riga.titoli_ripetuti"

# Blanks that people and programs leave around a value: spaces of every kind, tabs, marks without width.
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u2009\u200b\ufeff"


@dataclass(frozen=True)
class Reading:
    """A file being read: what it is, and its rows as a stream of tables of `row_schema`, in file order."""

    format: str
    encoding: str | None
    separator: str | None
    header: Header
    tables: Iterator[pa.Table]


def row_schema(contract: Contract) -> pa.Schema:
    """`source_row`, `flaw` (a rule id or null), `flaw_found`, then the contract columns as text (null = empty)."""
    return pa.schema(
        [(ROW, pa.int64()), (FLAW, pa.string()), (FLAW_FOUND, pa.string())]
        + [(column.name, pa.string()) for column in contract.columns]
    )


def rows_table(
    contract: Contract, header: Header, source_rows: Sequence[int] | np.ndarray, cells: Sequence[pa.Array]
) -> pa.Table:
    """Rows cut into cells (one text array per delivered column) as a table of `row_schema`, without the empty rows.

    Values lose the blanks around them; an empty value is null. Rows that repeat the header are flawed.
    """
    count = len(source_rows)
    values = _without_blanks(
        pa.concat_arrays(cells)
    )  # all columns in one array: one call instead of one each
    columns = [values.slice(place * count, count) for place in range(len(cells))]
    by_name = {name: column for name, column in zip(header.columns, columns, strict=True) if name}
    empty = pa.nulls(count, pa.string())
    table = pa.table(
        [
            pa.array(source_rows, pa.int64()),
            _repeated_header(header, columns, count),
            empty,
            *(by_name.get(column.name, empty) for column in contract.columns),
        ],
        schema=row_schema(contract),
    )
    if not values.null_count:
        return table
    filled = values.is_valid().to_numpy(zero_copy_only=False).reshape(len(cells), count).any(axis=0)
    return table if filled.all() else table.filter(pa.array(filled))


def flawed_table(contract: Contract, flaws: Sequence[tuple[int, str, str | None]]) -> pa.Table:
    """Rows that could not be cut: (source row, flaw, what was found), without any value."""
    rows, kinds, found = zip(*flaws, strict=True) if flaws else ((), (), ())
    empty = pa.nulls(len(flaws), pa.string())
    return pa.table(
        [
            pa.array(rows, pa.int64()),
            pa.array(kinds, pa.string()),
            pa.array(found, pa.string()),
            *(empty for _ in contract.columns),
        ],
        schema=row_schema(contract),
    )


def _without_blanks(values: pa.Array) -> pa.Array:
    text = pc.utf8_trim(values, characters=BLANKS)
    is_empty = pc.equal(pc.binary_length(text), 0)
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), text)


def _repeated_header(header: Header, columns: Sequence[pa.Array], count: int) -> pa.Array:
    """The flaw of rows whose first known cells are the titles themselves: the header again, halfway down."""
    titles = [
        (title.strip(BLANKS), column)
        for title, name, column in zip(header.cells, header.columns, columns, strict=True)
        if name
    ]
    repeats = np.ones(count, dtype=bool)
    for title, column in titles[:2]:
        repeats &= pc.equal(column, title).fill_null(False).to_numpy(zero_copy_only=False)
    flaws = pa.nulls(count, pa.string())
    return pc.if_else(pa.array(repeats), pa.scalar(REPEATED_HEADER), flaws) if repeats.any() else flaws
