"""The auditor: that it is another one, and that it finds what there is to find."""

import ast
from itertools import pairwise
from pathlib import Path

import pytest
from by_hand import (
    AGES,
    FIVE,
    MINORS,
    SERVICES,
    THREE,
    TOWNS,
    guard,
    known_of,
    leaving,
    printed,
    rows,
    table,
    uncovered,
    withheld,
)

from reporting.disclosure import attacker
from reporting.disclosure.attacker import audit
from reporting.disclosure.attacker_intervals import Contradiction, Demand
from reporting.disclosure.cells import ProtectedSet, PublishedCell, PublishedTable
from reporting.disclosure.scheme import Combine, Dimension, Measure, Relation, flat

PACKAGE = Path(attacker.__file__).parent
BOTH = ("comune", "servizio")
KNOWN = known_of(TOWNS, SERVICES)
# What both may know: words for tables, the description that readers have, the promise, the solver made quiet.
AUDITOR = {
    "attacker",
    "attacker_equations",
    "attacker_growing",
    "attacker_intervals",
    "attacker_near",
    "attacker_part",
    "attacker_problem",
    "attacker_rows",
    "attacker_smaller",
    "attacker_steps",
}
SHARED = {"cells", "scheme", "policy", "highs"}


def imports(module: str) -> set[str]:
    """The modules of the package that a module imports, wherever in its text."""
    prefix = "reporting.disclosure."
    names = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
        found = []
        if isinstance(node, ast.ImportFrom):
            found = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        names |= {name[len(prefix) :].split(".")[0] for name in found if name.startswith(prefix)}
    return {name for name in names if (PACKAGE / f"{name}.py").exists()}


def reached(*modules: str) -> set[str]:
    """The modules, and all that they need."""
    found, left = set(), [*modules]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += imports(module)
    return found


def test_the_attacker_shares_no_equations_with_the_protection():
    auditor = reached("attacker")
    assert auditor >= AUDITOR
    assert auditor - AUDITOR == SHARED
    assert not reached("suppression") & AUDITOR


def test_the_attacker_takes_nothing_from_what_is_shared_but_words():
    """No function of `cells` that names figures or that walks through a hierarchy."""
    taken = set()
    for module in sorted(AUDITOR):
        for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "reporting.disclosure.cells":
                taken |= {alias.name for alias in node.names}
    assert taken == {"PublishedCell", "PublishedTable"}


# What it finds


def test_a_single_hole_is_worked_out_from_its_line():
    given = rows(KNOWN, "casi", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    result = audit([leaving(KNOWN, printed(given, [("Barlassina", "adm")]))], FIVE)
    (breach,) = result.breaches
    assert (breach.low, breach.high) == (2, 2)
    assert breach.is_exact
    assert breach.sources == ("prova: casi",)


def test_a_hole_beside_few_is_known_too_well():
    """Both minors of the line are in one of two cells: nothing exact, and far too much."""
    known = known_of(flat("comune", "AMBITO", ("A", "B", "C")))
    given = table(known, "t", ["comune"], {"A": 2, "B": 1, "C": 40})
    result = audit([leaving(known, printed(given, [("A",), ("B",)]))], FIVE)
    assert {(b.low, b.high) for b in result.breaches} == {(0, 3)}
    assert not any(b.is_exact for b in result.breaches)
    assert audit([leaving(known, printed(given, [("A",), ("B",)]))], THREE).breaches == ()


def test_the_intervals_of_a_rectangle_are_exact():
    """Four holes: what leaves one corner comes back at the next."""
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (7, 45, 50), (60, 70, 80))
    corners = [("Barlassina", "adm"), ("Barlassina", "affido"), ("Cesano", "adm"), ("Cesano", "affido")]
    extents = audit([leaving(KNOWN, printed(given, corners))], FIVE, exact=True).extents
    ends = {tuple(sorted(code for _, code in where)): (e.low, e.high) for (_, _, where), e in extents.items()}
    assert ends == {
        ("Barlassina", "adm"): (0, 9),
        ("Barlassina", "affido"): (23, 32),
        ("Cesano", "adm"): (0, 9),
        ("Cesano", "affido"): (43, 52),
    }


