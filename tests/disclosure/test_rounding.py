"""Controlled rounding: everything adds up, nothing is far off, and with all that left before nobody is given away."""

import random
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from rounding_cases import (
    ALL,
    PEOPLE,
    POLICY,
    known_of,
    population,
    registered,
    rounding,
    sums,
    suppressed,
    tables_of,
    values_by_place,
)

from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.cells import Cell, ProtectedSet, Table
from reporting.disclosure.errors import DisclosureError
from reporting.disclosure.ledger import CellState
from reporting.disclosure.policy import Policy
from reporting.disclosure.rounding import derived
from reporting.disclosure.rounding_guard import Guard
from reporting.disclosure.scheme import Kind, Measure, scheme

CUBE = ((0, 1, 2),)
MOST = 26  # as far as brute force counts where no exact total does
MOST_TABLES = 3_000_000


@pytest.mark.parametrize("seed", range(12))
def test_all_lines_add_up_and_no_figure_is_far(seed):
    chance = random.Random(seed)
    sizes = (chance.randint(2, 8), chance.randint(2, 5), chance.randint(2, 4))
    given = tables_of(sizes, population(chance, sizes, chance.choice([0, 3, 40, 400])), CUBE)
    result = rounding(given)
    (true,), (printed,) = given.tables, result.tables
    assert all(total == sum(parts) for _, total, parts in sums(printed))
    exact, shown = values_by_place(true), values_by_place(printed)
    assert all(value % 5 == 0 and value >= 0 for value in shown.values())
    assert all(abs(shown[place] - exact[place]) <= (4 if exact[place] % 5 else 5) for place in exact)
    assert result.largest == max(abs(shown[place] - exact[place]) for place in exact)
    assert not result.audit.breaches
    assert printed.base == result.base == 5


def test_a_large_figure_is_rounded_without_any_earlier_export():
    sizes = (3, 2, 2)
    given = tables_of(sizes, population(random.Random(3), sizes, 5_000), CUBE)
    assert max(values_by_place(rounding(given).tables[0]).values()) == pytest.approx(5_000, abs=5)


def test_persons_who_stand_in_several_parts_count_once():
    chance = random.Random(11)
    sizes = (6, 4, 3)
    people = population(chance, sizes, 150)
    also = [(who, (place[0], (place[1] + 1) % 4, place[2])) for who, place in enumerate(people[:40])]
    printed = rounding(tables_of(sizes, people, CUBE, distinct=(1,), also=also)).tables[0]
    for dimension, total, parts in sums(printed):
        if dimension == "d1":
            assert max(parts) <= total <= sum(parts)
        else:
            assert total == sum(parts)


def test_zeros_move_so_a_printed_base_tells_of_nobody():
    sizes = (6, 5, 4)
    moved = stayed = hidden = 0
    for seed in range(6):
        given = tables_of(sizes, population(random.Random(seed), sizes, 120), CUBE)
        exact, shown = (values_by_place(table[0]) for table in (given.tables, rounding(given).tables))
        moved += sum(shown[place] == 5 for place in exact if exact[place] == 0)
        stayed += sum(shown[place] == 0 for place in exact if exact[place] == 0)
        hidden += sum(shown[place] == 0 for place in exact if exact[place] > 0)
    print(f"zeri stampati come 5: {moved}, come 0: {stayed}; persone dietro uno 0: {hidden}")
    assert moved > 20
    assert hidden > 20
    assert stayed > moved


def test_one_secret_gives_one_rounding_and_another_gives_another():
    sizes = (6, 4, 3)
    given = tables_of(sizes, population(random.Random(5), sizes, 200), CUBE)
    first = rounding(given)
    assert first.tables == rounding(given).tables
    assert first.tables != rounding(given, secret=b"un altro segreto").tables


def test_means_are_right_in_the_long_run():
    """A cell of two is printed as 5 about two times out of five: no systematic loss of small municipalities."""
    cells = [
        Cell((code, "2022"), PEOPLE, 2 * 30 if code == ALL else 2)
        for code in known_of((30,)).dimensions["d0"].codes
    ]
    given = ProtectedSet(known_of((30,)), (Table("uno", ("d0", "year"), tuple(cells)),))
    printed = [
        cell.value
        for seed in range(10)
        for cell in rounding(given, secret=bytes([seed])).tables[0].cells
        if cell.place[0] != ALL
    ]
    assert sum(printed) / len(printed) == pytest.approx(2, abs=0.25)


