"""What is withheld, on tables small enough to check by hand."""

import pytest
from by_hand import (
    AGES,
    FIVE,
    MINORS,
    SECRET,
    SERVICES,
    THREE,
    TOWNS,
    guard,
    known_of,
    leaving,
    printed,
    rows,
    shown,
    table,
    withheld,
)

from osservatorio.errors import UserError
from reporting.disclosure.attacker import audit
from reporting.disclosure.attacker_intervals import Demand
from reporting.disclosure.cells import Cell, Figure, ProtectedSet, Table
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import Combine, Dimension, Kind, Measure, Rate, Relation, flat

BOTH = ("comune", "servizio")
KNOWN = known_of(TOWNS, SERVICES)


def of(known, *tables, **names):
    return ProtectedSet(known, tables, names)


# The first rule


def test_few_minors_are_withheld_and_nobody_is_no_secret():
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    found = guard(of(KNOWN, given))
    assert ("Barlassina", "adm") in withheld(found.tables[0])
    assert found.suppression.sensitive == {Figure("minori", (("comune", "Barlassina"), ("servizio", "adm")))}
    none = guard(of(KNOWN, rows(KNOWN, "t", BOTH, (0, 30, 40), (35, 45, 50), (60, 70, 80))))
    assert none.tables[0].withheld == 0
    assert none.notes == ("Nessun dato è oscurato: tutti riguardano abbastanza persone.",)


def test_few_families_are_withheld_however_many_minors():
    counts = {(a, b): 20 for a in TOWNS.children["AMBITO"] for b in SERVICES.children["TUTTI"]}
    families = {**counts, ("Desio", "affido"): 2}
    found = guard(of(KNOWN, table(KNOWN, "t", BOTH, counts, families=families)))
    assert ("Desio", "affido") in withheld(found.tables[0])
    assert len(found.suppression.sensitive) == 1


def test_the_smallest_counts_decide_where_a_figure_stands_twice():
    """One table knows of the families of a figure, another does not: the figure is one."""
    one = flat("comune", "AMBITO", ("Barlassina", "Cesano", "Desio", "Giussano"))
    known = known_of(one)
    counts = dict.fromkeys(one.children["AMBITO"], 20)
    with_families = table(known, "a", ["comune"], counts, families={**counts, "Cesano": 1})
    without = table(known, "b", ["comune"], counts)
    found = guard(of(known, without, with_families))
    assert all(("Cesano",) in withheld(published) for published in found.tables)


# One pattern for all: no hole tells why it is there


def test_a_line_never_has_a_single_hole():
    found = guard(of(KNOWN, rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))))
    hidden = withheld(found.tables[0])
    assert len(hidden) == 4  # the least there is: a rectangle
    assert found.suppression.is_optimal
    for axis in (0, 1):
        lines = {}
        for place in hidden:
            lines.setdefault(place[axis], set()).add(place)
        assert all(len(line) > 1 for line in lines.values())


def test_zeros_may_be_withheld_and_look_like_all_the_rest():
    """The 2 can grow only if the zero of Cesano does, and shrink only if that of Desio does: both must be open."""
    known = known_of(TOWNS, flat("servizio", "TUTTI", ("adm", "affido")))
    found = guard(of(known, rows(known, "t", BOTH, (2, 30), (40, 0), (0, 30))), THREE)
    assert {("Cesano", "affido"), ("Desio", "adm")} <= withheld(found.tables[0])
    assert found.tables[0].withheld == 6
    assert found.suppression.is_optimal
    extents = audit([leaving(known, *found.tables)], THREE, exact=True).extents
    assert all(extent.low == 0 < 3 <= extent.high for extent in extents.values())


def test_what_is_withheld_never_reads_as_a_number():
    given = rows(KNOWN, "t", BOTH, (2, 0, 40), (0, 3, 50), (60, 70, 80))
    published = guard(of(KNOWN, given)).tables[0]
    for cell in published.cells:
        assert (cell.value is None) is cell.is_withheld


# Totals


def test_a_distinct_total_is_no_sum():
    """Twelve minors in all and ten in one service: at least two are in the other, at most twelve."""
    minors = Measure("minori", over={"servizio": Combine.DISTINCT})
    pair = flat("servizio", "TUTTI", ("adm", "affido"))
    known = known_of(pair, measures=[minors])
    given = Table(
        "t",
        ("servizio",),
        tuple(Cell((c,), "minori", v) for c, v in (("adm", 10), ("affido", 3), ("TUTTI", 12))),
    )
    naive = leaving(known, printed(given, [("affido",)]))
    ((one,),) = [table.breaches for table in audit([naive], FIVE, demands=_demands(("affido",), 0, 5)).tables]
    assert (one.low, one.high) == (2, 12)
    found = guard(of(known, given))
    assert ("affido",) in withheld(found.tables[0])
    assert found.audit.breaches == ()
    assert found.tables[0].withheld == 2


