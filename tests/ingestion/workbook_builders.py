"""Workbooks that no office program writes, made by editing the parts of a sound one."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from delivered_samples import write_workbook

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"


def workbook_bytes(folder: Path, rows: Sequence[Sequence[Any]], **options: Any) -> bytes:
    """A sound workbook of one sheet."""
    return write_workbook(folder / "sound.xlsx", {"Dati": rows}, **options).read_bytes()


def edited(content: bytes, edits: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The package with some parts changed, or added (the edit of a part that is not there gets nothing)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = source.namelist()
        for name in (*names, *(name for name in edits if name not in names)):
            part = source.read(name) if name in names else b""
            target.writestr(name, edits[name](part) if name in edits else part)
    return out.getvalue()


def sheet_xml(rows: Mapping[int, Mapping[str, str]]) -> bytes:
    """A sheet of cells written as XML: by row number, by column letters, the whole `<c …>` after its place.

    A cell given as plain text is an inline string.
    """
    lines = []
    for number, cells in rows.items():
        inside = "".join(
            f'<c r="{letters}{number}"{cell}'
            if cell.startswith((" ", ">", "/"))
            else f'<c r="{letters}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for letters, cell in cells.items()
        )
        lines.append(f'<row r="{number}">{inside}</row>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    ).encode()


def text_rows(rows: Sequence[Sequence[str]]) -> dict[int, dict[str, str]]:
    """Rows of text for `sheet_xml`."""
    return {
        number: {chr(ord("A") + place): cell for place, cell in enumerate(row)}
        for number, row in enumerate(rows, start=1)
    }


def lying_about(content: bytes, name: str, declared: int) -> bytes:
    """The ZIP with another unpacked size declared for one member, in its own header and in the directory."""
    changed = bytearray(content)
    encoded = name.encode()
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = changed.find(mark)
        while place >= 0:
            if changed[place + name_at : place + name_at + len(encoded)] == encoded:
                struct.pack_into("<L", changed, place + size_at, declared)
            place = changed.find(mark, place + 4)
    return bytes(changed)


def attribute(name: str, value: str) -> str:
    """An XML attribute with a space before it."""
    return f" {name}={quoteattr(value)}"
