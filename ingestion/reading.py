"""From a file that was found to its rows: what it is, what identifies it, and the reader of its format."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingestion.csv_reader import PIECE_BYTES, read_csv
from ingestion.deliveries import FileName, FoundFile, check_place, delivery_id, recognise
from ingestion.headers import COLUMN_MAPS
from ingestion.refusal import RefusedFile
from ingestion.tables import Reading
from ingestion.text_files import FileBytes, inspect_bytes
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
    """What a delivery holds: `tables` are all its rows, read already, or a stream when the file is large."""

    delivery: Delivery
    reading: Reading
    tables: Iterable[pa.Table]
    is_large: bool


def identify(file: FoundFile, folder: Path, extracts: Collection[str]) -> Delivery:
    """Recognise a file and read its bytes once. Raises RefusedFile."""
    check_place(file, folder)
    name = recognise(file, extracts)
    found = inspect_bytes(file.path, as_text=name.format == "csv")
    return Delivery(file, name, found, delivery_id(name.extract, name.is_full_replacement, found.sha256))


def identify_all(
    files: Iterable[FoundFile], folder: Path, extracts: Collection[str]
) -> Iterator[tuple[FoundFile, Delivery | RefusedFile]]:
    """Every file with its delivery, or with why it is refused, in the order given."""

    def work(file: FoundFile) -> tuple[FoundFile, Delivery | RefusedFile]:
        try:
            return file, identify(file, folder, extracts)
        except RefusedFile as refusal:
            return file, refusal

    with ThreadPoolExecutor(READERS) as pool:
        yield from pool.map(work, files)


def read(delivery: Delivery, contract: Contract, maps: Path = COLUMN_MAPS, *, large_bytes: int) -> Content:
    """The content of a delivery; a CSV file larger than `large_bytes` is left to be read piece by piece.

    Raises RefusedFile, which a stream may also raise while it is read.
    """
    if delivery.name.format == "xlsx":
        from ingestion.xlsx_reader import read_xlsx

        reading = read_xlsx(delivery.file.path, delivery.found, contract, maps=maps)
    else:
        piece_bytes = min(PIECE_BYTES, large_bytes)
        reading = read_csv(delivery.file.path, delivery.found, contract, maps=maps, piece_bytes=piece_bytes)
    if delivery.name.format == "csv" and delivery.found.size > large_bytes:
        return Content(delivery, reading, reading.tables, is_large=True)
    tables = [table for table in reading.tables if table.num_rows]
    if not tables:
        raise RefusedFile("Il file contiene solo i titoli delle colonne, senza righe: esportarlo di nuovo.")
    return Content(delivery, reading, tables, is_large=False)


def read_all(
    deliveries: Iterable[Delivery], contract: Contract, maps: Path, *, large_bytes: int
) -> Iterator[tuple[Delivery, Content | RefusedFile]]:
    """The contents in the order given, some files ahead of the one being landed."""

    def work(delivery: Delivery) -> tuple[Delivery, Content | RefusedFile]:
        try:
            return delivery, read(delivery, contract, maps, large_bytes=large_bytes)
        except RefusedFile as refusal:
            return delivery, refusal

    with ThreadPoolExecutor(READERS) as pool:
        ahead: deque = deque()
        for delivery in deliveries:
            ahead.append(pool.submit(work, delivery))
            if len(ahead) > 2 * READERS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
