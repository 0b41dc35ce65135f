"""The bytes of a delivery on their way to the isolated process: counted and hashed as they go."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ingestion.refusal import RefusedFile
from ingestion.sources import Source
from ingestion.text_files import FileBytes
from osservatorio.errors import reason_it

_EMPTY = "Il file è vuoto (0 byte): esportarlo di nuovo e consegnarlo."
_CHANGED = "Il file è cambiato durante la lettura: aspettare che la copia finisca e riprovare."


class SameContent:
    """The content that was inspected, readable once; `check` it when it was read."""

    def __init__(self, file: BinaryIO, found: FileBytes) -> None:
        self._file = file
        self._found = found
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes. Raises RefusedFile when they cannot be read."""
        try:
            block = self._file.read(size)
        except OSError as error:
            raise unreadable(error) from error
        self._digest.update(block)
        return block

    def check(self) -> None:
        """Raise RefusedFile when what was read is not what was inspected."""
        if self._digest.hexdigest() != self._found.sha256:
            raise RefusedFile(_CHANGED)


@contextmanager
def opened(source: Source, found: FileBytes, *, largest: int, too_large: str) -> Iterator[SameContent]:
    """The content of a delivery. Raises RefusedFile when it is empty, larger than `largest`, or cannot be opened."""
    if found.size == 0:
        raise RefusedFile(_EMPTY)
    if found.size > largest:
        raise RefusedFile(too_large)
    try:
        file = source.open("rb")
    except OSError as error:
        raise unreadable(error) from error
    with file:
        yield SameContent(file, found)


def unreadable(error: OSError) -> RefusedFile:
    """The refusal of a file that cannot be read."""
    return RefusedFile(
        f"Il file non si legge ({reason_it(error)}): controllare che non sia aperto altrove e i permessi."
    )
