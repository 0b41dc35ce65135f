"""Dataset checks: each has a case that passes (the clean landing, or a border) and one that fails."""

from datetime import date

import pytest

from expectations.checks import Severity, Status
from osservatorio.contracts import load_contracts

SEVESO, MEDA = "108040", "108030"
LAST = f"interventi-{SEVESO}-3"
CHECKS = {
    "presenti": Severity.CRITICAL,
    "struttura": Severity.CRITICAL,
    "conteggi": Severity.CRITICAL,
    "righe_archiviate": Severity.CRITICAL,
    "chiave_unica": Severity.CRITICAL,
    "quota_quarantena": Severity.WARNING,
    "quarantena_eccessiva": Severity.CRITICAL,
    "file_respinti": Severity.INFO,
    "ente_mancante": Severity.WARNING,
    "ente_non_aggiornato": Severity.WARNING,
    "semestre_mancante": Severity.WARNING,
    "volume": Severity.WARNING,
    "mesi_mancanti": Severity.WARNING,
}


def findings(result):
    assert result.status is Status.FAILED, result.observed
    return [finding.message for finding in result.findings]


def delete_landed(body, since="2000-01-01", extracts=("prese_in_carico", "interventi")):
    return [
        f"delete from archive.landing.{extract} where codice_ente = '{body}' and data_estrazione > date '{since}'"
        for extract in extracts
    ]


@pytest.mark.parametrize("name", CHECKS)
def test_a_clean_landing_passes(clean_dataset, name):
    assert clean_dataset[name].status is Status.PASSED, clean_dataset[name]
    assert clean_dataset[name].severity is CHECKS[name]
    assert set(clean_dataset) == set(CHECKS)


def test_nothing_accepted(spoil):
    assert findings(spoil("delete from deliveries").check("presenti")) == [
        "Nessuna riga consegnata è stata accettata: tutte le cifre sarebbero zero."
    ]


def test_every_check_can_say_its_word_on_an_empty_landing(spoil):
    empty = spoil(
        "delete from deliveries", *(f"delete from archive.landing.{extract}" for extract in load_contracts())
    )
    assert Status.ERROR not in {result.status for result in empty.dataset(date.min).values()}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("alter table archive.landing.minori add column cognome varchar", "non prevede: «cognome»"),
        ("alter table archive.landing.minori drop column disabilita", "manca la colonna «disabilita»"),
        ("alter table archive.held.minori add column cognome varchar", "«held.minori» c'è una colonna"),
        ("alter table archive.landing.spese alter importo type double", "un altro tipo la colonna «importo»"),
    ],
)
def test_structure(spoil, statement, said):
    (message,) = findings(spoil(statement).check("struttura"))
    assert said in message


def test_counts_that_do_not_add_up(spoil):
    spoiled = spoil(f"update deliveries set rows_read = rows_read + 1 where delivery_id = '{LAST}'")
    (message,) = findings(spoiled.check("conteggi"))
    assert "Seveso" in message
    assert "righe lette sono 61" in message
    assert spoiled.check("conteggi").findings[0].codice_ente == SEVESO


@pytest.mark.parametrize(
    "statement",
    [
        f"delete from archive.landing.interventi where delivery_id = '{LAST}' and source_row = 2",
        f"update archive.landing.interventi set delivery_id = 'ignota' where delivery_id = '{LAST}'",
        f"update deliveries set outcome = 'refused' where delivery_id = '{LAST}'",
        f"update deliveries set quarantined = 1, rows_read = rows_read + 1 where delivery_id = '{LAST}'",
        f"insert into archive.held.interventi by name select '{LAST}' as delivery_id, 99 as source_row",
        f"""insert into archive.quarantine.rows by name
        select '{LAST}' as delivery_id, 'interventi' as extract, 99 as "row", 'open' as state""",
        f"update deliveries set purged = 1 where delivery_id = '{LAST}'",
    ],
)
def test_rows_that_are_not_in_the_archive(spoil, statement):
    assert findings(spoil(statement).check("righe_archiviate"))


def test_a_row_with_two_errors_counts_once(landing):
    landing.set_aside(LAST, 1)
    landing.change(
        """insert into archive.quarantine.rows select * replace ('esito' as "column") from archive.quarantine.rows"""
    )
    assert landing.check("righe_archiviate").status is Status.PASSED


def test_rows_purged_are_accounted_for(spoil):
    spoiled = spoil(
        f"delete from archive.landing.interventi where delivery_id = '{LAST}' and source_row < 5",
        f"update deliveries set purged = 3 where delivery_id = '{LAST}'",
    )
    assert spoiled.check("righe_archiviate").status is Status.PASSED


def test_two_keys(spoil):
    spoiled = spoil(f"update deliveries set key_id = 'chiave2' where delivery_id = '{LAST}'")
    assert findings(spoiled.check("chiave_unica"))


def test_share_in_quarantine_of_a_delivery(landing):
    assert landing.set_aside(LAST, 3).check("quota_quarantena").status is Status.PASSED  # 3 of 63
    spoiled = landing.set_aside(LAST, 1)  # 4 of 64
    (message,) = findings(spoiled.check("quota_quarantena"))
    assert message.endswith("(Seveso) sono in quarantena 4 righe su 64 (6,3%): mancano dalle cifre.")
    assert spoiled.check("quarantena_eccessiva").status is Status.PASSED


def test_two_rows_in_quarantine_are_no_warning(landing):
    landing.set_aside(f"reclami-{SEVESO}-3", 2)  # 2 of 12
    assert landing.check("quota_quarantena").status is Status.PASSED


