"""Headers: which delivered column is which column of the contract, whatever its spelling or its local name."""

import csv
import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from ingestion.refusal import RefusedFile, shown
from osservatorio.contracts import Contract
from osservatorio.errors import UserError

COLUMN_MAPS = Path(__file__).parent / "column_maps"
HEADER_WITHIN = 15  # rows in which the header may stand, after a title
MAX_TITLE_CELLS = 2  # a row above the header with more filled cells than this is data that would be lost
MAX_TITLE = 80
MAX_NAME = 40
MAX_REPORTED = 20

# Letters of other alphabets that look like Latin ones, as copied from a document or typed on another keyboard.
_LOOKALIKES = str.maketrans("аеорсухікмтнвαοεικνρτυχϲıℓ", "aeopcyxikmthbaoeikvptyxcil")
_NOT_A_NAME = re.compile(r"\d{4,}|[^a-z0-9_]")


@dataclass(frozen=True)
class Header:
    """The header of a file. `row` counts from 1; `columns` has, for each delivered column, its contract name.

    A column that the contract does not know is None there; `unknown` has the names of such columns, fit to be
    reported (a title that could itself hold a value is replaced by its position). `cells` are the titles as
    delivered, never to be shown.
    """

    row: int
    columns: tuple[str | None, ...]
    cells: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        """The contract columns that the file has, in the order delivered."""
        return tuple(name for name in self.columns if name)


@lru_cache(maxsize=4096)
def normalise(title: str) -> str:
    """A column title without case, accents, lookalike letters and punctuation: words joined by underscores.

    What is too long to be a title gives an empty text.
    """
    if len(title) > MAX_TITLE:
        return ""
    text = unicodedata.normalize("NFKD", title.casefold()).translate(_LOOKALIKES)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", "_", text).strip("_")


@cache
def local_names(extract: str, folder: Path = COLUMN_MAPS) -> Mapping[str, str]:
    """Normalised local title -> contract column, from `<extract>.csv` of the maps (empty when there is none).

    The file has a first column `canonical` and one column per source. Raises UserError when a local title stands
    for two columns.
    """
    path = folder / f"{extract}.csv"
    names: dict[str, str] = {}
    if not path.exists():
        return names
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            canonical = row.pop("canonical")
            for local in filter(None, map(normalise, filter(None, row.values()))):
                if names.setdefault(local, canonical) != canonical:
                    raise UserError(
                        f"Nella mappa «{path.name}» il titolo «{local}» indica due colonne "
                        f"({names[local]} e {canonical}): correggere la mappa."
                    )
    return names


def find_header(rows: Sequence[Sequence[str]], contract: Contract, maps: Path = COLUMN_MAPS) -> Header:
    """The header among the first rows of a table: the first row that recognises most columns.

    Raises RefusedFile when there is none, a required column is missing, a column comes twice, or data stands
    above the header.
    """
    own = {normalise(column.name): column.name for column in contract.columns}
    names = {**local_names(contract.extract, maps), **own}
    best, columns = 0, []
    for row, cells in enumerate(rows[:HEADER_WITHIN], start=1):
        matched = [names.get(normalise(cell)) for cell in cells]
        if len(set(matched) - {None}) > len(set(columns) - {None}):
            best, columns = row, matched
            if all(column.name in matched for column in contract.columns if column.required):
                break
    if not best:
        raise RefusedFile(
            "Nelle prime righe non ci sono i titoli delle colonne: la prima riga deve contenere "
            f"{_quoted([column.name for column in contract.columns if column.required])}."
        )
    unknown = _unknown(rows[best - 1], columns, rows[best:], contract)
    header = Header(best, tuple(columns), tuple(rows[best - 1]), unknown)
    _check(header, contract)
    _check_missing(header, rows, names, contract)
    for row, cells in enumerate(rows[: best - 1], start=1):
        if sum(bool(cell.strip()) for cell in cells) > MAX_TITLE_CELLS:
            raise RefusedFile(
                f"La riga dei titoli è la {best}, ma sopra ci sono altri dati (riga {row}): "
                "mettere i titoli nella prima riga."
            )
    return header