def _demands(place, low, high):
    where = frozenset([("servizio", place[0])])
    return {("r1", "minori", where): Demand(float(high - low), float(low), float(high))}


def test_a_total_that_is_less_than_its_largest_part_does_not_hang_together():
    minors = Measure("minori", over={"servizio": Combine.DISTINCT})
    known = known_of(flat("servizio", "TUTTI", ("adm", "affido")), measures=[minors])
    cells = [Cell((c,), "minori", v) for c, v in (("adm", 20), ("affido", 10), ("TUTTI", 15))]
    with pytest.raises(DisclosureError, match="non tornano"):
        guard(of(known, Table("t", ("servizio",), tuple(cells))))


def test_hierarchies_protect_every_level():
    """Town, zone, Ambito: what is withheld in a zone cannot come back through the zone's total."""
    towns = Dimension(
        "comune",
        {"nord": "AMBITO", "sud": "AMBITO", "A": "nord", "B": "nord", "C": "sud", "D": "sud"},
        "AMBITO",
    )
    known = known_of(towns)
    given = table(known, "t", ["comune"], {"A": 2, "B": 30, "C": 25, "D": 28})
    found = guard(of(known, given))
    assert withheld(found.tables[0]) == {("A",), ("B",)}
    lone = guard(of(known, table(known, "t", ["comune"], {"A": 2, "B": 0, "C": 25, "D": 28})))
    seen = withheld(lone.tables[0])
    assert {("A",), ("nord",)} <= seen  # the zone has two minors too
    assert seen & {("sud",), ("AMBITO",)}  # or the zone would come back by difference


def test_totals_stay_while_they_can_and_are_given_up_only_where_they_must():
    """One town alone has minors, of two families: the total is theirs too, though nobody counted its families."""
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    assert guard(of(KNOWN, given)).suppression.given_up == ()
    known = known_of(flat("comune", "AMBITO", ("A", "B")))
    counts = (("A", 12, 2), ("B", 0, 0), ("AMBITO", 12, None))
    cells = tuple(Cell((town,), "minori", minors, minors, families) for town, minors, families in counts)
    found = guard(of(known, Table("t", ("comune",), cells)))
    assert {("A",), ("AMBITO",)} <= withheld(found.tables[0])
    assert found.suppression.given_up == (Figure("minori", ()),)
    assert found.notes[1] == (
        "Con tutti i totali in chiaro la protezione non è possibile: 1 totale è oscurato (minori, totale)."
    )


def test_tables_that_share_figures_are_protected_together():
    """Each of the three tables is safe alone with holes of its own; together holes must agree."""
    known = known_of(TOWNS, SERVICES, AGES)
    persons = [
        (town, service, age)
        for n, (town, service, age) in enumerate(
            (t, s, a)
            for t in TOWNS.children["AMBITO"]
            for s in SERVICES.children["TUTTI"]
            for a in AGES.children["TUTTE"]
        )
        for _ in range((7 * n) % 11)
    ]
    tables = []
    for one, other in ((0, 1), (0, 2), (1, 2)):
        keys = ("comune", "servizio", "eta")
        inner = {}
        for person in persons:
            place = (person[one], person[other])
            inner[place] = inner.get(place, 0) + 1
        tables.append(table(known, f"{one}{other}", (keys[one], keys[other]), inner))
    found = guard(of(known, *tables))
    totals = {}
    for published in found.tables:
        for cell in published.cells:
            codes = frozenset(
                pair for pair in zip(published.dimensions, cell.place, strict=True) if pair[1] not in TOTALS
            )
            totals.setdefault(codes, set()).add(cell.value)
    assert all(len(values) == 1 for values in totals.values())


TOTALS = ("AMBITO", "TUTTI", "TUTTE")


# Who knows something already


@pytest.mark.parametrize("policy", [THREE, FIVE])
def test_a_family_that_knows_its_own_children_cannot_tell_that_there_are_no_others(policy):
    """All children of a sensitive cell are one family's: with what it knows, more of them stay possible."""
    from reporting.disclosure.attacker_equations import equations_of
    from reporting.disclosure.attacker_intervals import Attack

    given = rows(KNOWN, "t", BOTH, (2, 0, 12), (1, 13, 11), (16, 17, 1))
    found = guard(of(KNOWN, given), policy)
    true = {cell.place: cell.value for cell in given.cells}
    sensitive = [place for place, value in true.items() if 0 < value < policy.threshold]
    assert len(sensitive) >= 3
    for place in sensitive:
        equations = equations_of([leaving(KNOWN, *found.tables)])
        cell = next(one for one in equations.hidden if one.place == place)
        equations.low[cell.unknown] = float(true[place])
        extent = Attack(equations).extents({cell.unknown: Demand(0.0)}, exact=True)[cell.unknown]
        assert extent.low == true[place]
        assert extent.high > true[place]


