"""What people ask to publish together: the homes of Ambiti, on the command line or in a list kept with a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from osservatorio.ambiti.code import checked_code
from osservatorio.errors import UserError, reason_it
from osservatorio.home import Home

CODE_COLUMN, NAME_COLUMN, FOLDER_COLUMN = "codice", "nome", "cartella"
HEADER = f"{CODE_COLUMN};{NAME_COLUMN};{FOLDER_COLUMN}"
MOST_BYTES = 1_000_000
LONGEST_NAME = 100


@dataclass(frozen=True)
class Asked:
    """The home of an Ambito; its code and name where they are given: else those that its release tells."""

    home: Home
    code: str | None = None
    name: str | None = None


def asked_of(text: str) -> Asked:
    """«cartella» or «codice=cartella». Raises UserError for a code that is none."""
    code, mark, folder = text.partition("=")
    if not mark or _folder(text).is_dir():
        return Asked(Home(_folder(text)))
    return Asked(Home(_folder(folder)), checked_code(code.strip()))


def read_list(path: Path) -> list[Asked]:
    """The Ambiti of a list: three columns, `codice;nome;cartella`; a folder is looked for from where the list lies.

    Raises UserError, with the line, for a file that is no list, a code that is none, a line without a folder.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"L'elenco degli Ambiti «{path}» non si legge ({reason_it(error)}): controlla il nome e i permessi."
        ) from error
    if len(content) > MOST_BYTES:
        raise UserError(f"L'elenco degli Ambiti «{path}» è troppo grande: deve avere una riga per Ambito.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as old spreadsheets save it
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UserError(
            f"L'elenco degli Ambiti «{path}» non è scritto bene: salvalo come CSV con le colonne «{HEADER}»."
        ) from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if sorted(header) != sorted(HEADER.split(";")):
        raise UserError(
            f"L'elenco degli Ambiti «{path}» deve cominciare con la riga «{HEADER}»: correggi la prima riga."
        )
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
        if any(cells.values()):
            found.append(_of_line(path, number, cells))
    return found


def all_asked(folders: Sequence[str], listed: Path | None) -> list[Asked]:
    """What is asked on the command line and in the list. Raises UserError where it is nothing."""
    found = [asked_of(text) for text in folders] + (read_list(listed) if listed else [])
    if not found:
        raise UserError(
            "Non c'è nessun Ambito da pubblicare: indica le cartelle dei dati degli Ambiti, oppure un elenco con --elenco."
        )
    return found


def _of_line(path: Path, number: int, cells: dict[str, str]) -> Asked:
    where = f"Nell'elenco degli Ambiti «{path}», riga {number}"
    folder, name = cells.get(FOLDER_COLUMN, ""), cells.get(NAME_COLUMN, "")
    if not folder:
        raise UserError(
            f"{where}: manca la cartella dei dati dell'Ambito: scrivila nella colonna «{FOLDER_COLUMN}»."
        )
    if len(name) > LONGEST_NAME or (name and not name.isprintable()):
        raise UserError(f"{where}: il nome deve stare in una riga, al più {LONGEST_NAME} caratteri.")
    try:
        code = checked_code(cells[CODE_COLUMN]) if cells.get(CODE_COLUMN) else None
    except UserError as error:
        raise UserError(f"{where}: {error.message}") from error
    return Asked(Home(_folder(folder, path.parent)), code, name or None)


def _folder(text: str, base: Path | None = None) -> Path:
    path = Path(text).expanduser()
    return (base / path if base and not path.is_absolute() else path).absolute()
