"""How the two processes speak: frames of a kind, a length and the bytes, over a pipe; nothing touches the disk."""

import json
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

READY = b"A"  # the process has started
REQUEST = b"Q"  # JSON: the action and its arguments, then as many raw bytes as `size` says
FACTS = b"J"  # JSON
BYTES = b"B"
REFUSED = b"R"  # the message of a refusal; the answer ends with it
END = b"E"  # the answer is complete

_HEAD = struct.Struct("<cQ")


@dataclass(frozen=True)
class Frame:
    """One message."""

    kind: bytes
    payload: bytes

    @property
    def facts(self) -> Any:
        """The payload of a JSON frame."""
        return json.loads(self.payload)


class ClosedPipe(Exception):
    """The other process is gone."""


def write_frame(pipe: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    """Send one frame. Raises OSError when nobody reads."""
    pipe.write(_HEAD.pack(kind, len(payload)))
    pipe.write(payload)


def write_facts(pipe: BinaryIO, kind: bytes, facts: object) -> None:
    """Send a JSON frame."""
    write_frame(pipe, kind, json.dumps(facts).encode())


def read_frame(pipe: BinaryIO) -> Frame:
    """The next frame. Raises ClosedPipe when there is none."""
    kind, length = _HEAD.unpack(read_exactly(pipe, _HEAD.size))
    return Frame(kind, read_exactly(pipe, length))


def read_exactly(pipe: BinaryIO, length: int) -> bytes:
    """That many bytes. Raises ClosedPipe when they end before."""
    content = pipe.read(length)
    if len(content) < length:
        raise ClosedPipe
    return content
