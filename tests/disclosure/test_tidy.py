"""Protected tables as files for anyone: one row per cell, and the same read back by the attacker."""

import csv
import io
from dataclasses import replace

import pytest
from by_hand import FIVE, SERVICES, TOWNS, guard, known_of, rows, table, withheld

from osservatorio.errors import UserError
from reporting.disclosure.attacker import audit
from reporting.disclosure.cells import ProtectedSet, PublishedCell, PublishedTable
from reporting.disclosure.scheme import Combine, Measure, Rate, scheme_as_json
from reporting.disclosure.tidy import SIGN, csv_of, read_publications, structure_of

BOTH = ("comune", "servizio")
KNOWN = known_of(TOWNS, SERVICES)


@pytest.fixture
def tables():
    given = rows(KNOWN, "casi", BOTH, (2, 0, 40), (35, 45, 50), (60, 70, 1))
    towns = table(KNOWN, "comuni", ["comune"], {"Barlassina": 42, "Cesano": 130, "Desio": 131})
    return guard(ProtectedSet(KNOWN, (given, towns))).tables


def test_one_row_per_cell_and_one_sign_for_all_that_is_withheld(tables):
    lines = list(csv.DictReader(io.StringIO(csv_of(tables).decode())))
    assert list(lines[0]) == ["tabella", "comune", "servizio", "misura", "valore", "oscurato"]
    assert len(lines) == sum(len(t.cells) for t in tables)
    assert {line["valore"] for line in lines if line["oscurato"] == "si"} == {SIGN}
    assert all(line["valore"].isdigit() for line in lines if line["oscurato"] == "no")
    assert {line["servizio"] for line in lines if line["tabella"] == "comuni"} == {""}


def test_files_read_back_are_what_left(tables, tmp_path):
    (tmp_path / "tabelle.csv").write_bytes(csv_of(tables))
    (tmp_path / "struttura.json").write_bytes(structure_of(KNOWN, tables))
    (publication,) = read_publications(tmp_path)
    assert [t.cells for t in publication.tables] == [t.cells for t in tables]
    assert scheme_as_json(publication.known) == scheme_as_json(KNOWN)
    assert audit([publication], FIVE).breaches == ()
    assert [t.withheld for t in audit([publication], FIVE).tables] == [t.withheld for t in tables]


def test_files_without_their_structure_are_attacked_with_what_their_totals_show(tables, tmp_path):
    file = tmp_path / "tabelle.csv"
    file.write_bytes(csv_of(tables))
    (publication,) = read_publications(file)
    assert publication.known.dimensions["comune"].total == "AMBITO"
    assert audit([publication], FIVE).breaches == ()
    text = file.read_text("utf-8")
    place = min(withheld(tables[0]))
    hole = f"casi,{place[0]},{place[1]},minori,{SIGN},si"
    assert hole in text
    true = {("Barlassina", "adm"): 2, ("Barlassina", "affido"): 0, ("Barlassina", "incontri"): 40}
    file.write_text(text.replace(hole, f"casi,{place[0]},{place[1]},minori,{true[place]},no"), "utf-8")
    assert audit(read_publications(file), FIVE).breaches != ()


def test_totals_that_are_no_sums_are_taken_for_distinct_ones(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(
        "tabella,servizio,misura,valore,oscurato\nt,adm,minori,10,no\nt,affido,minori,8,no\nt,TUTTI,minori,15,no\n",
        "utf-8",
    )
    (publication,) = read_publications(file)
    assert publication.known.measures["minori"].combine("servizio") is Combine.DISTINCT


def test_rates_and_rounded_tables_are_described(tmp_path):
    known = known_of(
        TOWNS,
        measures=[Measure("minori"), Measure("residenti")],
        rates=[Rate("tasso", "minori", "residenti", 1000, 1)],
    )
    cells = tuple(PublishedCell((t,), "minori", 5 * n) for n, t in enumerate(TOWNS.children["AMBITO"]))
    rounded = PublishedTable("r", ("comune",), cells, base=5)
    (tmp_path / "r.csv").write_bytes(csv_of([rounded]))
    (tmp_path / "struttura.json").write_bytes(structure_of(known, [rounded]))
    (publication,) = read_publications(tmp_path)
    assert publication.tables[0].base == 5
    assert publication.known.rates == known.rates


def test_no_cell_starts_a_formula():
    nasty = PublishedTable("=1+1", ("comune",), (PublishedCell(("=cmd()",), "minori", 9),))
    line = csv_of([replace(nasty, key="t")]).decode().splitlines()[1]
    assert not line.split(",")[1].startswith("=")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "non è un file di celle"),
        ("", "non è un file di celle"),
        (
            "tabella,comune,misura,valore,oscurato\nt,Desio,minori,dodici,no\n",
            "riga 2.*«dodici» non è un numero",
        ),
        (
            "tabella,comune,eta,misura,valore,oscurato\nt,Desio,0-5,minori,1,no\nt,,6-11,minori,1,no\n",
            "senza tutte le sue dimensioni",
        ),
    ],
)
def test_a_file_of_something_else_is_refused_with_a_reason(tmp_path, text, words):
    file = tmp_path / "t.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(UserError, match=words):
        read_publications(file)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00tabella")
    with pytest.raises(UserError, match="non si legge"):
        read_publications(tmp_path)
    with pytest.raises(UserError, match="non esiste"):
        read_publications(tmp_path / "manca")
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(UserError, match="non c'è alcun file CSV"):
        read_publications(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"dimensions": 3}'])
def test_a_broken_structure_is_refused(tmp_path, tables, content):
    (tmp_path / "t.csv").write_bytes(csv_of(tables))
    (tmp_path / "struttura.json").write_text(content, "utf-8")
    with pytest.raises(UserError, match=r"struttura\.json"):
        read_publications(tmp_path)