def test_whole_persons_narrow_what_fractions_leave_open():
    """Twice as many in one as in the other, five in all: with halves allowed there would be room."""
    known = known_of(
        flat("comune", "AMBITO", ("A",)),
        measures=[MINORS, Measure("gemelli")],
        relations=[Relation({"minori": 1, "gemelli": -2}, 0, 1)],
    )
    cells = [PublishedCell(("A",), "minori", 5), PublishedCell(("A",), "gemelli", None, True)]
    result = audit([leaving(known, PublishedTable("t", ("comune",), tuple(cells)))], THREE)
    assert [(b.low, b.high) for b in result.breaches] == [(2, 2)]


def test_a_cube_that_nobody_prints_narrows_its_faces():
    """Three tables of pairs: each safe alone, and together one cell cannot be what each of them allows."""
    dims = [
        flat("comune", "AMBITO", ("A", "B")),
        flat("servizio", "TUTTI", ("x", "y")),
        flat("eta", "TUTTE", ("0", "1")),
    ]
    known = known_of(*dims)
    towns = rows(known, "cs", ("comune", "servizio"), (4, 0), (0, 4))
    ages = rows(known, "ce", ("comune", "eta"), (4, 0), (0, 4))
    cross = rows(known, "se", ("servizio", "eta"), (4, 0), (0, 4))
    inner = [(a, b) for a in ("x", "y") for b in ("0", "1")]
    alone = audit([leaving(known, printed(cross, inner))], THREE, exact=True)
    assert {(e.low, e.high) for e in alone.extents.values()} == {(0, 4)}
    together = audit(
        [leaving(known, printed(towns, []), printed(ages, []), printed(cross, inner))], THREE, exact=True
    )
    assert {(e.low, e.high) for e in together.extents.values()} == {(0, 0), (4, 4)}


