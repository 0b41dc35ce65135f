"""The marts over the small landing, against figures worked by hand."""

import pytest

CASELOAD = """
    select open_at_start, opened, closed, open_at_end, minors_at_end, minors_in_period
    from mart_caseload_by_municipality where period = ? and municipality_code = ? and service_code = ?"""


def one(build, sql, *values):
    import duckdb

    with duckdb.connect(str(build.release), read_only=True) as con:
        (row,) = con.execute(sql, list(values)).fetchall()
    return row


def test_it_builds_and_warns_of_the_act_without_a_spell(small_build):
    assert small_build.succeeded
    assert small_build.failed() == ["acts_have_their_spell"]
    assert small_build.status["acts_have_their_spell"] == "warn"


@pytest.mark.parametrize(
    ("period", "municipality", "service", "expected"),
    [
        # At the start p1 of Barlassina and p2 of Giussano; then p1 and p3 of Giussano and p2 of Barlassina open;
        # both of Giussano's own and p2 of Barlassina close. X is one person in two bodies.
        ("2022-S1", "AMBITO", "TUTTI", (2, 3, 3, 2, 2, 4)),
        ("2022-S1", "108005", "TUTTI", (1, 1, 1, 1, 1, 2)),
        ("2022-S1", "108024", "TUTTI", (1, 2, 2, 1, 1, 3)),
        ("2022-S1", "AMBITO", "equipe_tutela", (2, 1, 2, 1, 1, 2)),
        ("2022-S1", "108024", "spazio_neutro", (0, 1, 0, 1, 1, 1)),
        ("2022-S1", "108039", "TUTTI", (0, 0, 0, 0, 0, 0)),
        ("2022-S1", "108018", "affidi", (0, 0, 0, 0, 0, 0)),
        # Closed on the first of January: in that month, and not in the year before's end count only.
        ("2022-01", "108024", "equipe_tutela", (1, 0, 1, 0, 0, 1)),
        ("2021-12", "108024", "equipe_tutela", (0, 1, 0, 1, 1, 1)),
        # Opened and closed on the same day.
        ("2022-03", "108005", "adm", (0, 1, 1, 0, 0, 1)),
        # The correction of p1 moved nothing out of its month; the late old version does not count.
        ("2021-03", "108005", "equipe_tutela", (0, 1, 0, 1, 1, 1)),
        ("2022", "AMBITO", "TUTTI", (2, 3, 3, 2, 2, 4)),
    ],
)
def test_caseload(small_build, period, municipality, service, expected):
    assert one(small_build, CASELOAD, period, municipality, service) == expected


def test_caseload_is_dense_and_complete_periods_are_told(small_build):
    (rows,) = one(small_build, "select count(*) from mart_caseload_by_municipality")
    assert rows == 2 * (12 + 2 + 1) * 11 * 8
    assert one(small_build, "select count(*) from mart_caseload_by_municipality where not is_complete") == (
        0,
    )


def test_years_before_the_first_closing_are_marked(small_build):
    sql = "select period, bool_and(is_covered) from mart_caseload_by_municipality where period_type = 'year' group by 1"
    assert sorted(small_build.rows(sql)) == [("2021", False), ("2022", True)]


def test_case_holders_are_those_of_services_with_cases(small_build):
    """144 hours of one assistente sociale in the four weeks of February; not the educator's, not direction's."""
    sql = """select fte_case_holders, cases_per_fte from mart_caseload_by_municipality
        where period = '2022-02' and municipality_code = ? and service_code = ?"""
    assert one(small_build, sql, "108005", "equipe_tutela") == (1.0, 1.0)
    assert one(small_build, sql, "AMBITO", "TUTTI") == (1.0, 2.0)
    assert one(small_build, sql, "108024", "TUTTI") == (0.0, None)


