"""The values of a delivery: what is worked out of one delivered text is worked out once, and put wherever it stands.

A column whose values repeat is a dictionary: its distinct texts are converted. Of the other columns only the texts
that may not stand as they are. All texts to convert go through one pass of SQL, side by side in one small table, whose
rows are not rows of any delivery.
"""

import re
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.checking import TEXTS, bits_name, mask_names, values_query
from ingestion.conversion import PERSON_LENGTH, text_of
from ingestion.known_texts import KnownTexts
from ingestion.landing import load_code_values
from ingestion.parsed import ParsedQueries
from ingestion.pseudonyms import pads
from ingestion.tables import offsets_and_bytes
from osservatorio.contracts import Column, Contract
from osservatorio.keys import Key

_ONE_CLASS = re.compile(r"\^?\[([^\]\[\\^]+)\]\{(\d+),(\d+)\}\$?")


@dataclass(frozen=True)
class Part:
    """The texts of a column that are converted, and where: `places` of single rows, or None: the whole dictionary.

    `repeats`: they may come again with another piece.
    """

    texts: pa.Array
    places: np.ndarray | None
    repeats: bool


class Converter:
    """Converts the rows of one extract, piece by piece; texts that come again are converted once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, contract: Contract, key: Key) -> None:
        self._con = con
        self._contract = contract
        self._pads = pads(key.chain) if any(column.secret for column in contract.columns) else None
        self._parsed = ParsedQueries(con)
        self._query = values_query(contract, len(key.chain))
        self._known = {column.name: KnownTexts() for column in contract.columns}
        load_code_values(con)

    def typed_rows(self, rows: pa.Table) -> pa.Table:
        """Rows of text (one chunk a column) as typed values, with the masks of the rules that single values break."""
        contract = self._contract
        delivered = {column.name: rows.column(column.name).chunk(0) for column in contract.columns}
        parts = {column.name: _part(column, delivered[column.name]) for column in contract.columns}
        found = self._found(parts)
        typed = [
            _put(delivered[name], part, found[name].column(name).chunk(0)) for name, part in parts.items()
        ]
        masks = [_mask(word, delivered, parts, found) for word in range(len(mask_names(contract)))]
        return pa.table([*typed, *masks], names=[*parts, *mask_names(contract)])

    def _found(self, parts: dict[str, Part]) -> dict[str, pa.Table]:
        """The value and the bits of each column's texts, and in the last row those of a missing value."""
        new = {
            name: self._known[name].unknown(part.texts) if part.repeats else part.texts
            for name, part in parts.items()
        }
        if any(len(texts) for texts in new.values()):
            found = self._converted(new)
            for name, texts in new.items():
                if parts[name].repeats:
                    self._known[name].add(texts, found[name].slice(0, len(texts)))
        return {
            name: self._known[name].of(part.texts) if part.repeats else found[name]
            for name, part in parts.items()
        }

    def _converted(self, new: dict[str, pa.Array]) -> dict[str, pa.Table]:
        """The value and the bits of texts to convert; behind them at least one row of a missing value."""
        count = max(len(texts) for texts in new.values()) + 1
        filled = {
            text_of(name).strip('"'): pa.concat_arrays([texts, pa.nulls(count - len(texts), pa.string())])
            for name, texts in new.items()
        }
        self._con.register(TEXTS, pa.table({"place": np.arange(count), **filled}))
        found = self._parsed.result(self._query, self._pads).combine_chunks()
        self._con.unregister(TEXTS)
        if not np.array_equal(found.column("place").to_numpy(), np.arange(count)):
            raise AssertionError(f"{self._contract.extract}: texts and values are not in the same order")
        words = range(len(mask_names(self._contract)))
        bits = {name: [bits_name(name, word) for word in words] for name in new}
        return {
            name: found.select([name, *(own for own in bits[name] if own in found.column_names)])
            for name in new
        }