def test_too_much_of_a_body_in_quarantine(landing):
    assert landing.set_aside(LAST, 99).check("quarantena_eccessiva").status is Status.PASSED
    (message,) = findings(landing.set_aside(LAST, 1).check("quarantena_eccessiva"))  # 100 of 340
    assert message.startswith(
        "Dell'estratto «Interventi» di Seveso sono in quarantena 100 righe su 340 (29,4%)"
    )


@pytest.mark.parametrize(("state", "is_open"), [("open", True), ("waiting", True), ("replaced", False)])
def test_only_rows_that_nothing_has_put_right_count(landing, state, is_open):
    spoiled = landing.set_aside(LAST, 30, state)
    expected = Status.FAILED if is_open else Status.PASSED
    assert spoiled.check("quota_quarantena").status is expected


def test_rows_replaced_are_not_in_play(landing):
    landing.set_aside(LAST, 100).set_aside(LAST, 200, "replaced")
    (message,) = findings(landing.check("quarantena_eccessiva"))
    assert "100 righe su 340" in message


def test_a_refused_file(spoil):
    (message,) = findings(
        spoil(
            """insert into deliveries (delivery_id, file_name, outcome, rows_read, accepted, quarantined)
            values ('x', 'minori__meda.csv', 'refused', 0, 0, 0)"""
        ).check("file_respinti")
    )
    assert "«minori__meda.csv»" in message


def test_a_municipality_that_never_delivered(spoil):
    spoiled = spoil(*delete_landed(MEDA))
    assert findings(spoiled.check("ente_mancante")) == [
        "Meda non ha mai consegnato «Prese in carico» e «Interventi»: le sue cifre mancano."
    ]
    assert spoiled.check("semestre_mancante").status is Status.PASSED


def test_a_semester_that_others_have_delivered(spoil):
    spoiled = spoil(*delete_landed(MEDA, "2023-06-30", ["interventi"]))
    assert findings(spoiled.check("semestre_mancante")) == [
        "Meda non ha consegnato «Interventi» del secondo semestre 2023, che altri enti hanno consegnato."
    ]
    assert spoiled.check("ente_non_aggiornato").status is Status.PASSED


def test_a_body_late_by_more_than_a_semester(spoil):
    spoiled = spoil(*delete_landed(MEDA, "2022-12-31", load_contracts()))
    assert findings(spoiled.check("ente_non_aggiornato")) == [
        "L'ultima estrazione di Meda è del 31/12/2022, quella degli altri enti del 31/12/2023."
    ]
    assert spoiled.check("semestre_mancante").status is Status.PASSED  # said once


def test_what_comes_after_the_reference_date_is_not_looked_at(spoil):
    spoiled = spoil(*delete_landed(MEDA, "2023-06-30", ["interventi"]))
    assert spoiled.check("semestre_mancante", date(2023, 6, 30)).status is Status.PASSED


def test_an_unusually_small_delivery(spoil):
    def resize(rows):
        return spoil(f"update deliveries set rows_read = {rows} where delivery_id = '{LAST}'").check("volume")

    assert resize(30).status is Status.PASSED
    assert findings(resize(29)) == [
        "Nel secondo semestre 2023 Seveso ha consegnato 29 righe di «Interventi», contro le 60 di prima."
    ]


@pytest.mark.parametrize("history", [(200, 60, 61, 55), (160, 60, 161, 62), (300, 150, 90, 50)])
def test_first_loads_seasons_and_decline_are_not_small_deliveries(spoil, history):
    spoiled = spoil(
        *(
            f"update deliveries set rows_read = {rows} where delivery_id = 'interventi-{SEVESO}-{semester}'"
            for semester, rows in enumerate(history)
        )
    )
    assert spoiled.check("volume").status is Status.PASSED, spoiled.check("volume").findings


def test_a_corrected_file_is_not_counted_twice(spoil):
    """The same file sent again counts once; the same name in another semester is another delivery."""
    spoiled = spoil(
        "update deliveries set file_name = 'interventi.csv' where extract = 'interventi'",
        f"update deliveries set rows_read = 20 where delivery_id = '{LAST}'",
        f"insert into deliveries select * replace ('nuova' as delivery_id, 9 as load_seq) from deliveries "
        f"where delivery_id = '{LAST}'",
    )
    (message,) = findings(spoiled.check("volume"))
    assert "20 righe" in message


def test_small_extracts_are_left_alone(spoil):
    spoiled = spoil(f"update deliveries set rows_read = 1 where delivery_id = 'reclami-{SEVESO}-3'")
    assert spoiled.check("volume").status is Status.PASSED


def test_months_without_acts(spoil):
    gone = "delete from archive.landing.interventi where codice_ente = '108040' and date_trunc('month', data_intervento)"
    assert findings(
        spoil(f"{gone} in (date '2022-11-01', date '2023-08-01', date '2023-12-01')").check("mesi_mancanti")
    ) == ["Mancano gli interventi di Seveso di novembre 2022, agosto 2023 e dicembre 2023."]


def test_a_quiet_august_is_fine(spoil):
    spoiled = spoil(
        """delete from archive.landing.interventi where codice_ente = '108040'
        and date_trunc('month', data_intervento) = date '2023-08-01' and day(data_intervento) > 1"""
    )
    assert spoiled.check("mesi_mancanti").status is Status.PASSED


def test_withdrawn_acts_do_not_fill_a_month(spoil):
    spoiled = spoil(
        """update archive.landing.interventi set stato_record = 'annullato' where codice_ente = '108040'
        and date_trunc('month', data_intervento) = date '2023-03-01'"""
    )
    assert findings(spoiled.check("mesi_mancanti")) == ["Mancano gli interventi di Seveso di marzo 2023."]