def test_resident_minors_are_the_nearest_year(small_build):
    sql = """select resident_minors, resident_minors_year, round(minors_per_1000, 6)
        from mart_caseload_by_municipality
        where period = '2021' and municipality_code = '108005' and service_code = 'TUTTI'"""
    assert one(small_build, sql) == (1101, 2022, round(1000 / 1101, 6))


def test_profile_gives_every_minor_one_age(small_build):
    """G2, born on 29 February 2004, leaves on 1 January 2022 at 17; X is 10 at the end of June."""
    rows = small_build.rows(
        """select category, minors_at_end, minors_in_period from mart_caseload_profile
        where period = '2022-S1' and municipality_code = 'AMBITO' and service_code = 'TUTTI'
            and dimension = 'age_band' order by category_order"""
    )
    assert rows == [("0-2", 1, 1), ("9-11", 1, 1), ("12-14", 0, 1), ("15-17", 0, 1)]


def test_profile_of_closing_reasons_counts_who_left(small_build):
    rows = small_build.rows(
        """select category, minors_at_end, minors_in_period from mart_caseload_profile
        where period = '2022-S1' and municipality_code = 'AMBITO' and service_code = 'TUTTI'
            and dimension = 'closing_reason' order by category_order"""
    )
    assert rows == [("3", None, 1), ("4", None, 2)]


@pytest.mark.parametrize(
    ("municipality", "expected"),
    [
        # 60, 30, 90 and 60 minutes delivered, one absence; the act of the withdrawn spell is nowhere.
        ("AMBITO", (5, 4, 1, 4.0, 1, 0.8, 60.0)),
        ("108005", (4, 3, 1, 3.0, 1, 0.75, 60.0)),
        ("108024", (1, 1, 0, 1.0, 1, 1.0, 60.0)),
    ],
)
def test_service_usage(small_build, municipality, expected):
    sql = """select interventions, delivered, no_show, hours_delivered, minors_reached, delivery_rate, median_minutes
        from mart_service_usage where period = '2022-S1' and municipality_code = ? and service_code = 'TUTTI'
            and intervention_type = 'TUTTI'"""
    assert one(small_build, sql, municipality) == expected


COMPLAINTS = """
    select received, answered, term_assessable, answered_within_term, open_at_end, upheld, upheld_rate,
        median_days_to_answer, minors_in_period, complaints_per_100_minors
    from mart_complaints where period = ? and municipality_code = ? and service_code = ?"""


@pytest.mark.parametrize(
    ("period", "municipality", "service", "expected"),
    [
        # Answers after 30 and 35 days, one still missing; r2 was answered only in July.
        ("2022-S1", "AMBITO", "TUTTI", (3, 2, 3, 1, 2, 1, 0.5, 32.5, 4, 75.0)),
        ("2022-S1", "108005", "equipe_tutela", (1, 1, 1, 1, 0, 1, 1.0, 30.0, 1, 100.0)),
        ("2022-S1", "108039", "direzione", (1, 0, 1, 0, 1, 0, None, None, None, None)),
        ("2022-S2", "AMBITO", "TUTTI", (0, 0, 0, 0, 1, 0, None, None, 2, 0.0)),
        # Delivered by the lead for Barlassina; answered in January, so open at the end of the year.
        ("2021", "108005", "equipe_tutela", (1, 1, 1, 1, 1, 0, 0.0, 16.0, 1, 100.0)),
    ],
)
def test_complaints(small_build, period, municipality, service, expected):
    assert one(small_build, COMPLAINTS, period, municipality, service) == expected


def test_complaints_by_category_have_totals(small_build):
    sql = """select received, answered, upheld, category_name, gravity_name from mart_complaints_by_category
        where period = '2022-S1' and municipality_code = 'AMBITO' and service_code = 'TUTTI'
            and category = ? and gravity = ?"""
    assert one(small_build, sql, "TUTTE", "TUTTE")[:3] == (3, 2, 1)
    assert one(small_build, sql, "tempi", "media")[:3] == (3, 2, 1)
    assert None not in one(small_build, sql, "TUTTE", "media")


