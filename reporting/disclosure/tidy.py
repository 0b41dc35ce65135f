"""Protected tables as tidy CSV, one row per cell, for anyone to use again or to attack; and such files read back.

Columns: `tabella`, one per dimension, `misura`, `valore`, `oscurato` (si, no). A file may hold several tables: a dimension
that a table does not have is empty. Beside the files, `struttura.json` holds the hierarchies and relations that readers
know; files without it are read with what their totals and figures show.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from osservatorio.errors import UserError
from osservatorio.inert import inert
from reporting.disclosure.attacker_equations import Publication
from reporting.disclosure.cells import Number, PublishedCell, PublishedTable
from reporting.disclosure.scheme import (
    Combine,
    Dimension,
    Measure,
    Scheme,
    flat,
    merged,
    scheme_as_json,
    scheme_from_json,
)

TABLE, MEASURE, VALUE, WITHHELD = "tabella", "misura", "valore", "oscurato"
STRUCTURE_FILE = "struttura.json"
SIGN = "[c]"  # what a withheld cell shows in any document
YES, NO = "si", "no"
TOTALS = ("AMBITO", "TUTTI", "TUTTE", "TOTALE")
CLOSE = 1e-6


def csv_of(tables: Sequence[PublishedTable]) -> bytes:
    """Tables as one CSV file: UTF-8, commas, decimal points."""
    dimensions = list(dict.fromkeys(key for table in tables for key in table.dimensions))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([TABLE, *dimensions, MEASURE, VALUE, WITHHELD])
    for table in tables:
        for cell in table.cells:
            codes = dict(zip(table.dimensions, cell.place, strict=True))
            places = [inert(codes.get(key, "")) for key in dimensions]
            value = SIGN if cell.is_withheld else "" if cell.value is None else _text(cell.value)
            writer.writerow([table.key, *places, cell.measure, value, YES if cell.is_withheld else NO])
    return text.getvalue().encode()


def is_tidy(content: bytes) -> bool:
    """Whether a file begins as the ones that `csv_of` writes."""
    return content.startswith(f"{TABLE},".encode()) and f",{MEASURE},{VALUE},{WITHHELD}\n".encode() in content


def structure_of(known: Scheme, tables: Sequence[PublishedTable]) -> bytes:
    """What readers know of the tables, as JSON to lie beside them."""
    content = {
        **scheme_as_json(known),
        "rounded": {table.key: table.base for table in tables if table.base},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _text(value: Number) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.10g}"


def read_publications(path: Path) -> list[Publication]:
    """The tables of a CSV file, or of all those of a folder: one publication per file, all of one release.

    Raises UserError for a file that is not a tidy one.
    """
    if not path.exists():
        raise UserError(
            f"«{path}» non esiste: indica un file CSV di celle oppure una cartella che ne contiene."
        )
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    found = [(file, tables) for file in files if (tables := _read(file, strict=not path.is_dir()))]
    if not found:
        raise UserError(
            f"In «{path}» non c'è alcun file CSV di celle (con le colonne {TABLE}, {MEASURE}, {VALUE}, {WITHHELD})."
        )
    publications = []
    for file, tables in found:
        known, bases = _structure(file.parent / STRUCTURE_FILE)
        known = _completed(known, tables)
        rounded = tuple(
            PublishedTable(table.key, table.dimensions, table.cells, base=bases.get(table.key, 0))
            for table in tables
        )
        publications.append(
            Publication(str(file.relative_to(path)) if path.is_dir() else file.name, "", known, rounded)
        )
    return publications


def lacks_structure(path: Path) -> bool:
    """Whether a CSV file, or one of those of a folder, lies without the description of how its cells add up."""
    files = path.rglob("*.csv") if path.is_dir() else [path]
    return any(not (file.parent / STRUCTURE_FILE).exists() for file in files)


def _read(file: Path, *, strict: bool) -> list[PublishedTable] | None:
    """The tables of a file; None for a CSV of something else."""
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"«{file}» non si legge: deve essere un CSV in UTF-8 separato da virgole.") from error
    header = list(rows[0]) if rows else []
    if not {TABLE, MEASURE, VALUE, WITHHELD} <= set(header):
        if strict:
            raise UserError(
                f"«{file}» non è un file di celle: mancano le colonne {TABLE}, {MEASURE}, {VALUE}, {WITHHELD} o non ha righe."
            )
        return None
    dimensions = [name for name in header if name not in (TABLE, MEASURE, VALUE, WITHHELD)]
    cells: dict[str, list[tuple[dict[str, str], PublishedCell]]] = defaultdict(list)
    for number, row in enumerate(rows, 2):
        codes = {name: row[name] for name in dimensions if row[name]}
        cells[row[TABLE] or ""].append((codes, _cell(file, number, row, codes)))
    tables = []
    for key, lines in cells.items():
        used = tuple(name for name in dimensions if any(name in codes for codes, _ in lines))
        if any(set(codes) != set(used) for codes, _ in lines):
            raise UserError(
                f"In «{file}» la tabella «{key}» ha celle senza tutte le sue dimensioni ({', '.join(used)})."
            )
        tables.append(PublishedTable(key, used, tuple(cell for _, cell in lines)))
    return tables


def _cell(file: Path, number: int, row: Mapping[str, Any], codes: Mapping[str, str]) -> PublishedCell:
    value = (row[VALUE] or "").strip()
    is_withheld = (row[WITHHELD] or "").strip().lower() in (YES, "sì", "true", "1") or value == SIGN
    try:
        amount = None if is_withheld or not value else float(value)
    except ValueError:
        raise UserError(f"In «{file}», riga {number}, il valore «{value[:40]}» non è un numero.") from None
    return PublishedCell(tuple(codes.values()), row[MEASURE] or "", amount, is_withheld)


def _structure(file: Path) -> tuple[Scheme | None, Mapping[str, int]]:
    try:
        content = json.loads(file.read_text("utf-8"))
        return scheme_from_json(content), dict(content.get("rounded", {}))
    except FileNotFoundError:
        return None, {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"«{file}» non è la descrizione delle tabelle scritta da Osservatorio: ripristinala."
        ) from error


def _completed(known: Scheme | None, tables: Sequence[PublishedTable]) -> Scheme:
    """The scheme with whatever it does not tell guessed from the files: flat hierarchies under the usual totals."""
    dimensions, measures = {}, {}
    for key in dict.fromkeys(name for table in tables for name in table.dimensions):
        if known is None or key not in known.dimensions:
            codes = {
                cell.place[t.dimensions.index(key)] for t in tables if key in t.dimensions for cell in t.cells
            }
            totals = [code for code in TOTALS if code in codes]
            dimensions[key] = (
                flat(key, totals[0], sorted(codes - set(totals))) if totals else Dimension(key, {}, None)
            )
    for name in dict.fromkeys(cell.measure for table in tables for cell in table.cells):
        if known is None or (name not in known.measures and name not in known.rates):
            over = {key: _how(name, key, d, tables) for key, d in dimensions.items() if d.total is not None}
            measures[name] = Measure(name, over=over)
    guessed = Scheme(dimensions, measures)
    return guessed if known is None else merged(known, guessed)


def _how(measure: str, key: str, dimension: Dimension, tables: Sequence[PublishedTable]) -> Combine:
    """Whether the lines of a measure that are printed whole add up to their totals."""
    for table in tables:
        if key not in table.dimensions:
            continue
        place = table.dimensions.index(key)
        lines: dict[tuple[str, ...], dict[str, PublishedCell]] = defaultdict(dict)
        for cell in table.cells:
            if cell.measure == measure:
                lines[cell.place[:place] + cell.place[place + 1 :]][cell.place[place]] = cell
        for line in lines.values():
            total = line.pop(dimension.total or "", None)
            values = [cell.value for cell in line.values()]
            if total is None or total.value is None or None in values or not values:
                continue
            if abs(sum(value for value in values if value is not None) - total.value) > CLOSE:
                return Combine.DISTINCT
    return Combine.SUM
