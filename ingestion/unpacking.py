"""The bytes of one member of a ZIP, unpacked as they are read and never more of them than was declared."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from ingestion.refusal import RefusedFile

CHUNK_BYTES = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_DAMAGED = "Nell'archivio ZIP il file è incompleto o danneggiato: creare di nuovo l'archivio e consegnarlo."
_LYING = (
    "Nell'archivio ZIP il file non ha la dimensione dichiarata: creare di nuovo l'archivio, o consegnare il file "
    "fuori dall'archivio."
)


@dataclass(frozen=True)
class PackedBytes:
    """Where a member's packed bytes lie in its archive, and what the archive declares of them."""

    offset: int
    packed_size: int
    size: int
    crc: int
    is_deflated: bool


def locate(file: BinaryIO, entry: zipfile.ZipInfo) -> PackedBytes | None:
    """Where the member's bytes are; None when its own header does not agree with the archive's directory."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        return None
    mark, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    own_name = file.read(name_length)
    names = {entry.orig_filename.encode(coding, "replace") for coding in ("utf-8", "cp437")}
    if mark != b"PK\3\4" or own_name not in names:
        return None
    return PackedBytes(
        offset=entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length,
        packed_size=entry.compress_size,
        size=entry.file_size,
        crc=entry.CRC,
        is_deflated=entry.compress_type == zipfile.ZIP_DEFLATED,
    )


def unpacked(archive: BinaryIO, packed: PackedBytes) -> BinaryIO:
    """The member's content as a stream that owns `archive`.

    Reading raises RefusedFile as soon as there is more than the declared size, and at the end when there is less,
    or the content is not the one that was packed.
    """
    return io.BufferedReader(_Unpacked(archive, packed), CHUNK_BYTES)


class _Unpacked(io.RawIOBase):
    def __init__(self, archive: BinaryIO, packed: PackedBytes) -> None:
        self._archive = archive
        self._packed = packed
        self._to_read = packed.packed_size
        self._given = 0
        self._crc = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if packed.is_deflated else None
        archive.seek(packed.offset)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        content = self._next(len(buffer))
        buffer[: len(content)] = content
        self._given += len(content)
        self._crc = zlib.crc32(content, self._crc)
        if self._given > self._packed.size:
            raise RefusedFile(_LYING)
        if not content and self._given != self._packed.size:
            raise RefusedFile(_LYING)
        if not content and self._crc != self._packed.crc:
            raise RefusedFile(_DAMAGED)
        return len(content)

    def _next(self, limit: int) -> bytes:
        """Up to `limit` bytes more; none at the end."""
        if self._inflater is None:
            return self._read(limit)
        while not self._inflater.eof:
            chunk = self._inflater.unconsumed_tail or self._read(CHUNK_BYTES)
            try:
                content = self._inflater.decompress(chunk, limit)
            except zlib.error as error:
                raise RefusedFile(_DAMAGED) from error
            if content:
                return content
            if not chunk:
                break
        if not self._inflater.eof:
            raise RefusedFile(_DAMAGED)
        return b""

    def _read(self, limit: int) -> bytes:
        chunk = self._archive.read(min(limit, self._to_read))
        if not chunk and self._to_read:
            raise RefusedFile(_DAMAGED)
        self._to_read -= len(chunk)
        return chunk

    def close(self) -> None:
        self._archive.close()
        super().close()
