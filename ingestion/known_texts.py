"""Texts of a column that were converted, kept in memory: with a later piece of the delivery most of them come again."""

import pyarrow as pa
import pyarrow.compute as pc

MOST_KNOWN = 100_000


class KnownTexts:
    """What was found of each text of one column: a table with a row for each, the first of them that of no text."""

    def __init__(self, most: int = MOST_KNOWN) -> None:
        self._most = most
        self._texts = pa.array([], pa.string())
        self._found: list[pa.Table] = []

    def unknown(self, texts: pa.Array) -> pa.Array:
        """Those of the texts that are to be converted, each once; none is known any more when too many were kept."""
        if len(self._texts) > self._most:
            self._texts, self._found = self._texts[:0], []
        if not self._found:
            texts = pa.concat_arrays([pa.nulls(1, pa.string()), texts])
        return pc.unique(texts.filter(pc.invert(pc.is_in(texts, self._texts))))

    def add(self, texts: pa.Array, found: pa.Table) -> None:
        """Keep what was found of texts that were unknown."""
        self._texts = pa.concat_arrays([self._texts, texts])
        self._found = [pa.concat_tables([*self._found, found]).combine_chunks()]

    def of(self, texts: pa.Array) -> pa.Table:
        """What was found of each of the texts, all of them known, and in the last row of no text."""
        (found,) = self._found
        places = pc.index_in(texts, self._texts)
        return found.take(pa.concat_arrays([places, pa.array([0], places.type)])).combine_chunks()
