"""One run over a folder: what becomes of every file, and what a failure, a foreign key or a locked place leave."""

import json
import subprocess
import sys

import pytest
from delivered_samples import LEAD, OTHER_BODY, csv_bytes, sample

from ingestion import batches
from ingestion.ingest import deliveries_status, ingest, quarantine_rows
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.keys import Key


def test_one_refused_file_among_good_ones(office):
    office.write("reclami.csv", [sample("reclami")])
    office.write("spese.csv", b"")
    office.write("appunti.txt", b"ciao")
    office.write("spese__vuote.csv", csv_bytes([sample("spese")]).split(b"\n")[0])
    outcomes = office.outcomes()
    assert {name: outcome.outcome for name, outcome in outcomes.items()} == {
        "appunti.txt": "refused",
        "reclami.csv": "landed",
        "spese.csv": "refused",
        "spese__vuote.csv": "refused",
    }
    assert "senza righe" in outcomes["spese__vuote.csv"].message
    assert outcomes["appunti.txt"].extract is None
    office.ingest()
    assert office.query("select outcome, count(*) from meta.deliveries group by all order by all") == [
        ("landed", 1),
        ("refused", 3),
    ]
    office.deliver("spese.csv", [sample("spese")])
    assert office.query("select outcome from meta.deliveries where file_name = 'spese.csv'") == [("landed",)]


def test_a_file_with_several_bodies_names_them_all(office):
    office.deliver(
        "reclami.csv", [sample("reclami"), sample("reclami", 1, codice_ente=OTHER_BODY, gravita="?")]
    )
    assert office.query("select codice_ente from meta.deliveries") == [
        (",".join(sorted((LEAD, OTHER_BODY))),)
    ]
    with connect(office.home.landing, read_only=True) as con:
        assert [row["codice_ente"] for row in quarantine_rows(con)] == [OTHER_BODY]


def test_status_and_quarantine_are_plain_values(office):
    office.write("spese.csv", b"")
    office.deliver("reclami.csv", [sample("reclami", gravita="?")])
    with connect(office.home.landing, read_only=True) as con:
        deliveries, rows = deliveries_status(con), quarantine_rows(con)
    names = {"file", "extract", "outcome", "rows_read", "accepted", "quarantined", "waiting", "message"}
    assert all(names <= set(delivery) for delivery in deliveries)
    assert [delivery["outcome"] for delivery in deliveries] == ["landed", "refused"]
    assert {"file", "row", "column", "rule", "message", "extract", "codice_ente"} <= set(rows[0])
    assert (rows[0]["file"], rows[0]["row"], rows[0]["column"]) == ("reclami.csv", 2, "gravita")
    assert json.loads(json.dumps([deliveries, rows])) == [deliveries, rows]


def test_a_failure_in_a_batch_leaves_nothing_of_it(office, monkeypatch):
    office.write("reclami__a.csv", [sample("reclami", 1)])
    office.write("reclami__b.csv", [sample("reclami", 2, gravita="?")])
    office.write("minori.csv", [sample("minori")])

    def fail(*_):
        raise RuntimeError("interrotto")

    with monkeypatch.context() as patch:
        real = batches.RowChecker._check
        patch.setattr(
            batches.RowChecker,
            "_check",
            lambda self, *args: fail() if self.contract.extract == "reclami" else real(self, *args),
        )
        with pytest.raises(RuntimeError):
            office.ingest()
    assert office.query("select count(*) from landing.minori") == [(1,)]
    assert office.query("select count(*) from landing.reclami") == [(0,)]
    assert office.query("select count(*) from quarantine.rows") == [(0,)]
    assert office.query("select file_name from meta.deliveries") == [("minori.csv",)]
    outcomes = office.outcomes()
    assert [outcomes[name].outcome for name in sorted(outcomes)] == ["already_landed", "landed", "landed"]


def test_rows_that_do_not_balance_are_never_landed(office, monkeypatch):
    real = batches.RowChecker._append
    monkeypatch.setattr(batches.RowChecker, "_append", lambda self, query: real(self, query) - 1)
    office.write("reclami.csv", [sample("reclami")])
    with pytest.raises(AssertionError, match="rows delivered"):
        office.ingest()
    assert office.query("select count(*) from landing.reclami") == [(0,)]


def test_another_key_is_not_mixed_with_the_first(office):
    office.deliver("minori.csv", [sample("minori")])
    office.write("minori__2.csv", [sample("minori", 1)])
    with pytest.raises(UserError, match="chiave"):
        ingest(office.folder, office.home, Key("altra", b"x" * 32), loaded_at=office.loaded_at)


def test_folders_without_anything_to_load(office):
    with pytest.raises(UserError, match="è vuota"):
        office.ingest()
    office.write("bilancio.csv", b"a;b\n1;2\n")
    office.write("appunti.txt", b"x")
    with pytest.raises(UserError, match=r"<estratto>\[__altro\] con estensione .csv"):
        office.ingest()
    assert not office.home.landing.exists()


def test_a_landing_in_use_by_another_process(office):
    office.deliver("minori.csv", [sample("minori")])
    hold = (
        "import sys; from pathlib import Path; from osservatorio.database import connect; "
        "con = connect(Path(sys.argv[1])); print('preso', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", hold, str(office.home.landing)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        process.stdout.readline()
        with pytest.raises(UserError, match="in uso"):
            office.ingest()
    finally:
        process.communicate()


def test_a_home_that_cannot_be_written(office):
    office.write("minori.csv", [sample("minori")])
    office.home = Home(office.folder.parent / "nota")
    office.home.root.write_text("non è una cartella")
    with pytest.raises(UserError, match="Non riesco a scrivere"):
        office.ingest()
    office.home.root.unlink()


def test_progress_counts_every_file(office):
    office.write("reclami.csv", [sample("reclami")])
    office.write("spese.csv", b"")
    seen = []
    office.ingest(progress=lambda *step: seen.append(step))
    assert [(done, total) for _, done, total in seen] == [(1, 2), (2, 2)]
