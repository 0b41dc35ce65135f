"""ZIP archives: each member is a delivery of its own, found without unpacking anything and refused when it is unsafe."""

import stat
import struct
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingestion.refusal import RefusedFile, shown_path
from ingestion.sources import FoundFile
from ingestion.unpacking import PackedBytes, locate
from osservatorio.errors import reason_it

MAX_MEMBERS = 5_000
MAX_DIRECTORY_BYTES = 4 << 20
MAX_RATIO = 200  # unpacked to packed: tables stay under 50, a bomb is near 1000
SMALL_BYTES = 64 << 20  # what unpacks to so little is harmless at any ratio

_AGAIN = "creare di nuovo l'archivio con i soli file da consegnare"
_END = struct.Struct("<4s8xLLH")  # end of the directory: mark, size, offset, length of the comment
_END_64 = struct.Struct("<4s36xQQ")
_END_64_BYTES = 56 + 20  # with its locator, just before the end record
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def members(archive: Path, name: str) -> list[FoundFile]:
    """The files that a ZIP holds, those that cannot be read with their `problem`.

    A ZIP that cannot be trusted as a whole gives one file, itself, with its problem. `name` is the ZIP's in the
    delivery folder.
    """
    try:
        with archive.open("rb") as file:
            found = _members(file, archive, name)
    except RefusedFile as refusal:
        return [FoundFile(archive, name, problem=refusal.message)]
    except OSError as error:
        return [
            FoundFile(
                archive,
                name,
                problem=f"L'archivio non si legge ({reason_it(error)}): controllare i permessi.",
            )
        ]
    return found or [
        FoundFile(archive, name, problem="L'archivio non contiene nessun file: crearlo di nuovo.")
    ]


def _members(file: BinaryIO, archive: Path, name: str) -> list[FoundFile]:
    entries = [
        entry
        for entry in _entries(file)
        if not entry.filename.endswith("/")  # `is_dir` breaks down on a name that damage has made empty
        and not _is_ignored(entry.filename)
    ]
    if any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise RefusedFile(
            "Il file si chiama .zip ma è una cartella di lavoro di Excel: rinominarlo in .xlsx."
        )
    _check_sizes(entries, file.seek(0, 2))
    names = Counter(_same_name(entry.filename) for entry in entries)
    found = []
    ends_at = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        packed = locate(file, entry)
        if packed and packed.offset < ends_at:
            raise RefusedFile(f"L'archivio non è sicuro (i file che contiene si sovrappongono): {_AGAIN}.")
        ends_at = packed.offset + packed.packed_size if packed else ends_at
        problem = _problem(entry, packed, is_twice=names[_same_name(entry.filename)] > 1)
        member = _posix(entry.filename)
        member_name = f"{name}/{shown_path(member) or '(senza nome)'}"
        found.append(FoundFile(archive, member_name, packed, problem, member))
    return found


def _entries(file: BinaryIO) -> list[zipfile.ZipInfo]:
    damaged = RefusedFile(
        "L'archivio ZIP è incompleto o danneggiato: copiarlo di nuovo per intero, o crearlo di nuovo."
    )
    if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
        raise _too_many()
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, struct.error) as error:
        raise damaged from error
    if len(entries) > MAX_MEMBERS:
        raise _too_many()
    return entries


def _too_many() -> RefusedFile:
    return RefusedFile(f"L'archivio contiene troppi file (più di {MAX_MEMBERS}): dividerlo in più archivi.")


def _directory_bytes(file: BinaryIO) -> int:
    """How long the archive says its directory is, which would be read whole; 0 where it does not say."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - 0xFFFF - _END_64_BYTES))
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0 or place + _END.size > len(tail):
        return 0
    declared = _END.unpack_from(tail, place)[1]
    place_64 = place - _END_64_BYTES
    if place_64 >= 0 and tail[place_64 : place_64 + 4] == b"PK\6\6":
        declared = _END_64.unpack_from(tail, place_64)[1]
    return int(declared)


def _check_sizes(entries: list[zipfile.ZipInfo], archive_bytes: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > SMALL_BYTES and unpacked > MAX_RATIO * archive_bytes:
        raise RefusedFile(
            "L'archivio dichiara un contenuto enorme rispetto alla sua dimensione e non viene aperto: consegnare i "
            "file senza comprimerli."
        )


def _problem(entry: zipfile.ZipInfo, packed: PackedBytes | None, *, is_twice: bool) -> str | None:
    path = PurePosixPath(_posix(entry.filename))
    if is_twice:
        return f"Nell'archivio ci sono due file con questo nome: lasciarne uno solo ({_AGAIN})."
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\0" in entry.orig_filename:
        return f"Nell'archivio il file ha un percorso che porta altrove: {_AGAIN}."
    if any(part.split(".")[0].strip().lower() in _RESERVED for part in path.parts):
        return f"Nell'archivio il file ha un nome riservato al sistema: rinominarlo e {_AGAIN}."
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "Nell'archivio c'è un collegamento invece del file: mettere nell'archivio il file."
    if entry.flag_bits & 1:
        return "Il file nell'archivio è protetto da password: creare l'archivio senza password."
    if path.suffix.lower() == ".zip":
        return "È un archivio dentro un altro archivio: consegnare i file in un archivio solo."
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "Il file nell'archivio è compresso in un modo che non si legge: creare l'archivio come «ZIP» normale."
    if packed is None:
        return (
            "Nell'archivio ZIP il file è incompleto o danneggiato: creare di nuovo l'archivio e consegnarlo."
        )
    if packed.size > SMALL_BYTES and packed.size > MAX_RATIO * max(packed.packed_size, 1):
        return "Nell'archivio il file è compresso in modo anomalo e non viene aperto: consegnarlo fuori dall'archivio."
    return None


def _posix(name: str) -> str:
    return name.replace("\\", "/")


def _same_name(name: str) -> str:
    return unicodedata.normalize("NFC", str(PurePosixPath(_posix(name)))).casefold()


def _is_ignored(name: str) -> bool:
    """What file managers add to an archive, and hidden files."""
    parts = PurePosixPath(_posix(name)).parts
    return "__MACOSX" in parts or any(
        part.startswith((".", "~$")) and part not in (".", "..") for part in parts
    )
