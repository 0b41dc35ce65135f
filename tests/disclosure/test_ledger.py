"""The register of what left: nothing in it can be changed unseen, and what it knows protects what comes next."""

import json
from datetime import datetime, timedelta

import pytest
from by_hand import SERVICES, TOWNS, known_of, rows, table, withheld

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.keys import new_key
from reporting.disclosure import protect as protecting
from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.cells import ProtectedSet
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.exports import CellState
from reporting.disclosure.ledger import Ledger, LedgerError, OvertakenError
from reporting.disclosure.policy import Policy
from reporting.disclosure.protect import protect_for
from reporting.disclosure.scheme import Combine, Dimension, Measure, Relation, flat
from reporting.disclosure.suppression import Suppression

AT = datetime(2023, 3, 1, 10)
BOTH = ("comune", "servizio")
KNOWN = known_of(TOWNS, SERVICES)
COUNTS = ((2, 30, 40), (35, 45, 50), (60, 70, 80))


@pytest.fixture
def home(tmp_path) -> Home:
    place = Home(tmp_path / "casa")
    place.prepare()
    new_key(place)
    return place


def leave(home, known, *tables, export="assemblea 2022", release="r1", at=AT):
    return protect_for(home, ProtectedSet(known, tables), release=release, export=export, at=at)


def three(home):
    for n in range(3):
        counts = tuple(tuple(value + n for value in line) for line in COUNTS)
        leave(
            home,
            KNOWN,
            rows(KNOWN, f"t{n}", BOTH, *counts),
            export=f"e{n}",
            release=f"r{n}",
            at=AT + timedelta(n),
        )
    return sorted(home.disclosure.glob("*.json"))


# The chain


def test_entries_are_kept_in_order_with_what_readers_saw(home):
    three(home)
    entries = Ledger(home).entries()
    assert [(e.n, e.export.export, e.export.release, e.at) for e in entries] == [
        (1, "e0", "r0", "2023-03-01T10:00:00"),
        (2, "e1", "r1", "2023-03-02T10:00:00"),
        (3, "e2", "r2", "2023-03-03T10:00:00"),
    ]
    (kept,) = entries[0].export.tables
    assert kept.count(CellState.SENSITIVE) == 1
    assert kept.count(CellState.SENSITIVE, CellState.WITHHELD) == 4


def test_a_withheld_value_is_nowhere_in_the_register(home):
    known = known_of(flat("comune", "AMBITO", ("A", "B", "C")))
    true = {"A": 3, "B": 7771, "C": 12345}
    found = leave(home, known, table(known, "t", ["comune"], true))
    (file,) = home.disclosure.glob("*.json")
    numbers = list(_numbers(json.loads(file.read_text("utf-8"))))
    hidden = [true[place] for (place,) in withheld(found.tables[0])]
    assert len(hidden) == 2
    assert 20119 in numbers  # the total, which is shown
    assert not any(value in numbers for value in hidden)


def _numbers(content):
    if isinstance(content, dict | list):
        for one in content.values() if isinstance(content, dict) else content:
            yield from _numbers(one)
    elif isinstance(content, int | float):
        yield content


def _edit(files):
    text = files[1].read_text("utf-8")
    assert '"threshold":5' in text
    files[1].write_text(text.replace('"threshold":5', '"threshold":3'), "utf-8")


def _swap(files):
    one, other = files[0].read_bytes(), files[1].read_bytes()
    files[0].write_bytes(other)
    files[1].write_bytes(one)


@pytest.mark.parametrize(
    "tamper",
    [
        _edit,
        _swap,
        lambda files: files[2].unlink(),  # a cut
        lambda files: files[1].unlink(),  # a gap
        lambda files: files[1].write_bytes(files[1].read_bytes()[:-40]),
        lambda files: files[1].write_bytes(b"[]"),
        lambda files: [file.unlink() for file in files],
    ],
    ids=["edited", "swapped", "cut", "gap", "truncated", "something else", "emptied"],
)
def test_whatever_is_changed_is_found_and_nothing_leaves(home, tamper):
    tamper(three(home))
    with pytest.raises(LedgerError, match="non è come è stato scritto"):
        Ledger(home).entries()
    with pytest.raises(LedgerError):
        leave(home, KNOWN, rows(KNOWN, "t", BOTH, *COUNTS), export="altra", release="r9")


@pytest.mark.parametrize("content", [None, b"{}", b'{"count": 2, "last": "00", "mac": "00"}', b"\xff"])
def test_the_head_is_guarded_too(home, content):
    three(home)
    head = home.keys / "esportazioni.json"
    head.unlink() if content is None else head.write_bytes(content)
    with pytest.raises(LedgerError, match="testa"):
        Ledger(home).entries()


