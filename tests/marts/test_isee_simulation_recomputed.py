"""mart_isee_simulation, cell for cell, against the demonstration's files worked out one by one in Python."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from recomputed_contributions import cents, contributions_with_tariffs, quota
from records_in_pandas import Records

from osservatorio.reference import code_list, read_seed

THRESHOLDS = ("isee_iniziale", "isee_finale")
FIGURES = (
    "contributions",
    "obliged_persons",
    "minors",
    "paying_minors",
    "affected_minors",
    "due_by_formula",
    "due_by_scenario",
    "difference",
    "exempt_persons",
    "graduated_persons",
    "full_cost_persons",
    "pays_more",
    "pays_less",
    "lowest_isee_iniziale",
    "highest_isee_iniziale",
    "lowest_isee_finale",
    "highest_isee_finale",
)


@dataclass
class Person:
    """What one obliged person owes in a cell: today, under the hypothesis, and whether always the maximum."""

    today: Decimal = Decimal(0)
    later: Decimal = Decimal(0)
    is_always_highest: bool = True


@dataclass
class Cell:
    contributions: int = 0
    persons: dict[tuple[Any, str], Person] = field(default_factory=lambda: defaultdict(Person))
    starts: set[Fraction] = field(default_factory=set)
    ends: set[Fraction] = field(default_factory=set)

    def figures(self, has_thresholds: bool) -> dict[str, Any]:
        persons = self.persons
        owing = {who for who, person in persons.items() if person.later > 0}
        full = {who for who in owing if persons[who].is_always_highest}
        moved = {who for who, person in persons.items() if person.later != person.today}
        dearer = {who for who in moved if persons[who].later > persons[who].today}
        today, later = (sum(getattr(p, name) for p in persons.values()) for name in ("today", "later"))
        ranges = (min(self.starts), max(self.starts), min(self.ends), max(self.ends))
        values = (
            self.contributions,
            len(persons),
            len({minor for minor, _ in persons}),
            len({minor for minor, _ in owing}),
            len({minor for minor, _ in moved}),
            today,
            later,
            later - today,
            len(persons) - len(owing),
            len(owing) - len(full),
            len(full),
            len(dearer),
            len(moved) - len(dearer),
            *(ranges if has_thresholds else (None,) * 4),
        )
        return dict(zip(FIGURES, values, strict=True))


def under(tariff: dict[str, Any], scenario: dict[str, str]) -> dict[str, Any]:
    """The tariff with the thresholds of a hypothesis, exact."""
    changed = {
        name: Fraction(tariff[name]) * (1 + Fraction(scenario[f"{name}_change"])) for name in THRESHOLDS
    }
    return {**tariff, **changed}


@pytest.fixture(scope="module")
def cells(records: Records) -> dict[tuple[int, str, str, str], Cell]:
    found: dict[tuple[int, str, str, str], Cell] = defaultdict(Cell)
    for row, tariff in contributions_with_tariffs(records):
        if tariff is None:
            continue
        units, who = Fraction(row["quantita"]), (row["person"], row["obbligato"])
        today = cents(Fraction(quota(row, tariff)) * units)
        for scenario in read_seed("isee_scenarios"):
            terms = under(tariff, scenario)
            asked, highest = quota(row, terms), quota({**row, "isee": None}, terms)
            later = cents(Fraction(asked) * units)
            for town in (row["municipality"], "AMBITO"):
                for service in (row["prestazione"], "TUTTE"):
                    cell = found[row["mese"].year, scenario["scenario_code"], town, service]
                    cell.contributions += 1
                    cell.starts.add(terms["isee_iniziale"])
                    cell.ends.add(terms["isee_finale"])
                    person = cell.persons[who]
                    person.today += today
                    person.later += later
                    person.is_always_highest &= asked == highest
    return found


def test_every_cell_is_what_the_persons_would_owe(cells, release):
    names = ", ".join(FIGURES)
    rows = release.rows(
        f"select year, scenario_code, municipality_code, prestazione, {names} from mart_isee_simulation"
    )
    mart = {row[:4]: dict(zip(FIGURES, row[4:], strict=True)) for row in rows}
    assert len(mart) == len(rows)
    assert mart.keys() == cells.keys()
    for key, cell in cells.items():
        assert mart[key] == cell.figures(key[3] != "TUTTE"), key


def test_the_demonstration_meets_every_kind_of_person(release):
    """Otherwise the comparison above would say little."""
    ((exempt, graduated, full, more, less),) = release.rows(
        """select sum(exempt_persons), sum(graduated_persons), sum(full_cost_persons), sum(pays_more), sum(pays_less)
        from mart_isee_simulation where municipality_code = 'AMBITO' and prestazione = 'TUTTE'"""
    )
    assert min(exempt, graduated, full, more, less) > 20


def test_who_pays_under_higher_thresholds_never_pays_more(release):
    found = release.rows(
        """select scenario_code, sum(pays_more), sum(pays_less), max(difference), min(difference)
        from mart_isee_simulation group by all having max(isee_iniziale_change) > 0 or max(isee_finale_change) > 0"""
    )
    assert len(found) == 4
    for code, more, less, highest, lowest in found:
        assert (more, highest <= 0) == (0, True), code
        assert less > 0 > lowest, code


def test_every_hypothesis_has_its_name_and_one_changes_nothing():
    rows = read_seed("isee_scenarios")
    assert {row["scenario_code"] for row in rows} == set(code_list("isee_scenario"))
    changes = [tuple(Decimal(row[f"{name}_change"]) for name in THRESHOLDS) for row in rows]
    assert changes.count((0, 0)) == 1
    assert len(set(changes)) == len(changes)
    assert all(-1 < change < 1 for pair in changes for change in pair)
    assert all(row["description"].endswith(".") for row in rows)
