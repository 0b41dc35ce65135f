"""Workbooks: the sheet that holds the delivery, every cell as text, with the row numbers that Excel shows."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine

from ingestion.headers import COLUMN_MAPS, HEADER_WITHIN, Header, find_header, recognised
from ingestion.refusal import RefusedFile, shown
from ingestion.tables import Reading, rows_table
from ingestion.text_files import OLE_MAGIC, ZIP_MAGIC, FileBytes
from osservatorio.contracts import Contract

MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 150  # unpacked to packed: real workbooks stay under 50, a bomb is near 1000
SMALL_BYTES = 16 << 20  # a workbook this small is harmless at any ratio
EXACT_INTEGERS = 10**15  # Excel keeps 15 significant digits

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Rows = list[list[Any]]


def read_xlsx(path: Path, found: FileBytes, contract: Contract, *, maps: Path = COLUMN_MAPS) -> Reading:
    """Read a workbook. Raises RefusedFile when it is not one, is locked, too large, or has no usable sheet."""
    content = _content(path, found)
    _check_package(content)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (sheet.name, workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
            for sheet in workbook.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
    except Exception as error:  # the reader is native code: whatever it says, the file is at fault
        raise RefusedFile(
            "La cartella di lavoro di Excel è danneggiata: aprirla, salvarla di nuovo e consegnarla."
        ) from error
    rows = _sheet_with_data(sheets, contract, maps)
    header = find_header([_texts(row) for row in rows[:HEADER_WITHIN]], contract, maps)
    return Reading("xlsx", None, None, header, _tables(rows, header, contract))


def _content(path: Path, found: FileBytes) -> bytes:
    if found.size == 0:
        raise RefusedFile("Il file è vuoto (0 byte): esportarlo di nuovo e consegnarlo.")
    if found.size > MAX_UNPACKED_BYTES:
        raise _too_large()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RefusedFile(f"Il file non si legge ({error.strerror}): controllare i permessi.") from error
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise RefusedFile(
            "Il file è cambiato durante la lettura: aspettare che la copia finisca e riprovare."
        )
    return content


def _too_large() -> RefusedFile:
    return RefusedFile(
        "La cartella di lavoro è troppo grande: consegnare i dati in formato CSV o divisi in più file."
    )


def _check_package(content: bytes) -> None:
    """Look at the package before anything is unpacked."""
    if content.startswith(OLE_MAGIC):
        if _ENCRYPTED in content:
            raise RefusedFile(
                "La cartella di lavoro è protetta da password: toglierla e consegnare di nuovo il file."
            )
        raise RefusedFile("Il file è nel vecchio formato di Excel (.xls): aprirlo e salvarlo come .xlsx.")
    if not content.startswith(ZIP_MAGIC):
        raise RefusedFile(
            "Il file si chiama .xlsx ma non è una cartella di lavoro di Excel: se è un testo, rinominarlo in .csv."
        )
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise RefusedFile(
            "La cartella di lavoro di Excel è incompleta o danneggiata: copiarla di nuovo per intero."
        ) from error
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise RefusedFile(
            "Il file è un archivio, ma non una cartella di lavoro di Excel: salvarlo come .xlsx."
        )
    if any(member.flag_bits & 1 for member in members):
        raise RefusedFile(
            "La cartella di lavoro è protetta da password: toglierla e consegnare di nuovo il file."
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > SMALL_BYTES and unpacked > MAX_RATIO * len(content)):
        raise _too_large()


def _sheet_with_data(sheets: Sequence[tuple[str, Rows]], contract: Contract, maps: Path) -> Rows:
    """The rows of the one visible sheet that has the titles of the extract; the first sheet when none has."""
    needed = sum(column.required for column in contract.columns)
    fitting = [
        (name, rows)
        for name, rows in sheets
        if recognised([_texts(row) for row in rows[:HEADER_WITHIN]], contract, maps) * 2 > needed
    ]
    filled = [
        (name, rows) for name, rows in fitting if sum(any(c != "" for c in row) for row in rows[:50]) > 1
    ]
    if len(filled) > 1:
        names = ", ".join(f"«{shown(name)}»" for name, _ in filled)
        raise RefusedFile(
            f"I dati sono in più fogli ({names}): lasciare un solo foglio con i dati, o consegnare un file per foglio."
        )
    for choice in (filled, fitting, sheets):
        if choice:
            return choice[0][1]
    return []


def _tables(rows: Rows, header: Header, contract: Contract) -> Iterator[pa.Table]:
    body = rows[header.row :]
    if body:
        numbers = range(header.row + 1, header.row + 1 + len(body))
        yield rows_table(
            contract, header, numbers, [_text_column(column) for column in zip(*body, strict=True)]
        )


def _text_column(values: Sequence[Any]) -> pa.Array:
    """A column of cells as text. Repeated values (dates, numbers, codes) are converted once."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return pa.array(values, pa.string())
    if bool in kinds:  # True and 1.0 are the same key of a dictionary
        return pa.array(_texts(values), pa.string())
    distinct = set(values)
    text_of = dict(zip(distinct, _texts(distinct), strict=True))
    return pa.array(list(map(text_of.__getitem__, values)), pa.string())


def _texts(values: Collection[Any]) -> list[str]:
    return [value if type(value) is str else _AS_TEXT.get(type(value), str)(value) for value in values]


def _number_text(value: float) -> str:
    """As an Italian reader writes it: no decimals when there are none, else a comma, which no rule can misread."""
    if value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{Decimal(text):f}" if abs(value) < EXACT_INTEGERS else text
    return text.replace(".", ",")


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    float: _number_text,
    bool: lambda value: "VERO" if value else "FALSO",
    datetime: lambda value: value.isoformat(" "),
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}