def possible(known, exact: dict, printed: dict, base: int) -> dict[tuple[str, ...], np.ndarray] | None:
    """Every two-way table that readers still think possible: exact cells and totals, and multiples with their base.

    None where they are too many to write down.
    """
    axes = [[code for code in known.dimensions[name].codes if code != ALL] for name in ("d0", "d1")]
    inner = list(product(*axes))
    most = [
        min([MOST, *(value for place, value in exact.items() if place_holds(place, cell))]) for cell in inner
    ]
    if np.prod([roof + 1 for roof in most]) > MOST_TABLES:
        return None
    grid = np.indices([roof + 1 for roof in most]).reshape(len(inner), -1)
    table = {
        place: sum(values for cell, values in zip(inner, grid, strict=True) if place_holds(place, cell))
        for place in product(*([ALL, *codes] for codes in axes))
    }
    fits = np.ones(grid.shape[1], dtype=bool)
    for place, value in exact.items():
        fits &= table[place] == value
    for place, value in printed.items():
        fits &= np.abs(table[place] - value) <= base
    return {place: values[fits] for place, values in table.items()}


def place_holds(place: tuple[str, ...], cell: tuple[str, ...]) -> bool:
    return all(code in (ALL, mine) for code, mine in zip(place, cell, strict=True))


def test_brute_force_agrees_on_tiny_tables_after_exact_margins():
    """Every table that fits what was shown, withheld and rounded is written down: what it leaves open is what counts."""
    looked_at = small = 0
    for seed in range(40):
        chance = random.Random(seed)
        sizes = (2, chance.choice([2, 3]))
        given = tables_of(sizes, population(chance, sizes, chance.randint(7, 15)), ((0, 1),))
        export = suppressed(given)
        cells = {cell.place[:2]: cell for cell in export.tables[0].cells}
        exact = {place: cell.value for place, cell in cells.items() if cell.state is CellState.SHOWN}
        result = rounding(given, registered(export))
        printed = {place[:2]: value for place, value in values_by_place(result.tables[0]).items()}
        before = possible(given.known, exact, {}, 0)
        after = possible(given.known, exact, printed, result.base)
        if before is None or after is None:
            continue
        for place, cell in cells.items():
            low, high = after[place].min(), after[place].max()
            if cell.state is CellState.SHOWN:
                continue
            looked_at += 1
            assert high - low >= POLICY.threshold, (seed, place)
            if cell.state is CellState.SENSITIVE:
                small += 1
                assert (before[place].min(), low) == (0, 0), (seed, place)
                assert high >= POLICY.threshold, (seed, place)
    print(f"celle oscurate guardate: {looked_at}, di cui piccole: {small}")
    assert looked_at > 60
    assert small > 40


def leaks(entries, result) -> int:
    return len(audit_ledger([*entries, *registered(result.export)], POLICY).breaches)


def three_way(seed: int):
    """A population as a cube of three dimensions, and the two-way tables of it that the mayors got before."""
    sizes = (5, 4, 3)
    people = population(random.Random(seed), sizes, 90)
    shown = suppressed(tables_of(sizes, people, ((0, 1), (0, 2))))
    return tables_of(sizes, people, CUBE), registered(shown)


def test_promises_of_an_earlier_export_are_kept(monkeypatch):
    """Exact margins are known: with the guard all holds, without it the same roundings give cells away.

    Where multiples of 5 would tell too much those of 10 leave, and the notes say so.
    """
    cases = [three_way(seed) for seed in (101, 102, 108)]
    guarded = [rounding(given, entries) for given, entries in cases]
    assert [leaks(entries, result) for (_, entries), result in zip(cases, guarded, strict=True)] == [0] * 3
    for result in guarded:
        assert all(total == sum(parts) for _, total, parts in sums(result.tables[0]))
        assert any(f"La base è {result.base} e non 5" in note for note in result.notes) == (result.base > 5)
    assert {result.base for result in guarded} == {5, 10}
    monkeypatch.setattr(Guard, "cuts", lambda self, rounded: [])
    monkeypatch.setattr("reporting.disclosure.rounding_job.MOST_TRIES", 1)
    monkeypatch.setattr("reporting.disclosure.rounding_job.MOST_DOUBLINGS", 0)
    refused = 0
    for given, entries in cases:
        with suppress(DisclosureError):
            rounding(given, entries)
            continue
        refused += 1
    print(f"esportazioni che senza guardia la verifica rifiuta: {refused} su {len(cases)}")
    assert refused > 0


