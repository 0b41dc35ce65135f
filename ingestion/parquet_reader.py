"""Parquet files: every record as delivered text. A record's row is its number, counting from 1."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingestion.delivered_content import opened
from ingestion.headers import COLUMN_MAPS, Header, find_header
from ingestion.isolated.process import ProcessPool
from ingestion.isolated.table_frames import read_chunks
from ingestion.refusal import RefusedFile
from ingestion.sources import Source
from ingestion.tables import Reading, rows_table, with_flaws
from ingestion.text_files import FileBytes
from osservatorio.contracts import Contract

MAX_BYTES = 1 << 30  # held whole, packed, by the process that parses it
BYTES_PER_VALUE = 12  # of delivered text, to tell beforehand whether all rows fit in memory
NOTE = "Il file Parquet non ha righe numerate: per «riga» si intende il numero del record, contando da 1."
_TOO_LARGE = "Il file Parquet è troppo grande: consegnare i dati in formato CSV o divisi in più file."


def read_parquet(
    source: Source,
    found: FileBytes,
    contract: Contract,
    processes: ProcessPool,
    *,
    maps: Path = COLUMN_MAPS,
    large_bytes: int,
) -> Reading:
    """Open a Parquet file: its columns are named now, its records are read as the tables are asked for.

    Raises RefusedFile, now or while the tables are read, when the file cannot be read or a column that the contract
    knows holds more than one value in a record.
    """
    with (
        opened(source, found, largest=MAX_BYTES, too_large=_TOO_LARGE) as content,
        processes.lend() as process,
    ):
        (answer,) = process.ask("open_parquet", content, found.size)
        content.check()
    described = answer.facts
    header = find_header([described["titles"]], contract, maps)
    for place in described["nested"]:
        if name := header.columns[place]:
            raise RefusedFile(
                f"La colonna «{name}» contiene elenchi o gruppi di valori: esportarla con un valore solo per record."
            )
    is_large = described["rows"] * len(header.known) * BYTES_PER_VALUE > large_bytes
    records = Records(source, found, contract, processes, header, large_bytes)
    return Reading("parquet", None, None, header, records, (NOTE,), is_large)


@dataclass(frozen=True)
class Records:
    """The records of a Parquet file, in pieces of about `piece_bytes`, read each time they are asked for.

    Only the columns that the contract knows are read. Iterating raises RefusedFile.
    """

    source: Source
    found: FileBytes
    contract: Contract
    processes: ProcessPool
    header: Header
    piece_bytes: int

    def __iter__(self) -> Iterator[pa.Table]:
        places = [place for place, name in enumerate(self.header.columns) if name]
        known = Header(1, self.header.known, tuple(self.header.cells[place] for place in places), ())
        with (
            opened(self.source, self.found, largest=MAX_BYTES, too_large=_TOO_LARGE) as content,
            self.processes.lend() as process,
        ):
            list(process.ask("open_parquet", content, self.found.size))
            content.check()
            held: list[pa.Table] = []
            row = 1
            for chunk in read_chunks(process.ask("read", columns=places), len(places)):
                table = rows_table(self.contract, known, range(row, row + chunk.count), chunk.columns)
                held.append(with_flaws(table, {}, has_control=chunk.has_control))
                row += chunk.count
                if sum(table.nbytes for table in held) >= self.piece_bytes:
                    yield pa.concat_tables(held)
                    held = []
        if held:
            yield pa.concat_tables(held)