def _part(column: Column, delivered: pa.Array) -> Part:
    if pa.types.is_dictionary(delivered.type):
        is_empty = delivered.null_count == len(delivered)
        if is_empty or len(_doubtful(column, delivered.dictionary)):
            return Part(delivered.dictionary, None, repeats=True)
        missing = np.flatnonzero(delivered.is_null().to_numpy(zero_copy_only=False))
        return Part(pa.nulls(len(missing), pa.string()), missing, repeats=True)
    places = _doubtful(column, delivered)
    if len(places) == len(delivered):
        return Part(delivered, places, repeats=False)
    return Part(delivered.take(pa.array(places)), places, repeats=True)


def _doubtful(column: Column, texts: pa.StringArray) -> np.ndarray:
    """The places of the texts that may not be taken as they are: of all but the plainest identifiers, all of them.

    An identifier stands as it is when it is made of the characters, as many, that its pattern allows.
    """
    one_class = _ONE_CLASS.fullmatch(column.pattern or "")
    if column.kind != "id" or column.secret or not one_class or not len(texts):
        return np.arange(len(texts))
    characters, least, most = one_class.groups()
    is_other = bytes(
        code >= 128 or not re.match(f"[{characters}]", chr(code), re.ASCII) for code in range(256)
    )
    offsets, content = offsets_and_bytes(texts)
    lengths = np.diff(offsets)
    doubtful = (lengths < max(int(least), 1)) | (lengths > int(most)) | (lengths >= PERSON_LENGTH)
    # Bytes translate themselves several times faster than Arrow or NumPy gather as many values.
    found = content[offsets[0] : offsets[-1]].tobytes().translate(is_other)
    others = np.flatnonzero(np.frombuffer(found, bool)) + offsets[0]
    doubtful[np.searchsorted(offsets, others, side="right") - 1] = True
    return np.flatnonzero(doubtful)


def _gathered(values: pa.Array, places: np.ndarray | pa.Array) -> np.ndarray:
    """The values at such places: Arrow gathers several times faster than NumPy."""
    return values.take(pa.array(places)).to_numpy(zero_copy_only=False)


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
    is_value = own.is_valid().to_numpy(zero_copy_only=False)
    if own.filter(pa.array(is_value)).equals(part.texts.filter(pa.array(is_value))):
        return _without(delivered, part.places[~is_value])
    chosen = np.arange(len(delivered))
    chosen[part.places] = np.arange(len(delivered), len(delivered) + len(own))
    return pa.concat_arrays([delivered, own]).take(pa.array(chosen))


def _without(texts: pa.StringArray, places: np.ndarray) -> pa.StringArray:
    """The same texts, with none at such places; of the others none is copied."""
    is_there = texts.is_valid().to_numpy(zero_copy_only=False)
    is_there = np.concatenate((np.zeros(texts.offset, dtype=bool), is_there))
    is_there[places + texts.offset] = False
    bits = pa.py_buffer(np.packbits(is_there, bitorder="little"))
    buffers = [bits, *texts.buffers()[1:]]
    return pa.Array.from_buffers(texts.type, len(texts), buffers, offset=texts.offset)


def _mask(
    word: int, delivered: dict[str, pa.Array], parts: dict[str, Part], found: dict[str, pa.Table]
) -> pa.Array:
    """The bits of all columns, row by row."""
    mask = np.zeros(len(next(iter(delivered.values()))), dtype=np.uint64)
    for name, part in parts.items():
        if bits_name(name, word) not in found[name].column_names:
            continue
        bits = found[name].column(bits_name(name, word)).to_numpy()
        if part.places is not None:
            mask[part.places] |= bits[: len(part.places)]
        elif bits[: len(part.texts)].any() or (bits[-1] and delivered[name].null_count):
            mask |= _gathered(pa.array(bits), delivered[name].indices.fill_null(len(bits) - 1))
    return pa.array(mask)
