"""Files are read ahead of the one being landed, and no further when the command is interrupted."""

from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from ingestion import reading
from ingestion.isolated.process import ProcessPool
from osservatorio.contracts import load_contracts

PATIENCE = 120  # seconds


def test_closed_before_its_end_it_begins_no_other_file(monkeypatch):
    begun, ended = [], Event()
    first, *others = (SimpleNamespace(number=number, found=SimpleNamespace(size=1)) for number in range(9))

    def read(delivery: SimpleNamespace, *_: object, **__: object) -> SimpleNamespace:
        begun.append(delivery.number)
        if delivery != first:
            assert ended.wait(PATIENCE)  # as a reader whose process is at work
        return delivery

    class Processes(ProcessPool):
        def end(self) -> None:
            super().end()
            ended.set()

    monkeypatch.setattr(reading, "read", read)
    contract = load_contracts()["minori"]
    contents = reading.read_all([first, *others], contract, Processes(), Path(), large_bytes=1 << 20)
    assert next(contents) == (first, first)
    contents.close()
    assert ended.is_set()
    assert set(begun) <= set(range(1 + reading.READERS))


def test_ended_processes_are_lent_no_more():
    with ProcessPool() as pool:
        pass
    with pytest.raises(RuntimeError), pool.lend():
        pass
