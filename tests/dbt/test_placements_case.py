"""Foster care, facilities and flow from landing to mart over a few records worked by hand.

Reference date 31 December 2022. Minor A (Barlassina): foster care from 16 December 2021 to 15 January 2022 at 310 a
month, home; in a facility at 100 a day from 10 to 20 March, then in another one at 80 from 20 March, still open.
Minor B (Giussano), unaccompanied and without a codice fiscale: in a facility on 5 May only. Minor C's placement
belongs to a spell that was withdrawn.
"""

from datetime import date

import pytest
from dbt_landings import Landing, repeat

BARLASSINA, GIUSSANO, SEREGNO = "108005", "108024", "108039"


def small_landing(folder):
    landing = Landing(folder)

    def spell(body: str, code: str, minor: str, service: str, opened: date, **values) -> None:
        landing.add(
            "prese_in_carico",
            body,
            id_presa_in_carico=code,
            id_minore=minor,
            codice_servizio=service,
            data_apertura=opened,
            **values,
        )

    def facility(body: str, code: str, spell: str, start: date, end: date | None, fee: int, **values) -> None:
        landing.add(
            "inserimenti",
            body,
            id_inserimento=code,
            id_presa_in_carico=spell,
            id_struttura="s",
            tipo_struttura="residenziale",
            titolo="consenso",
            data_inizio=start,
            data_fine=end,
            retta_giornaliera=fee,
            **values,
        )

    born = {"data_nascita": date(2012, 1, 1), "sesso": "F", "cittadinanza": "italiana"}
    landing.add("minori", BARLASSINA, id_minore="a", codice_fiscale="cf-a", **born)
    landing.add("minori", SEREGNO, id_minore="a9", codice_fiscale="cf-a", **born)
    landing.add("minori", GIUSSANO, id_minore="b", minore_straniero_non_accompagnato=True, **born)
    spell(BARLASSINA, "p1", "a", "strutture", date(2022, 3, 1), data_segnalazione=date(2022, 2, 19))
    spell(GIUSSANO, "p1", "b", "strutture", date(2022, 5, 1))
    spell(GIUSSANO, "p2", "b", "strutture", date(2022, 5, 1), stato_record="annullato")
    spell(
        SEREGNO,
        "p1",
        "a9",
        "affidi",
        date(2021, 1, 10),
        data_segnalazione=date(2021, 1, 1),
        data_chiusura=date(2022, 1, 15),
        motivo_chiusura="4",
        comune_riferimento=BARLASSINA,
    )
    landing.add(
        "affidi",
        SEREGNO,
        id_affido="f",
        id_presa_in_carico="p1",
        forma="consensuale",
        collocazione="etero_familiare",
        intensita="residenziale",
        data_inizio=date(2021, 12, 16),
        data_fine=date(2022, 1, 15),
        contributo_mensile=310,
        esito="1",
    )
    facility(BARLASSINA, "s1", "p1", date(2022, 3, 10), date(2022, 3, 20), 100, esito="4")
    facility(BARLASSINA, "s2", "p1", date(2022, 3, 20), None, 80)
    facility(GIUSSANO, "s1", "p1", date(2022, 5, 5), date(2022, 5, 5), 90)
    facility(GIUSSANO, "s2", "p2", date(2022, 5, 5), None, 90)
    return landing.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory, whole_plan):
    folder = tmp_path_factory.mktemp("placements") / "case"
    marts = ("mart_foster_care", "mart_residential_care", "mart_flow", "mart_placement_stability")
    return repeat(whole_plan, small_landing(folder), "2022-12-31", marts)


def row(built, columns: str, mart: str, period: str, municipality: str):
    name = "year" if mart in ("mart_flow", "mart_placement_stability") else "period"
    (found,) = built.rows(
        f"select {columns} from {mart} where {name}::varchar = '{period}' and municipality_code = '{municipality}'"
    )
    return found


def test_it_builds(built):
    assert built.failed() == []


@pytest.mark.parametrize(
    ("period", "municipality", "expected"),
    [
        # Sixteen days of December and fifteen of January: 160 and 150 euros.
        ("2021", BARLASSINA, (0, 1, 0, 1, 0, 16, 160.0)),
        ("2022", BARLASSINA, (1, 0, 1, 0, 1, 15, 150.0)),
        ("2022-S2", "AMBITO", (0, 0, 0, 0, 0, 0, 0.0)),
        ("2022", SEREGNO, (0, 0, 0, 0, 0, 0, 0.0)),
    ],
)
def test_foster_care(built, period, municipality, expected):
    columns = "at_start, started, ended, at_end, ended_rientro_famiglia, days_of_stay::integer, cost::double"
    assert row(built, columns, "mart_foster_care", period, municipality) == expected


@pytest.mark.parametrize(
    ("period", "municipality", "expected"),
    [
        # Eleven days at 100, and 80 from 20 March to the end of June (103) and of December (287).
        ("2022-S1", BARLASSINA, (2, 1, 1, 2, 1, 1, 114, 1100 + 103 * 80.0)),
        ("2022", BARLASSINA, (2, 1, 1, 2, 1, 1, 298, 1100 + 287 * 80.0)),
        # One day, arrival and departure: a flow, no stock.
        ("2022", GIUSSANO, (1, 1, 0, 1, 1, 0, 1, 90.0)),
        ("2022", "AMBITO", (3, 2, 1, 3, 2, 1, 299, 1190 + 287 * 80.0)),
        ("2022", "108018", (0, 0, 0, 0, 0, 0, 0, 0.0)),
    ],
)
def test_residential_care(built, period, municipality, expected):
    columns = """started, ended, at_end, in_period_titolo_consenso, minors_in_period,
        minors_at_end_not_unaccompanied, days_of_stay::integer, cost::double"""
    assert row(built, columns, "mart_residential_care", period, municipality) == expected


def test_lengths_are_of_what_started_since_the_data_are_covered(built):
    """Of three started in 2022 (the year of the first closing): 0 and 10 days, one still there after 286. After 0
    days two of three last longer, after 10 one of three."""
    columns = "length_placements, length_ended, lower_quartile_months, median_months, upper_quartile_months"
    expected = (3, 2, 0.0, 10 / 30.4375, None)
    assert row(built, columns, "mart_residential_care", "2022", "AMBITO") == expected
    assert row(built, columns, "mart_foster_care", "2022", "AMBITO") == (0, 0, None, None, None)


def test_referrals_and_returns_home(built):
    """Referred on 1 January 2021 and, the spell closed, on 19 February 2022: more than 12 months later, and too
    recent to tell what follows. Home on 15 January 2022, away again on 10 March: less than a year before the
    reference date, so not yet told."""
    columns = "referrals, immature, re_referrals_12m, median_days_referral_to_opening, returns_home, immature_returns_home, closed_spells"
    assert row(built, columns, "mart_flow", "2021", BARLASSINA) == (1, 0, 0, 9.0, 0, 0, 0)
    assert row(built, columns, "mart_flow", "2022", BARLASSINA) == (1, 1, 0, 10.0, 1, 1, 1)
    assert row(built, columns, "mart_flow", "2022", GIUSSANO) == (0, 0, 0, None, 0, 0, 0)


def test_moves_and_days_out_of_home(built):
    """Three placements of A in 2022: 15 days, then 11 and 286 without counting 20 March twice; one move."""
    columns = "minors, placements, days_in_care, moves, minors_three_or_more, moves_per_1000_days"
    expected = (1, 3, 312, 1, 1, 1000 / 312)
    assert row(built, columns, "mart_placement_stability", "2022", BARLASSINA) == expected
