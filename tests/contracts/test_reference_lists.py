"""The seeds that hold municipalities, services, questions and code lists agree with one another."""

from itertools import groupby

import pytest

from osservatorio import reference
from osservatorio.contracts import load_contracts


def test_there_is_one_lead_and_it_is_among_the_associated():
    leads = [town for town in reference.municipalities().values() if town.is_lead]
    assert [town.name for town in leads] == ["Seregno"]
    assert leads[0].is_associated
    assert sum(town.is_associated for town in reference.municipalities().values()) == 6


def test_residents_are_known_for_every_municipality_in_every_year():
    rows = reference.read_seed("resident_minors")
    by_year = groupby(sorted(rows, key=lambda row: row["year"]), key=lambda row: row["year"])
    for year, of_year in by_year:
        known = [row["municipality_code"] for row in of_year]
        assert sorted(known) == sorted(reference.municipalities()), year
    assert all(int(row["resident_minors"]) > 0 and row["source"] for row in rows)


def test_services_belong_to_an_area_and_have_short_names_of_their_own():
    services = reference.services().values()
    assert {service.area for service in services} == set(reference.code_list("area"))
    short = [service.short_name for service in services]
    assert len(set(short)) == len(short)
    assert all(len(name) <= 24 for name in short)


def test_every_phase_has_three_questions():
    phases = [row["phase"] for row in reference.read_seed("questions")]
    assert {phase: phases.count(phase) for phase in phases} == dict.fromkeys(
        reference.code_list("fase_soddisfazione"), 3
    )


def test_codes_and_places_are_unique_within_a_list():
    rows = reference.read_seed("code_lists")
    for field in ("code", "label", "sort_order"):
        pairs = [(row["code_list"], row[field]) for row in rows]
        repeated = {pair for pair in pairs if pairs.count(pair) > 1}
        assert not repeated


@pytest.mark.parametrize("name", sorted(reference.code_list_names()))
def test_labels_are_words_for_people(name: str):
    for code, label in reference.code_list(name).items():
        assert label == label.strip() != "", code
        assert label[0].isupper() or label[0].isdigit(), label
        assert "_" not in label, label


def test_no_list_of_an_extract_is_missing_and_dimensions_keep_their_order():
    used = {c.code_list for contract in load_contracts().values() for c in contract.columns if c.code_list}
    assert used <= reference.code_list_names()
    assert list(reference.code_list("age_band")) == ["0-2", "3-5", "6-8", "9-11", "12-14", "15-17", "18+"]
    assert list(reference.code_list("gravita")) == ["bassa", "media", "alta"]
