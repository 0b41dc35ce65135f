"""The part of a municipality in a simulation of all is what a simulation of its cases alone gives."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from osservatorio.cost_sharing import Scenario, TariffChange, simulate
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.reference import municipalities
from osservatorio.release import Release, open_release


@pytest.fixture(scope="module")
def release(demo_home: Path) -> Iterator[Release]:
    with open_release(Home(demo_home)) as release:
        yield release


@pytest.mark.parametrize(
    "changes", [(), (TariffChange("affido", isee_finale=Decimal(31_000)),)], ids=["today", "moved"]
)
def test_the_part_of_a_municipality_is_its_own_simulation(release: Release, changes: tuple) -> None:
    scenario = Scenario(2022, changes)
    whole = simulate(release, scenario)
    for town in municipalities():
        assert whole.of_town(town) == simulate(release, scenario, municipality_code=town)


def test_a_municipality_without_contributions_is_told_so(release: Release) -> None:
    with pytest.raises(UserError, match="non ha compartecipazioni"):
        simulate(release, Scenario(2022)).of_town("999999")
