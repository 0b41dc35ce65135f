"""Nobody has delivered yet: everything builds, every unit test of the formulas passes, every mart is there."""

from dbt_landings import document

from osservatorio.reference import read_seed

UNIT_TESTS = {
    "a_full_replacement_withdraws_what_it_leaves_out",
    "a_gap_in_the_semester_that_runs_is_told_at_once",
    "a_measure_comes_before_the_first_meeting",
    "a_minor_in_two_placements_counts_once",
    "a_newer_project_takes_the_place_of_the_older",
    "a_person_is_one_in_two_bodies",
    "a_professional_is_counted_once_in_totals",
    "a_row_that_still_waited_does_not_count",
    "a_spell_is_open_at_the_end_of_a_day",
    "a_stay_ends_as_its_last_placement",
    "a_wave_has_every_phase",
    "a_year_adds_up_its_months",
    "administration_works_36_hours_a_week",
    "ages_at_the_edges_of_bands",
    "an_age_on_the_last_day_of_february",
    "an_obliged_person_is_counted_once",
    "budget_rates_and_shares",
    "complaints_answered_within_the_term",
    "complaints_are_answered_in_thirty_days",
    "consensual_placements_outside_the_family_are_ratified",
    "contract_hours_of_the_weeks_and_of_the_year",
    "contributions_by_the_formula",
    "contributions_under_other_thresholds",
    "cost_for_each_minor",
    "cost_is_what_was_paid_or_else_the_tariff",
    "cost_sharing_counts_an_obliged_person_once",
    "costs_of_minors_from_elsewhere_are_recovered",
    "curricula_of_the_partner_are_up_to_date",
    "days_and_cost_of_a_placement_in_the_year",
    "days_and_cost_of_a_stay_across_the_years",
    "days_count_once_and_expenditure_meets_its_minor",
    "deadlines_past_due_and_ahead",
    "deadlines_say_what_to_do",
    "decisions_still_to_be_carried_out",
    "delivered_and_reached",
    "delivered_is_accepted_plus_quarantined",
    "direction_works_32_hours_a_week",
    "facility_placements_end_at_eighteen",
    "fees_stand_apart_from_what_is_spent",
    "fifty_hours_of_supervision_a_year",
    "figures_outside_the_data_are_unknown",
    "findings_say_what_is_missing_in_words",
    "foster_care_ends_at_eighteen",
    "foster_care_lasts_24_months_at_most",
    "foster_care_where_there_is_none",
    "full_time_equivalents_and_rates",
    "full_time_equivalents_and_zeros",
    "home_education_starts_with_a_complete_signed_project",
    "hours_against_the_contract",
    "hours_become_weeks_and_full_time",
    "hours_of_no_level_stand_in_the_total",
    "medians_and_counts_of_complaints",
    "medians_and_rates_of_complaints",
    "medians_of_counted_minutes",
    "meetings_by_outcome_and_length",
    "meetings_held_missed_and_too_long",
    "meetings_last_150_minutes_at_most",
    "minors_met_in_person_in_the_month",
    "minors_out_of_home_and_their_moves",
    "money_from_the_first_day_of_the_year",
    "months_of_contact_add_up",
    "months_over_and_without_a_meeting",
    "moves_days_and_stability",
    "moves_per_thousand_days",
    "one_mistake_explains_a_quota",
    "periods_run_from_the_first_event_to_the_reference_date",
    "persons_by_what_they_would_owe",
    "placements_are_insured",
    "placements_as_known_at_the_reference_date",
    "placements_at_the_edges_of_a_semester",
    "placements_by_order_have_their_measure",
    "placements_that_follow_one_another_are_one_stay",
    "product_limit_with_ties_and_censoring",
    "psychologists_are_registered_and_experienced",
    "quantiles_that_are_reached_and_not",
    "rates_of_what_comes_again",
    "re_entries_within_twelve_months_of_the_return",
    "records_by_rule_and_outcome",
    "referrals_that_count_and_come_again",
    "reports_are_sent_by_their_due_date",
    "residence_lies_in_the_ambito",
    "rules_are_counted_in_the_period_of_their_records",
    "social_workers_are_registered",
    "the_agreement_is_signed_by_the_start",
    "the_first_meeting_held",
    "the_latest_version_of_a_record_is_current",
    "the_licence_of_the_facility_is_on_record",
    "the_measure_in_force_at_the_end_of_care",
    "the_most_telling_explanation_comes_first",
    "the_nearest_year_known_stands_in",
    "the_personal_project_is_ready_in_thirty_days",
    "the_project_is_signed_before_the_first_meeting",
    "the_quota_charged_is_that_of_the_formula",
    "the_quota_of_further_children_is_reduced",
    "the_technical_level_meets_every_month",
    "thresholds_that_cross",
    "totals_count_a_minor_once",
    "unaccompanied_minors_and_pippi_spells",
    "values_intervals_and_small_numbers",
    "waves_of_a_period_add_up",
    "what_a_hypothesis_of_thresholds_changes",
    "what_belongs_to_all_stands_under_the_ambito",
    "what_is_due_within_the_horizon_of_its_kind",
    "what_is_immature_is_not_said_to_have_happened_again",
    "what_is_spent_against_the_days_that_are_over",
    "what_was_known_at_the_reference_date",
    "who_visits_is_a_qualified_educator",
    "who_waits_and_how_long",
    "wilson_interval_and_response_rate",
}


def test_everything_builds_and_no_test_fails(empty_build):
    assert empty_build.failed() == []
    assert empty_build.succeeded


def test_the_formulas_are_tested(empty_build):
    assert {name for name in UNIT_TESTS if empty_build.status.get(name) == "pass"} == UNIT_TESTS


def test_the_documentation_builds(empty_build, tmp_path):
    """`dbt docs generate` knows every mart with its columns."""
    catalogue = document(empty_build, tmp_path)
    described = {(row["mart"], row["column_name"]) for row in read_seed("mart_columns")}
    found = {
        (node["metadata"]["name"], column)
        for node in catalogue["nodes"].values()
        for column in node["columns"]
        if node["metadata"]["name"].startswith("mart_") and node["metadata"]["schema"] == "main"
    }
    assert found == described


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
