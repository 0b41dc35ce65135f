"""Staffing, governance, costs by service and per minor: every cell recomputed from what was delivered."""

import pandas as pd
import pytest
from current_tables import Tables, read_tables
from published_marts import differences, read_mart
from recomputed_money import minor_costs, service_costs
from recomputed_people import contract_hours, governance, staffing

from osservatorio.home import Home
from osservatorio.release import open_release

MARTS = [
    ("mart_staffing", ("period_type", "period", "municipality_code", "service_code", "profilo"), staffing),
    ("mart_contract_hours", ("period_type", "period", "service_code"), contract_hours),
    ("mart_governance", ("period_type", "period", "level"), governance),
    ("mart_service_costs", ("year", "municipality_code", "service_code"), service_costs),
    ("mart_minor_costs", ("year", "municipality_code", "spells"), minor_costs),
]


@pytest.fixture(scope="module")
def tables(records) -> Tables:
    return read_tables(records)


@pytest.fixture(scope="module")
def as_of(demo_home) -> pd.Timestamp:
    with open_release(Home(demo_home)) as release:
        return pd.Timestamp(release.as_of)


@pytest.mark.parametrize(("mart", "key", "recompute"), MARTS, ids=[mart for mart, *_ in MARTS])
def test_every_cell_is_what_the_deliveries_say(demo_home, tables, as_of, mart, key, recompute):
    expected = recompute(tables, as_of)
    assert len(expected) > 50
    assert differences(read_mart(demo_home, mart, key), expected, leave_out=("person",)) == []


def test_a_minor_is_one_person(demo_home, tables, as_of):
    """In every year and municipality the same person is named by the same spell, the first; nobody else is."""
    persons = minor_costs(tables, as_of)
    published = read_mart(demo_home, "mart_minor_costs", ("year", "municipality_code", "spells"))
    pairs = {(persons[place]["person"], row["minor"]) for place, row in published.items()}
    assert len(pairs) == len({person for person, _ in pairs}) == len({minor for _, minor in pairs})
    for (_, _, spells), row in published.items():
        assert min(spells.split(", ")) >= row["minor"]


@pytest.mark.parametrize(
    ("mart", "condition"),
    [
        ("mart_staffing", "professionals > 5"),
        ("mart_contract_hours", "difference < 0"),
        ("mart_contract_hours", "difference > 0"),
        ("mart_governance", "months_without_meeting > 0 and level = 'tecnico'"),
        ("mart_service_costs", "fees > 0 and spent > 0"),
        ("mart_minor_costs", "cost_source = 'tariffe'"),
        ("mart_minor_costs", "cost_source = 'spese' and paid <> tariff_cost"),
        ("mart_minor_costs", "foster_days > 0 and placement_days > 0"),
        ("mart_minor_costs", "foster_days > foster_out_of_home_days"),
        ("mart_minor_costs", "measure_date is null"),
        ("mart_minor_costs", "contains(spells, ',')"),
    ],
)
def test_the_demonstration_has_cases_of_it(demo_home, mart, condition):
    """A recomputation of nothing but zeros would agree with anything."""
    with open_release(Home(demo_home)) as release:
        assert release.rows(f"select count(*) > 0 from {mart} where {condition}") == [(True,)]