@pytest.mark.parametrize(
    ("municipality", "phase", "expected"),
    [
        ("AMBITO", "TUTTE", (10, 4, 0.4, 5, 3.8, 0.6)),
        ("AMBITO", "fruizione", (10, 2, 0.2, 1, 3.0, 0.0)),
        ("108040", "accesso", (None, 1, None, 1, 5.0, 1.0)),
        ("108024", "accesso", (6, 2, round(2 / 6, 9), 2, 3.0, 0.5)),
        ("108005", "valutazione", (4, 0, 0.0, 0, None, None)),
    ],
)
def test_satisfaction(small_build, municipality, phase, expected):
    sql = """select distributed, returned, round(response_rate, 9), answers, mean_score, satisfied_rate
        from mart_satisfaction where rilevazione = 'w1' and municipality_code = ? and service_code = 'TUTTI'
            and phase = ? and period = '2022-S1' and is_small"""
    assert one(small_build, sql, municipality, phase) == expected


def test_controls(small_build):
    sql = """select controls, services_checked, services_conforming, conformity_rate, with_findings,
            closed_findings, median_days_to_close
        from mart_controls where period = '2022-S1' and municipality_code = 'AMBITO' and service_code = ?"""
    assert one(small_build, sql, "adm") == (3, 40, 36, 0.9, 2, 1, 10.0)
    assert one(small_build, sql, "affidi") == (0, 0, 0, None, 0, 0, None)


def test_budget(small_build):
    """Shared services stand under the Ambito alone; fees are apart; the reversal of August lowers what was spent."""
    rows = small_build.rows(
        """select municipality_code, area, allotted::integer, committed::integer, spent::integer,
            residual::integer, fees_spent::integer, minors_in_year
        from mart_budget where year = 2022 order by 1, 2"""
    )
    assert rows == [
        ("108005", "TUTTE", 35600, 9000, 8800, 26800, 0, 2),
        ("108005", "equipe_territoriale", 35600, 9000, 8800, 26800, None, 2),
        ("108024", "TUTTE", 0, 0, 0, 0, 500, 3),
        ("108039", "TUTTE", 210000, 0, 0, 210000, 0, 0),
        ("108039", "equipe_territoriale", 210000, 0, 0, 210000, None, 0),
        ("AMBITO", "TUTTE", 494700, 10200, 10100, 484600, 500, 4),
        ("AMBITO", "equipe_territoriale", 245600, 9000, 8800, 236800, None, 3),
        ("AMBITO", "servizi_amministrativi", 40000, 0, 0, 40000, None, 0),
        ("AMBITO", "servizi_associati", 209100, 1200, 1300, 207800, None, 1),
    ]


def test_expenditure_stands_under_who_bears_it(small_build):
    rows = small_build.rows(
        """select municipality_code, service_code, committed::integer, spent::integer from mart_expenditure
        where period = '2022-S1' and voce = 'TUTTE' order by 1, 2"""
    )
    assert rows == [
        ("108005", "TUTTI", 9000, 8900),
        ("108005", "equipe_tutela", 9000, 8900),
        ("108024", "TUTTI", 500, 800),
        ("108024", "affidi", 500, 500),
        ("108024", "spazio_neutro", 0, 300),
        ("AMBITO", "TUTTI", 10700, 10700),
        ("AMBITO", "affidi", 500, 500),
        ("AMBITO", "equipe_tutela", 9000, 8900),
        ("AMBITO", "spazio_neutro", 1200, 1300),
    ]


def test_data_quality_accounts_for_every_delivery(small_build):
    rows = small_build.rows(
        """select delivery_id, rule, rows_delivered, rows_accepted, rows_quarantined, example_locations
        from mart_data_quality order by 1, 2"""
    )
    assert rows == [
        ("d1", "TUTTE", 4, 2, 2, None),
        ("d1", "data_nascita.formato", 4, 3, 1, "minori.csv: 3"),
        ("d1", "sesso.elenco", 4, 2, 2, "minori.csv: 3, 7"),
        ("d2", "TUTTE", 0, 0, 0, None),
    ]


