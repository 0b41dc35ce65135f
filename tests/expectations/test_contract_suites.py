"""Suites built from the contracts: each fact of a contract, broken on purpose, is found."""

import pytest

from expectations.checks import Severity, Status
from osservatorio.contracts import load_contracts

ONE_ROW = "where delivery_id like '%-108040-1' and source_row = 4"


def failed(results):
    return {name for name, result in results.items() if result.status is not Status.PASSED}


@pytest.mark.parametrize(
    ("extract", "assignment", "check"),
    [
        ("minori", "data_nascita = null", "data_nascita.presente"),
        ("minori", "sesso = 'X'", "sesso.in_elenco"),
        ("minori", "comune_riferimento = '015146'", "comune_riferimento.in_elenco"),
        ("minori", "codice_fiscale = 'RSSMRA10A01Z999X'", "codice_fiscale.pseudonimo"),
        ("minori", "id_minore = upper(id_minore)", "id_minore.pseudonimo"),
        (
            "minori",
            "composizione_famiglia = composizione_famiglia || '|x'",
            "composizione_famiglia.in_elenco",
        ),
        ("minori", "comune_residenza = '12'", "comune_residenza.forma"),
        ("minori", "data_nascita = date '1980-01-01'", "data_nascita_entro_30_anni"),
        ("minori", "loaded_at = timestamp '2022-01-01'", "data_estrazione_non_futura"),
        ("interventi", "durata_minuti = 0", "durata_minuti.nei_limiti"),
        ("interventi", "id_presa_in_carico = 'nessuna'", "id_presa_in_carico.riferimento"),
        ("interventi", "id_operatore = sha256('nessuno')", "id_operatore.riferimento"),
        ("interventi", "data_intervento = data_estrazione + 1", "data_intervento_non_futura"),
        ("prese_in_carico", "data_apertura = date '2009-12-31'", "data_apertura_non_prima_della_nascita"),
        ("prese_in_carico", "motivo_chiusura = null", "motivo_chiusura_obbligatorio"),
        ("compartecipazioni", "quantita = 0", "quantita.nei_limiti"),
        ("compartecipazioni", "mese = mese + 1", "mese.primo_del_mese"),
        ("tariffe", "isee_finale = isee_iniziale", "isee_finale_maggiore_di_isee_iniziale"),
        ("reclami", "azione_miglioramento = repeat('x', 501)", "azione_miglioramento.lunghezza"),
    ],
)
def test_one_wrong_row_is_found(landing, extract, assignment, check):
    landing.change(f"update archive.landing.{extract} set {assignment} {ONE_ROW}")
    result = landing.suite(extract, only=check)[check]
    assert result.status is Status.FAILED
    assert result.unexpected == 1
    assert result.observed == "1 riga"


def test_a_wrong_column_is_found_by_its_own_checks_alone(landing):
    results = landing.change(f"update archive.landing.interventi set tipo = 'x' {ONE_ROW}").suite(
        "interventi"
    )
    assert failed(results) == {"tipo.in_elenco"}


def test_a_code_of_several_is_in_the_list(landing):
    results = landing.change(
        "update archive.landing.minori set composizione_famiglia = composizione_famiglia || '|' || composizione_famiglia"
    ).suite("minori")
    assert not failed(results)


def test_a_missing_optional_value_is_fine(landing):
    results = landing.change(
        "update archive.landing.interventi set settore = null, id_operatore = null"
    ).suite("interventi")
    assert not failed(results)


def test_an_extract_that_nobody_delivered_passes(landing):
    results = landing.change("delete from archive.landing.compartecipazioni").suite("compartecipazioni")
    assert not failed(results)


def test_a_later_version_of_the_parent_does_not_condemn_the_child(landing):
    """Rows accepted against an earlier version of the parent stay accepted."""
    results = landing.change(
        """insert into archive.landing.minori
        select * replace (date '2020-01-01' as data_nascita, 99 as load_seq) from archive.landing.minori"""
    ).suite("prese_in_carico")
    assert not failed(results)


def test_every_declared_fact_has_its_check(contract_checks):
    for extract, contract in load_contracts().items():
        names = {check.id for check in contract_checks(contract)}
        for column in contract.columns:
            expected = {
                "presente": column.required,
                "in_elenco": column.code_list,
                "nei_limiti": column.minimum is not None or column.maximum is not None,
                "pseudonimo": column.secret,
                "riferimento": column.reference,
            }
            for suffix, is_due in expected.items():
                assert (f"{extract}.{column.name}.{suffix}" in names) == bool(is_due), (column.name, suffix)
        assert {f"{extract}.{rule.id}" for rule in contract.rules} <= names


def test_a_plain_order_is_a_pair_of_columns(contract_checks):
    from expectations.vocabulary import PairIsOrdered

    (check,) = [
        check
        for check in contract_checks(load_contracts()["affidi"])
        if check.id == "affidi.data_fine_non_prima_di_data_inizio"
    ]
    assert isinstance(check.expectation, PairIsOrdered)
    assert (check.expectation.column_A, check.expectation.column_B) == ("data_fine", "data_inizio")
    assert check.expectation.or_equal is True


def test_what_would_not_move_a_figure_only_warns(contract_checks):
    severities = {
        check.id: check.severity
        for contract in load_contracts().values()
        for check in contract_checks(contract)
    }
    assert severities["reclami.azione_miglioramento.lunghezza"] is Severity.WARNING
    assert severities["minori.id_minore.pseudonimo"] is Severity.CRITICAL


def test_ids_are_unique_and_notes_are_italian(contract_checks):
    checks = [check for contract in load_contracts().values() for check in contract_checks(contract)]
    assert len({check.id for check in checks}) == len(checks)
    for check in checks:
        assert check.message.startswith("Nell'estratto «")
        assert check.message.endswith(".")
        assert check.what_to_do.endswith(".")
