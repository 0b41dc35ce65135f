"""Nobody has delivered yet: everything builds, every unit test of the formulas passes, every mart is there."""

UNIT_TESTS = {
    "a_full_replacement_withdraws_what_it_leaves_out",
    "a_person_is_one_in_two_bodies",
    "a_spell_is_open_at_the_end_of_a_day",
    "ages_at_the_edges_of_bands",
    "budget_rates_and_shares",
    "complaints_answered_within_the_term",
    "contributions_by_the_formula",
    "cost_sharing_counts_an_obliged_person_once",
    "delivered_is_accepted_plus_quarantined",
    "figures_outside_the_data_are_unknown",
    "full_time_equivalents_and_rates",
    "medians_and_rates_of_complaints",
    "medians_of_counted_minutes",
    "one_mistake_explains_a_quota",
    "periods_run_from_the_first_event_to_the_reference_date",
    "the_latest_version_of_a_record_is_current",
    "the_most_telling_explanation_comes_first",
    "the_nearest_year_known_stands_in",
    "totals_count_a_minor_once",
    "what_belongs_to_all_stands_under_the_ambito",
    "wilson_interval_and_response_rate",
}


def test_everything_builds_and_no_test_fails(empty_build):
    assert empty_build.failed() == []
    assert empty_build.succeeded


def test_the_formulas_are_tested(empty_build):
    assert {name for name in UNIT_TESTS if empty_build.status.get(name) == "pass"} == UNIT_TESTS


def test_marts_are_empty_and_published_figures_unknown(empty_build):
    marts = [
        name
        for (name,) in empty_build.rows("select table_name from duckdb_tables() where schema_name = 'main'")
    ]
    assert len(marts) >= 11
    counts = {name: empty_build.rows(f"select count(*) from {name}")[0][0] for name in marts}
    figures = counts.pop("mart_reconciliation")
    assert set(counts.values()) == {0}
    assert empty_build.rows("select count(*) from mart_reconciliation where computed is null") == [(figures,)]
