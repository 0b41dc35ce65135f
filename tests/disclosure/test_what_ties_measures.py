"""Measures tied at codes of their own, and schemes of which one knows more than the other."""

from dataclasses import replace
from datetime import datetime

import pytest
from by_hand import FIVE, TOWNS, guard, known_of, leaving, table

from osservatorio.home import Home
from osservatorio.keys import new_key
from reporting.disclosure.attacker import audit
from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.cells import Cell, ProtectedSet, PublishedCell, PublishedTable, Table
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.protect import protect_for
from reporting.disclosure.scheme import (
    Combine,
    Dimension,
    Measure,
    Relation,
    Scheme,
    flat,
    merged,
    scheme_as_json,
    scheme_from_json,
)

RULES = flat("regola", "TUTTE", ("reclami", "progetti"))
YEAR = Dimension("periodo", {"2022-S1": "2022", "2022-S2": "2022"})
CHECKS = ("giusti", "sbagliati", "ignoti")
EVERY_COMPLAINT = Relation(
    {"ricevuti": 1.0, "giusti": -1.0, "sbagliati": -1.0, "ignoti": -1.0},
    at={name: {"regola": "reclami"} for name in CHECKS},
)
KNOWN = known_of(
    YEAR, RULES, measures=[Measure(name) for name in ("ricevuti", *CHECKS)], relations=[EVERY_COMPLAINT]
)


def checks(complaints: tuple[int, int, int], projects: tuple[int, int, int]) -> Table:
    """Right, wrong and untold of each rule in one semester, with their sums."""
    cells = []
    for rule, counts in (("reclami", complaints), ("progetti", projects), ("TUTTE", None)):
        of_rule = counts or [a + b for a, b in zip(complaints, projects, strict=True)]
        cells += [Cell(("2022-S1", rule), name, value) for name, value in zip(CHECKS, of_rule, strict=True)]
    return Table("verifiche", ("periodo", "regola"), tuple(cells))


def received(count: int) -> PublishedTable:
    return PublishedTable("reclami", ("periodo",), (PublishedCell(("2022-S1",), "ricevuti", count),))


def test_the_attacker_counts_the_checks_of_the_complaints():
    """Fifteen complaints of which eight are right and five wrong: two are left, though nobody prints them."""
    cells = tuple(
        PublishedCell(("2022-S1", "reclami"), name, value, value is None)
        for name, value in zip(CHECKS, (8, 5, None), strict=True)
    )
    shown = PublishedTable("verifiche", ("periodo", "regola"), cells)
    found = audit([leaving(KNOWN, received(15), shown)], FIVE)
    assert [(breach.low, breach.high) for breach in found.breaches] == [(2, 2)]
    assert audit([leaving(KNOWN, shown)], FIVE).breaches == ()


def test_the_protection_knows_it_too():
    tables = (
        Table("reclami", ("periodo",), (Cell(("2022-S1",), "ricevuti", 15),)),
        checks((8, 5, 2), (30, 40, 50)),
    )
    found = guard(ProtectedSet(KNOWN, tables))
    hidden = {
        cell.measure for cell in found.tables[1].cells if cell.is_withheld and cell.place[1] == "reclami"
    }
    assert "ignoti" in hidden
    assert len(hidden) > 1 or any(cell.is_withheld for cell in found.tables[0].cells)
    assert found.audit.breaches == ()


def test_a_relation_of_one_place_is_described_as_before():
    """A register of before is still the same: its descriptions have no codes."""
    plain = known_of(
        RULES, measures=[Measure("a"), Measure("b")], relations=[Relation({"a": 1.0, "b": -1.0}, 0.0, None)]
    )
    assert scheme_as_json(plain)["relations"] == [{"terms": {"a": 1.0, "b": -1.0}, "low": 0.0, "high": None}]
    for one in (plain, KNOWN):
        assert scheme_from_json(scheme_as_json(one)) == one
    assert merged(plain, KNOWN).relations == (*plain.relations, EVERY_COMPLAINT)


@pytest.mark.parametrize("is_first", [True, False])
def test_who_knows_both_knows_what_one_leaves_open(is_first: bool):
    """One pack says nothing of semesters and years, another says that they add up: together they do."""
    silent = Measure("giusti", over={"periodo": Combine.NONE})
    adding = Measure("giusti")
    pair = (silent, adding) if is_first else (adding, silent)
    one, other = (known_of(YEAR, measures=[measure]) for measure in pair)
    assert merged(one, other).measures["giusti"].combine("periodo") is Combine.SUM
    year = PublishedTable("anno", ("periodo",), (PublishedCell(("2022",), "giusti", 12),))
    halves = tuple(
        PublishedCell((code,), "giusti", value, value is None)
        for code, value in (("2022-S1", 10), ("2022-S2", None))
    )
    semesters = PublishedTable("semestri", ("periodo",), halves)
    found = audit([leaving(one, year), leaving(other, semesters, source="altra")], FIVE)
    assert [(breach.low, breach.high) for breach in found.breaches] == [(2, 2)]


def test_measures_that_contradict_each_other_are_refused():
    def of(how: Combine) -> Scheme:
        return known_of(YEAR, measures=[Measure("giusti", over={"periodo": how})])

    with pytest.raises(ValueError, match="giusti differs over periodo"):
        merged(of(Combine.SUM), of(Combine.LAST))
    with pytest.raises(ValueError, match="giusti differs"):
        merged(of(Combine.NONE), known_of(YEAR, measures=[replace(Measure("giusti"), is_public=True)]))


def test_exports_of_different_kinds_leave_from_different_releases(tmp_path):
    """The second description does not know what the first one exported; what both have is still one figure."""
    home = Home(tmp_path / "casa")
    home.prepare()
    new_key(home)
    towns = known_of(TOWNS, YEAR, measures=[Measure("minori"), Measure("giusti")])
    by_town = table(towns, "minori", ("comune",), {"Barlassina": 2, "Cesano": 30, "Desio": 40})
    year = Table("anno", ("periodo",), (Cell(("2022",), "giusti", 12),))
    semesters = Table(
        "semestri",
        ("periodo",),
        tuple(Cell((code,), "giusti", value) for code, value in (("2022-S1", 10), ("2022-S2", 2))),
    )
    moment = datetime(2023, 3, 1, 10)
    protect_for(home, ProtectedSet(towns, (by_town, year)), release="r1", export="comuni", at=moment)
    known = known_of(YEAR, measures=[Measure("giusti")])
    found = protect_for(home, ProtectedSet(known, (semesters,)), release="r2", export="semestri", at=moment)
    assert all(cell.is_withheld for cell in found.tables[0].cells)
    assert audit_ledger(Ledger(home).entries(), FIVE).breaches == ()
