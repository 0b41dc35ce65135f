"""Every page on the release of the demonstration: real columns, real checks, real volumes."""

from decimal import Decimal
from pathlib import Path

import pytest
from desks import desk_of
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import queries, source
from dashboards.access.permissions import PROTECTED_PAGE
from dashboards.pages import PAGES
from dashboards.server import APP
from dashboards.simulating import simulated, unmoved
from dashboards.text import plain
from osservatorio.explain_texts import value_text
from osservatorio.home import Home
from osservatorio.italian import euro
from osservatorio.release import open_release


def test_every_page_shows_figures_of_the_demonstration(demo_home: Path) -> None:
    home = Home(demo_home)
    used = source.use(home, desk=desk_of(home))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    for page in PAGES:
        if page != next(iter(PAGES)):
            app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception, page
        if page == PROTECTED_PAGE:  # it says that no pack was made yet; `test_access_protected` has one
            assert app.info
            continue
        assert len(app.table) >= (1 if page == "rapporti" else 2), page
        assert all(metric.value != "–" for metric in app.metric), page
    used.close()


def test_working_lists_hold_the_rows_that_the_figures_count(demo_home: Path) -> None:
    with open_release(Home(demo_home)) as release:
        found = queries.rule_findings(release).whole()
        found = found[found.event_date.dt.year == 2022]
        listed = found[found.outcome == "not_compliant"].groupby("rule_id").size()
        rules = queries.rule_compliance(release, period="2022", municipality_code=queries.ALL_MUNICIPALITIES)
        counted = rules[(rules.rule_id != queries.ALL_RULES) & (rules.not_compliant > 0)]
        assert listed.to_dict() == counted.set_index("rule_id").not_compliant.to_dict()
        counts = queries.deadline_counts(release, municipality_code=queries.ALL_MUNICIPALITIES)
        due = queries.deadlines(release).whole().groupby("deadline_kind").size()
        assert due.to_dict() == counts[counts.deadlines > 0].set_index("deadline_kind").deadlines.to_dict()


@pytest.mark.parametrize(
    ("scenario", "moved"),
    [
        ("invariate", {}),
        ("aumento_10", {"isee_iniziale": 10, "isee_finale": 10}),
        ("finale_aumento_10", {"isee_finale": 10}),
    ],
)
def test_the_simulator_gives_the_figures_of_the_mart(
    demo_home: Path, scenario: str, moved: dict[str, int]
) -> None:
    """The sliders and the scenarios of the warehouse are one formula over the same contributions."""
    with open_release(Home(demo_home)) as release:
        found = simulated(release, 2022, queries.ALL_PRESTAZIONI, None, tuple(moved.items()))
        rows = queries.isee_scenarios(release, year=2022, scenario_code=scenario)
        assert len(rows) > 20
        for row in rows.itertuples():
            outcome = found.outcome(row.municipality_code, row.prestazione)
            assert outcome is not None
            assert (float(outcome.due_by_scenario), outcome.pays_more, outcome.pays_less) == (
                row.due_by_scenario,
                row.pays_more,
                row.pays_less,
            )


def test_thresholds_in_euro_are_simulated_and_told_in_the_files(demo_home: Path) -> None:
    used = source.use(Home(demo_home))
    app = go_to(AppTest.from_file(str(APP), default_timeout=60), "compartecipazione")
    for name, value in {"periodo": "2022", "simula_come": "euro", "prestazione": "affido"}.items():
        app.query_params[name] = value
    app.run()
    app.number_input("euro_isee_finale").set_value(31000.5).run()
    assert not app.exception
    assert app.query_params["euro_isee_finale"] == "31000.50"
    new = "ISEE finale, nell'ipotesi"
    conditions = next(table.value for table in app.table if new in table.value.columns)
    assert set(conditions.iloc[:, 0]) == {"Affido familiare"}
    assert set(conditions[new]) == {euro(31000.5)}
    moved = simulated(used.release(), 2022, "affido", None, (("isee_finale", Decimal("31000.50")),))
    today = unmoved(used.release(), 2022, None)
    outcome = moved.outcome(prestazione="affido")
    assert outcome is not None
    assert (outcome.due_by_scenario != outcome.due_by_formula) == (today.tariffs != moved.tariffs)
    assert plain(euro(outcome.due_by_scenario, 0)) in [metric.value for metric in app.metric]
    app.button("simula_azzera").click().run()
    assert "euro_isee_finale" not in app.query_params
    for impossible in ("-5", "1e400", "nan", "<b>", "10000001"):
        app.query_params["euro_isee_finale"] = impossible
        app.run()
        assert not app.exception
        assert app.number_input("euro_isee_finale").value is None, impossible
    used.close()


def test_a_figure_is_followed_to_its_sources(demo_home: Path) -> None:
    used = source.use(Home(demo_home))
    app = go_to(AppTest.from_file(str(APP), default_timeout=60), "rilasci")
    for name, value in {"cifra": "minori_in_carico_1000", "periodo": "2022", "comune": "meda"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    ((value, form),) = used.release().rows(
        "select value, value_format from mart_indicators where indicator_code = 'minori_in_carico_1000' "
        "and period = '2022' and municipality_code = '108030' and service_code = 'TUTTI'"
    )
    facts = next(table.value for table in app.table if "Definizione" in set(table.value.iloc[:, 0]))
    assert value_text(value, form) in facts.iloc[0, 1]
    assert any("Impronta (SHA-256)" in table.value.columns for table in app.table)
    used.close()
