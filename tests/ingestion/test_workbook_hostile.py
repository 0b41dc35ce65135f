"""Workbooks made to harm whoever opens them: refused with a message, in bounded time and memory, without a trace."""

import io
import os
import signal
import threading
import zipfile

import pytest
from delivered_samples import sample
from workbook_builders import SHEET, WORKBOOK, edited, lying_about, sheet_xml, text_rows, workbook_bytes

from ingestion.isolated.process import ProcessPool
from ingestion.refusal import RefusedFile
from ingestion.text_files import inspect_bytes
from ingestion.xlsx_reader import read_xlsx
from osservatorio.contracts import load_contracts

SPESE = load_contracts()["spese"]
HEADER = list(sample("spese"))
ROW = list(sample("spese").values())
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


def with_entities(part: bytes) -> bytes:
    return ENTITIES + part.split(b"?>", 1)[-1]


def in_utf16(part: bytes) -> bytes:
    return (
        with_entities(part)
        .decode()
        .replace('version="1.0"', 'version="1.0" encoding="UTF-16"')
        .encode("utf-16")
    )


def twice(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def zeros(size: int) -> bytes:
    return b"<a>" + bytes(size) + b"</a>"


HOSTILE = {
    "bomb": (lambda good: edited(good, {"xl/media/a.bin": lambda _: bytes(64 << 20)}), "troppo grande"),
    "bomb that lies": (
        lambda good: lying_about(edited(good, {SHEET: lambda _: zeros(64 << 20)}), SHEET, 900),
        "incompleta o danneggiata",
    ),
    "lies upwards": (lambda good: lying_about(good, SHEET, 400_000), "incompleta o danneggiata"),
    "huge as declared": (lambda good: lying_about(good, SHEET, 600 << 20), "troppo grande"),
    "entities in strings": (
        lambda good: edited(good, {"xl/sharedStrings.xml": with_entities}), "dichiarazioni XML"
    ),
    "entities in the workbook": (lambda good: edited(good, {WORKBOOK: with_entities}), "dichiarazioni XML"),
    "entities in UTF-16": (lambda good: edited(good, {SHEET: in_utf16}), "dichiarazioni XML"),
    "a part twice": (twice, "incompleta o danneggiata"),
    "no sheets": (
        lambda good: edited(good, {WORKBOOK: lambda _: b"<workbook/>"}), "nessun foglio|danneggiata"
    ),
    "sheet that is no XML": (lambda good: edited(good, {SHEET: lambda _: b"<oops"}), "danneggiata"),
    "cut": (lambda good: good[: len(good) * 2 // 3], "incompleta o danneggiata"),
    "password": (
        lambda good: bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "password"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def processes():
    with ProcessPool() as pool:
        yield pool


def read(path, processes):
    return read_xlsx(path, inspect_bytes(path, as_text=False), SPESE, processes)


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_workbooks_are_refused(tmp_path, processes, case):
    make, message = HOSTILE[case]
    path = tmp_path / "f.xlsx"
    path.write_bytes(make(workbook_bytes(tmp_path, [HEADER, ROW])))
    with pytest.raises(RefusedFile, match=message):
        read(path, processes)


def only_process(pool: ProcessPool) -> int:
    """The number of the one process that a pool has started."""
    (process,) = pool._all
    return process._process.pid


def test_a_workbook_that_stalls_the_reader_is_refused_and_the_next_one_is_read(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook_bytes(tmp_path, [HEADER, ROW]))
    with ProcessPool(silence_seconds=0.4) as pool:
        read(path, pool)
        os.kill(only_process(pool), signal.SIGSTOP)
        with pytest.raises(RefusedFile, match=r"troppo a lungo.*formato CSV"):
            read(path, pool)
        pool._silence = 30
        assert read(path, pool).header.known == tuple(HEADER)


def test_a_workbook_that_kills_the_reader_is_refused_and_the_next_one_is_read(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook_bytes(tmp_path, [HEADER, ROW]))
    with ProcessPool() as pool:
        read(path, pool)
        victim = only_process(pool)
        os.kill(victim, signal.SIGSTOP)
        threading.Timer(0.2, os.kill, (victim, signal.SIGKILL)).start()
        with pytest.raises(RefusedFile, match=r"ha fatto cadere il lettore.*formato CSV"):
            read(path, pool)
        assert read(path, pool).header.known == tuple(HEADER)


def test_a_reader_that_died_between_two_files_harms_none(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook_bytes(tmp_path, [HEADER, ROW]))
    with ProcessPool() as pool:
        read(path, pool)
        os.kill(only_process(pool), signal.SIGKILL)
        pool._all[0]._process.wait()
        assert read(path, pool).header.known == tuple(HEADER)


def test_memory_of_the_reader_is_bounded(tmp_path, processes):
    """A cell placed where the quick look does not find it: laying out the sheet fails, and only the file is lost."""
    path = tmp_path / "f.xlsx"
    far = sheet_xml(text_rows([HEADER, ROW])).replace(
        b"</sheetData>", b"<row r='1048576'><c r='XFD1048576' t='str'><v>x</v></c></row></sheetData>"
    )
    path.write_bytes(edited(workbook_bytes(tmp_path, [HEADER]), {SHEET: lambda _: far}))
    with pytest.raises(RefusedFile, match=r"ha fatto cadere il lettore|troppo grande"):
        read(path, processes)


def test_no_process_outlives_the_run(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook_bytes(tmp_path, [HEADER, ROW]))
    with ProcessPool() as pool:
        read(path, pool)
        process = pool._all[0]._process
    assert process.poll() is not None


def test_refused_workbooks_leave_the_others_alone(office, tmp_path):
    good = workbook_bytes(tmp_path, [HEADER, ROW])
    for number, case in enumerate(("bomb", "entities in strings", "a part twice")):
        office.write(f"spese__{number}.xlsx", HOSTILE[case][0](good))
    office.write("spese__buono.xlsx", good)
    outcomes = office.outcomes()
    assert outcomes.pop("spese__buono.xlsx").accepted == 1
    assert {outcome.outcome for outcome in outcomes.values()} == {"refused"}
