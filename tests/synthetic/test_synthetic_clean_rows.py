"""Rows that are not spoiled satisfy their contracts, one and all."""

import pytest

from osservatorio.contracts import load_contracts
from osservatorio.reference import municipalities


@pytest.mark.parametrize("extract", list(load_contracts()))
def test_every_row_satisfies_its_contract(ambito, extract):
    assert ambito.count(extract) > 0
    assert ambito.bad_rows(load_contracts()[extract])[:3] == []


@pytest.mark.parametrize("extract", list(load_contracts()))
def test_a_delivery_holds_a_record_once(ambito, extract):
    key = ", ".join(load_contracts()[extract].key)
    assert not ambito.rows(
        f"select {key} from {extract} group by {key}, data_estrazione having count(*) > 1 limit 1"
    )


def test_a_record_never_comes_before_those_it_refers_to(ambito):
    for extract, contract in load_contracts().items():
        for column in contract.references:
            parent = column.reference
            body = " and p.codice_ente = c.codice_ente" if parent.same_body else ""
            late = ambito.value(
                f"select count(*) from (select codice_ente, {column.name} as ref, min(data_estrazione) as sent"
                f" from {extract} where {column.name} is not null group by all) as c"
                f" where not exists (select 1 from {parent.extract} as p"
                f" where p.{parent.column} = c.ref{body} and p.data_estrazione <= c.sent)"
            )
            assert late == 0, (extract, column.name)


def test_codici_fiscali_belong_to_nobody(ambito):
    """Municipal cadastral codes start with a letter from A to M, foreign states with Z: ours with neither."""
    codes = [
        row[0]
        for row in ambito.rows("select distinct codice_fiscale from minori where codice_fiscale is not null")
    ]
    assert len(codes) > 1500
    assert {code[11] for code in codes} == {"Y"}
    assert not {code[11:15] for code in codes} & {town.cadastral_code for town in municipalities().values()}


def test_codice_fiscale_tells_birth_and_sex(ambito):
    assert not ambito.rows(
        "select id_minore from minori where codice_fiscale is not null and ("
        " substr(codice_fiscale, 7, 2) <> strftime(data_nascita, '%y')"
        " or substr('ABCDEHLMPRST', cast(month(data_nascita) as integer), 1) <> substr(codice_fiscale, 9, 1)"
        " or cast(substr(codice_fiscale, 10, 2) as integer) - case sesso when 'F' then 40 else 0 end"
        " <> day(data_nascita)) limit 1"
    )


def test_a_codice_fiscale_is_one_person(ambito):
    assert not ambito.rows(
        "select codice_fiscale from minori where codice_fiscale is not null"
        " group by codice_fiscale having count(distinct (data_nascita, sesso)) > 1 limit 1"
    )
    # A few have a letter in place of the last digit (omocodia), and their control letter is still right.
    share = ambito.value(
        "select avg(cast(regexp_full_match(substr(codice_fiscale, 15, 1), '[A-Z]') as integer))"
        " from current_minori where codice_fiscale is not null"
    )
    assert 0.002 < share < 0.03