def recognised(rows: Sequence[Sequence[str]], contract: Contract, maps: Path = COLUMN_MAPS) -> int:
    """How many columns the best of the first rows has in common with the contract."""
    names = {normalise(column.name) for column in contract.columns} | set(local_names(contract.extract, maps))
    best = 0
    for cells in rows[:HEADER_WITHIN]:
        best = max(best, len({normalise(cell) for cell in cells} & names))
        if best > len(contract.key):
            break
    return best


def is_title(cell: str) -> bool:
    """Whether anything is written in a cell of the header."""
    return not cell.isspace() and cell != ""


def column_without_title(place: int) -> str:
    """How a column that has values but no title is reported; `place` counts from 0."""
    return f"colonna {place + 1} (senza titolo)"


def _unknown(
    cells: Sequence[str],
    columns: Sequence[str | None],
    below: Sequence[Sequence[str]],
    contract: Contract,
) -> tuple[str, ...]:
    """The columns that the contract does not know, as they are reported; those without a title when they have values."""
    missing = [column.name for column in contract.columns if column.name not in columns]
    reported = []
    for place, (cell, name) in enumerate(zip(cells, columns, strict=True)):
        if name is None and is_title(cell):
            reported.append(_reported(normalise(cell), place + 1, missing))
        elif name is None and any(is_title(row[place]) for row in below if place < len(row)):
            reported.append(column_without_title(place))
    if len(reported) > MAX_REPORTED:
        return (*reported[:MAX_REPORTED], f"e altre {len(reported) - MAX_REPORTED}")
    return tuple(reported)


def _reported(title: str, place: int, missing: Sequence[str]) -> str:
    """An unknown title as it may be written down: its name when it is one, else its place; with the likely column."""
    safe = 0 < len(title) <= MAX_NAME and not _NOT_A_NAME.search(title) and shown(title) == title
    close = difflib.get_close_matches(title, missing, n=1, cutoff=0.8)
    return (title if safe else f"colonna {place}") + (f" (forse {close[0]})" if close else "")


def _check(header: Header, contract: Contract) -> None:
    twice = [name for name, count in Counter(header.known).items() if count > 1]
    if twice:
        raise RefusedFile(
            f"{_plural(twice, 'La colonna', 'Le colonne')} {_quoted(twice)} {_plural(twice, 'compare', 'compaiono')} "
            "due volte nella riga dei titoli: lasciarne una sola."
        )


def _check_missing(
    header: Header, rows: Sequence[Sequence[str]], names: Mapping[str, str], contract: Contract
) -> None:
    required = [column.name for column in contract.columns if column.required]
    missing = [name for name in required if name not in header.known]
    if not missing:
        return
    for row, cells in enumerate(rows[:HEADER_WITHIN], start=1):
        known = {names.get(normalise(cell)) for cell in cells}
        if elsewhere := [name for name in missing if name in known]:
            raise RefusedFile(
                f"I titoli delle colonne sono su più righe ({_quoted(elsewhere)} nella {row}, gli altri nella {header.row}): "
                "metterli tutti nella stessa riga, uno per colonna, senza celle unite."
            )
    # A first row of data could pass for a header: its values are not repeated.
    is_header = len(missing) * 2 <= len(required) and 0 < len(header.unknown) <= len(header.known)
    found = f" Colonne non riconosciute: {', '.join(header.unknown)}." if is_header else ""
    raise RefusedFile(
        f"{_plural(missing, 'Manca la colonna obbligatoria', 'Mancano le colonne obbligatorie')} {_quoted(missing)}: "
        f"aggiungere {_plural(missing, 'la colonna', 'le colonne')} e consegnare di nuovo il file.{found}"
    )


def _plural(items: Sequence[str], one: str, many: str) -> str:
    return one if len(items) == 1 else many


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"«{name}»" for name in names)
