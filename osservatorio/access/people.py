"""The people who may come in and their roles: `accessi.csv` in the home, kept by the office with any spreadsheet.

Three columns, `persona;ruolo;comune`: the e-mail address (or the identifier that the provider gives), a role, and for
the role of a municipality its name or ISTAT code. A home of many Ambiti has a fourth, `ambito`: the code of the one that a
person is of; empty for who sees them all.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from osservatorio.access.roles import Scope, scope_of
from osservatorio.errors import UserError, reason_it
from osservatorio.home import Home

FILE_NAME = "accessi.csv"
PERSON, ROLE, TOWN, AMBITO = "persona", "ruolo", "comune", "ambito"
MOST_BYTES = 1_000_000
_EXAMPLE = "persona;ruolo;comune"


@dataclass(frozen=True)
class People:
    """The scope of each person, by the name that `name_of` gives."""

    scopes: Mapping[str, Scope] = field(default_factory=lambda: MappingProxyType({}))

    def scope(self, person: str) -> Scope | None:
        return self.scopes.get(name_of(person))


NOBODY = People()


def name_of(person: str) -> str:
    """A person as the list knows them: addresses are the same in capitals."""
    return person.strip().casefold()


def people_path(home: Home) -> Path:
    return home.root / FILE_NAME


def read_people(home: Home) -> People:
    """The people of a home; nobody where there is no file.

    Raises UserError, with the line, for an unknown role or municipality, a person given twice, a file that is no list.
    """
    path = people_path(home)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return NOBODY
    except OSError as error:
        raise UserError(
            f"L'elenco degli accessi «{path}» non si legge ({reason_it(error)}): controlla i permessi."
        ) from error
    if len(content) > MOST_BYTES:
        raise UserError(f"L'elenco degli accessi «{path}» è troppo grande: deve avere una riga per persona.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as old spreadsheets save it
    return People(MappingProxyType(_scopes(path, text)))


def _scopes(path: Path, text: str) -> dict[str, Scope]:
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    try:
        rows = list(lines)
    except csv.Error as error:
        raise UserError(
            f"L'elenco degli accessi «{path}» non è scritto bene: salvalo come CSV con le colonne «{_EXAMPLE}»."
        ) from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if sorted(header) not in (sorted((PERSON, ROLE, TOWN)), sorted((PERSON, ROLE, TOWN, AMBITO))):
        raise UserError(
            f"L'elenco degli accessi «{path}» deve cominciare con la riga «{_EXAMPLE}»: correggi la prima riga."
        )
    places = {name: header.index(name) for name in header}
    found: dict[str, Scope] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        where = f"Nell'elenco degli accessi «{path}», riga {number}"
        person = name_of(cells[PERSON])
        if not person or not person.isprintable():
            raise UserError(f"{where}: manca la persona; scrivi il suo indirizzo di posta.")
        if person in found:
            raise UserError(f"{where}: «{cells[PERSON][:80]}» c'è già; lascia una riga sola per persona.")
        try:
            found[person] = scope_of(cells[ROLE], cells[TOWN], cells.get(AMBITO, ""))
        except UserError as error:
            raise UserError(f"{where}: {error.message}") from error
    return found