def test_what_was_known_before_is_no_reason_to_refuse():
    """Exact tables by two dimensions narrow a cell of three that nobody had printed: said, and not made worse."""
    given, entries = three_way(103)
    result = rounding(given, entries)
    true = values_by_place(given.tables[0])
    known = [
        cell
        for cell in result.export.tables[0].cells
        if cell.width and (cell.width < 5 or 0 < true[cell.place] < 5)
    ]
    assert len(known) == 1
    assert result.notes[1].startswith("1 numero piccolo era già noto da esportazioni precedenti")
    assert leaks(entries, result) == 0


def test_the_same_export_again_is_the_same_whatever_left_in_between():
    sizes = (5, 4, 3)
    people = population(random.Random(8), sizes, 120)
    given = tables_of(sizes, people, CUBE)
    first = rounding(given)
    entries = registered(first.export)
    assert rounding(given, entries).export == first.export
    later = suppressed(tables_of(sizes, people, ((0, 1),)), entries=entries)
    again = rounding(given, registered(first.export, later))
    assert (again.tables, again.export, again.notes) == (first.tables, first.export, first.notes)


def test_figures_that_did_not_change_keep_their_multiples():
    sizes = (5, 4, 3)
    people = population(random.Random(9), sizes, 150)
    first = rounding(tables_of(sizes, people, CUBE))
    corrected = [*people[1:], (4, 3, 2)]
    second = rounding(tables_of(sizes, corrected, CUBE), registered(first.export), release="r2")
    before, after = values_by_place(first.tables[0]), values_by_place(second.tables[0])
    true_before, true_after = (
        values_by_place(tables_of(sizes, p, CUBE).tables[0]) for p in (people, corrected)
    )
    same = [place for place in before if true_before[place] == true_after[place]]
    assert sum(before[place] != after[place] for place in same) <= len(same) // 20
    assert all(total == sum(parts) for _, total, parts in sums(second.tables[0]))
    assert leaks(registered(first.export), second) == 0


def test_a_rounding_that_nothing_makes_safe_is_refused_in_italian(monkeypatch):
    people = population(random.Random(1), (3, 3), 30)
    given = tables_of((3, 3), people, ((0, 1),))
    shown = suppressed(given)
    monkeypatch.setattr("reporting.disclosure.rounding_programme.Programme.solve", lambda self, cuts=(): None)
    with pytest.raises(
        DisclosureError, match=r"non si possono arrotondare.*Nulla è stato scritto"
    ) as refused:
        rounding(given, registered(shown))
    assert refused.value.exit_code == 1


def test_the_threshold_of_the_home_raises_the_base():
    sizes = (4, 3, 2)
    given = tables_of(sizes, population(random.Random(2), sizes, 100), CUBE)
    result = rounding(given, policy=Policy(threshold=8))
    assert result.base == 8
    assert "multiplo di 8" in result.notes[0]
    with pytest.raises(ValueError, match="threshold"):
        rounding(given, policy=Policy(threshold=8), base=5)


def test_smaller_tables_come_out_of_the_cube():
    sizes = (5, 4, 3)
    given = tables_of(sizes, population(random.Random(4), sizes, 150), CUBE)
    cube = rounding(given).tables[0]
    two = derived(given.known, cube, ("d0", "d2", "year"), "due")
    assert two.dimensions == ("d0", "d2", "year")
    assert two.base == 5
    assert len(two.cells) == 6 * 4
    values = values_by_place(cube)
    assert all(cell.value == values[cell.place[0], ALL, *cell.place[1:]] for cell in two.cells)
    assert all(total == sum(parts) for _, total, parts in sums(two))
    with pytest.raises(ValueError, match="no table"):
        derived(given.known, cube, ("d0",), "senza anno")


def test_what_cannot_be_rounded_is_refused():
    known = scheme([*known_of((2,)).dimensions.values()], [Measure("euro", Kind.AMOUNT)])
    euros = ProtectedSet(known, (Table("spesa", ("d0", "year"), (Cell((ALL, "2022"), "euro", 10.0),)),))
    with pytest.raises(ValueError, match="only counts of persons"):
        rounding(euros)
    cells = tuple(Cell((code, "2022"), PEOPLE, value) for code, value in ((ALL, 9), ("a0", 4), ("a1", 4)))
    with pytest.raises(DisclosureError, match="non tornano"):
        rounding(ProtectedSet(known_of((2,)), (Table("uno", ("d0", "year"), cells),)))