def test_reconciliation_leaves_unknown_what_the_data_do_not_cover(small_build):
    figures = dict(small_build.rows("select figure_id, computed::integer from mart_reconciliation"))
    assert figures["minori_equipe_tutela_2021-12-31_108005"] == 1
    assert figures["minori_equipe_tutela_2021-12-31_ambito"] == 2
    assert figures["minori_equipe_tutela_2021-12-31_108054"] is None
    assert figures["minori_spazio_neutro_2022-06-30_ambito"] == 1
    assert figures["risorse_totale_2022_ambito"] == 494700
    assert figures["risorse_equipe_territoriale_2022_108039"] == 210000
    assert figures["risorse_totale_2021-2023_ambito"] is None


RULE = """
    select checked, compliant, not_compliant, not_assessable, not_applicable from mart_rule_compliance
    where period = ? and municipality_code = ? and rule_id = ?"""


@pytest.mark.parametrize(
    ("rule", "period", "municipality", "expected"),
    [
        # Complaints: answered in 30 and in 35 days, and one never; the fourth is of the year before.
        ("C-REC", "2022-S1", "AMBITO", (3, 1, 2, 0, 0)),
        ("C-REC", "2021", "108005", (1, 1, 0, 0, 0)),
        # Of the spells opened in the semester, one is of an unaccompanied minor and none has a residence.
        ("R05.1", "2022-S1", "AMBITO", (0, 0, 0, 0, 3)),
        # 288 hours of direction in the 26 weeks of a semester.
        ("C-DIR", "2022-S1", "AMBITO", (1, 0, 1, 0, 0)),
        ("C-DIR", "2022", "AMBITO", (2, 0, 1, 1, 0)),
        # One of the two professionals is a social worker, not registered; still in service at the end of the year.
        ("C-ASS", "2022-S2", "108039", (1, 0, 1, 0, 1)),
    ],
)
def test_rules(small_build, rule, period, municipality, expected):
    assert one(small_build, RULE, period, municipality, rule) == expected


def test_a_body_that_never_recorded_what_a_rule_needs_is_told(small_build):
    """No minor of Giussano has a residence; Seregno has no case of its own, so there is nothing to miss."""
    sql = "select distinct is_not_recorded from mart_rule_compliance where rule_id = 'R05.1' and municipality_code = ?"
    assert one(small_build, sql, "108024") == (True,)
    assert one(small_build, sql, "108039") == (False,)


def test_findings_name_the_record_and_say_what_is_missing(small_build):
    rows = small_build.rows(
        """select municipality_code, codice_ente, service_code, record_id, what_is_missing
        from mart_rule_findings where rule_id = 'C-REC' order by record_id"""
    )
    assert rows == [
        (
            "108024",
            "108024",
            "equipe_tutela",
            "r2",
            "La risposta è del 05/07/2022, oltre il termine del 30/06/2022.",
        ),
        ("108039", "108039", "direzione", "r3", "Manca la risposta, attesa entro il 20/07/2022."),
    ]


def test_no_pseudonym_reaches_a_mart(small_build):
    """Save one: a finding on a professional is known by the pseudonym, the only id that is left to look it up by."""
    columns = small_build.rows(
        "select column_name from information_schema.columns where table_schema = 'main' and table_name like 'mart_%'"
    )
    assert not {name for (name,) in columns} & {"id_minore", "codice_fiscale", "id_operatore", "minor_id"}
    named = small_build.rows(
        """select distinct on_record from mart_rule_findings inner join seeds.rules using (rule_id)
        where record_id in (select id_operatore from core.dim_professional)"""
    )
    assert named == [("operatori",)]


