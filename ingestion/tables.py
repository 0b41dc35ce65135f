"""What every reader gives: tables of delivered text, one row per row of the file, with its place and its flaw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.headers import Header
from osservatorio.contracts import Column, Contract

ROW = "source_row"
FLAW = "flaw"
FLAW_FOUND = "flaw_found"

# Structural flaws: the row cannot be cut into columns, so nothing else of it is checked, shown or kept.
TOO_MANY_FIELDS = "riga.valori_in_piu"
TOO_FEW_FIELDS = "riga.valori_mancanti"
BAD_QUOTES = "riga.virgolette"
CONTROL_CHARACTERS = "riga.caratteri"
REPEATED_HEADER = "riga.titoli_ripetuti"
CELL_ERROR = "riga.cella_errore"
CELL_WITHOUT_VALUE = "riga.formula"

CONTROL_PATTERN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"

# Blanks that people and programs leave around a value: spaces of every kind, tabs, marks without width.
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u2009\u200b\ufeff"


@dataclass(frozen=True)
class Reading:
    """A file being read: what it is, and its rows as a stream of tables of `row_schema`, in file order.

    `notes` (Italian sentences) are what its sender should know. `is_large`: the rows are not in memory yet, and are
    too many to be there together.
    """

    format: str
    encoding: str | None
    separator: str | None
    header: Header
    tables: Iterable[pa.Table]
    notes: tuple[str, ...] = ()
    is_large: bool = False


def row_schema(contract: Contract) -> pa.Schema:
    """`source_row`, `flaw` (a rule id or null), `flaw_found`, then the contract columns as text (null = empty).

    Columns in which values repeat are dictionaries: what is computed of a value is computed once.
    """
    return pa.schema(
        [(ROW, pa.int64()), (FLAW, pa.string()), (FLAW_FOUND, pa.string())]
        + [(column.name, text_type(column)) for column in contract.columns]
    )


def text_type(column: Column | None) -> pa.DataType:
    """The Arrow type of a column's delivered text; None: a column that the contract does not know."""
    if column is None or column.kind in ("text", "cf"):
        return pa.string()
    if column.kind == "id" and not column.reference:
        return pa.string()
    return pa.dictionary(pa.int32(), pa.string())


def rows_table(
    contract: Contract, header: Header, source_rows: Sequence[int] | np.ndarray, cells: Sequence[pa.Array]
) -> pa.Table:
    """Rows cut into cells (one text array per delivered column) as a table of `row_schema`, without the empty rows.

    Values lose the blanks around them; an empty value is null. Rows that repeat the header are flawed.
    """
    count = len(source_rows)
    columns = [without_blanks(values) for values in cells]
    by_name = {name: column for name, column in zip(header.columns, columns, strict=True) if name}
    table = pa.table(
        [
            pa.array(source_rows, pa.int64()),
            *(pa.nulls(count, pa.string()) for _ in (FLAW, FLAW_FOUND)),
            *(_of_type(by_name.get(column.name), text_type(column), count) for column in contract.columns),
        ],
        schema=row_schema(contract),
    )
    kept = ~_repeats_header(header, columns, count)
    repeated = [
        (int(row), REPEATED_HEADER, None) for row in table.column(ROW).filter(pa.array(~kept)).to_numpy()
    ]
    if all(column.null_count for column in columns):
        kept &= np.any([column.is_valid().to_numpy(zero_copy_only=False) for column in columns], axis=0)
    if not kept.all():
        table = table.filter(pa.array(kept))
    return pa.concat_tables([table, flawed_table(contract, repeated)]) if repeated else table


def with_flaws(
    table: pa.Table, flaws: Mapping[int, tuple[str, str]], *, has_control: bool = False
) -> pa.Table:
    """The same rows with their flaws: by source row, the flaw and what was found.

    With `has_control`, rows in which there are control characters are flawed too.
    """
    if not flaws and not has_control:
        return table
    kinds, found = table.column(FLAW).to_pylist(), table.column(FLAW_FOUND).to_pylist()
    rows = table.column(ROW).to_pylist()
    if has_control:
        texts = table.columns[table.column_names.index(FLAW_FOUND) + 1 :]
        spoilt = [_has_control(text) for text in texts]
        for place in np.flatnonzero(np.logical_or.reduce(spoilt)):
            kinds[place] = CONTROL_CHARACTERS
    for place, row in enumerate(rows):
        if row in flaws:
            kinds[place], found[place] = flaws[row]
    for place, (name, values) in enumerate(((FLAW, kinds), (FLAW_FOUND, found)), start=1):
        table = table.set_column(place, name, pa.array(values, pa.string()))
    return table