def test_public_measures_are_never_withheld_and_known_to_the_attacker():
    """Residents are in every almanac: a rate on them gives the count away, so it goes with the count."""
    residents = Measure("residenti", is_public=True)
    rate = Rate("tasso", "minori", "residenti", 1000, 1)
    known = known_of(TOWNS, measures=[MINORS, residents], rates=[rate])
    counts, people = (
        {"Barlassina": 2, "Cesano": 40, "Desio": 50},
        {"Barlassina": 3, "Cesano": 4000, "Desio": 7000},
    )
    minors = table(known, "t", ["comune"], counts)
    pop = table(known, "t", ["comune"], people, measure="residenti")
    rates = [
        Cell(cell.place, "tasso", round(1000 * cell.value / other.value, 1))
        for cell, other in zip(minors.cells, pop.cells, strict=True)
    ]
    given = Table("t", ("comune",), (*minors.cells, *pop.cells, *rates))
    (published,) = guard(of(known, given)).tables
    assert all(cell.value is not None for cell in published.cells if cell.measure == "residenti")
    hidden = {cell.place for cell in published.cells if cell.measure == "minori" and cell.is_withheld}
    assert ("Barlassina",) in hidden
    assert {cell.place for cell in published.cells if cell.measure == "tasso" and cell.is_withheld} == hidden


def test_a_rate_left_in_sight_gives_its_count_away():
    residents = Measure("residenti", is_public=True)
    known = known_of(
        TOWNS, measures=[MINORS, residents], rates=[Rate("tasso", "minori", "residenti", 1000, 1)]
    )
    minors = table(known, "t", ["comune"], {"Barlassina": 2, "Cesano": 40, "Desio": 50})
    people = table(
        known, "t", ["comune"], {"Barlassina": 1500, "Cesano": 4000, "Desio": 7000}, measure="residenti"
    )
    rates = [Cell(("Barlassina",), "tasso", 1.3)]
    given = Table("t", ("comune",), (*minors.cells, *people.cells, *rates))
    naive = printed(Table("t", ("comune",), minors.cells), [("Barlassina",), ("Cesano",)])
    others = printed(Table("t", ("comune",), given.cells[len(minors.cells) :]), [])
    result = audit([leaving(known, naive, type(naive)("u", others.dimensions, others.cells))], FIVE)
    assert {b.cell.place: (b.low, b.high) for b in result.breaches}["Barlassina",] == (2, 2)


def test_a_rate_needs_what_it_is_worked_out_from():
    known = known_of(
        TOWNS, measures=[MINORS, Measure("residenti")], rates=[Rate("tasso", "minori", "residenti")]
    )
    with pytest.raises(ValueError, match="without residenti"):
        guard(
            of(
                known,
                Table("t", ("comune",), (Cell(("Desio",), "minori", 9), Cell(("Desio",), "tasso", 0.5))),
            )
        )


def test_an_empty_rate_is_empty_for_everybody():
    known = known_of(TOWNS, measures=[MINORS, Measure("casi")], rates=[Rate("quota", "minori", "casi")])
    minors = table(known, "t", ["comune"], {"Barlassina": 20, "Cesano": 40, "Desio": 50})
    cases = table(known, "t", ["comune"], {"Barlassina": 20, "Cesano": 40, "Desio": 50}, measure="casi")
    given = Table("t", ("comune",), (*minors.cells, *cases.cells, Cell(("Desio",), "quota", None)))
    (published,) = guard(of(known, given)).tables
    assert published.cells[-1].value is None
    assert not published.cells[-1].is_withheld


# Money


def test_money_for_few_minors_cannot_be_told_within_half_of_it():
    spent = Measure("spesa", Kind.AMOUNT)
    known = known_of(TOWNS, measures=[spent])
    money = {"Barlassina": 9000.5, "Cesano": 41000, "Desio": 52000}
    minors = {"Barlassina": 2, "Cesano": 40, "Desio": 50}
    given = table(known, "t", ["comune"], money, measure="spesa", minors=minors)
    found = guard(of(known, given))
    assert ("Barlassina",) in withheld(found.tables[0])
    ends = audit([leaving(known, *found.tables)], FIVE, exact=True).extents
    extent = ends["r1", "spesa", frozenset([("comune", "Barlassina")])]
    assert extent.low <= 4500.25
    assert extent.high >= 13500.75


