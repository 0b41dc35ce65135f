"""Parquet files: values become the text that an office would have typed, and a record's row is its number."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delivered_samples import sample

from ingestion.deliveries import FileName
from ingestion.isolated.process import ProcessPool
from ingestion.parquet_reader import read_parquet
from ingestion.reading import Delivery, read
from ingestion.refusal import RefusedFile
from ingestion.sources import FoundFile
from ingestion.tables import ROW
from ingestion.text_files import inspect_bytes
from osservatorio.contracts import load_contracts

SPESE = load_contracts()["spese"]
HEADER = list(sample("spese"))


def parquet_bytes(columns: dict[str, object], rows: int = 1, **options) -> bytes:
    """A file with the required columns as text, and others in their place or beside them."""
    texts = {name: [value] * rows for name, value in sample("spese").items()}
    out = io.BytesIO()
    pq.write_table(pa.table(texts | columns), out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def processes():
    with ProcessPool() as pool:
        yield pool


@pytest.fixture
def values_of(tmp_path, processes):
    """The delivered text of one column."""

    def read(column: pa.Array, name: str = "importo") -> list[str | None]:
        path = tmp_path / "f.parquet"
        path.write_bytes(parquet_bytes({name: column}, len(column)))
        reading = read_parquet(
            path, inspect_bytes(path, as_text=False), SPESE, processes, large_bytes=1 << 20
        )
        return [text for table in reading.tables for text in table.column(name).to_pylist()]

    return read


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([7, -1, None], pa.int16(), ["7", "-1", None]),
        ([2**63], pa.uint64(), ["9223372036854775808"]),
        ([1234.5, 0.1, 1e5, 1e-7, None], pa.float64(), ["1234,5", "0,1", "100000", "0,0000001", None]),
        ([0.1], pa.float32(), ["0,1"]),
        ([Decimal("1234.500"), Decimal("-0.5")], pa.decimal128(9, 3), ["1234,500", "-0,500"]),
        ([Decimal("1.234")], pa.decimal256(40, 3), ["1,234"]),
        ([True, False, None], pa.bool_(), ["VERO", "FALSO", None]),
        ([date(2022, 6, 30)], pa.date32(), ["2022-06-30"]),
        ([date(2022, 6, 30)], pa.date64(), ["2022-06-30"]),
        ([datetime(2022, 6, 30, 10, 5)], pa.timestamp("ns"), ["2022-06-30 10:05:00"]),
        ([time(10, 5)], pa.time64("ns"), ["10:05:00"]),
        (["a", " b ", "", None], pa.large_string(), ["a", "b", None, None]),
        (["è", "€"], pa.string_view(), ["è", "€"]),
        ([b"abc"], pa.binary(), ["abc"]),
        ([None], pa.null(), [None]),
    ],
)
def test_values_of_every_kind(values_of, values, kind, texts):
    assert values_of(pa.array(values, kind)) == texts


def test_categories_are_their_values(values_of):
    assert values_of(pa.array(["a", "b", "a", None]).dictionary_encode()) == ["a", "b", "a", None]
    days = pa.array([date(2022, 6, 30), None], pa.date32()).dictionary_encode()
    assert values_of(days) == ["2022-06-30", None]


def test_moments_are_those_of_the_clock_here(values_of):
    """Midnight of 30 June in Italy, however it was kept, is no day before."""
    moment = datetime(2022, 6, 29, 22, tzinfo=UTC)
    for zone in ("UTC", "Europe/Rome", "+00:00"):
        assert values_of(pa.array([moment], pa.timestamp("us", zone))) == ["2022-06-30 00:00:00"]


@pytest.mark.parametrize(
    "days",
    [
        pa.array([None, 2**61], pa.timestamp("us")),
        pa.array([2**61], pa.timestamp("us", "UTC")),
        pa.array([-(2**30)], pa.date32()),
        pa.array([2**30], pa.date32()).dictionary_encode(),
    ],
)
def test_days_without_a_name_are_refused(values_of, days):
    with pytest.raises(RefusedFile, match="fuori dagli anni 1-9999"):
        values_of(days, "data_competenza")


def test_the_first_and_the_last_days_have_names(values_of):
    for kind in (pa.date32(), pa.date64()):
        assert values_of(pa.array([date(1, 1, 2), None, date(9999, 12, 30)], kind)) == [
            "0001-01-02",
            None,
            "9999-12-30",
        ]
    assert values_of(pa.array([None], pa.timestamp("us"))) == [None]


def test_rows_are_record_numbers_and_it_is_said(office):
    rows = [sample("spese", i) for i in range(5)]
    rows[3]["data_competenza"] = "31/02/2022"
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=2)
    outcome = office.deliver("spese.parquet", out.getvalue())
    assert (outcome.rows_read, outcome.accepted) == (5, 4)
    assert office.rules() == [("spese.parquet", 4, "data_competenza.formato")]
    assert "numero del record, contando da 1" in outcome.message
    assert office.query("select format from meta.deliveries") == [("parquet",)]


def test_columns_in_any_order_unknown_ones_are_not_read(office):
    columns = dict(reversed(sample("spese").items()))
    unknown = {"Cognome e nome": ["Rossi"], "figli": [[1, 2]], "PIC": [{"a": 1}]}
    out = io.BytesIO()
    pq.write_table(pa.table({name: [value] for name, value in columns.items()} | unknown), out)
    outcome = office.deliver("spese.parquet", out.getvalue())
    assert outcome.accepted == 1
    assert "cognome_e_nome, figli, pic" in outcome.message


def test_a_large_file_lands_piece_by_piece(office):
    rows = [sample("spese", i) for i in range(6000)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    office.write("spese.parquet", out.getvalue())
    outcome = office.outcomes(batch_bytes=50_000)["spese.parquet"]
    assert (outcome.rows_read, outcome.accepted) == (6000, 6000)
    assert office.query("select min(source_row), max(source_row), count(*) from landing.spese") == [
        (1, 6000, 6000)
    ]


def test_characters_that_no_one_can_read_set_their_row_aside(office):
    office.deliver("spese.parquet", parquet_bytes({"id_spesa": ["a", "b\0c", "d"]}, 3))
    assert office.rules() == [("spese.parquet", 2, "riga.caratteri")]


def corrupt(content: bytes) -> bytes:
    """Pages damaged inside a file whose description is sound."""
    return content[:4] + bytes(200) + content[204:]


def many_rows() -> bytes:
    """A million and more records, all the same, in a few kilobytes."""
    out = io.BytesIO()
    pq.write_table(pa.table({name: pa.nulls(1_100_000, pa.string()) for name in HEADER}), out)
    return out.getvalue()


REFUSED = {
    "empty": (lambda: b"", "è vuoto"),
    "text": (lambda: b"codice_ente;importo\n", "non è in formato Parquet"),
    "cut": (lambda: parquet_bytes({})[:-20], "incompleto o danneggiato"),
    "corrupt": (lambda: corrupt(parquet_bytes({})), "incompleto o danneggiato"),
    "no records": (lambda: parquet_bytes({}, 0), "senza righe"),
    "bomb": (many_rows, "numero di righe enorme"),
    "nested": (lambda: parquet_bytes({"importo": [[1, 2]]}), "«importo» contiene elenchi"),
    "bytes": (lambda: parquet_bytes({"id_spesa": [b"\xff\xfe"]}), "byte che non sono testo"),
    "twice": (lambda: parquet_bytes({"ID Spesa": ["x"]}), "due volte"),
    "missing": (
        lambda: parquet_bytes({}).replace(b"importo", b"imporxx"), "«importo»"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_files(tmp_path, processes, case):
    make, message = REFUSED[case]
    path = tmp_path / "f.parquet"
    path.write_bytes(make())
    found = inspect_bytes(path, as_text=False)
    name = FileName("spese", "parquet", is_full_replacement=False)
    delivery = Delivery(FoundFile(path, "spese.parquet"), name, found, "x")
    with pytest.raises(RefusedFile, match=message):
        read(delivery, SPESE, processes, large_bytes=1 << 20)


def test_the_first_record_is_row_one(tmp_path, processes):
    path = tmp_path / "f.parquet"
    path.write_bytes(parquet_bytes({}, 2))
    reading = read_parquet(path, inspect_bytes(path, as_text=False), SPESE, processes, large_bytes=1 << 20)
    for _ in range(2):  # the records can be read again
        assert [row for table in reading.tables for row in table.column(ROW).to_pylist()] == [1, 2]
