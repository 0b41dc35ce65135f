"""Documents are produced again: the same tables leave as they left, whatever was exported since."""

from dataclasses import replace
from datetime import datetime

import pytest
from by_hand import SERVICES, TOWNS, known_of, rows, withheld

from osservatorio.home import Home
from osservatorio.keys import new_key
from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.cells import ProtectedSet
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import protect_for
from reporting.disclosure.scheme import Measure, Rate
from reporting.disclosure.tidy import csv_of

AT = datetime(2023, 3, 1, 10)
LATER = datetime(2024, 7, 9, 18)
BOTH = ("comune", "servizio")
RESIDENTS = Measure("residenti", is_public=True)
KNOWN = known_of(
    TOWNS,
    SERVICES,
    measures=[Measure("minori"), RESIDENTS],
    rates=[Rate("tasso", "minori", "residenti", 1000, 1)],
)


@pytest.fixture
def home(tmp_path) -> Home:
    place = Home(tmp_path / "casa")
    place.prepare()
    new_key(place)
    return place


def pack(*lines, key="casi") -> ProtectedSet:
    """Counts, residents and a rate, in one table."""
    minors = rows(KNOWN, key, BOTH, *lines)
    people = rows(KNOWN, key, BOTH, *((7000, 7000, 7000),) * 3, measure="residenti")
    rates = tuple(
        replace(c, measure="tasso", value=round(1000 * c.value / p.value, 1), minors=c.value)
        for c, p in zip(minors.cells, people.cells, strict=True)
    )
    return ProtectedSet(KNOWN, (replace(minors, title="Casi", cells=(*minors.cells, *people.cells, *rates)),))


PACK = pack((2, 30, 0), (35, 45, 50), (1, 70, 80))


def leave(home, given, export="assemblea 2022", release="r1", at=AT):
    return protect_for(home, given, release=release, export=export, at=at)


def test_the_same_tables_leave_as_they_left(home):
    first = leave(home, PACK)
    leave(home, pack((2, 30, 0), (35, 45, 50), (1, 70, 80), key="altra"), export="governance 2022")
    leave(home, pack((3, 31, 1), (36, 46, 51), (2, 71, 81)), release="r2")
    files = {file: file.read_bytes() for file in home.disclosure.iterdir()}
    again = leave(home, PACK, at=LATER)
    assert again.tables == first.tables
    assert csv_of(again.tables) == csv_of(first.tables)
    assert again.notes == first.notes
    assert again.export == first.export
    assert again.already_public == first.already_public
    for name in ("withheld", "sensitive", "secondary", "given_up", "lost", "is_optimal", "gap"):
        assert getattr(again.suppression, name) == getattr(first.suppression, name), name
    assert again.tries == 0
    assert {file: file.read_bytes() for file in home.disclosure.iterdir()} == files


def test_what_leaves_again_is_not_chosen_again(home, monkeypatch):
    """Not even a better solver of tomorrow changes what readers have."""
    first = leave(home, PACK)

    def another(*_):
        raise AssertionError("chosen again")

    monkeypatch.setattr("reporting.disclosure.protect.suppress", another)
    assert leave(home, PACK).tables == first.tables


def test_what_leaves_again_is_attacked_again_with_all_that_came_since(home):
    leave(home, PACK)
    leave(home, pack((2, 30, 0), (35, 45, 50), (1, 70, 80), key="altra"), export="governance 2022")
    again = leave(home, PACK)
    assert {table.source for table in again.audit.tables} == {
        "assemblea 2022 (n. 1)",
        "governance 2022 (n. 2)",
    }
    assert again.audit.breaches == ()


def test_a_new_export_after_it_stays_consistent(home):
    """Again, then another export of other tables that share the figures: nothing gives way together."""
    first = leave(home, PACK)
    leave(home, PACK)
    own = known_of(TOWNS)
    towns = ProtectedSet(own, (replace(rows_of_towns(own)),))
    second = leave(home, towns, export="comuni 2022")
    entries = Ledger(home).entries()
    assert [entry.export.export for entry in entries] == ["assemblea 2022", "comuni 2022"]
    assert audit_ledger(entries, Policy()).breaches == ()
    hidden = {place for place in withheld(first.tables[0]) if place[1] == "TUTTI"}
    assert {(place[0], "TUTTI") for place in withheld(second.tables[0])} >= hidden


def rows_of_towns(known):
    from by_hand import table

    return table(known, "comuni", ["comune"], {"Barlassina": 32, "Cesano": 130, "Desio": 151})


def test_a_title_may_change(home):
    """Titles are for readers: they are no part of what was protected."""
    first = leave(home, PACK)
    renamed = ProtectedSet(KNOWN, (replace(PACK.tables[0], title="Casi per Comune"),))
    again = leave(home, renamed)
    assert again.tables[0].title == "Casi per Comune"
    assert again.tables[0].cells == first.tables[0].cells
    assert len(Ledger(home).entries()) == 1


@pytest.mark.parametrize(
    ("given", "export", "release"),
    [
        (pack((2, 30, 1), (35, 45, 50), (1, 70, 80)), "assemblea 2022", "r2"),  # a figure
        (PACK, "assemblea 2022", "r2"),  # a release
        (PACK, "governance 2022", "r1"),  # a name
    ],
)
def test_anything_else_is_protected_anew(home, given, export, release):
    leave(home, PACK)
    found = leave(home, given, export=export, release=release)
    assert found.tries > 0
    assert len(Ledger(home).entries()) == 2


def test_families_known_later_are_another_table(home):
    leave(home, PACK)
    table_ = PACK.tables[0]
    cells = tuple(
        replace(c, families=1) if c.place == ("Desio", "incontri") and c.measure == "minori" else c
        for c in table_.cells
    )
    assert leave(home, ProtectedSet(KNOWN, (replace(table_, cells=cells),))).tries > 0


def test_another_promise_is_kept_anew(home):
    """A threshold that changes is a change of settings: the tables are protected under the new one."""
    leave(home, PACK)
    (home.root / "impostazioni.toml").write_text("[riservatezza]\nsoglia = 3\n", "utf-8")
    assert leave(home, PACK).tries > 0
