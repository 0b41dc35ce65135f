"""Text files: what their bytes say (encoding, quotes, control characters) and their content as UTF-8 lines."""

import codecs
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingestion.refusal import RefusedFile
from ingestion.sources import Source
from osservatorio.errors import reason_it

BLOCK_BYTES = 2 << 20
CACHED_BYTES = 256 << 10  # what is looked at more than once, or made into something else, while it is near
MAX_LINE_BYTES = 64 << 20
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")

CONTROL_BYTES = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
CP1252 = "cp1252"
_CP1252_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
NUL_STAND_IN = b"\x01"  # a NUL inside a line: the line is set aside, and no engine below ever meets a NUL


@dataclass(frozen=True)
class FileBytes:
    """What one pass over the bytes found. `encoding` is None when no supported encoding can read the file.

    `sha256` identifies the content; `crc32` tells, at a tenth of the cost, that a later pass reads the same.
    """

    sha256: str
    crc32: int
    size: int
    head: bytes
    encoding: str | None
    has_quotes: bool
    has_control: bool


def inspect_bytes(source: Source, *, as_text: bool = True) -> FileBytes:
    """Read a file once, in blocks. Raises RefusedFile when it cannot be read.

    With `as_text` the encoding is found by decoding: the mark at the start, else UTF-8, else Windows-1252 (its blocks
    are read once more, for the bytes that it does not define).
    """
    digest = hashlib.sha256()
    size = crc32 = 0
    head = b""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    has_quotes = has_control = False
    for block in _blocks(source):
        digest.update(block)
        crc32 = zlib.crc32(block, crc32)
        size += len(block)
        head = head or block[:4096]
        if not as_text:
            continue
        has_quotes = has_quotes or b'"' in block
        has_control = has_control or _has_control(block)
        if utf8 is not None and (utf8.getstate()[0] or not block.isascii()) and not _goes_on(utf8, block):
            utf8 = None
    encoding = _encoding(head, is_utf8=utf8 is not None) if as_text else None
    if encoding == CP1252 and any(_has_any(block, _CP1252_UNDEFINED) for block in _blocks(source)):
        encoding = None
    return FileBytes(digest.hexdigest(), crc32, size, head, encoding, has_quotes, has_control)


def _goes_on(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    """Whether the block can be decoded; what it decodes to is dropped a cache at a time."""
    try:
        for start in range(0, len(block), CACHED_BYTES):
            decoder.decode(block[start : start + CACHED_BYTES])
    except UnicodeDecodeError:
        return False
    return True


def _has_control(block: bytes) -> bool:
    """Whether a control character is there: low codes are counted, the harmless ones taken off, a cache at a time."""
    if b"\x7f" in block:
        return True
    codes = np.frombuffer(block, np.uint8)
    for start in range(0, len(codes), CACHED_BYTES):
        part = codes[start : start + CACHED_BYTES]
        left = np.count_nonzero(part < 0x20)
        for harmless in b"\n\r\t":
            left -= np.count_nonzero(part == harmless) if left else 0
        if left:
            return True
    return False


def _has_any(block: bytes, unwanted: bytes) -> bool:
    """Whether any of those bytes is in the block: deleting them is several times faster than searching them."""
    return len(block.translate(None, unwanted)) < len(block)


def _blocks(source: Source) -> Iterator[bytes]:
    try:
        with source.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        raise RefusedFile(
            f"Il file non si legge ({reason_it(error)}): controllare che non sia aperto altrove e i permessi."
        ) from error


def _encoding(head: bytes, *, is_utf8: bool) -> str | None:
    """The encoding, by the mark at the start or by what was decoded; Windows-1252 when it is none of the others."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name if is_utf8 or name != "utf-8-sig" else None
    even, odd = head[::2], head[1::2]
    if _is_high_half(odd) and not _is_high_half(even, most=1):
        return "utf-16-le"
    if _is_high_half(even) and not _is_high_half(odd, most=1):
        return "utf-16-be"
    if is_utf8:
        return "utf-8"
    return CP1252


def _is_high_half(half: bytes, most: int = 9) -> bool:
    """Whether every second byte is that of UTF-16 text in Latin letters: zero in at least `most` cases of ten."""
    return len(half) >= 2 and half.count(0) * 10 >= len(half) * most


def utf8_pieces(source: Source, found: FileBytes, piece_bytes: int) -> Iterator[bytes]:
    """The content as UTF-8, in pieces of about `piece_bytes` that end at a line end; every line end is one LF.

    The last line gets its LF when it has none; NULs become `NUL_STAND_IN`. Raises RefusedFile when the content
    cannot be decoded, or is no longer what `found` describes.
    """
    crc32 = 0
    is_utf8 = found.encoding in ("utf-8", "utf-8-sig")
    decoder = None if is_utf8 else codecs.getincrementaldecoder(found.encoding or "utf-8")()
    mark = len(codecs.BOM_UTF8) if found.encoding == "utf-8-sig" else 0
    held = b""  # a CR at the end of a block waits here: its LF may come with the next one
    parts: list[bytes] = []  # of the piece in course
    size = 0
    for block in _blocks(source):
        crc32 = zlib.crc32(block, crc32)
        text = held + (_decode(decoder, block) if decoder else block[mark:])
        mark = 0
        held = b"\r" if text.endswith(b"\r") else b""
        text = _one_line_end(text[: len(text) - len(held)])
        size += len(text)
        cut = text.rfind(b"\n") + 1 if size >= piece_bytes else 0
        if cut:
            yield b"".join((*parts, memoryview(text)[:cut]))
            parts, size = [text[cut:]], len(text) - cut
        else:
            parts.append(text)
            if size > MAX_LINE_BYTES + piece_bytes:
                raise RefusedFile("Una riga del file è lunghissima: non è una tabella, esportarla di nuovo.")
    if crc32 != found.crc32:
        raise RefusedFile(
            "Il file è cambiato durante la lettura: aspettare che la copia finisca e riprovare."
        )
    content = b"".join(parts) + _one_line_end(held) + (_decode(decoder, b"", final=True) if decoder else b"")
    if not content.isascii():
        content = content.decode("utf-8", "replace").encode()  # a file cut inside its last character
    if content:
        yield content if content.endswith(b"\n") else content + b"\n"


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bytes:
    try:
        return decoder.decode(block, final).encode()
    except UnicodeError as error:
        raise RefusedFile(
            "La codifica dei caratteri non è riconosciuta: salvare di nuovo il file come «CSV UTF-8»."
        ) from error


def _one_line_end(text: bytes) -> bytes:
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.replace(b"\0", NUL_STAND_IN) if b"\0" in text else text