def test_a_head_restored_from_an_older_copy_hides_nothing(home):
    """Each entry vouches for itself and for the one before: the head only has to know of no more than there are."""
    head = home.keys / "esportazioni.json"
    leave(home, KNOWN, rows(KNOWN, "t", BOTH, *COUNTS), export="prima", release="r9")
    old = head.read_bytes()
    files = three(home)
    head.write_bytes(old)
    assert len(Ledger(home).entries()) == 4
    files[2].unlink()
    with pytest.raises(LedgerError, match=r"ne manca almeno uno prima di «000004\.json»"):
        Ledger(home).entries()


def test_a_command_killed_between_the_entry_and_the_head_leaves_a_register_that_counts_it(home):
    head = home.keys / "esportazioni.json"
    three(home)
    before = head.read_bytes()
    leave(home, KNOWN, rows(KNOWN, "t", BOTH, *COUNTS), export="interrotta", release="r9")
    head.write_bytes(before)
    assert [entry.export.export for entry in Ledger(home).entries()] == ["e0", "e1", "e2", "interrotta"]
    leave(home, KNOWN, rows(KNOWN, "u", BOTH, *COUNTS), export="dopo", release="r9")
    assert len(Ledger(home).entries()) == 5


def test_a_torn_write_leaves_the_register_as_it_was(home, monkeypatch):
    three(home)
    before = {file: file.read_bytes() for file in home.disclosure.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reporting.disclosure.ledger.write_atomically", full)
    with pytest.raises(LedgerError, match=r"spazio.*Nulla è stato esportato"):
        leave(home, KNOWN, rows(KNOWN, "t", BOTH, *COUNTS), export="altra", release="r9")
    monkeypatch.undo()
    assert {file: file.read_bytes() for file in home.disclosure.iterdir()} == before
    (home.disclosure / ".000004.json.77.tmp").write_text('{"n": 4', "utf-8")  # killed while writing
    assert len(Ledger(home).entries()) == 3


def test_without_a_key_nothing_leaves(tmp_path):
    place = Home(tmp_path / "casa")
    place.prepare()
    with pytest.raises(UserError, match="chiave"):
        leave(place, KNOWN, rows(KNOWN, "t", BOTH, *COUNTS))


def test_an_export_overtaken_by_another_starts_again(home, monkeypatch):
    """Two commands at once: the second to arrive protects its tables again, with the first among the earlier ones."""
    real, runs = protecting.protect, []

    def slow(given, **more):
        protected = real(given, **more)
        if not runs:
            runs.append("mine")
            leave(home, KNOWN, rows(KNOWN, "a", BOTH, *COUNTS), export="più svelta")
        runs.append(len(more["entries"]))
        return protected

    monkeypatch.setattr(protecting, "protect", slow)
    leave(home, KNOWN, rows(KNOWN, "b", BOTH, *COUNTS), export="più lenta")
    assert runs == ["mine", 0, 0, 1]
    assert [entry.export.export for entry in Ledger(home).entries()] == ["più svelta", "più lenta"]


def test_an_entry_after_another_is_refused(home):
    found = leave(home, KNOWN, rows(KNOWN, "t", BOTH, *COUNTS))
    other = protecting.protect(
        ProtectedSet(KNOWN, (rows(KNOWN, "u", BOTH, *COUNTS),)),
        release="r1",
        export="u",
        policy=Policy(),
        secret=b"x",
    )
    with pytest.raises(OvertakenError, match="riprova"):
        Ledger(home).append(other.export, AT, after=0)
    assert Ledger(home).append(found.export, AT).n == 1  # the same again


# What it protects


def test_a_failed_audit_writes_nothing_and_says_which_cell_how_well_and_from_where(home, monkeypatch):
    """A protection that only does the first rule: the auditor stops it at the door."""

    def only_primary(known, system, layouts, sensitive, *_):
        return Suppression(frozenset(sensitive), frozenset(sensitive), (), (), 0.0, 0.0, 0)

    monkeypatch.setattr(protecting, "suppress", only_primary)
    given = ProtectedSet(
        KNOWN,
        (rows(KNOWN, "casi", BOTH, *COUNTS),),
        {
            ("comune", "Barlassina"): "Comune di Barlassina",
            ("servizio", "adm"): "Assistenza domiciliare",
            ("", "minori"): "minori in carico",
        },
    )
    with pytest.raises(DisclosureError) as caught:
        protect_for(home, given, release="r1", export="assemblea 2022", at=AT)
    message = caught.value.message
    for words in (
        "«Comune di Barlassina, Assistenza domiciliare»",
        "(minori in carico)",
        "tabella «casi»",
        "si ricava con esattezza",
        "da «assemblea 2022: casi»",
        "Nulla è stato scritto.",
    ):
        assert words in message, message
    assert caught.value.exit_code == 1
    assert Ledger(home).entries() == []
    assert not list(home.disclosure.glob("*.json"))


def test_a_leak_through_an_earlier_export_names_both(home, monkeypatch):
    """A town's own figures left in the clear elsewhere: the new table is safe alone."""
    known = known_of(flat("comune", "AMBITO", ("A", "B", "C")))
    leave(home, known, table(known, "prima", ["comune"], {"A": 12, "B": 30, "C": 40}), export="stampa")
    other = known_of(flat("comune", "AMBITO", ("A", "B", "C")), flat("sesso", "TUTTI", ("F", "M")))

    def naive(known, system, layouts, sensitive, *_):
        return Suppression(frozenset(sensitive), frozenset(sensitive), (), (), 0.0, 0.0, 0)

    monkeypatch.setattr(protecting, "suppress", naive)
    wide = rows(other, "dopo", ("comune", "sesso"), (2, 10), (14, 16), (19, 21))
    inner = type(wide)(wide.key, wide.dimensions, tuple(c for c in wide.cells if c.place[1] != "TUTTI"))
    with pytest.raises(
        DisclosureError, match=r"«stampa \(n\. 1\): prima» e «assemblea 2022: dopo»|«assemblea 2022: dopo»"
    ):
        leave(home, other, inner)


def test_a_municipality_edition_after_that_of_the_ambito(home):
    """The edition of one town has its own figures, with more detail: the holes of the Ambito's table stay closed."""
    first = leave(home, KNOWN, rows(KNOWN, "casi", BOTH, *COUNTS), export="assemblea 2022")
    hidden = {place for place in withheld(first.tables[0]) if place[0] == "Barlassina"}
    own = flat("comune", "AMBITO", TOWNS.children["AMBITO"])
    known = known_of(own, SERVICES, flat("sesso", "TUTTI", ("F", "M")))
    inner = {}
    for service, (girls, boys) in zip(SERVICES.children["TUTTI"], ((1, 1), (14, 16), (19, 21)), strict=True):
        inner[service, "F"], inner[service, "M"] = girls, boys
    edition = table(
        known_of(SERVICES, flat("sesso", "TUTTI", ("F", "M"))), "dettaglio", ("servizio", "sesso"), inner
    )
    cells = tuple(type(c)(("Barlassina", *c.place), c.measure, c.value) for c in edition.cells)
    second = leave(
        home,
        known,
        type(edition)("dettaglio", ("comune", "servizio", "sesso"), cells),
        export="Barlassina 2022",
    )
    seen = {cell.place: cell.value for cell in second.tables[0].cells}
    for town, service in hidden:
        assert seen[town, service, "TUTTI"] is None
    assert audit_ledger(Ledger(home).entries(), Policy()).breaches == ()


def test_a_corrected_delivery_is_another_figure_and_both_stay_protected(home):
    """A second release corrects two cells: readers of both may not subtract one table from the other."""
    first = leave(home, KNOWN, rows(KNOWN, "casi", BOTH, *COUNTS), release="r1")
    corrected = rows(KNOWN, "casi", BOTH, (3, 30, 40), (35, 45, 50), (60, 70, 80))
    second = leave(home, KNOWN, corrected, release="r2")
    entries = Ledger(home).entries()
    assert [e.export.release for e in entries] == ["r1", "r2"]
    marks = [
        {c.place: c.mark for c in e.export.tables[0].cells if c.place == ("Barlassina", "adm")}
        for e in entries
    ]
    assert marks[0] != marks[1]
    unchanged = [
        {c.place: c.mark for c in e.export.tables[0].cells if c.place == ("Desio", "incontri")}
        for e in entries
    ]
    assert unchanged[0] == unchanged[1]
    assert ("Barlassina", "adm") in withheld(first.tables[0]) & withheld(second.tables[0])
    assert audit_ledger(entries, Policy()).breaches == ()


def test_successive_periods_and_their_year(home):
    """Stock, entries, exits, next stock; semester + semester = year: exported one after the other."""
    periods = Dimension(
        "periodo",
        {"2022-S1": "2022", "2022-S2": "2022"},
        None,
        {"2022-S2": "2022-S1"},
    )
    measures = [
        Measure("inizio", over={"periodo": Combine.FIRST}, opens="fine"),
        Measure("aperte"),
        Measure("chiuse"),
        Measure("fine", over={"periodo": Combine.LAST}),
    ]
    relation = Relation({"inizio": 1, "aperte": 1, "chiuse": -1, "fine": -1})
    known = known_of(periods, TOWNS, SERVICES, measures=measures, relations=[relation])
    flows = {
        "2022-S1": {
            "inizio": COUNTS,
            "aperte": ((1, 6, 9), (8, 2, 7), (12, 9, 14)),
            "chiuse": ((1, 5, 3), (9, 7, 12), (11, 4, 6)),
        },
        "2022-S2": {
            "aperte": ((2, 8, 7), (6, 9, 1), (10, 13, 8)),
            "chiuse": ((1, 9, 6), (7, 8, 9), (3, 6, 17)),
        },
    }

    def add(*parts):
        signs = (1, 1, -1)
        return tuple(
            tuple(sum(s * part[r][c] for s, part in zip(signs, parts, strict=False)) for c in range(3))
            for r in range(3)
        )

    first = flows["2022-S1"]
    first["fine"] = add(first["inizio"], first["aperte"], first["chiuse"])
    second = flows["2022-S2"]
    second["inizio"] = first["fine"]
    second["fine"] = add(second["inizio"], second["aperte"], second["chiuse"])
    flows["2022"] = {
        "inizio": first["inizio"],
        "aperte": add(first["aperte"], second["aperte"]),
        "chiuse": add(first["chiuse"], second["chiuse"]),
        "fine": second["fine"],
    }
    inner_known = known_of(TOWNS, SERVICES, measures=measures)
    for period, by_measure in flows.items():
        cells = [
            type(cell)((period, *cell.place), cell.measure, cell.value)
            for name, counts in by_measure.items()
            for cell in rows(inner_known, "flussi", BOTH, *counts, measure=name).cells
        ]
        given = type(rows(inner_known, "x", BOTH, *COUNTS))("flussi", ("periodo", *BOTH), tuple(cells))
        leave(home, known, given, export=f"semestrale {period}", release="r1", at=AT)
    entries = Ledger(home).entries()
    assert len(entries) == 3
    found = audit_ledger(entries, Policy(), exact=True)
    assert found.withheld > 20
    assert found.breaches == ()


def test_what_an_earlier_export_showed_cannot_be_protected_and_is_said(home):
    """A threshold raised later: what left under the lower one is public, and the note says so."""
    (home.root / "impostazioni.toml").write_text("[riservatezza]\nsoglia = 3\n", "utf-8")
    given = rows(KNOWN, "casi", BOTH, (4, 30, 40), (35, 45, 50), (60, 70, 80))
    first = leave(home, KNOWN, given)
    assert first.tables[0].withheld == 0
    (home.root / "impostazioni.toml").write_text("[riservatezza]\nsoglia = 5\n", "utf-8")
    second = leave(home, KNOWN, given)
    assert withheld(second.tables[0]) == {("Barlassina", "adm")}
    assert any("già not" in note for note in second.notes)
    assert len(second.already_public) == 1


def test_a_promise_is_kept_as_it_was_made(home):
    """Exported under 3, a pair of cells is as wide as that allows: a threshold raised later does not make it a leak."""
    (home.root / "impostazioni.toml").write_text("[riservatezza]\nsoglia = 3\n", "utf-8")
    known = known_of(flat("comune", "AMBITO", ("A", "B", "C")))
    first = leave(home, known, table(known, "t", ["comune"], {"A": 2, "B": 1, "C": 40}))
    assert withheld(first.tables[0]) == {("A",), ("B",)}
    (home.root / "impostazioni.toml").write_text("[riservatezza]\nsoglia = 5\n", "utf-8")
    second = leave(home, KNOWN, rows(KNOWN, "casi", BOTH, *COUNTS), export="governance 2022", release="r2")
    assert second.suppression.lost == ()
    assert not any("già" in note for note in second.notes)
    entries = Ledger(home).entries()
    assert audit_ledger(entries, Policy(threshold=5)).breaches == ()
    assert {b.cell.place for b in audit_ledger(entries, Policy(threshold=5), as_promised=False).breaches} == {
        ("A",),
        ("B",),
    }


def test_the_same_figures_in_another_export_leave_the_same_way(home):
    first = leave(home, KNOWN, rows(KNOWN, "casi", BOTH, *COUNTS), export="assemblea 2022")
    second = leave(home, KNOWN, rows(KNOWN, "altro nome", BOTH, *COUNTS), export="governance 2022")
    assert withheld(first.tables[0]) == withheld(second.tables[0])
