"""The list of rows to mend as a workbook for the office of one body, to be sent to it."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingestion.closing import LANDED, OPEN, REPLACED, WAITING
from ingestion.quarantine_list import (
    Entry,
    count_by_file,
    count_by_rule,
    entries,
    file_names,
    known_column,
    known_rule,
)
from ingestion.quarantine_sheets import Cell, Head, SheetWriter, new_styles
from ingestion.quarantine_summary import MAX_LISTED, SETTLED, TO_MEND, WAIT, ListOfBody, write_summary
from ingestion.rule_texts import sentence
from osservatorio import reference
from osservatorio.italian import number

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

CODES = "Codici ammessi"
HIDDEN = "non mostrato perché riservato"
PLACE = [Head("File", 34), Head("Riga", 9, is_number=True), Head("Colonna", 24), Head("Nome tecnico", 22)]
MEND = [
    *PLACE,
    Head("Che cosa è stato trovato", 26),
    Head("Che cosa ci si aspetta", 38),
    Head("Come correggere", 38),
    Head("Consegnato il", 14),
]
WAITED = [
    *PLACE,
    Head("Che cosa è stato trovato", 26),
    Head("Che cosa manca", 38),
    Head("Che cosa fare", 38),
    Head("Consegnato il", 14),
]
CLOSED = [
    *PLACE,
    Head("Che cosa era stato trovato", 26),
    Head("Che cosa non andava", 38),
    Head("Come si è risolto", 24),
    Head("Il", 14),
    Head("Con il file", 30),
]
MEANINGS = [Head("Elenco", 30), Head("Colonne che lo usano", 44), Head("Codice", 34), Head("Significato", 70)]


def read_lists(
    con: duckdb.DuckDBPyConnection, *, written_on: date, with_history: bool, max_listed: int = MAX_LISTED
) -> list[ListOfBody]:
    """The lists of the bodies that have something to mend or waiting (or, with history, settled)."""
    towns = reference.municipalities()
    files, rules = count_by_file(con), count_by_rule(con, (OPEN, WAITING, LANDED, REPLACED))
    lists = []
    for code in sorted({file.codice_ente for file in files}):
        own = [file for file in files if file.codice_ente == code]
        if with_history or any(file.to_mend or file.waiting for file in own):
            name = f"Comune di {towns[code].name}" if code in towns else "Ente non riconosciuto"
            own_rules = [rule for rule in rules if rule.codice_ente == code]
            lists.append(ListOfBody(name, code, own, own_rules, written_on, with_history, max_listed))
    return lists


def write_workbook(con: duckdb.DuckDBPyConnection, body: ListOfBody, path: Path) -> None:
    """Write the workbook of one body; the sheets in the making lie in the folder of `path`."""
    from xlsxwriter import Workbook

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": f"Righe da correggere – {body.name}",
                "author": "Osservatorio",
                "created": datetime.combine(body.written_on, time()),
            }
        )
        styles = new_styles(book)
        write_summary(book, styles, body)
        if body.entries_in(OPEN):
            _list_sheet(con, book, styles, body, TO_MEND, MEND, OPEN)
        if body.entries_in(WAITING):
            _list_sheet(con, book, styles, body, WAIT, WAITED, WAITING)
        _codes(book, styles, body)
        if body.with_history and body.entries_in(LANDED, REPLACED):
            _list_sheet(con, book, styles, body, SETTLED, CLOSED, LANDED, REPLACED)


def _list_sheet(
    con: duckdb.DuckDBPyConnection,
    book: "Workbook",
    styles: dict[str, "Format"],
    body: ListOfBody,
    name: str,
    heads: Sequence[Head],
    *states: str,
) -> None:
    sheet = SheetWriter(book, name, f"{name} – {body.name}", styles)
    sheet.columns(heads)
    names = file_names(con) if heads is CLOSED else {}
    found = body.entries_in(*states)
    shown = min(found, body.max_listed)
    of_all = (
        f"Le prime {number(shown)} voci di {number(found)}" if shown < found else f"Voci: {number(shown)}"
    )
    sheet.text(f"{of_all}, in ordine di file e di riga. Le frecce dell'intestazione filtrano.", "muted")
    with closing(entries(con, states, codice_ente=body.codice_ente, limit=body.max_listed)) as found_entries:
        rows = ((entry.delivery_id, _cells(entry, heads, names)) for entry in islice(found_entries, shown))
        sheet.table(heads, rows, is_main=True)


def _cells(entry: Entry, heads: Sequence[Head], names: dict[str, str]) -> list[Cell]:
    place: list[Cell] = [
        entry.file,
        entry.row,
        entry.label or "tutta la riga",
        entry.column,
        found_text(entry),
    ]
    delivered = entry.delivered_at.date() if entry.delivered_at else None
    texts = entry.texts
    if heads is WAITED:
        return [*place, _missing_parent(entry), sentence(texts.remedy), delivered]
    if heads is CLOSED:
        how = "Entrata da sola" if entry.state == LANDED else "Consegnata di nuovo"
        by = names.get(entry.closed_by or "", "") if entry.state == REPLACED else ""
        return [*place, sentence(texts.problem), how, entry.closed_at.date() if entry.closed_at else None, by]
    return [*place, sentence(texts.expected), sentence(texts.remedy), delivered]


def found_text(entry: Entry) -> str:
    """What was found, as a cell shows it: values in quotes, with the names of their columns where they are several."""
    rule = known_rule(entry.extract, entry.rule)
    if entry.found is None:
        return HIDDEN if entry.column else ""
    if rule is None or rule.stage == "missing" or rule.stage == "structure":
        return entry.found
    values = entry.found.split("; ")
    if len(rule.shown) == len(values) and len(values) > 1:
        columns = [known_column(entry.extract, name) for name in rule.shown]
        return ", ".join(
            f"{column.label if column else ''} «{value}»"
            for column, value in zip(columns, values, strict=True)
        )
    return f"«{entry.found}»"


def _missing_parent(entry: Entry) -> str:
    column = known_column(entry.extract, entry.column)
    if column is None or column.reference is None:
        return ""
    whose = ", dello stesso ente" if column.reference.same_body else ""
    return f"Il dato con questo codice nell'estratto «{column.reference.extract}»{whose}."


def _codes(book: "Workbook", styles: dict[str, "Format"], body: ListOfBody) -> None:
    """The meaning of the codes that the sheet of rows to mend expects; no sheet when it expects none."""
    users: dict[str, dict[str, None]] = {}
    for count in body.rules:
        column = known_column(count.extract, count.column)
        if count.state == OPEN and column and column.code_list and column.kind != "istat":
            users.setdefault(column.code_list, {})[f"{column.label} ({count.extract})"] = None
    if not users:
        return
    sheet = SheetWriter(book, CODES, "Codici ammessi nelle colonne da correggere", styles)
    sheet.columns(MEANINGS)
    sheet.text("Nei file si scrive il codice, non il significato.", "muted")
    rows = [
        (name, [name, ", ".join(users[name]), code, label])
        for name in sorted(users)
        for code, label in reference.code_list(name).items()
    ]
    sheet.table(MEANINGS, rows, is_main=True)
