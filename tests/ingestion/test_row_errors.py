"""What is wrong with a row: every error told, in order, with what was found and what was expected."""

import json

from delivered_samples import care, csv_bytes, sample

from ingestion.rules import catalogue
from osservatorio.contracts import load_contracts


def test_every_error_of_a_row_is_told_with_what_was_found_and_expected(office):
    rows = [
        sample("reclami", 1, data_ricezione="31/02/2022", gravita="grave", canale=""),
        sample("reclami", 2, codice_ente="015146", azione_miglioramento="x" * 501),
        sample("reclami", 3, data_estrazione="2024-06-30", id_reclamo="a b"),
        sample("reclami", 4, data_risposta="2022-03-01"),
        sample("reclami", 5),
    ]
    outcome = office.deliver("reclami.csv", rows)
    assert (outcome.rows_read, outcome.accepted, outcome.quarantined, outcome.waiting) == (5, 1, 4, 0)
    assert [(row, rule) for _, row, rule in office.rules()] == [
        (2, "canale.obbligatorio"),
        (2, "data_ricezione.formato"),
        (2, "gravita.elenco"),
        (3, "azione_miglioramento.lunghezza"),
        (3, "codice_ente.elenco"),
        (4, "data_estrazione_non_futura"),
        (4, "id_reclamo.formato"),
        (5, "data_risposta_non_prima_di_data_ricezione"),
    ]
    messages = office.messages()
    assert messages[0] == (
        "Canale: manca il valore, che è obbligatorio; atteso uno dei valori sportello, pec, email, telefono, "
        "modulo_web, posta, altro."
    )
    assert messages[1] == (
        "Data di ricezione: trovato «31/02/2022», atteso un giorno che esiste tra il 1901 e il 2099, scritto come "
        "30/06/2022 o 2022-06-30."
    )
    assert messages[2] == "Gravità: trovato «grave», atteso uno dei valori bassa, media, alta."
    assert "supera 500 caratteri (comincia con «" + "x" * 59 + "…»)" in messages[3]
    assert "trovato «015146», atteso il codice di un Comune dell'Ambito (" in messages[4]
    assert "Trovato: Data di estrazione «2024-06-30»." in messages[5]
    assert "Trovato: Data di risposta «2022-03-01», Data di ricezione «2022-03-10»." in messages[7]
    (values,) = office.query('select row_values from quarantine.rows where "row" = 5')[0]
    assert json.loads(values)["data_risposta"] == "2022-03-01"


def test_a_broken_structure_hides_every_other_error(office):
    content = csv_bytes([sample("reclami", 1), sample("reclami", 2, gravita="grave")])
    office.deliver("reclami.csv", content.rstrip(b"\n") + b";di troppo\n" + b"108039;x\n")
    assert [(row, rule) for _, row, rule in office.rules()] == [
        (3, "riga.valori_in_piu"),
        (4, "riga.valori_mancanti"),
    ]
    assert office.query('select distinct row_values, "column" from quarantine.rows') == [(None, None)]
    assert "valori invece di" in office.messages()[0]


def test_a_row_rule_is_silent_where_its_column_is_already_wrong(family):
    closed = {"data_chiusura": "2022-05-01"}
    family.deliver(
        "prese_in_carico__2.csv",
        [
            care(1, **closed, motivo_chiusura=""),
            care(2, **closed, motivo_chiusura="boh"),
            care(3, **closed, motivo_chiusura="1"),
        ],
    )
    assert [rule for _, _, rule in family.rules()] == [
        "motivo_chiusura_obbligatorio",
        "motivo_chiusura.elenco",
    ]


def test_more_rules_than_one_mask_can_hold(family, monkeypatch):
    """The masks are as many as the rules need; no rule changes its meaning when it falls in the second one."""
    rows = [
        care(1, data_chiusura="2022-01-01", motivo_chiusura="1"),
        care(2, programma_pippi="boh"),
        care(3, id_minore="x"),
    ]
    family.deliver("prese_in_carico__2.csv", rows)
    in_one = [rule for _, _, rule in family.rules()]
    monkeypatch.setattr("ingestion.rules.BITS", 7)
    contract = load_contracts()["prese_in_carico"]
    assert catalogue(contract)[-1].word > 2
    family.deliver("prese_in_carico__3.csv", [*rows, care(4)])
    assert [rule for file, _, rule in family.rules() if file == "prese_in_carico__3.csv"] == in_one
    assert len(in_one) == 3


def test_messages_are_made_in_slices(office, monkeypatch):
    rows = [sample("reclami", i, gravita="?" if i % 3 else "alta", canale="") for i in range(20)]
    monkeypatch.setattr("ingestion.judging.WORDED", 3)
    monkeypatch.setattr("ingestion.batches.SLICE", 4)
    assert office.deliver("reclami.csv", rows).quarantined == 20
    errors = office.query('select "row", count(*) from quarantine.rows group by all order by all')
    assert errors == [(i + 2, 2 if i % 3 else 1) for i in range(20)]


def test_a_large_file_is_read_in_pieces_and_lands_whole(office):
    rows = [
        sample("reclami", i, gravita="?" if i % 10 == 0 else "alta", azione_miglioramento="a\nb")
        for i in range(200)
    ]
    office.write("reclami.csv", rows)
    outcome = office.outcomes(batch_bytes=1000)["reclami.csv"]
    assert (outcome.rows_read, outcome.accepted, outcome.quarantined) == (200, 180, 20)
    assert office.query(
        "select min(source_row), max(source_row), count(distinct load_seq) from landing.reclami"
    ) == [(4, 400, 1)]
