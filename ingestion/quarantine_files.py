"""Where the workbooks of the rows to mend go: one file per body, put in place whole."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ingestion.quarantine_summary import ListOfBody
from ingestion.quarantine_workbook import write_workbook
from osservatorio import reference
from osservatorio.errors import UserError
from osservatorio.files import sync_file

SUFFIX = ".xlsx"
DEFAULT_NAME = f"quarantena{SUFFIX}"
UNKNOWN_BODY = "ente_non_riconosciuto"


def target_file(given: Path) -> Path:
    """The file asked for; a folder stands for a file of the usual name in it. Raises UserError for another format."""
    target = given / DEFAULT_NAME if given.is_dir() else given
    if not target.suffix:
        target = target.with_name(target.name + SUFFIX)
    if target.suffix.lower() != SUFFIX:
        raise UserError(
            f"«{given}» non è il nome di un foglio di calcolo: indicane uno che finisca con {SUFFIX}."
        )
    return target


def file_of_body(target: Path, codice_ente: str) -> Path:
    """The file of one body of several: its name after that of the file asked for."""
    town = reference.municipalities().get(codice_ente)
    return target.with_name(f"{target.stem}__{town.slug if town else UNKNOWN_BODY}{target.suffix}")


def write_lists(
    con: duckdb.DuckDBPyConnection, lists: Sequence[ListOfBody], target: Path
) -> list[tuple[ListOfBody, Path]]:
    """Write one workbook per body: the file asked for when there is one body, else one beside it for each.

    Each is put in place when it is whole. Raises UserError where a file cannot be written.
    """
    written = []
    for body in lists:
        path = target if len(lists) == 1 else file_of_body(target, body.codice_ente)
        with _in_place(path) as part:
            write_workbook(con, body, part)
        written.append((body, path))
    return written


def left_from_before(target: Path, written: Sequence[Path]) -> list[Path]:
    """Files of such names that an earlier list left and this one has not written: they are out of date."""
    names = [file_of_body(target, code) for code in ("", *reference.municipalities())]
    return [path for path in (target, *names) if path.exists() and path not in written]


@contextmanager
def _in_place(path: Path) -> Iterator[Path]:
    """A file to be written in a folder of its own beside `path`, which takes its place at the end."""
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".osservatorio-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            yield part
            sync_file(part)
            os.replace(part, path)
    except (OSError, XlsxWriterException) as error:
        raise UserError(
            f"Non riesco a scrivere «{path}»: controlla che non sia aperto in un altro programma, lo spazio libero e "
            "i permessi, poi riprova."
        ) from error
