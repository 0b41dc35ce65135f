"""Workbooks and archives, sound and hostile, as bytes."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from delivered_samples import Row

Sheets = Mapping[str, Iterable[Sequence[Any]]]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_CENTRAL = struct.Struct(
    "<4s12xLLLHHH8xL"
)  # mark, crc, packed, unpacked size, three lengths, offset of the member
_UNPACKED_SIZE = 24, 22  # where it stands in an entry of the directory, and in the member's own header


def workbook(
    sheets: Sheets,
    *,
    then: Callable[[xlsxwriter.Workbook], None] | None = None,
    **options: Any,
) -> bytes:
    """Rows of cells by sheet name; days become true date cells. `then` may go on with the open workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True} | options) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        moment = datetime(cell.year, cell.month, cell.day)
                        sheet.write_datetime(place, column, moment, day)
                    else:
                        sheet.write(place, column, cell)
        if then:
            then(book)
    return out.getvalue()


def table(rows: Sequence[Row]) -> list[list[Any]]:
    """Rows as cells, titles first; all have the columns of the first."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def archive(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP with those members, whatever their names are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as target:
        for name, content in members.items():
            target.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def with_member(package: bytes, name: str, content: bytes) -> bytes:
    """The package with a member replaced or added."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        kept = {member: source.read(member) for member in source.namelist()}
    return archive(kept | {name: content})


def member_of(package: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return source.read(name)


def lying_about(package: bytes, name: str, size: int) -> bytes:
    """The package declaring another unpacked size for a member, in its directory and in the member's own header."""
    content = bytearray(package)
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        start = source.start_dir
        info = source.getinfo(name)
    in_directory, in_header = _UNPACKED_SIZE
    while content[start : start + 4] == b"PK\1\2":
        _, _, _, _, *lengths, offset = _CENTRAL.unpack_from(content, start)
        if offset == info.header_offset:
            struct.pack_into("<L", content, start + in_directory, size)
        start += _CENTRAL.size + sum(lengths)
    struct.pack_into("<L", content, info.header_offset + in_header, size)
    return bytes(content)
