"""The values of a batch: what is worked out of one delivered text is worked out once, and put wherever that text stands.

A column whose values repeat is a dictionary: its distinct texts are converted. Of the other columns only the texts
that may not stand as they are. All texts to convert go through one pass of SQL, side by side in one small table, whose
rows are not rows of any delivery.
"""

import re
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.checking import TEXTS, bits_name, mask_names
from ingestion.conversion import PERSON_LENGTH, text_of
from ingestion.tables import offsets_and_bytes
from osservatorio.contracts import Column, Contract

_ONE_CLASS = re.compile(r"\^?\[([^\]\[\\^]+)\]\{(\d+),(\d+)\}\$?")


@dataclass(frozen=True)
class Part:
    """The texts of a column that are converted, and where: `places` of single rows, or None: the whole dictionary."""

    texts: pa.Array
    places: np.ndarray | None


def typed_rows(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rows: pa.Table,
    query: str | duckdb.Statement,
    parameters: dict[str, object],
) -> pa.Table:
    """Rows of text (one chunk a column) as typed values, with the masks of the rules that single values break.

    `query` is `values_query` of the contract, `parameters` are those of its pseudonyms.
    """
    delivered = {column.name: rows.column(column.name).chunk(0) for column in contract.columns}
    parts = {column.name: _part(column, delivered[column.name]) for column in contract.columns}
    found = _converted(con, contract, parts, query, parameters)
    typed = [_put(delivered[name], part, found.column(name).chunk(0)) for name, part in parts.items()]
    return pa.table(
        [
            *typed,
            *(_mask(contract, word, delivered, parts, found) for word in range(len(mask_names(contract)))),
        ],
        names=[*parts, *mask_names(contract)],
    )


def _part(column: Column, delivered: pa.Array) -> Part:
    if pa.types.is_dictionary(delivered.type):
        return Part(delivered.dictionary, None)
    places = _doubtful(column, delivered)
    return Part(delivered if len(places) == len(delivered) else delivered.take(pa.array(places)), places)


def _doubtful(column: Column, texts: pa.StringArray) -> np.ndarray:
    """The places of the texts that may not be taken as they are: of all but the plainest identifiers, all of them.

    An identifier stands as it is when it is made of the characters, as many, that its pattern allows.
    """
    one_class = _ONE_CLASS.fullmatch(column.pattern or "")
    if column.kind != "id" or column.secret or not one_class or not len(texts):
        return np.arange(len(texts))
    characters, least, most = one_class.groups()
    is_allowed = np.array(
        [bool(re.match(f"[{characters}]", chr(code), re.ASCII)) for code in range(128)] + [False] * 128
    )
    offsets, content = offsets_and_bytes(texts)
    lengths = np.diff(offsets)
    doubtful = (lengths < max(int(least), 1)) | (lengths > int(most)) | (lengths >= PERSON_LENGTH)
    others = np.flatnonzero(~is_allowed[content[offsets[0] : offsets[-1]]]) + offsets[0]
    doubtful[np.searchsorted(offsets, others, side="right") - 1] = True
    return np.flatnonzero(doubtful)


def _converted(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    parts: dict[str, Part],
    query: str | duckdb.Statement,
    parameters: dict[str, object],
) -> pa.Table:
    """Values and bits of all texts to convert; the last row of every column is that of a missing value."""
    count = max(len(part.texts) for part in parts.values()) + 1
    texts = {
        text_of(name).strip('"'): pa.concat_arrays(
            [part.texts, pa.nulls(count - len(part.texts), pa.string())]
        )
        for name, part in parts.items()
    }
    con.register(TEXTS, pa.table({"place": np.arange(count), **texts}))
    found = con.sql(query, params=parameters or None).to_arrow_table().combine_chunks()
    con.unregister(TEXTS)
    if not np.array_equal(found.column("place").to_numpy(), np.arange(count)):
        raise AssertionError(f"{contract.extract}: texts and values are not in the same order")
    return found


def _put(delivered: pa.Array, part: Part, values: pa.Array) -> pa.Array:
    """The values of a column's rows, from those of its texts."""
    if part.places is None:
        own = values.slice(0, len(part.texts))
        if pa.types.is_string(own.type):
            return pa.DictionaryArray.from_arrays(delivered.indices, own)
        return own.take(delivered.indices)
    own = values.slice(0, len(part.places))
    if len(part.places) == len(delivered):
        return own
    if own.equals(part.texts):
        return delivered
    chosen = np.arange(len(delivered))
    chosen[part.places] = np.arange(len(delivered), len(delivered) + len(own))
    return pa.concat_arrays([delivered, own]).take(pa.array(chosen))


def _mask(
    contract: Contract, word: int, delivered: dict[str, pa.Array], parts: dict[str, Part], found: pa.Table
) -> pa.Array:
    """The bits of all columns, row by row."""
    mask = np.zeros(len(next(iter(delivered.values()))), dtype=np.uint64)
    for name, part in parts.items():
        if bits_name(name, word) not in found.column_names:
            continue
        bits = found.column(bits_name(name, word)).to_numpy()
        if part.places is not None:
            mask[part.places] |= bits[: len(part.places)]
        elif bits[: len(part.texts)].any() or (bits[-1] and delivered[name].null_count):
            places = delivered[name].indices.fill_null(len(bits) - 1)
            mask |= pa.array(bits).take(places).to_numpy()  # Arrow gathers several times faster than NumPy
    return pa.array(mask)
