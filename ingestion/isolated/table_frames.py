"""Rows of text as they come back from the isolated process, as columns of Arrow."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from ingestion.isolated.frames import Frame

_CONTROL = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")


@dataclass(frozen=True)
class Chunk:
    """Some rows: as many texts in each column as there are rows; no columns when all rows are empty."""

    count: int
    columns: list[pa.StringArray]
    has_control: bool


def read_chunks(frames: Iterator[Frame], columns: int) -> Iterator[Chunk]:
    """The chunks of an answer, each the number of its rows and then its columns."""
    for frame in frames:
        count = frame.facts["rows"]
        if frame.facts["is_empty"]:
            yield Chunk(count, [], False)
            continue
        parts = [next(frames).payload for _ in range(columns)]
        arrays = [_text_array(part, count) for part in parts]
        yield Chunk(count, arrays, any(_has_control(part, 4 * (count + 1)) for part in parts))


def _has_control(packed: bytes, start: int) -> bool:
    text = packed[start:]
    return len(text.translate(None, _CONTROL)) < len(text)


def _text_array(packed: bytes, count: int) -> pa.StringArray:
    content = pa.py_buffer(packed)
    start = 4 * (count + 1)
    return pa.StringArray.from_buffers(count, content.slice(0, start), content.slice(start))
