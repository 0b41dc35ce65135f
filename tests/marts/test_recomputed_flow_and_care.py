"""Flow, out-of-home care, supervised meetings and contact: every cell recomputed from what was delivered."""

from collections.abc import Callable
from math import isclose
from typing import Any

import pytest
from delivered_records import Delivered, read_delivered
from recomputed_flow import contact, flow, supervised_meetings
from recomputed_placements import foster_care, placement_stability, residential_care
from recomputing import PLACES, Cells

from osservatorio.home import Home
from osservatorio.release import open_release

BY_PERIOD = ("period_type", "period", "municipality_code")
BY_YEAR = ("year", "municipality_code")
LABELS = {"municipality_name", "period_start", "period_end", "is_complete", "is_covered"}
MARTS = [
    ("mart_foster_care", BY_PERIOD, foster_care),
    ("mart_residential_care", BY_PERIOD, residential_care),
    ("mart_placement_stability", BY_YEAR, placement_stability),
    ("mart_flow", BY_YEAR, flow),
    ("mart_supervised_meetings", BY_PERIOD, supervised_meetings),
    ("mart_contact", BY_PERIOD, contact),
]


@pytest.fixture(scope="module")
def delivered(records) -> Delivered:
    return read_delivered(records)


def published(demo_home, mart: str, key: tuple[str, ...]) -> Cells:
    with open_release(Home(demo_home)) as release:
        columns = [name for (name, *_) in release.rows(f"describe {mart}")]
        rows = [dict(zip(columns, row, strict=True)) for row in release.rows(f"select * from {mart}")]
    return {
        tuple(row[name] for name in key): {
            name: value for name, value in row.items() if name not in {*key, *LABELS}
        }
        for row in rows
    }


def is_same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    if isinstance(other, int):
        return one == other
    return isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize(("mart", "key", "recompute"), MARTS, ids=[mart for mart, *_ in MARTS])
def test_every_cell_is_what_the_deliveries_say(demo_home, delivered, mart, key, recompute: Callable):
    expected, found = recompute(delivered), published(demo_home, mart, key)
    assert expected.keys() == found.keys()
    differences = []
    for place, cell in expected.items():
        assert cell.keys() == found[place].keys()
        differences += [
            (place, name, found[place][name], value)
            for name, value in cell.items()
            if not is_same(value, found[place][name])
        ]
    assert differences == []


@pytest.mark.parametrize(("mart", "key"), [(mart, key) for mart, key, _ in MARTS])
def test_all_ten_municipalities_have_their_rows(demo_home, mart, key):
    """Also those without services: zeros, not holes."""
    cells = published(demo_home, mart, key)
    periods = {place[:-1] for place in cells}
    assert periods
    assert set(cells) == {(*period, town) for period in periods for town in PLACES}


@pytest.mark.parametrize(
    ("mart", "column"),
    [
        ("mart_foster_care", "median_months"),
        ("mart_foster_care", "over_24_months"),
        ("mart_residential_care", "upper_quartile_months"),
        ("mart_placement_stability", "minors_three_or_more"),
        ("mart_flow", "re_referrals_12m"),
        ("mart_flow", "re_entries_12m"),
        ("mart_flow", "immature"),
        ("mart_supervised_meetings", "over_150_minutes"),
        ("mart_contact", "minor_months_met"),
    ],
)
def test_the_demonstration_has_cases_of_it(demo_home, mart, column):
    """A recomputation of nothing but zeros would agree with anything."""
    with open_release(Home(demo_home)) as release:
        assert release.rows(f"select count(*) > 0 from {mart} where {column} > 0") == [(True,)]
