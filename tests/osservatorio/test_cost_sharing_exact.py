"""The simulator takes short cuts over the contributions: whatever the terms, it gives what the formula gives row by row."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osservatorio.cost_sharing import WITH_MINIMUM, Outcome, Scenario, TariffChange, simulate
from osservatorio.home import Home
from osservatorio.reference import code_list, municipalities
from osservatorio.release import Release, open_release

YEARS = (2021, 2022, 2023)
# Every contribution by itself, every person in every cell by itself: no short cut.
PLAIN = """
    with tariffs as (
        select unnest($codice_ente::varchar[]) as codice_ente, unnest($municipality_code::varchar[]) as municipality_code,
            unnest($prestazione::varchar[]) as prestazione, unnest($isee_iniziale::decimal(18, 4)[]) as first_isee,
            unnest($isee_finale::decimal(18, 4)[]) as last_isee, unnest($quota_minima::decimal(18, 4)[]) as lowest,
            unnest($contribuzione_massima::decimal(18, 4)[]) as highest
    ),
    computed as (
        select due.municipality_code, due.prestazione, due.isee_band, due.obliged_person,
            due.importo_dovuto as charged, due.due_by_formula, contribution_due(contribution_quota(due.prestazione,
                due.isee, first_isee, last_isee, lowest, highest, due.ordine_figlio), due.quantita) as due_by_scenario
        from core.fct_contribution_due as due
        inner join tariffs using (codice_ente, municipality_code, prestazione)
        where due.year = $year and due.is_assessable
    ),
    persons as (
        select case when grouping(municipality_code) = 1 then 'AMBITO' else municipality_code end as town,
            case when grouping(prestazione) = 1 then 'TUTTE' else prestazione end as service,
            case when grouping(isee_band) = 1 then 'TUTTE' else isee_band end as band,
            count(*) as contributions, sum(charged) as charged, sum(due_by_formula) as formula,
            sum(due_by_scenario) as scenario
        from computed group by obliged_person, cube (municipality_code, prestazione, isee_band)
    )
    select town, service, band, sum(contributions)::bigint, count(*), count(*) filter (where charged > 0),
        count(*) filter (where formula > 0), count(*) filter (where scenario > 0), sum(charged)::decimal(38, 2),
        sum(formula)::decimal(38, 2), sum(scenario)::decimal(38, 2), count(*) filter (where scenario > formula),
        count(*) filter (where scenario < formula), count(*) filter (where scenario > charged),
        count(*) filter (where scenario < charged)
    from persons group by town, service, band order by town, service, band"""


def cents(lowest: int, highest: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(lowest, highest, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def changes(draw: st.DrawFn) -> TariffChange:
    """New terms of a service that hold together, here or everywhere."""
    service = draw(st.sampled_from(list(code_list("prestazione"))))
    minimum = cents(0, 10) if service in WITH_MINIMUM else st.none()
    return TariffChange(
        service,
        draw(st.sampled_from(["AMBITO", *municipalities()])),
        isee_iniziale=draw(cents(0, 15_000)),
        isee_finale=draw(cents(15_001, 60_000)),
        quota_minima=draw(minimum),
        contribuzione_massima=draw(cents(11, 900)),
    )


@pytest.fixture(scope="module")
def release(demo_home: Path) -> Iterator[Release]:
    with open_release(Home(demo_home)) as release:
        yield release


@settings(max_examples=30, deadline=None)
@given(
    year=st.sampled_from(YEARS),
    moved=st.lists(changes(), max_size=5, unique_by=lambda one: (one.prestazione, one.municipality_code)),
    town=st.none() | st.sampled_from(list(municipalities())),
)
def test_short_cuts_change_nothing(release: Release, year: int, moved: list[TariffChange], town: str | None):
    found = simulate(release, Scenario(year, tuple(moved)), municipality_code=town)
    names = (
        "codice_ente",
        "municipality_code",
        "prestazione",
        "isee_iniziale",
        "isee_finale",
        "quota_minima",
        "contribuzione_massima",
    )
    columns = {name: [getattr(tariff, name) for tariff in found.tariffs] for name in names}
    rows = release.rows(PLAIN, {"year": year, **columns})
    assert found.outcomes == tuple(Outcome(*row) for row in rows)


def test_the_case_that_random_terms_must_reach_is_there(release: Release):
    """Persons with several cells and contributions without an ISEE: without them the short cuts would be untried."""
    ((several,),) = release.rows(
        """select count(*) from (select obliged_person from core.fct_contribution_due where is_assessable
        group by year, obliged_person having count(distinct (municipality_code, prestazione, isee_band)) > 1)"""
    )
    ((without,),) = release.rows(
        "select count(*) from core.fct_contribution_due where is_assessable and isee is null"
    )
    assert several > 0
    assert without > 0
