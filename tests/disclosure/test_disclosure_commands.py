"""`osservatorio disclosure`, as a user gives it."""

import json
from dataclasses import dataclass
from datetime import datetime

import pytest
from by_hand import SERVICES, TOWNS, known_of, printed, rows

from osservatorio import cli
from osservatorio.home import Home
from osservatorio.keys import new_key
from reporting.disclosure.cells import ProtectedSet
from reporting.disclosure.protect import protect_for
from reporting.disclosure.tidy import csv_of, structure_of

BOTH = ("comune", "servizio")
KNOWN = known_of(TOWNS, SERVICES)
GIVEN = rows(KNOWN, "casi", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))


@pytest.fixture
def home(tmp_path) -> Home:
    place = Home(tmp_path / "casa")
    place.prepare()
    new_key(place)
    return place


@dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    exit_code: int
    stdout: str
    output: str


@pytest.fixture
def run(home, monkeypatch, capsys):
    monkeypatch.setattr(cli, "watch_for_interruption", lambda: None)

    def command(*words) -> Done:
        monkeypatch.setattr(
            "sys.argv", ["osservatorio", "--home", str(home.root), "disclosure", *map(str, words)]
        )
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return Done(ended.value.code, told.out, told.out + told.err)

    return command


@pytest.fixture
def exported(home):
    return protect_for(
        home,
        ProtectedSet(KNOWN, (GIVEN,)),
        release="r1",
        export="assemblea 2022",
        at=datetime(2023, 3, 1, 10, 5),
    )


def test_an_empty_register(run):
    assert "ancora esportata" in run("ledger").output
    done = run("audit")
    assert done.exit_code == 0
    assert "nulla è stato ancora esportato" in done.output


def test_the_register_is_listed(run, exported):
    shown = run("ledger")
    assert shown.exit_code == 0
    for words in ("assemblea 2022", "2023-03-01 10:05", "r1", "16", "4"):
        assert words in shown.output
    (line,) = json.loads(run("ledger", "--json").stdout)["exports"]
    assert line == {
        "n": 1,
        "at": "2023-03-01T10:05:00",
        "export": "assemblea 2022",
        "release": "r1",
        "threshold": 5,
        "tables": 1,
        "cells": 16,
        "withheld": 4,
        "rounded": 0,
    }


@pytest.mark.parametrize("more", [(), ("--esatto",)])
def test_the_register_is_attacked(run, exported, more):
    done = run("audit", *more)
    assert done.exit_code == 0, done.output
    assert "Nessuna cella oscurata si può ricavare." in done.output
    found = json.loads(run("audit", "--json", *more).stdout)
    assert found["safe"] is True
    assert found["tables"][0]["withheld"] == 4


def test_a_file_that_gives_something_away(run, tmp_path):
    file = tmp_path / "tabelle.csv"
    file.write_bytes(csv_of([printed(GIVEN, [("Barlassina", "adm")])]))
    done = run("audit", file)
    assert done.exit_code == 1
    assert "ATTENZIONE: 1 cella si può ricavare" in done.output
    assert "vale esattamente 2; basta sapere: tabelle.csv: casi" in done.output
    (breach,) = json.loads(run("audit", file, "--json").stdout)["breaches"]
    assert breach["place"] == {"comune": "Barlassina", "servizio": "adm"}
    assert (breach["low"], breach["high"]) == (2, 2)


def test_a_file_whose_figures_contradict_each_other(run, tmp_path):
    file = tmp_path / "t.csv"
    rows_ = ["A,7", "B,9", "AMBITO,20"], ["A,7", "B,9", "AMBITO,3"]
    lines = [f"t{n},{row.replace(',', ',minori,')},no" for n, part in enumerate(rows_) for row in part]
    file.write_text("tabella,comune,misura,valore,oscurato\n" + "\n".join(lines) + "\n", "utf-8")
    done = run("audit", file)
    assert done.exit_code == 2
    assert "si contraddicono" in done.output
    assert "Accanto manca «struttura.json»" in " ".join(done.output.split())
    assert "Traceback" not in done.output
    (tmp_path / "struttura.json").write_bytes(structure_of(KNOWN, []))
    again = run("audit", file)
    assert again.exit_code == 2
    assert "Controlla che le tabelle siano dello stesso periodo" in " ".join(again.output.split())


def test_a_threshold_of_the_user(run, tmp_path):
    file = tmp_path / "tabelle.csv"
    corners = [("Barlassina", "adm"), ("Barlassina", "affido"), ("Cesano", "adm"), ("Cesano", "affido")]
    file.write_bytes(csv_of([printed(GIVEN, corners)]))
    assert run("audit", file, "--soglia", 30).exit_code == 0
    assert run("audit", file, "--soglia", 40).exit_code == 1
    refused = run("audit", file, "--soglia", 2)
    assert refused.exit_code == 2
    assert "il minimo è 3" in refused.output


def test_a_register_that_was_changed(run, home, exported):
    (file,) = home.disclosure.glob("*.json")
    file.write_text(file.read_text("utf-8").replace("assemblea", "governance"), "utf-8")
    for words in ("ledger", "audit"):
        done = run(words)
        assert done.exit_code == 2
        assert "non è come è stato scritto" in done.output
