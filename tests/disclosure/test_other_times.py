"""Figures of other periods and of other releases: what is the same figure, and what only looks like it."""

import pytest
from by_hand import FIVE, guard, known_of, leaving, printed, shown, table

from reporting.disclosure.attacker import audit
from reporting.disclosure.attacker_intervals import Contradiction
from reporting.disclosure.cells import Cell, Figure, ProtectedSet, Table, canonical
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.history import publication_of
from reporting.disclosure.ledger import Entry
from reporting.disclosure.scheme import (
    Combine,
    Dimension,
    Measure,
    Relation,
    flat,
    merged,
    scheme,
    scheme_as_json,
    scheme_from_json,
)

PERIODS = Dimension(
    "periodo",
    {"2022-S1": "2022", "2022-S2": "2022", "2023-S1": "2023", "2023-S2": "2023"},
    None,
    {"2023": "2022", "2022-S2": "2022-S1", "2023-S1": "2022-S2", "2023-S2": "2023-S1"},
)
STOCKS = (
    Measure("aperti_inizio", over={"periodo": Combine.FIRST}, opens="aperti_fine"),
    Measure("aperti"),
    Measure("chiusi"),
    Measure("aperti_fine", over={"periodo": Combine.LAST}),
)
TOWNS = known_of(flat("comune", "AMBITO", "ABCD"))
FLOW = Relation({"aperti_inizio": 1.0, "aperti": 1.0, "chiusi": -1.0, "aperti_fine": -1.0})


def known_by(dimension: Dimension):
    return scheme([PERIODS, dimension], STOCKS, [FLOW])


def two_years(key: str) -> Table:
    """Twenty of the first code at the end of 2022; in 2023 they are of the second, and nobody came or went."""
    counts = {
        ("2022", "aperti_fine"): (20, 9),
        ("2023", "aperti"): (0, 0),
        ("2023", "chiusi"): (0, 0),
        ("2023", "aperti_fine"): (0, 29),
    }
    cells = [
        Cell((period, code), measure, value)
        for (period, measure), (one, other) in counts.items()
        for code, value in (("TUTTE", one + other), ("a", one), ("b", other))
    ]
    return Table("casi", ("periodo", key), tuple(cells))


def test_an_age_at_the_end_of_a_year_is_none_at_the_start_of_the_next():
    """Children grow: the attacker who took ages for lasting would find that true tables contradict each other."""
    ages, areas = flat("eta", "TUTTE", "ab", drifts=True), flat("area", "TUTTE", "ab")
    grown = two_years("eta")
    assert not audit([leaving(known_by(ages), printed(grown, []))], FIVE).breaches
    assert len(shown(guard(ProtectedSet(known_by(ages), (grown,))).tables[0], "aperti_fine")) == 6
    with pytest.raises(Contradiction):
        audit([leaving(known_by(areas), printed(two_years("area"), []))], FIVE)


def test_what_is_of_one_moment_is_one_figure_by_ages_too():
    known = known_by(flat("eta", "TUTTE", "ab", drifts=True))

    def at(measure: str, period: str, *age: str) -> Figure:
        return Figure(measure, (*(("eta", one) for one in age), ("periodo", period)))

    assert canonical(known, at("aperti_fine", "2022", "a")) == at("aperti_fine", "2022-S2", "a")
    assert canonical(known, at("aperti_inizio", "2023")) == at("aperti_fine", "2022-S2")
    assert canonical(known, at("aperti_inizio", "2023", "a")) == at("aperti_inizio", "2023", "a")


def test_that_ages_pass_is_kept_with_the_description_of_the_tables():
    ages = known_by(flat("eta", "TUTTE", "ab", drifts=True))
    assert scheme_from_json(scheme_as_json(ages)) == ages
    before = scheme_as_json(known_by(flat("eta", "TUTTE", "ab")))
    for dimension in before["dimensions"]:
        del dimension["drifts"]
    assert merged(scheme_from_json(before), ages) == ages


def test_a_corrected_total_may_leave_without_its_parts():
    """A later release prints the new total alone: its parts, which nobody printed again, are not those of before."""
    known = TOWNS
    first = guard(ProtectedSet(known, (table(known, "t", ["comune"], {"A": 20, "B": 30, "C": 8, "D": 40}),)))
    entries = [Entry(1, "2023-01-01T09:00:00", first.export)]
    alone = Table("t", ("comune",), (Cell(("AMBITO",), "minori", 99),))
    assert first.tables[0].withheld == 0
    second = guard(ProtectedSet(known, (alone,)), release="r2", entries=entries)
    assert shown(second.tables[0]) == {("AMBITO",): 99}
    both = [*(publication_of(one) for one in entries), leaving(known, *second.tables, release="r2")]
    assert not audit(both, FIVE).breaches


def test_new_tables_that_break_a_line_are_refused_all_the_same():
    known = TOWNS
    cells = [
        Cell((code,), "minori", value) for code, value in (("AMBITO", 99), ("A", 20), ("B", 30), ("C", 8))
    ]
    broken = ProtectedSet(known, (Table("t", ("comune",), (*cells, Cell(("D",), "minori", 40))),))
    with pytest.raises(DisclosureError, match=r"non tornano fra loro.*minori.*Nulla è stato scritto"):
        guard(broken)
