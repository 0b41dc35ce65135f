"""A request to stop that a library dropped, going on: the command stops before the next step that stays."""

import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import ingest
from osservatorio import interruption, pipeline
from osservatorio.audit_check import verify
from osservatorio.commands.recording import STOPPED, recorded
from osservatorio.database import connect
from osservatorio.doctor import Patient, ask
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.keys import load_key
from osservatorio.rewriting import rewrite_database
from osservatorio.settings import Settings

NOW = datetime(2024, 1, 15).astimezone()
SETTINGS = Settings()


@pytest.fixture(autouse=True)
def received(monkeypatch) -> list[int]:
    """What the process has received: nothing so far."""
    numbers: list[int] = []
    monkeypatch.setattr(interruption, "_received", numbers)
    return numbers


def drop() -> None:
    """Be asked to stop where the exception leads to nothing, as while DuckDB imports a module."""
    with suppress(KeyboardInterrupt):
        interruption._interrupt(signal.SIGTERM, None)


def dropping(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, in the midst of which a request to stop is dropped."""

    def worked(*arguments: Any, **named: Any) -> Any:
        drop()
        return work(*arguments, **named)

    return worked


def deliveries(home: Home) -> int:
    with connect(home.landing, read_only=True) as con:
        return con.execute("select count(*) from meta.deliveries").fetchall()[0][0]


@pytest.mark.parametrize("small_pieces", [False, True], ids=["last_piece", "many_pieces"])
def test_nothing_is_landed_after_it(few_deliveries: Path, home: Home, monkeypatch, received, small_pieces):
    landed = []
    land = ingest.RowChecker.land

    def landing(*arguments: Any) -> Any:
        landed.append(dropping(land)(*arguments))
        return landed[-1]

    options = {"batch_bytes": 4096} if small_pieces else {}
    with monkeypatch.context() as patch:
        patch.setattr(ingest.RowChecker, "land", landing)
        # What is prepared meanwhile is told to end, and may be heard first.
        with pytest.raises((KeyboardInterrupt, duckdb.InterruptException)):
            ingest.ingest(few_deliveries, home, load_key(home), loaded_at=NOW, **options)
    assert len(landed) == 1
    assert deliveries(home) == 0
    received.clear()
    pipeline.ingest_only(home, few_deliveries, now=NOW, settings=SETTINGS)
    assert deliveries(home) == len(list(few_deliveries.iterdir()))


def test_no_stage_begins_after_it(few_deliveries: Path, home: Home, monkeypatch):
    monkeypatch.setattr(pipeline, "_ingest", dropping(pipeline._ingest))
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(home, few_deliveries, now=NOW, settings=SETTINGS)
    assert not (home.work / pipeline.VERDICT).exists()
    assert not list(home.work.rglob("*.duckdb"))


@pytest.mark.landing_by_hand
def test_no_archive_is_replaced_after_it(tmp_path: Path):
    path = tmp_path / "prova.duckdb"
    with connect(path) as con:
        con.execute("create table t as select range as n from range(1000)")
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        rewrite_database(path, dropping(lambda _: {("main", "t"): "select n from prova.main.t where n < 10"}))
    assert path.read_bytes() == before


@pytest.mark.parametrize("error", [RuntimeError, duckdb.InterruptException, UserError])
def test_what_a_library_makes_of_it_is_no_finding(home: Home, error):
    def check(_: Patient):
        drop()
        raise error("Query interrupted")
        yield

    with pytest.raises(KeyboardInterrupt):
        ask("Archivio", check, Patient(home, NOW))


def test_the_log_says_interrupted_whatever_a_library_made_of_it(home: Home):
    with suppress(RuntimeError), recorded(home, "run"):
        drop()
        raise RuntimeError("Query interrupted")
    last = verify(home).entries[-1]
    assert last.phase == STOPPED
    assert "errore" not in last.facts
