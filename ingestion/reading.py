"""From a file that was found to its rows: what it is, what identifies it, and the reader of its format."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.csv_reader import PIECE_BYTES, read_csv
from ingestion.date_order import day_first
from ingestion.deliveries import FileName, FoundFile, check_place, delivery_id, recognise
from ingestion.headers import COLUMN_MAPS
from ingestion.isolated.process import ProcessPool
from ingestion.number_marks import comma_before_decimals
from ingestion.parquet_reader import read_parquet
from ingestion.refusal import RefusedFile
from ingestion.rules import BODY
from ingestion.tables import Reading
from ingestion.text_files import FileBytes, inspect_bytes
from ingestion.xlsx_reader import read_xlsx
from osservatorio.contracts import Contract

READERS = 2  # files read at once: the native readers let other threads work


@dataclass(frozen=True)
class Delivery:
    """A recognised file with its content's digest; `id` does not depend on the file's name."""

    file: FoundFile
    name: FileName
    found: FileBytes
    id: str


@dataclass(frozen=True)
class Content:
    """What a delivery holds: `tables` are all its rows, read already, or a stream when the file is large.

    `sender` is the body whose records alone the file may hold, None when it may hold any body's.
    """

    delivery: Delivery
    reading: Reading
    tables: Iterable[pa.Table]
    is_large: bool
    sender: str | None = None


def identify(file: FoundFile, folder: Path, extracts: Collection[str]) -> Delivery:
    """Recognise a file and read its bytes once. Raises RefusedFile."""
    check_place(file, folder)
    name = recognise(file, extracts)
    found = inspect_bytes(file, as_text=name.format == "csv")
    return Delivery(file, name, found, delivery_id(name.extract, name.is_full_replacement, found.sha256))


def identify_all(
    files: Iterable[FoundFile], folder: Path, extracts: Collection[str]
) -> Iterator[tuple[FoundFile, Delivery | RefusedFile]]:
    """Every file with its delivery, or with why it is refused, in the order given. Afterwards pandas is loaded."""

    def work(file: FoundFile) -> tuple[FoundFile, Delivery | RefusedFile]:
        try:
            return file, identify(file, folder, extracts)
        except RefusedFile as refusal:
            return file, refusal

    with ThreadPoolExecutor(READERS) as pool:
        found = pool.map(work, files)
        try:
            # Arrow and DuckDB load it when they first need it. Two threads that come to it together, one of them
            # interrupted, can wait for each other for ever; so it is there before any of those begins. These here do not
            # come to it, and the time is theirs.
            import_module("pandas")
            yield from found
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def read(
    delivery: Delivery,
    contract: Contract,
    processes: ProcessPool,
    maps: Path = COLUMN_MAPS,
    *,
    large_bytes: int,
) -> Content:
    """The content of a delivery; one that takes more than `large_bytes` in memory is left to be read piece by piece.

    Raises RefusedFile, which a stream may also raise while it is read.
    """
    file, found = delivery.file, delivery.found
    piece_bytes = min(PIECE_BYTES, large_bytes)
    if delivery.name.format == "xlsx":
        reading = read_xlsx(file, found, contract, processes, maps=maps)
    elif delivery.name.format == "parquet":
        reading = read_parquet(file, found, contract, processes, maps=maps, large_bytes=large_bytes)
    else:
        reading = read_csv(file, found, contract, maps=maps, piece_bytes=piece_bytes)
    if reading.is_large or (delivery.name.format == "csv" and found.size > large_bytes):
        begun, tables = _begun(reading.tables)
        return Content(
            delivery,
            reading,
            _gathered(_unambiguous(tables, contract), large_bytes),
            is_large=True,
            sender=_sender(delivery, begun),
        )
    tables = [table for table in _unambiguous(reading.tables, contract) if table.num_rows]
    if not tables:
        raise RefusedFile("Il file contiene solo i titoli delle colonne, senza righe: esportarlo di nuovo.")
    return Content(delivery, reading, tables, is_large=False, sender=_sender(delivery, tables))


def _unambiguous(tables: Iterable[pa.Table], contract: Contract) -> Iterator[pa.Table]:
    """The tables of one file; after the last, RefusedFile when its dates or its numbers would be misread."""
    return comma_before_decimals(day_first(tables, contract), contract)


def _begun(tables: Iterable[pa.Table]) -> tuple[list[pa.Table], Iterable[pa.Table]]:
    """The first table of a stream, and all of them; a stream that can begin again is not kept open meanwhile."""
    pieces = iter(tables)
    first = list(islice(pieces, 1))
    if pieces is tables:
        return first, chain(first, pieces)
    pieces.close()
    return first, tables


def _gathered(tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """The same rows in tables of about `size` bytes."""
    parts: list[pa.Table] = []
    for table in tables:
        parts.append(table)
        if sum(part.nbytes for part in parts) >= size:
            yield pa.concat_tables(parts)
            parts = []
    if parts:
        yield pa.concat_tables(parts)


def _sender(delivery: Delivery, tables: Iterable[pa.Table]) -> str | None:
    """The body that the file's name names, when most of its rows are that body's: the others are strays then.

    Where they are not it is the name that does not say whose file it is.
    """
    named = delivery.name.sender
    if named is None:
        return None
    bodies = [table.column(BODY) for table in tables]
    own = sum(pc.sum(pc.equal(column, named)).as_py() or 0 for column in bodies)
    return named if 2 * own >= sum(len(column) - column.null_count for column in bodies) else None


def read_all(
    deliveries: Iterable[Delivery],
    contract: Contract,
    processes: ProcessPool,
    maps: Path,
    *,
    large_bytes: int,
) -> Iterator[tuple[Delivery, Content | RefusedFile]]:
    """The contents in the order given, some files ahead of the one in use; large ones are not, for want of memory.

    Closed before its end, as when the command is interrupted, it ends the processes and begins no other file.
    """

    def work(delivery: Delivery) -> tuple[Delivery, Content | RefusedFile]:
        try:
            return delivery, read(delivery, contract, processes, maps, large_bytes=large_bytes)
        except RefusedFile as refusal:
            return delivery, refusal

    with ThreadPoolExecutor(READERS) as pool:
        ahead: deque[tuple[Delivery, Future]] = deque()
        try:
            for delivery in deliveries:
                ahead.append((delivery, pool.submit(work, delivery)))
                if len(ahead) > 2 * READERS or sum(begun.found.size for begun, _ in ahead) > large_bytes:
                    yield ahead.popleft()[1].result()
            while ahead:
                yield ahead.popleft()[1].result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.end()
            raise