def test_no_money_for_few_minors_is_protected_too():
    """Nothing was spent for two minors: that is a fact about them, and it must not be told."""
    known = known_of(TOWNS, measures=[Measure("spesa", Kind.AMOUNT)])
    money, minors = (
        {"Barlassina": 0, "Cesano": 41000, "Desio": 52000},
        {"Barlassina": 2, "Cesano": 40, "Desio": 50},
    )
    found = guard(of(known, table(known, "t", ["comune"], money, measure="spesa", minors=minors)))
    assert ("Barlassina",) in withheld(found.tables[0])


# Measures that hang together


def test_flows_and_stocks_do_not_give_each_other_away():
    """At the start + opened - closed = at the end: four figures, of which three would tell the fourth."""
    names = ("inizio", "aperte", "chiuse", "fine")
    relation = Relation({"inizio": 1, "aperte": 1, "chiuse": -1, "fine": -1})
    known = known_of(TOWNS, measures=[Measure(name) for name in names], relations=[relation])
    counts = {
        "inizio": {"Barlassina": 30, "Cesano": 40, "Desio": 50},
        "aperte": {"Barlassina": 2, "Cesano": 12, "Desio": 9},
        "chiuse": {"Barlassina": 8, "Cesano": 11, "Desio": 9},
        "fine": {"Barlassina": 24, "Cesano": 41, "Desio": 50},
    }
    cells = [c for name in names for c in table(known, "t", ["comune"], counts[name], measure=name).cells]
    (published,) = guard(of(known, Table("t", ("comune",), tuple(cells)))).tables
    hidden = {(cell.place[0], cell.measure) for cell in published.cells if cell.is_withheld}
    assert ("Barlassina", "aperte") in hidden
    assert len([measure for town, measure in hidden if town == "Barlassina"]) > 1
    assert len([town for town, measure in hidden if measure == "aperte"]) > 1


# The same again, and refusals


def test_one_secret_gives_one_pattern():
    given = of(KNOWN, _level())
    first = guard(given)
    assert guard(given).tables == first.tables
    backwards = ProtectedSet(KNOWN, tuple(Table(t.key, t.dimensions, t.cells[::-1]) for t in given.tables))
    assert withheld(guard(backwards).tables[0]) == withheld(first.tables[0])


def test_the_secret_decides_between_equals():
    """Nine like cells could be the partners: an outsider cannot work out which were chosen, nor from what."""
    patterns = {
        frozenset(withheld(guard(of(KNOWN, _level()), secret=bytes([n])).tables[0])) for n in range(12)
    }
    assert len(patterns) > 1
    assert len({len(pattern) for pattern in patterns}) == 1


def _level():
    return rows(KNOWN, "t", BOTH, (2, 20, 20), (20, 20, 20), (20, 20, 20))


def test_figures_that_do_not_add_up_do_not_leave():
    good = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    cells = tuple(
        Cell(c.place, c.measure, c.value + (c.place == ("AMBITO", "TUTTI")), c.minors, c.families)
        for c in good.cells
    )
    with pytest.raises(DisclosureError, match=r"non tornano fra loro.*Nulla è stato scritto") as caught:
        guard(of(KNOWN, Table("t", BOTH, cells)))
    assert isinstance(caught.value, UserError)
    assert caught.value.exit_code == 1


def test_a_figure_with_two_values_does_not_leave():
    one = table(KNOWN, "a", ["comune"], {"Barlassina": 20, "Cesano": 40, "Desio": 50})
    other = table(KNOWN, "b", ["comune"], {"Barlassina": 20, "Cesano": 41, "Desio": 49})
    with pytest.raises(DisclosureError, match="non tornano"):
        guard(of(KNOWN, one, other))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -3, 7.5])
def test_what_no_count_can_be_does_not_leave(value):
    cells = (Cell(("Desio",), "minori", value),)
    with pytest.raises(DisclosureError, match="non tornano"):
        guard(of(KNOWN, Table("t", ("comune",), cells)))


def test_a_higher_threshold_withholds_more():
    given = of(KNOWN, rows(KNOWN, "t", BOTH, (2, 4, 6), (7, 9, 12), (16, 17, 18)))
    counts = [guard(given, Policy(threshold=t)).tables[0].withheld for t in (3, 5, 8)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_shown_cells_are_true_and_in_their_places():
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    (published,) = guard(of(KNOWN, given)).tables
    assert [cell.place for cell in published.cells] == [cell.place for cell in given.cells]
    true = {cell.place: cell.value for cell in given.cells}
    assert all(value == true[place] for place, value in shown(published).items() if value is not None)
    assert SECRET not in repr(published).encode()
