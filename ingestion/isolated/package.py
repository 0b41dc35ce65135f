"""The package of a workbook: its parts, unpacked and counted before any parser sees them."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from ingestion.refusal import RefusedFile
from ingestion.unpacking import locate, unpacked

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_MAGIC = b"PK\x03\x04"
MAX_UNPACKED_BYTES = 512 << 20
MAX_PARTS = 5_000
MAX_RATIO = 150  # unpacked to packed: real workbooks stay under 50, a bomb is near 1000
SMALL_BYTES = 16 << 20  # a workbook this small is harmless at any ratio
COUNTED_BYTES = 1 << 20

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_DECLARATIONS = [
    text.encode(coding)
    for text in ("<!DOCTYPE", "<!ENTITY")
    for coding in ("ascii", "utf-16-le", "utf-16-be")
]
_OVERLAP = 32  # longer than any of the declarations

DAMAGED = "La cartella di lavoro di Excel è incompleta o danneggiata: copiarla di nuovo per intero."
_LOCKED = "La cartella di lavoro è protetta da password: toglierla e consegnare di nuovo il file."
TOO_LARGE = "La cartella di lavoro è troppo grande: consegnare i dati in formato CSV o divisi in più file."
_UNSAFE = (
    "La cartella di lavoro contiene istruzioni che Excel non scrive (dichiarazioni XML): aprirla, copiare i soli dati "
    "in un file nuovo e consegnare quello."
)


@dataclass(frozen=True)
class Package:
    """A workbook's package whose every part has been unpacked once."""

    content: bytes
    entries: dict[str, zipfile.ZipInfo]  # by lower-case name

    @property
    def has_external_links(self) -> bool:
        """Whether cells may take values from other files."""
        return any(name.startswith("xl/externallinks/") for name in self.entries)

    @property
    def has_values_to_compute(self) -> bool:
        """Whether the program that wrote the workbook left its formulas to be computed when it is opened."""
        return any(
            properties.get("fullCalcOnLoad") in ("1", "true")
            or properties.get("calcCompleted") in ("0", "false")
            for properties in _elements(self.part(_WORKBOOK), "calcPr")
        )

    def part(self, name: str) -> bytes:
        """One part, unpacked; empty when there is none of that name."""
        entry = self.entries.get(name.lower())
        return b"".join(_pieces(self.content, entry)) if entry else b""

    def sheet_parts(self) -> dict[str, str]:
        """The part of each sheet, by the sheet's name."""
        targets = {
            relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip(
                "/"
            )
            for relation in _elements(self.part(_RELATIONS), "Relationship")
        }
        parts = {}
        for sheet in _elements(self.part(_WORKBOOK), "sheet"):
            relation = next((value for key, value in sheet.items() if key.endswith("}id")), None)
            if relation in targets:
                parts[sheet.get("name", "")] = targets[relation]
        return parts


def open_package(content: bytes) -> Package:
    """Look at a package before it is parsed. Raises RefusedFile when it is none, is locked, or is unsafe.

    Declared and actual sizes are both counted: a part that unpacks to more than it declares is refused.
    """
    _check_magic(content)
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise RefusedFile(DAMAGED) from error
    by_name = {entry.filename.lower(): entry for entry in entries}
    if _WORKBOOK not in by_name:
        raise RefusedFile(
            "Il file è un archivio, ma non una cartella di lavoro di Excel: salvarlo come .xlsx."
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedFile(_LOCKED)
    if len(by_name) < len(entries) or len(entries) > MAX_PARTS:
        raise RefusedFile(DAMAGED)
    size = sum(entry.file_size for entry in entries)
    if size > MAX_UNPACKED_BYTES or (size > SMALL_BYTES and size > MAX_RATIO * len(content)):
        raise RefusedFile(TOO_LARGE)
    for entry in entries:
        _check_part(content, entry)
    return Package(content, by_name)


def _check_magic(content: bytes) -> None:
    if content.startswith(OLE_MAGIC):
        if _ENCRYPTED in content:
            raise RefusedFile(_LOCKED)
        raise RefusedFile("Il file è nel vecchio formato di Excel (.xls): aprirlo e salvarlo come .xlsx.")
    if not content.startswith(ZIP_MAGIC):
        raise RefusedFile(
            "Il file si chiama .xlsx ma non è una cartella di lavoro di Excel: se è un testo, rinominarlo in .csv."
        )


def _check_part(content: bytes, entry: zipfile.ZipInfo) -> None:
    """Unpack a part in full, so that its size is a fact; XML that declares entities is refused."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    before = b""
    for piece in _pieces(content, entry):
        seen = before + piece if before else piece
        if is_xml and any(declaration in seen for declaration in _DECLARATIONS):
            raise RefusedFile(_UNSAFE)
        before = piece[-_OVERLAP:]


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    file = io.BytesIO(content)
    packed = locate(file, entry)
    if packed is None:
        raise RefusedFile(DAMAGED)
    try:
        with unpacked(file, packed) as stream:
            while piece := stream.read(COUNTED_BYTES):
                yield piece
    except RefusedFile as refusal:
        raise RefusedFile(DAMAGED) from refusal


def _elements(xml: bytes, name: str) -> list[ElementTree.Element]:
    try:
        root = ElementTree.fromstring(xml)
    except (ElementTree.ParseError, ValueError, LookupError):
        return []
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == name]
