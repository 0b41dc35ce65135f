"""Workbooks: the sheet that holds the delivery, every cell as text, with the row numbers that Excel shows.

The workbook is parsed in an isolated process (`ingestion.isolated`); here its sheet is chosen and its rows are named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.delivered_content import opened
from ingestion.headers import (
    COLUMN_MAPS,
    HEADER_WITHIN,
    MAX_TITLE_CELLS,
    Header,
    column_without_title,
    find_header,
    is_title,
    recognised,
)
from ingestion.isolated.names import cell_name
from ingestion.isolated.package import MAX_UNPACKED_BYTES, TOO_LARGE
from ingestion.isolated.process import IsolatedProcess, ProcessPool
from ingestion.isolated.table_frames import read_chunks
from ingestion.refusal import RefusedFile
from ingestion.sources import Source
from ingestion.tables import CELL_ERROR, CELL_WITHOUT_VALUE, Reading, rows_table, with_flaws
from ingestion.text_files import FileBytes
from osservatorio.contracts import Contract

_FLAWS = {"error": CELL_ERROR, "no_value": CELL_WITHOUT_VALUE}

Sheet = Mapping[str, Any]


def read_xlsx(
    source: Source,
    found: FileBytes,
    contract: Contract,
    processes: ProcessPool,
    *,
    maps: Path = COLUMN_MAPS,
) -> Reading:
    """Read a workbook. Raises RefusedFile when it is not one, is locked, too large, or has no usable sheet."""
    with (
        opened(source, found, largest=MAX_UNPACKED_BYTES, too_large=TOO_LARGE) as content,
        processes.lend() as process,
    ):
        (answer,) = process.ask("open_workbook", content, found.size, head=HEADER_WITHIN)
        content.check()
        workbook = answer.facts
        sheet = _sheet_with_data(workbook, contract, maps)
        header = _header(workbook["sheets"][sheet], contract, maps)
        tables, header = _rows(process, sheet, header, contract)
    return Reading("xlsx", None, None, header, iter(tables), _notes(workbook, sheet))


def _sheet_with_data(workbook: Mapping[str, Any], contract: Contract, maps: Path) -> int:
    """Which of the visible sheets has the titles of the extract; the first sheet when none has."""
    sheets: Sequence[Sheet] = workbook["sheets"]
    needed = sum(column.required for column in contract.columns)
    fitting = [
        place for place, sheet in enumerate(sheets) if recognised(sheet["head"], contract, maps) * 2 > needed
    ]
    filled = [place for place in fitting if sheets[place]["filled"] > 1]
    if len(filled) > 1:
        raise RefusedFile(
            f"I dati sono in più fogli ({_places(sheets[place] for place in filled)}, contati da sinistra): lasciare "
            "un solo foglio con i dati, o consegnare un file per foglio."
        )
    if not fitting and workbook["hidden"]:
        raise RefusedFile(
            "Nei fogli visibili non ci sono i titoli delle colonne, e i fogli nascosti non si leggono: rendere "
            "visibile il foglio con i dati e consegnare di nuovo il file."
        )
    if not sheets:
        raise RefusedFile(
            "La cartella di lavoro non ha nessun foglio con celle: consegnare quella con i dati."
        )
    return next(iter((*filled, *fitting, 0)))


def _places(sheets: Iterator[Sheet] | Sequence[Sheet]) -> str:
    """Sheets by their place: their names could be anything, a person's too."""
    return ", ".join(f"foglio {sheet['place']}" for sheet in sheets)


def _header(sheet: Sheet, contract: Contract, maps: Path) -> Header:
    """The header of a sheet. Raises RefusedFile also when cells are joined in it."""
    head = sheet["head"]
    try:
        header = find_header(head, contract, maps)
    except RefusedFile as refusal:
        crowded = {row for row, cells in enumerate(head) if sum(map(bool, cells)) > MAX_TITLE_CELLS}
        joined = [area for area in sheet["merged"] if crowded & set(range(area[0][0], area[1][0] + 1))]
        if joined:
            raise _joined_cells(joined[0]) from refusal
        raise
    row = header.row - 1
    for area in sheet["merged"]:
        if area[0][0] <= row <= area[1][0]:
            raise _joined_cells(area)
    return header


def _joined_cells(area: Sequence[Sequence[int]]) -> RefusedFile:
    return RefusedFile(
        f"Nei titoli delle colonne ci sono celle unite ({cell_name(*area[0])}:{cell_name(*area[1])}): dividerle e mettere "
        "un titolo per ogni colonna, in una riga sola."
    )


def _rows(
    process: IsolatedProcess, sheet: int, header: Header, contract: Contract
) -> tuple[list[pa.Table], Header]:
    """The rows under the header, and the header with the columns that have values but no title."""
    frames = process.ask("read", sheet=sheet, skip=header.row)
    faulty = {}
    for row, column, name, fault, text in next(frames).facts:
        if 0 <= column < len(header.columns) and header.columns[column]:
            faulty.setdefault(row + 1, (_FLAWS[fault], name if text == "=" else f"{name}: {text}"))
    tables = []
    untitled: set[int] = set()
    row = header.row + 1
    for chunk in read_chunks(frames, len(header.columns)):
        if not chunk.columns:
            row += chunk.count
            continue
        table = rows_table(contract, header, range(row, row + chunk.count), chunk.columns)
        tables.append(with_flaws(table, faulty, has_control=chunk.has_control))
        untitled |= {
            place
            for place, values in enumerate(chunk.columns)
            if not is_title(header.cells[place]) and any(map(is_title, pc.unique(values).to_pylist()))
        }
        row += chunk.count
    unknown = tuple(column_without_title(place) for place in sorted(untitled))
    return tables, replace(header, unknown=header.unknown + unknown)


def _notes(workbook: Mapping[str, Any], read: int) -> tuple[str, ...]:
    """What the sender should know of how the workbook was read."""
    sheets: Sequence[Sheet] = workbook["sheets"]
    others = [sheet for place, sheet in enumerate(sheets) if place != read and sheet["filled"] > 1]
    notes = []
    if others:
        notes.append(f"Letto il foglio {sheets[read]['place']}; altri fogli non letti: {_places(others)}.")
    if workbook["hidden"]:
        notes.append(f"Fogli nascosti, che non si leggono: {workbook['hidden']}.")
    if sheets[read]["has_hidden_rows"]:
        notes.append(
            "Il foglio ha righe nascoste, o un filtro attivo: sono state lette anche le righe che non si vedono."
        )
    if sheets[read]["has_formulas"]:
        links = ", anche quelli presi da altri file" if workbook["has_external_links"] else ""
        notes.append(f"Il foglio contiene formule: sono stati letti i valori dell'ultimo salvataggio{links}.")
    return tuple(notes)
