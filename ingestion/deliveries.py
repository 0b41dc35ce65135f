"""Deliveries: which files of a folder are deliveries, of which extract, and what identifies them."""

import difflib
import hashlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ingestion.archives import members
from ingestion.refusal import RefusedFile, shown_path
from ingestion.sources import FoundFile
from osservatorio.errors import UserError, reason_it
from osservatorio.reference import municipalities

FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}
ARCHIVE = ".zip"
_FORMATS_SHOWN = ".csv, .xlsx o .parquet"
FULL_REPLACEMENT = "completa"
SEPARATOR = "__"
ID_LENGTH = 16
EXAMPLE = "interventi__seveso__2022-06-30.csv"

_IGNORED_NAMES = {"thumbs.db", "desktop.ini"}
_OTHER_FORMATS = {
    ".xls": "Il file è nel vecchio formato di Excel: aprirlo e salvarlo come «Cartella di lavoro di Excel (.xlsx)»",
    ".xlsm": "Il file è un foglio con macro: salvarlo come «Cartella di lavoro di Excel (.xlsx)»",
    ".ods": "Il file è un foglio di LibreOffice: salvarlo come .xlsx o .csv",
    ".xlsb": "Il file è un foglio binario di Excel: salvarlo come «Cartella di lavoro di Excel (.xlsx)»",
    ".7z": "Il file è un archivio 7z: crearne uno .zip, oppure consegnare i file che contiene",
    ".rar": "Il file è un archivio RAR: crearne uno .zip, oppure consegnare i file che contiene",
    ".gz": "Il file è compresso con gzip: crearne uno .zip, oppure consegnare il file che contiene",
    ".txt": "Il file è un testo: se contiene una tabella, rinominarlo con l'estensione .csv",
}


@dataclass(frozen=True)
class FileName:
    """What a file's name says: its extract, its format, whether it replaces all that the body delivered before.

    `sender` is the ISTAT code of the municipality that the name names, None when it names none or several.
    """

    extract: str
    format: str
    is_full_replacement: bool
    sender: str | None = None


def find_files(folder: Path, leave_out: Path | None = None) -> list[FoundFile]:
    """The files of a folder and its subfolders, in the order in which they are loaded (by name).

    A ZIP counts as the files that it holds.

    Hidden files, the lock files of office programs and the folder `leave_out` are left out. Raises UserError when the folder is missing,
    is not a folder or cannot be read.
    """
    if not folder.exists():
        raise UserError(f"La cartella «{folder}» non esiste: controlla il percorso e riprova.")
    if not folder.is_dir():
        raise UserError(f"«{folder}» non è una cartella: indica la cartella che contiene i file consegnati.")
    delivered = (part for file in _walk(folder, leave_out) for part in _parts(file, folder))
    found = sorted(delivered, key=lambda file: (file.name.casefold(), file.name))
    if not found:
        raise UserError(f"La cartella «{folder}» è vuota: {expected_files()}.")
    return found


def _walk(folder: Path, leave_out: Path | None) -> Iterator[FoundFile]:
    def cannot_read(error: OSError) -> None:
        raise UserError(
            f"Non riesco a leggere la cartella «{error.filename}» ({reason_it(error)}): controlla i permessi."
        ) from error

    for place, folders, names in os.walk(folder, onerror=cannot_read):
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = [
            name
            for name in folders
            if not _is_ignored(name) and name not in linked and not _is_same(Path(place) / name, leave_out)
        ]
        for name in (*names, *linked):
            path = Path(place) / name
            if not _is_ignored(name):
                yield FoundFile(path, shown_path(path.relative_to(folder).as_posix()))


def _parts(file: FoundFile, folder: Path) -> list[FoundFile]:
    """The file itself, or the members of a ZIP."""
    if file.path.suffix.lower() != ARCHIVE:
        return [file]
    try:
        check_place(file, folder)
    except RefusedFile as refusal:
        return [replace(file, problem=refusal.message)]
    return members(file.path, file.name)


def _is_same(path: Path, other: Path | None) -> bool:
    return other is not None and other.exists() and path.samefile(other)


def _is_ignored(name: str) -> bool:
    """Hidden files, lock files of Excel and LibreOffice, leftovers of the file manager."""
    return name.startswith((".", "~$")) or name.lower() in _IGNORED_NAMES


def check_place(file: FoundFile, folder: Path) -> None:
    """Raise RefusedFile for a link that leaves the folder and for what is not a regular file."""
    try:
        inside = file.path.resolve(strict=True).is_relative_to(folder.resolve())
        regular = file.path.is_file()
    except (OSError, RuntimeError):
        raise RefusedFile("Il collegamento non porta a nessun file: consegnare il file.") from None
    if not inside:
        raise RefusedFile(
            "Il collegamento porta fuori dalla cartella: consegnare il file, non il collegamento."
        )
    if not regular:
        raise RefusedFile(f"Non è un file da leggere: consegnare un file {_FORMATS_SHOWN}.")


def recognise(file: FoundFile, extracts: Collection[str]) -> FileName:
    """Extract, format and full-replacement mark from the name.

    Raises RefusedFile when the name says nothing, or the file is a part of a ZIP that cannot be read.
    """
    if file.problem:
        raise RefusedFile(file.problem)
    name = PurePosixPath(file.base_name)
    suffix = name.suffix.lower()
    stem, *rest = name.stem.split(SEPARATOR)
    extract = stem.strip().lower()
    if suffix not in FORMATS:
        raise RefusedFile(
            f"{_OTHER_FORMATS.get(suffix, f'Il file non è una tabella {_FORMATS_SHOWN}')} ({expected_files()})."
        )
    if extract not in extracts:
        raise RefusedFile(
            f"Il nome non comincia con quello di un estratto{_hint(extract, extracts, suffix)}: {expected_files()}."
        )
    full = bool(rest) and rest[0].strip().lower() == FULL_REPLACEMENT
    return FileName(extract, FORMATS[suffix], full, _sender(rest))


def _sender(parts: Sequence[str]) -> str | None:
    """The municipality that one of the parts of a name is, by its name or its code."""
    named = {re.sub(r"[\W_]+", "_", part.strip().casefold()) for part in parts}
    found = [town.code for town in municipalities().values() if named & {town.slug, town.code}]
    return found[0] if len(found) == 1 else None


def _hint(stem: str, extracts: Collection[str], suffix: str) -> str:
    """The closest extract, also when only the double underscore is wrong."""
    close = difflib.get_close_matches(stem, extracts, n=1)
    starts = sorted((name for name in extracts if stem.startswith(name)), key=len, reverse=True)
    best = starts or close
    return f" (forse è «{best[0]}{SEPARATOR}…{suffix}»)" if best else ""


def expected_files() -> str:
    """How a delivered file is named (Italian, mid-sentence)."""
    return (
        f"i file si chiamano <estratto>[{SEPARATOR}altro] con estensione {_FORMATS_SHOWN}, per esempio «{EXAMPLE}», e si "
        f"possono consegnare in un archivio {ARCHIVE}"
    )


def delivery_id(extract: str, is_full_replacement: bool, sha256: str) -> str:
    """The identity of a delivery: its content, its extract, and whether it replaces; never its name."""
    text = f"{extract}|{FULL_REPLACEMENT if is_full_replacement else ''}|{sha256}"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]