def test_a_smallest_set_of_tables_is_named():
    """Of four exports two are enough: these are named, whatever else there is."""
    given = rows(KNOWN, "casi", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    corners = [("Barlassina", "adm"), ("Barlassina", "affido"), ("Cesano", "adm"), ("Cesano", "affido")]
    safe = printed(given, corners)
    other = uncovered(safe, given, [("Cesano", "affido")])
    noise = printed(table(KNOWN, "comuni", ["comune"], {"Barlassina": 72, "Cesano": 130, "Desio": 210}), [])
    result = audit(
        [
            leaving(KNOWN, noise, source="comuni"),
            leaving(KNOWN, safe, source="sindaci"),
            leaving(KNOWN, printed(given, [c for c in corners if c[0] != "Cesano"]), source="stampa"),
            leaving(KNOWN, noise, source="ancora"),
        ],
        FIVE,
    )
    assert {b.cell.place for b in result.breaches} == set(corners)
    assert all(b.sources == ("stampa: casi",) for b in result.breaches)
    assert audit([leaving(KNOWN, safe)], FIVE).breaches == ()
    assert audit([leaving(KNOWN, other)], FIVE).breaches != ()


def test_a_demand_is_judged_by_its_ends():
    given = rows(KNOWN, "t", BOTH, (9, 30, 40), (7, 45, 50), (60, 70, 80))
    corners = [("Barlassina", "adm"), ("Barlassina", "affido"), ("Cesano", "adm"), ("Cesano", "affido")]
    unknown = ("r1", "minori", frozenset([("comune", "Barlassina"), ("servizio", "adm")]))
    published = [leaving(KNOWN, printed(given, corners))]
    assert audit(published, FIVE).breaches == ()
    assert audit(published, FIVE, demands={unknown: Demand(5, 0, 16)}).breaches == ()
    assert audit(published, FIVE, demands={unknown: Demand(5, 0, 17)}).breaches != ()
    assert audit(published, FIVE, demands={unknown: Demand(5, 0, 17)}, excused={unknown}).breaches == ()


def test_stocks_and_flows_tie_periods():
    """The stock at the end of June is that at the start of July, by whatever name it is printed."""
    periods = Dimension("periodo", {"2022-S1": "2022", "2022-S2": "2022"}, None, {"2022-S2": "2022-S1"})
    start = Measure("inizio", over={"periodo": Combine.FIRST}, opens="fine")
    end = Measure("fine", over={"periodo": Combine.LAST})
    known = known_of(periods, measures=[start, end])
    for hidden, shown_ in (
        (("2022-S1", "fine"), ("2022-S2", "inizio")),
        (("2022", "fine"), ("2022-S2", "fine")),
        (("2022", "inizio"), ("2022-S1", "inizio")),
    ):
        cells = (PublishedCell(hidden[:1], hidden[1], None, True), PublishedCell(shown_[:1], shown_[1], 3))
        result = audit([leaving(known, PublishedTable("t", ("periodo",), cells))], THREE)
        assert [(b.low, b.high) for b in result.breaches] == [(3, 3)]


def test_a_year_is_its_semesters():
    periods = Dimension("periodo", {"2022-S1": "2022", "2022-S2": "2022"})
    known = known_of(periods)
    values = {"2022": 30, "2022-S1": 28, "2022-S2": 2}
    tables = [
        PublishedTable("t", ("periodo",), (PublishedCell((p,), "minori", v if v > 3 else None, v < 4),))
        for p, v in values.items()
    ]
    for count, found in ((2, 0), (3, 1)):
        publications = [leaving(known, t, source=s) for t, s in zip(tables[-count:], "abc", strict=False)]
        assert len(audit(publications, THREE).breaches) == found


def test_publications_that_contradict_each_other_are_not_judged():
    known = known_of(flat("comune", "AMBITO", ("A", "B")))
    cells = [(("AMBITO",), 10), (("A",), 7), (("B",), 9)]
    wrong = PublishedTable("t", ("comune",), tuple(PublishedCell(p, "minori", v) for p, v in cells))
    with pytest.raises(Contradiction):
        audit([leaving(known, wrong)], FIVE)


def test_only_what_is_asked_for_is_judged_and_all_serves_the_attack():
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    hole = printed(given, [("Barlassina", "adm")])
    result = audit([leaving(KNOWN, hole, source="a"), leaving(KNOWN, hole, source="b")], FIVE, only=["b"])
    assert [table.source for table in result.tables] == ["b"]
    assert len(result.breaches) == 1


def test_the_audit_of_a_protected_set_counts_what_is_withheld():
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    found = guard(ProtectedSet(KNOWN, (given,)))
    (line,) = audit([leaving(KNOWN, *found.tables)], FIVE).tables
    assert (line.cells, line.withheld) == (16, len(withheld(found.tables[0])))
    assert line.narrowest >= 5


def test_ages_are_in_order():
    """The helper's own tables: totals are sums."""
    known = known_of(AGES)
    given = table(known, "t", ["eta"], {"0-5": 1, "6-11": 2, "12-17": 3})
    assert {c.place[0]: c.value for c in given.cells} == {"0-5": 1, "TUTTE": 6, "6-11": 2, "12-17": 3}
    assert all(a != b for a, b in pairwise(c.place for c in given.cells))


def test_what_nothing_bounds_has_no_end():
    """A column of totals that are all withheld: the largest of them may be anything."""
    given = rows(KNOWN, "t", BOTH, (2, 30, 40), (35, 45, 50), (60, 70, 80))
    hidden = [
        c.place
        for c in given.cells
        if c.place[0] in ("Barlassina", "AMBITO") and c.place[1] in ("adm", "TUTTI")
    ]
    (line,) = audit([leaving(KNOWN, printed(given, hidden))], FIVE, exact=True).tables
    assert line.breaches == ()
    assert line.narrowest == float("inf")
