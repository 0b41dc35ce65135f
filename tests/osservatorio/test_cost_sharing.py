"""The simulator of tariffs over the demonstration's release: today's tariffs give today's sums, and what changes moves
as it should."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from osservatorio.cost_sharing import Scenario, TariffChange, simulate
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.reference import code_list, municipalities
from osservatorio.release import Release, open_release

YEARS = (2021, 2022, 2023)
MART = """
    select municipality_code, prestazione, contributions - not_assessable, charged_assessable, due_by_formula
    from mart_cost_sharing where year = ? and contributions > not_assessable"""


@pytest.fixture(scope="module")
def release(demo_home: Path) -> Iterator[Release]:
    with open_release(Home(demo_home)) as release:
        yield release


@pytest.mark.parametrize("year", YEARS)
def test_todays_tariffs_give_the_sums_of_the_formula(release, year):
    found = simulate(release, Scenario(year))
    totals = {
        (o.municipality_code, o.prestazione): (o.contributions, o.charged, o.due_by_formula)
        for o in found.outcomes
        if o.isee_band == "TUTTE"
    }
    assert totals == {tuple(row[:2]): tuple(row[2:]) for row in release.rows(MART, [year])}
    for outcome in found.outcomes:
        assert outcome.due_by_scenario == outcome.due_by_formula
        assert outcome.payers_by_scenario == outcome.payers_by_formula
        assert outcome.pays_more == outcome.pays_less == 0
    missing = release.rows(
        "select not_assessable from mart_cost_sharing where year = ? and municipality_code = 'AMBITO' "
        "and prestazione = 'TUTTE'",
        [year],
    )
    assert missing == [(found.not_assessable,)]


def test_todays_tariffs_written_out_change_nothing(release):
    today = simulate(release, Scenario(2022))
    written = {
        (t.municipality_code, t.prestazione): TariffChange(
            t.prestazione,
            t.municipality_code,
            t.isee_iniziale,
            t.isee_finale,
            t.quota_minima,
            t.contribuzione_massima,
        )
        for t in today.tariffs
    }
    again = simulate(release, Scenario(2022, tuple(written.values())))
    assert again.outcomes == today.outcomes


def test_a_higher_threshold_frees_and_nobody_else_pays_more_than_before(release):
    """Nobody loses when the initial ISEE rises to the final one's eve, but for those who paid the line anyway."""
    change = TariffChange("adm", isee_iniziale=Decimal(12_000))
    found = simulate(release, Scenario(2022, (change,)))
    adm, others = found.outcome(prestazione="adm"), found.outcome(prestazione="struttura")
    assert adm.payers_by_scenario < adm.payers_by_formula
    assert adm.due_by_scenario < adm.due_by_formula
    assert adm.pays_less > 0
    assert adm.pays_more == 0
    assert others.due_by_scenario == others.due_by_formula
    freed = [found.outcome(prestazione="adm", isee_band=band) for band in ("0-5000", "5000-10000")]
    assert [(o.payers_by_scenario, o.due_by_scenario) for o in freed] == [(0, 0), (0, 0)]


def test_the_figures_are_the_formula_row_by_row(release):
    """Against the rows of one municipality and service, each computed by itself under the new terms."""
    change = TariffChange(
        "struttura", "108030", Decimal(5000), Decimal("28000.50"), Decimal(3), Decimal("21.35")
    )
    outcome = simulate(release, Scenario(2023, (change,))).outcome("108030", "struttura")
    rows = release.rows(
        """select obliged_person, importo_dovuto, due_by_formula, contribution_due(
            contribution_quota('struttura', isee, 5000, 28000.50, 3, 21.35, ordine_figlio), quantita)
        from core.fct_contribution_due
        where year = 2023 and municipality_code = '108030' and prestazione = 'struttura' and is_assessable"""
    )
    sums: dict[str, list[Decimal]] = {}
    for person, *amounts in rows:
        sums[person] = [a + b for a, b in zip(sums.get(person, [0, 0, 0]), amounts, strict=True)]
    charged, formula, scenario = (sum(column) for column in zip(*sums.values(), strict=True))
    assert (outcome.charged, outcome.due_by_formula, outcome.due_by_scenario) == (charged, formula, scenario)
    assert outcome.obliged_persons == len(sums)
    assert outcome.payers_by_scenario == sum(new > 0 for _, _, new in sums.values())
    assert outcome.pays_more == sum(new > old for _, old, new in sums.values()) > 0
    assert outcome.pays_less == sum(new < old for _, old, new in sums.values())
    assert outcome.pays_more_than_charged == sum(new > old for old, _, new in sums.values())
    assert outcome.pays_less_than_charged == sum(new < old for old, _, new in sums.values())


