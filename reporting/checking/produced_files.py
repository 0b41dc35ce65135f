"""Reading a file that may be one of our documents, or anything else: nothing in it is trusted, every size is capped."""

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from osservatorio.errors import UserError, reason_it
from reporting.documents.stamp import Stamp, find_stamp

if TYPE_CHECKING:
    from lxml.etree import _Element

MEGABYTE = 1024 * 1024
MAX_FILE = 64 * MEGABYTE
MAX_PARTS, MAX_PART, MAX_PACKAGE = 2000, 32 * MEGABYTE, 128 * MEGABYTE  # parts, bytes of one, bytes of all
PROPERTIES, MAX_PROPERTIES = "docProps/core.xml", MEGABYTE
MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}


@dataclass(frozen=True)
class ProducedFile:
    """A file as it was given: its format by its content (empty for an unknown one) and the stamp it bears."""

    content: bytes
    format: str
    stamp: Stamp | None


_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, struct.error)


class TooLarge(ValueError):
    """A package unpacks to more than a report ever does."""


def read_file(path: Path) -> ProducedFile:
    """Read a file and tell what it says of itself.

    Raises UserError when it is not there, cannot be read, is larger than `MAX_FILE` or is a broken package.
    """
    content = _read(path)
    if content.startswith(b"%PDF-"):
        return ProducedFile(content, "pdf", find_stamp(content.decode("latin-1")))
    if not content.startswith(b"PK"):
        return ProducedFile(content, "", None)
    try:
        package = Package(content)
        kind = next((form for part, form in MAIN_PARTS.items() if part in package.names), "")
        said = package.part(PROPERTIES, MAX_PROPERTIES).decode("utf-8", "replace") if kind else ""
    except KeyError:
        return ProducedFile(content, "", None)
    except TooLarge as error:
        raise UserError(
            f"Il file «{path}» è molto più grande di un rapporto una volta aperto: non lo leggo."
        ) from error
    except ValueError as error:
        raise UserError(f"Il file «{path}» è rovinato e non si apre: procurati un'altra copia.") from error
    return ProducedFile(content, kind, find_stamp(said))


def _read(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(f"«{path}» non è un file: indica il file di un rapporto.")
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = reason_it(error) if isinstance(error, OSError) else "nome non valido"
        raise UserError(
            f"Il file «{path}» non si legge ({reason}): controlla il nome e i permessi."
        ) from error
    if len(content) > MAX_FILE:
        raise UserError(
            f"Il file «{path}» supera {MAX_FILE // MEGABYTE} MB: un rapporto è molto più piccolo, non lo leggo."
        )
    return content


class Package:
    """The parts of an office document. Raises ValueError for a broken one, TooLarge for a bomb."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
        except _BROKEN as error:
            raise ValueError("broken package") from error
        entries = self._archive.infolist()
        if len(entries) > MAX_PARTS:
            raise TooLarge
        self.names = frozenset(entry.filename for entry in entries)
        self._left = MAX_PACKAGE

    def part(self, name: str, limit: int = MAX_PART) -> bytes:
        """The bytes of a part, no more than `limit`, whatever the package declares. Raises KeyError without it."""
        limit = min(limit, self._left)
        try:
            with self._archive.open(name) as file:
                content = file.read(limit + 1)
        except _BROKEN as error:
            raise ValueError(f"broken part {name}") from error
        if len(content) > limit:
            raise TooLarge
        self._left -= len(content)
        return content

    def xml(self, name: str) -> "_Element":
        """A part as XML; entities, document types and anything outside the part are refused with ValueError."""
        from lxml import etree

        content = self.part(name)
        if re.search(rb"<!(DOCTYPE|ENTITY)", content):
            raise ValueError(f"document type in {name}")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise ValueError(f"broken XML in {name}") from error
