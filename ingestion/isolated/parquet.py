"""A Parquet file opened in the isolated process: its columns, and its records as delivered text."""

import json
from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from ingestion.isolated.cells import packed_texts
from ingestion.isolated.frames import BYTES, FACTS
from ingestion.refusal import RefusedFile

MAGIC = b"PAR1"
CHUNK_ROWS = 50_000
MANY_ROWS = 1_000_000
MAX_ROWS_PER_BYTE = 20  # records that differ take more than a byte; a file that says otherwise is a bomb
MAX_COLUMNS = 2_000
HOME_ZONE = "Europe/Rome"

DAMAGED = "Il file Parquet è incompleto o danneggiato: esportarlo di nuovo e consegnarlo."
_NOT_PARQUET = "Il file si chiama .parquet ma non è in formato Parquet: esportarlo di nuovo, o consegnarlo come .csv o .xlsx."
_TOO_MANY_ROWS = (
    "Il file Parquet dichiara un numero di righe enorme rispetto alla sua dimensione e non viene letto: consegnare i "
    "dati in formato CSV."
)
_ZONES = "Il file Parquet contiene orari con un fuso che qui non si può leggere: esportare le date come date, senza orario."
_FAR_YEARS = (
    "Il file Parquet contiene date fuori dagli anni 1-9999 (di solito orari esportati male): esportare di nuovo il file con le "
    "date come date, senza orario."
)
_NOT_TEXT = "Il file Parquet contiene una colonna di byte che non sono testo: esportarla come testo."

# Days that every calendar here can show, counted from 1970, less one at each end for time zones.
_FIRST_DAY, _LAST_DAY = (
    day.toordinal() - date(1970, 1, 1).toordinal() for day in (date(1, 1, 2), date(9999, 12, 30))
)
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}

Answer = Iterator[tuple[bytes, bytes]]


class OpenParquet:
    """A Parquet file. Raises RefusedFile when it cannot be read."""

    def __init__(self, content: bytes) -> None:
        if not content.startswith(MAGIC):
            raise RefusedFile(_NOT_PARQUET)
        pa.set_memory_pool(pa.system_memory_pool())  # the others reserve more than they use
        pa.set_cpu_count(1)
        try:
            self._file = pyarrow.parquet.ParquetFile(pa.BufferReader(content), pre_buffer=False)
            self._schema = self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError) as error:
            raise RefusedFile(DAMAGED) from error
        rows = self._file.metadata.num_rows
        if (rows > MANY_ROWS and rows > MAX_ROWS_PER_BYTE * len(content)) or len(self._schema) > MAX_COLUMNS:
            raise RefusedFile(_TOO_MANY_ROWS)

    def describe(self) -> Answer:
        """One frame: the number of records, the titles, the places of the columns that hold more than one value."""
        nested = [place for place, field in enumerate(self._schema) if not _is_plain(field.type)]
        facts = {"rows": self._file.metadata.num_rows, "titles": self._schema.names, "nested": nested}
        yield FACTS, json.dumps(facts).encode()

    def rows(self, columns: list[int]) -> Answer:
        """The records, by chunks: their number, then each of the columns at those places, as text."""
        names = [self._schema.names[place] for place in columns]
        try:
            for batch in self._file.iter_batches(CHUNK_ROWS, columns=names, use_threads=False):
                yield FACTS, json.dumps({"rows": batch.num_rows, "is_empty": False}).encode()
                for name in names:
                    yield BYTES, _packed(batch.column(name))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise RefusedFile(DAMAGED) from error


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return not (pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType))


def _packed(column: pa.Array) -> bytes:
    """A column as Arrow's text buffers: the 32-bit offsets, one more than the values, then the UTF-8."""
    _check_years(column.dictionary if pa.types.is_dictionary(column.type) else column)
    text = _as_text(column)
    if text is None:
        return packed_texts(_python_values(column))
    text = pc.fill_null(text, "")
    offsets, content = text.buffers()[1], text.buffers()[2]
    starts = memoryview(offsets).cast("i")[text.offset : text.offset + len(text) + 1]
    if text.offset or starts[0]:
        return packed_texts(text.to_pylist())
    return b"".join((starts, memoryview(content or b"")[: starts[-1]]))


def _check_years(column: pa.Array) -> None:
    """Raise RefusedFile for days that have no name, as moments kept in a wrong unit give."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        days, per_day = column.cast(pa.int64()), _PER_DAY[kind.unit]
    elif pa.types.is_date(kind):
        days, per_day = column.cast(pa.date32()).cast(pa.int32()), 1
    else:
        return
    ends = pc.min_max(days)
    if column.null_count < len(column) and not (
        _FIRST_DAY * per_day <= ends["min"].as_py() and ends["max"].as_py() <= _LAST_DAY * per_day
    ):
        raise RefusedFile(_FAR_YEARS)


def _as_text(column: pa.Array) -> pa.StringArray | None:
    """The column as text where Arrow writes it as an office would; None where it does not."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_decimal(kind):
        return pc.replace_substring(column.cast(pa.string()), ".", ",") if kind.scale >= 0 else None
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "VERO", "FALSO")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        try:
            return column.cast(pa.binary()).cast(pa.string())
        except pa.ArrowInvalid as error:
            raise RefusedFile(_NOT_TEXT) from error
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    return None


def _python_values(column: pa.Array) -> list[object]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _python_values(column.dictionary_decode())
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        shortest = column.cast(pa.float32()).cast(pa.string())  # 0.1, where 64 bits show 0.10000000149
        return [None if text is None else float(text) for text in shortest.to_pylist()]
    if pa.types.is_timestamp(kind):
        if kind.tz:
            column = _at_home(column)
        column = column.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        unit = pa.time64("us") if pa.types.is_time(kind) else pa.duration("us")
        column = column.cast(unit, safe=False)
    return column.to_pylist()


def _at_home(column: pa.Array) -> pa.Array:
    """Moments as the clock showed them here: midnight stays midnight of its day, also where it was kept as UTC."""
    try:
        return pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, HOME_ZONE)))
    except pa.ArrowInvalid as error:
        raise RefusedFile(_ZONES) from error
