"""Damaged and random bytes under every name: rows or a refusal, never anything else."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delivered_samples import csv_bytes, sample, write_workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.deliveries import find_files
from ingestion.isolated.process import ProcessPool
from ingestion.reading import identify_all, read
from ingestion.refusal import RefusedFile
from osservatorio.contracts import load_contracts

CONTRACTS = load_contracts()
ROWS = [sample("reclami", i) for i in range(4)]


def workbook() -> bytes:
    with TemporaryDirectory() as place:
        rows = [list(ROWS[0]), *(list(row.values()) for row in ROWS)]
        return write_workbook(Path(place) / "f.xlsx", {"Dati": rows}).read_bytes()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("reclami.csv", csv_bytes(ROWS))
        package.writestr("reclami.xlsx", workbook())
    return out.getvalue()


SOUND = {"xlsx": workbook(), "parquet": parquet(), "zip": archive()}


@pytest.fixture(scope="module")
def processes():
    with ProcessPool() as pool:
        yield pool


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sound file with some bytes changed, or cut, or anything at all."""
    suffix = draw(st.sampled_from(sorted(SOUND)))
    content = bytearray(SOUND[suffix])
    if draw(st.integers(0, 4)) == 0:
        return suffix, draw(st.binary(max_size=300))
    for place, byte in draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)
    ):
        content[place] = byte
    return suffix, bytes(content[: draw(st.integers(len(content) // 2, len(content)))])


@given(st.lists(damaged(), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_damaged_files(processes, files):
    with TemporaryDirectory() as place:
        folder = Path(place)
        for number, (suffix, content) in enumerate(files):
            (folder / f"reclami__{number}.{suffix}").write_bytes(content)
        for file, delivery in identify_all(find_files(folder), folder, CONTRACTS):
            if isinstance(delivery, RefusedFile):
                assert delivery.message, file
                continue
            with suppress(RefusedFile):
                content = read(delivery, CONTRACTS["reclami"], processes, large_bytes=1 << 20)
                assert sum(table.num_rows for table in content.tables)
