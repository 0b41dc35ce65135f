"""Queries: filters bound, totals last, results kept apart by release."""

from datetime import date

import pytest
from fake_release import publish_fake_release

from dashboards import queries
from osservatorio.home import Home
from osservatorio.release import Release, open_release


def test_filters_keep_equal_rows_and_none_does_not_filter(release: Release) -> None:
    rows = queries.caseload(release, period="2022-S1", service_code="adm", municipality_code=None)
    assert set(rows.period) == {"2022-S1"}
    assert set(rows.service_code) == {"adm"}
    assert len(rows) == 11
    assert rows.municipality_code.iloc[-1] == "AMBITO", "the total is last"


@pytest.mark.parametrize("text", ["' or 1 = 1 --", "AMBITO'; drop table mart_budget; --", "%"])
def test_values_are_bound_never_written_into_the_query(release: Release, text: str) -> None:
    assert queries.caseload(release, municipality_code=text).empty
    assert not queries.budget(release).empty


def test_the_dashboard_cannot_write(release: Release) -> None:
    with pytest.raises(Exception, match="read-only"):
        queries.read(release, "create table scritta as select 1")


def test_every_mart_can_be_read(release: Release) -> None:
    for rows in (
        queries.usage(release, period="2022"),
        queries.complaints(release, period="2022"),
        queries.complaints_by_category(release, period="2022"),
        queries.satisfaction(release, phase=queries.ALL_PHASES),
        queries.controls(release, period="2022"),
        queries.budget(release, year=2022),
        queries.expenditure(release, period="2022"),
        queries.profile(release, period="2022", dimension="sex"),
        queries.supervised_meetings(release, period="2022"),
        queries.contact(release, period="2022"),
        queries.foster_care(release, period="2022"),
        queries.residential_care(release, period="2022"),
        queries.placement_stability(release, year=2022),
        queries.flow(release, year=2022),
        queries.cost_sharing(release, year=2022),
        queries.cost_sharing_by_isee(release, year=2022),
        queries.mismatches(release, year=2022).rows(0, 1),
        queries.isee_scenarios(release, year=2022),
        queries.staffing(release, period="2022"),
        queries.contract_hours(release, period="2022"),
        queries.rule_compliance(release, period="2022"),
        queries.rule_findings(release, rule_id="R14.3").rows(0, 1),
        queries.deadlines(release, is_overdue=True).rows(0, 1),
        queries.deadline_counts(release),
        queries.governance(release, period="2022"),
        queries.meetings(release, (date(2021, 1, 1), date(2023, 12, 31)), level="tecnico").rows(0, 1),
        queries.reconciliation(release),
        queries.broken_rules(release),
    ):
        assert not rows.empty


def test_the_phases_of_satisfaction_come_in_order_with_the_total_last(release: Release) -> None:
    rows = queries.satisfaction(
        release, rilevazione="R2022-S1", municipality_code="AMBITO", service_code="TUTTI"
    )
    assert list(rows.phase) == ["accesso", "fruizione", "valutazione", "TUTTE"]


def test_the_latest_wave_is_the_last_that_ended_by_the_day(release: Release) -> None:
    found = queries.latest_wave(release, date(2022, 12, 30), "AMBITO", "TUTTI")
    assert list(found.rilevazione) == ["R2022-S1"]
    assert queries.latest_wave(release, date(2020, 1, 1), "AMBITO", "TUTTI").empty


def test_bodies_are_named_and_filtered_also_when_a_file_holds_several(own_home: Home) -> None:
    import duckdb

    from osservatorio.release import current_release_id, release_path

    path = release_path(own_home, current_release_id(own_home) or "")
    with duckdb.connect(str(path)) as con:
        con.execute("update mart_data_quality set codice_ente = '108030,108040' where codice_ente = '108030'")
        con.execute("update mart_data_quality set codice_ente = null where codice_ente = '108005'")
    with open_release(own_home) as opened:
        bodies = queries.quality_by_body(opened)
        assert {"Meda, Seveso", "Ente non riconosciuto", "Seregno"} <= set(bodies.body_name)
        assert bodies.rows_delivered.sum() == (bodies.rows_accepted + bodies.rows_quarantined).sum()
        assert set(queries.deliveries(opened, "108030").body_name) == {"Meda, Seveso"}


def test_labels_come_in_the_order_of_their_list(release: Release) -> None:
    assert list(queries.labels(release, "gravita", "total_gravity")) == ["bassa", "media", "alta", "TUTTE"]
    assert list(queries.profile_dimensions(release)) == ["age_band", "sex", "citizenship"]


def test_periods_before_the_first_act_delivered_are_not_offered(own_home: Home) -> None:
    import duckdb

    from osservatorio.release import current_release_id, release_path

    path = release_path(own_home, current_release_id(own_home) or "")
    with duckdb.connect(str(path)) as con:
        con.execute("delete from mart_service_usage where period_start < date '2022-01-01'")
    with open_release(own_home) as opened:
        assert min(queries.periods(opened).period) == "2022"


def test_results_are_kept_apart_by_release(own_home: Home) -> None:
    publish_fake_release(own_home, f"ostile-{own_home.root.name}", hostile=True)
    first, second = sorted(path.name.removesuffix(".duckdb") for path in own_home.releases.glob("*.duckdb"))
    with open_release(own_home, first) as hostile, open_release(own_home, second) as plain:
        names = [set(queries.municipalities(opened).name) for opened in (hostile, plain)]
    assert names[0] != names[1]