@pytest.mark.parametrize(
    ("municipality", "service", "profile", "expected"),
    [
        # Two professionals, 144 hours each in two services, in the four weeks of February.
        ("AMBITO", "TUTTI", "TUTTE", (576.0, 144.0, 4.0, 2)),
        ("AMBITO", "direzione", "TUTTE", (288.0, 72.0, 2.0, 2)),
        ("108005", "equipe_tutela", "educatore", (144.0, 36.0, 1.0, 1)),
    ],
)
def test_staffing(small_build, municipality, service, profile, expected):
    sql = """select hours::double, hours_per_week, fte, professionals from mart_staffing
        where period = '2022-02' and municipality_code = ? and service_code = ? and profilo = ?"""
    assert one(small_build, sql, municipality, service, profile) == expected


def test_hours_against_the_co_design(small_build):
    """32 and 36 hours in each of the four weeks; nobody delivered a session of supervision, so it is unknown."""
    rows = small_build.rows(
        """select service_code, hours::double, contract_hours::double, difference::double from mart_contract_hours
        where period = '2022-02' order by 1"""
    )
    assert rows == [("amministrativi", 0.0, 144.0, -144.0), ("direzione", 288.0, 128.0, 160.0)]
    assert one(
        small_build, "select count(*) from mart_contract_hours where service_code = 'supervisione'"
    ) == (0,)


def test_costs_by_service_and_minor(small_build):
    """The money of mart_budget and mart_expenditure, for the minors of mart_caseload_by_municipality."""
    rows = small_build.rows(
        """select municipality_code, service_code, spent::integer, fees::integer, minors_in_year, spent_per_minor,
            total_per_minor
        from mart_service_costs where year = 2022 order by 1, 2"""
    )
    assert rows == [
        ("108005", "TUTTI", 8800, 0, 2, 4400.0, 4400.0),
        ("108005", "equipe_tutela", 8800, 0, 1, 8800.0, 8800.0),
        ("108024", "TUTTI", 300, 500, 3, 100.0, 800 / 3),
        ("108024", "affidi", 0, 500, 0, None, None),
        ("108024", "spazio_neutro", 300, 0, 1, 300.0, 300.0),
        ("AMBITO", "TUTTI", 10100, 500, 4, 2525.0, 2650.0),
        ("AMBITO", "affidi", 0, 500, 0, None, None),
        ("AMBITO", "equipe_tutela", 8800, 0, 2, 4400.0, 4400.0),
        ("AMBITO", "spazio_neutro", 1300, 0, 1, 1300.0, 1300.0),
    ]


@pytest.mark.parametrize(
    ("indicator", "period", "expected"),
    [
        # The figures of the tests above: two minors of 27,671, a case for each half of a case holder, 10,100 of 494,700.
        ("minori_in_carico_1000", "2022-S1", (2.0, 27671.0, 2000 / 27671, True)),
        ("minori_seguiti_1000_senza_msna", "2022-S1", (3.0, 27671.0, 3000 / 27671, True)),
        ("casi_per_operatore", "2022-02", (2.0, 1.0, 2.0, True)),
        ("quota_pippi", "2022", (0.0, 5.0, 0.0, True)),
        ("reclami_entro_termine", "2022-S1", (1.0, 3.0, 1 / 3, True)),
        ("questionari_restituiti", "2022", (4.0, 10.0, 0.4, True)),
        ("controlli_con_rilievi", "2022-S1", (2.0, 3.0, 2 / 3, True)),
        ("quota_spesa", "2022", (10100.0, 494700.0, 10100 / 494700, False)),
    ],
)
def test_indicators(small_build, indicator, period, expected):
    sql = """select numerator, denominator, value, is_small from mart_indicators
        where indicator_code = ? and period = ? and municipality_code = 'AMBITO' and service_code = 'TUTTI'"""
    *numbers, is_small = one(small_build, sql, indicator, period)
    assert numbers == pytest.approx(expected[:3])
    assert is_small is expected[3]