def _has_control(text: pa.ChunkedArray) -> np.ndarray:
    return pc.match_substring_regex(text.cast(pa.string()), CONTROL_PATTERN).fill_null(False).to_numpy()


def flawed_table(contract: Contract, flaws: Sequence[tuple[int, str, str | None]]) -> pa.Table:
    """Rows that could not be cut: (source row, flaw, what was found), without any value."""
    rows, kinds, found = zip(*flaws, strict=True) if flaws else ((), (), ())
    return pa.table(
        [
            pa.array(rows, pa.int64()),
            pa.array(kinds, pa.string()),
            pa.array(found, pa.string()),
            *(pa.nulls(len(flaws), text_type(column)) for column in contract.columns),
        ],
        schema=row_schema(contract),
    )


def without_blanks(values: pa.Array) -> pa.Array:
    """Texts without the blanks around them, null where nothing is left."""
    if pa.types.is_dictionary(values.type):
        bare = without_blanks(values.dictionary)
        if bare is values.dictionary:
            return values
        return bare.take(values.indices).dictionary_encode()
    text = pc.utf8_trim(values, characters=BLANKS) if _has_blank_ends(values) else values
    is_empty = pc.equal(pc.binary_length(text), 0)
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), text) if pc.any(is_empty).as_py() else text


def distinct(texts: pa.ChunkedArray) -> list[pa.Array]:
    """The texts of a column, each once a chunk."""
    return [
        chunk.dictionary if pa.types.is_dictionary(chunk.type) else pc.unique(chunk) for chunk in texts.chunks
    ]


def offsets_and_bytes(values: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Where each text begins (and, after the last, ends) among the bytes of all of them."""
    _, offsets, content = values.buffers()
    begins = np.frombuffer(offsets, np.int32, len(values) + 1, values.offset * 4)
    return begins, np.frombuffer(content or b"", np.uint8)


def _has_blank_ends(values: pa.StringArray) -> bool:
    """Whether some text may begin or end with a blank, by its first and last byte: most columns have none."""
    if not len(values):
        return False
    offsets, content = offsets_and_bytes(values)
    filled = offsets[1:] > offsets[:-1]
    first, last = content[offsets[:-1][filled]], content[offsets[1:][filled] - 1]
    return bool(_FIRST_OF_BLANK[first].any() or _LAST_OF_BLANK[last].any())


def _bytes_at(place: int) -> np.ndarray:
    is_there = np.zeros(256, dtype=bool)
    is_there[[blank.encode()[place] for blank in BLANKS]] = True
    return is_there


_FIRST_OF_BLANK, _LAST_OF_BLANK = _bytes_at(0), _bytes_at(-1)


def _of_type(values: pa.Array | None, wanted: pa.DataType, count: int) -> pa.Array:
    if values is None:
        return pa.nulls(count, wanted)
    if pa.types.is_dictionary(wanted) and not pa.types.is_dictionary(values.type):
        return values.dictionary_encode()
    return values


def _repeats_header(header: Header, columns: Sequence[pa.Array], count: int) -> np.ndarray:
    """The rows whose first known cells are the titles themselves: the header again, halfway down."""
    titles = [
        (title.strip(BLANKS), column)
        for title, name, column in zip(header.cells, header.columns, columns, strict=True)
        if name
    ]
    repeats = np.ones(count, dtype=bool)
    for title, column in titles[:2]:
        if repeats.any():
            repeats &= _equal(column, title)
    return repeats


def _equal(values: pa.Array, text: str) -> np.ndarray:
    if pa.types.is_dictionary(values.type):
        place = values.dictionary.index(text).as_py()
        if place < 0:
            return np.zeros(len(values), dtype=bool)
        return pc.equal(values.indices, place).fill_null(False).to_numpy(zero_copy_only=False)
    return pc.equal(values, text).fill_null(False).to_numpy(zero_copy_only=False)
