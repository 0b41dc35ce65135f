"""CSV files without losing a row: every physical line ends in a row, in a flaw, or is empty.

Arrow cuts the lines that can be cut on their own, each with its quotes closed. The others (a line break inside
quotes, a quote left open, control characters) are few and are cut one by one.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ingestion.headers import COLUMN_MAPS, HEADER_WITHIN, Header, find_header, recognised
from ingestion.quotes import closed_line_pattern, field_count_flaw, split_line, unfold
from ingestion.refusal import RefusedFile
from ingestion.sources import Source
from ingestion.tables import (
    BLANKS,
    CONTROL_CHARACTERS,
    Reading,
    flawed_table,
    offsets_and_bytes,
    rows_table,
    text_type,
)
from ingestion.text_files import CONTROL_BYTES, OLE_MAGIC, ZIP_MAGIC, FileBytes, utf8_pieces
from osservatorio.contracts import Contract

SEPARATORS = (";", ",", "\t", "|")
PIECE_BYTES = 16 << 20

_CONTROL = np.isin(np.arange(256), list(CONTROL_BYTES))


def read_csv(
    source: Source,
    found: FileBytes,
    contract: Contract,
    *,
    maps: Path = COLUMN_MAPS,
    piece_bytes: int = PIECE_BYTES,
) -> Reading:
    """Open a CSV file: its header is read now, its rows as the tables are asked for.

    Raises RefusedFile, now or while the tables are read, when the file cannot be trusted as a whole.
    """
    _check_bytes(found)
    pieces = utf8_pieces(source, found, piece_bytes)
    first = next(pieces, b"")
    lines = [line.decode() for line in first.split(b"\n", HEADER_WITHIN)[:HEADER_WITHIN]]
    separator, header = _find_header(lines, contract, maps)
    body = first.split(b"\n", header.row)[header.row]
    tables = _read_rows(chain([body], pieces), contract, header, separator, found)
    return Reading("csv", found.encoding, separator, header, tables)


def _find_header(lines: Sequence[str], contract: Contract, maps: Path) -> tuple[str, Header]:
    """The separator under which the first lines have most titles of the contract, and the header so cut."""
    likely = max(SEPARATORS, key=lines[0].count)
    with suppress(RefusedFile):  # nearly every file: titles in the first line
        return likely, find_header([split_line(line, likely) for line in lines], contract, maps)
    cut = {mark: [split_line(line, mark) for line in lines] for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: recognised(cut[mark], contract, maps))
    return separator, find_header(cut[separator], contract, maps)


def _check_bytes(found: FileBytes) -> None:
    if found.size == 0:
        raise RefusedFile("Il file è vuoto (0 byte): esportarlo di nuovo e consegnarlo.")
    if found.head.startswith(ZIP_MAGIC):
        raise RefusedFile(
            "Il file si chiama .csv ma è una cartella di lavoro di Excel o un archivio: rinominarlo in .xlsx o in .zip."
        )
    if found.head.startswith(OLE_MAGIC):
        raise RefusedFile(
            "Il file si chiama .csv ma è un vecchio foglio di Excel: salvarlo come .xlsx o come CSV."
        )
    if found.encoding is None or found.encoding == "utf-32":
        raise RefusedFile(
            "La codifica dei caratteri non è riconosciuta: salvare di nuovo il file come «CSV UTF-8»."
        )


def _read_rows(
    pieces: Iterator[bytes], contract: Contract, header: Header, separator: str, found: FileBytes
) -> Iterator[pa.Table]:
    row = header.row + 1
    rest = b""
    piece: bytes | None = next(pieces, b"")
    while piece is not None:
        following = next(pieces, None)
        content = rest + piece
        if found.has_quotes or found.has_control:
            lines = _lines(content)
            taken, table = _read_marked(lines, row, contract, header, separator, is_last=following is None)
            rest = content[int(pc.sum(pc.binary_length(lines[:taken])).as_py() or 0) :]
        else:
            taken = int(np.count_nonzero(np.frombuffer(content, np.uint8) == 0x0A))
            table = _read_plain(content, np.arange(row, row + taken), contract, header, separator)
        row += taken
        yield table
        piece = following


def _lines(content: bytes) -> pa.StringArray:
    """The lines of the content, each with its LF: offsets into the same bytes."""
    ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == 0x0A) + 1
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(content))


def _text_of(lines: pa.StringArray) -> pa.Buffer:
    """The bytes under lines that own their buffer."""
    return (
        lines.buffers()[2].slice(0, int(pc.sum(pc.binary_length(lines)).as_py()))
        if len(lines)
        else pa.py_buffer(b"")
    )


def _read_plain(
    content: bytes | pa.Buffer,
    numbers: np.ndarray,
    contract: Contract,
    header: Header,
    separator: str,
    *,
    quoted: bool = False,
) -> pa.Table:
    """Cut lines that stand on their own; `numbers` are their rows in the file. Lines cut wrongly become flaws."""
    if not len(numbers):
        return flawed_table(contract, [])
    names = [str(place) for place in range(len(header.columns))]
    wrong: list[tuple[int, int, bool]] = []  # place, fields, whether the line is empty

    def set_aside(line: pyarrow.csv.InvalidRow) -> str:
        is_empty = not line.text.strip(BLANKS + separator + '"')
        wrong.append((line.number - 1, line.actual_columns, is_empty))
        return "skip"

    cut = pyarrow.csv.read_csv(
        pa.BufferReader(content),
        read_options=pyarrow.csv.ReadOptions(
            column_names=names, use_threads=False, block_size=len(content) + 1
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=separator,
            quote_char='"' if quoted else False,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={
                str(place): text_type(contract.column(name) if name else None)
                for place, name in enumerate(header.columns)
            },
            check_utf8=False,
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    kept = np.delete(numbers, [place for place, _, _ in wrong])
    if len(kept) != cut.num_rows:
        raise AssertionError(f"{len(numbers)} lines, {len(wrong)} set aside, {cut.num_rows} cut")
    flaws = [
        (int(numbers[place]), *field_count_flaw(count, len(names)))
        for place, count, is_empty in wrong
        if not is_empty
    ]
    table = rows_table(contract, header, kept, [_whole(column) for column in cut.columns])
    return pa.concat_tables([table, flawed_table(contract, flaws)]) if flaws else table


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array; it is one already, as a rule, and is not copied then."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _has_control(lines: pa.StringArray) -> np.ndarray:
    """The lines with a control character (a tab is none, and every line ends with its LF)."""
    offsets, content = offsets_and_bytes(lines)
    places = np.flatnonzero(_CONTROL[content[: offsets[-1]]])
    found = np.zeros(len(lines), dtype=bool)
    found[np.searchsorted(offsets, places, side="right") - 1] = True
    return found


def _is_closed(lines: pa.StringArray, separator: str) -> np.ndarray:
    """The lines that stand on their own: without quotes, or with quotes that enclose whole values and are closed."""
    has_quotes = np.asarray(pc.match_substring(lines, '"'))
    is_closed = ~has_quotes
    quoted = np.flatnonzero(has_quotes)
    if len(quoted):
        pattern = closed_line_pattern(separator)
        is_closed[quoted] = np.asarray(pc.match_substring_regex(lines.take(pa.array(quoted)), pattern))
    return is_closed


def _read_marked(
    lines: pa.StringArray, row: int, contract: Contract, header: Header, separator: str, *, is_last: bool
) -> tuple[int, pa.Table]:
    """Cut lines some of which hold quotes or control characters. Returns how many lines were used up, and the rows.

    Lines are left over only before the end of the file, when a quoted value goes on after the last of them.
    """
    has_control, is_closed = _has_control(lines), _is_closed(lines, separator)
    rest = unfold(
        lines, np.flatnonzero(~is_closed & ~has_control), len(header.columns), separator, is_last=is_last
    )
    is_free = np.arange(len(lines)) < rest.taken
    is_free[rest.used] = False
    places = np.flatnonzero(is_closed & ~has_control & is_free)
    text = _text_of(lines.take(pa.array(places)))
    tables = [_read_plain(text, places + row, contract, header, separator, quoted=True)]
    if rest.records:
        starts = [row + place for place, _ in rest.records]
        cells = zip(*(fields for _, fields in rest.records), strict=True)
        tables.append(
            rows_table(contract, header, starts, [pa.array(column, pa.string()) for column in cells])
        )
    flaws = [(row + place, flaw, text) for place, flaw, text in rest.flaws]
    flaws += [(row + int(place), CONTROL_CHARACTERS, None) for place in np.flatnonzero(has_control & is_free)]
    return rest.taken, pa.concat_tables([*tables, flawed_table(contract, flaws)])