def test_the_municipality_counts_before_the_ambito(release):
    everywhere = TariffChange("adm", contribuzione_massima=Decimal(0))
    but_for_seregno = TariffChange("adm", "108039", contribuzione_massima=Decimal(20))
    for changes in ((everywhere, but_for_seregno), (but_for_seregno, everywhere)):
        found = simulate(release, Scenario(2022, changes))
        applied = {
            t.municipality_code: t.contribuzione_massima for t in found.tariffs if t.prestazione == "adm"
        }
        assert applied.pop("108039") == 20
        assert set(applied.values()) == {0}
        assert found.outcome("108040", "adm").due_by_scenario == 0
        assert (
            found.outcome("108039", "adm").due_by_scenario
            == found.outcome(prestazione="adm").due_by_scenario
            > 0
        )


def test_bands_are_in_order_and_add_up(release):
    found = simulate(release, Scenario(2022, (TariffChange("affido", quota_minima=Decimal(50)),)))
    bands, total = found.bands(prestazione="affido"), found.outcome(prestazione="affido")
    order = list(code_list("isee_band"))
    assert [order.index(o.isee_band) for o in bands] == sorted(order.index(o.isee_band) for o in bands)
    assert sum(o.due_by_scenario for o in bands) == total.due_by_scenario > total.due_by_formula
    assert sum(o.contributions for o in bands) == total.contributions


def test_a_municipality_may_look_at_its_own_cases_alone(release):
    own = simulate(release, Scenario(2022), municipality_code="108030")
    assert {o.municipality_code for o in own.outcomes} == {"108030", "AMBITO"}
    assert {t.municipality_code for t in own.tariffs} == {"108030"}
    assert own.outcome().due_by_formula == own.outcome("108030").due_by_formula
    assert own.outcome("108030") == simulate(release, Scenario(2022)).outcome("108030")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (TariffChange("adm", isee_iniziale=Decimal(30_000)), "l'ISEE finale"),
        (TariffChange("adm", "108005", Decimal(9000), Decimal(9000)), "Barlassina: l'ISEE finale"),
        (TariffChange("struttura", contribuzione_massima=Decimal(1)), "minore della quota minima"),
        (TariffChange("affido", quota_minima=Decimal(-1)), "tra 0 e"),
        (TariffChange("affido", contribuzione_massima=Decimal("NaN")), "tra 0 e"),
        (TariffChange("affido", isee_finale=Decimal("1e30")), "tra 0 e"),
        (TariffChange("adm", quota_minima=Decimal(1)), "non è prevista"),
        (TariffChange("retta"), "non esiste"),
        (TariffChange("adm", "015146"), "non è dell'Ambito"),
    ],
)
def test_a_scenario_that_contradicts_itself_is_refused(release, change, words):
    with pytest.raises(UserError, match=words):
        simulate(release, Scenario(2022, (change,)))


def test_the_same_terms_twice_are_refused(release):
    with pytest.raises(UserError, match="due volte"):
        simulate(release, Scenario(2022, (TariffChange("adm"), TariffChange("adm"))))


def test_a_year_without_contributions_is_told(release):
    with pytest.raises(UserError, match="1999"):
        simulate(release, Scenario(1999))


def test_a_release_of_before_is_told(tmp_path):
    duckdb.connect(str(tmp_path / "old.duckdb")).close()
    with (
        Release(tmp_path / "old.duckdb", {}) as old,
        pytest.raises(UserError, match="versione precedente"),
    ):
        simulate(old, Scenario(2022))


def test_every_municipality_can_be_named(release):
    for code in municipalities():
        simulate(release, Scenario(2022, (TariffChange("adm", code, contribuzione_massima=Decimal(10)),)))
