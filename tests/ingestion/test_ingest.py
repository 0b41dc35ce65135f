"""The stage as a whole: what lands, what is set aside and why, what a second run changes."""

import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal

import pytest
from delivered_samples import KEY, LEAD, csv_bytes, fiscal_code, sample, write_workbook

from ingestion import batches, landing
from ingestion.ingest import deliveries_status, ingest, quarantine_rows
from ingestion.rules import catalogue
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.keys import Key
from osservatorio.reference import municipalities

OTHER_BODY = next(code for code in municipalities() if code != LEAD)


def care(serial: int = 0, **values: str) -> dict[str, str]:
    return sample("prese_in_carico", serial, **values)


@pytest.fixture
def family(office):
    """An office that has already delivered a minor, a professional and a spell of care."""
    office.write("minori.csv", [sample("minori")])
    office.write("operatori.csv", [sample("operatori")])
    office.write("prese_in_carico.csv", [care()])
    office.ingest()
    return office


def test_a_valid_row_of_every_extract_lands_in_one_run(office):
    for extract in load_contracts():
        office.write(f"{extract}__prova.csv", [sample(extract)])
    outcomes = office.outcomes()
    assert {outcome.outcome for outcome in outcomes.values()} == {"landed"}
    assert not office.rules()
    assert [outcome.accepted for outcome in outcomes.values()] == [1] * len(load_contracts())


def test_every_table_exists_with_its_types_also_when_nobody_delivered(office):
    office.deliver("riunioni.csv", [sample("riunioni")])
    types = dict(
        office.query(
            "select table_name || '.' || column_name, data_type from information_schema.columns"
            " where table_schema = 'landing'"
        )
    )
    for extract, contract in load_contracts().items():
        for column in contract.columns:
            assert types[f"{extract}.{column.name}"] == column.duckdb_type
        for name, kind in landing.PROVENANCE:
            assert types[f"{extract}.{name}"] == kind


def test_typed_values_and_provenance(office):
    row = sample(
        "spese",
        importo="-1.234,50",
        importo_impegnato="",
        codice_servizio=" ADM ",
        data_competenza="1/3/2022",
    )
    office.write("sotto/spese__seveso.csv", [row])
    office.loaded_at = datetime(2024, 1, 15, 10, 29)
    office.ingest()
    assert office.query(
        "select importo, importo_impegnato, codice_servizio, data_competenza, stato_record, source_file, source_row,"
        " loaded_at, load_seq from landing.spese"
    ) == [
        (Decimal("-1234.5"), None, "adm", date(2022, 3, 1), None, "sotto/spese__seveso.csv", 2,
         datetime(2024, 1, 15, 10, 30), 1)
    ]  # fmt: skip
    ((file, sha, size, kind, encoding, separator, full, body, first, last, key_id),) = office.query(
        "select file_name, sha256, size_bytes, format, encoding, separator, is_full_replacement, codice_ente,"
        " first_extraction, last_extraction, key_id from meta.deliveries"
    )
    content = csv_bytes([row])
    assert (file, size, kind, encoding, separator, full) == (
        "sotto/spese__seveso.csv", len(content), "csv", "utf-8", ";", False,
    )  # fmt: skip
    assert len(sha) == 64
    assert (body, first, last, key_id) == (LEAD, date(2022, 6, 30), date(2022, 6, 30), KEY.id)


def test_a_workbook_lands_like_a_csv_file(office):
    header = list(sample("spese"))
    row = sample("spese") | {"codice_ente": 108039, "data_competenza": date(2022, 3, 1), "importo": 1.234}
    write_workbook(office.folder / "spese.xlsx", {"Foglio1": [header, list(row.values())]})
    assert office.outcomes()["spese.xlsx"].accepted == 1
    assert office.query("select codice_ente, data_competenza, importo from landing.spese") == [
        ("108039", date(2022, 3, 1), Decimal("1.234"))
    ]


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
    assert messages[0] == "Canale: manca il valore, che è obbligatorio."
    assert messages[1] == (
        "Data di ricezione: trovato «31/02/2022», atteso un giorno che esiste, scritto come 30/06/2022 o 2022-06-30."
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


def test_the_same_bytes_twice_change_nothing(office):
    office.write("reclami.csv", [sample("reclami"), sample("reclami", 1, gravita="?")])
    office.ingest()
    before = office.home.landing.read_bytes()
    outcome = office.outcomes()["reclami.csv"]
    assert (outcome.outcome, outcome.rows_read) == ("already_landed", 0)
    assert "già caricato il 15/01/2024" in outcome.message
    (office.folder / "reclami.csv").rename(office.folder / "reclami__di_nuovo.csv")
    assert office.outcomes()["reclami__di_nuovo.csv"].outcome == "already_landed"
    assert office.query("select count(*) from landing.reclami") == [(1,)]
    assert office.query("select count(*) from quarantine.rows") == [(1,)]
    assert len(before) == office.home.landing.stat().st_size


def test_the_same_bytes_under_two_names_in_one_folder(office):
    for name in ("reclami__a.csv", "reclami__b.csv"):
        office.write(name, [sample("reclami")])
    for name in ("spese__a.csv", "spese__b.csv"):
        office.write(name, b"codice_ente;importo\n108039;1\n")
    outcomes = office.outcomes()
    assert [outcomes[name].outcome for name in sorted(outcomes)] == [
        "landed",
        "already_landed",
        "refused",
        "refused",
    ]
    assert "Stesso contenuto di «reclami__a.csv»" in outcomes["reclami__b.csv"].message


def test_a_full_replacement_is_another_delivery_than_an_update(office):
    office.write("reclami.csv", [sample("reclami")])
    office.write("reclami__completa.csv", [sample("reclami")])
    assert {o.outcome for o in office.outcomes().values()} == {"landed"}
    assert office.query("select file_name, is_full_replacement from meta.deliveries order by 1") == [
        ("reclami.csv", False),
        ("reclami__completa.csv", True),
    ]


def test_a_correction_lands_beside_what_it_corrects(office):
    office.deliver("reclami.csv", [sample("reclami", gravita="alta"), sample("reclami", gravita="media")])
    office.deliver("reclami__2.csv", [sample("reclami", gravita="bassa")])
    assert office.query("select gravita, load_seq, source_row from landing.reclami order by 2, 3") == [
        ("alta", 1, 2),
        ("media", 1, 3),
        ("bassa", 2, 2),
    ]


def test_references_wait_for_their_parent(office):
    office.write("minori.csv", [sample("minori")])
    office.write(
        "prese_in_carico.csv",
        [care(), care(1, id_minore="altro"), care(2, id_minore="altro", esito="", data_apertura="?")],
    )
    outcome = office.outcomes()["prese_in_carico.csv"]
    assert (outcome.accepted, outcome.quarantined, outcome.waiting) == (1, 2, 1)
    assert [(row, rule) for _, row, rule in office.rules()] == [
        (3, "id_minore.riferimento"),
        (4, "data_apertura.formato"),
        (4, "id_minore.riferimento"),
    ]
    assert "altro" not in " ".join(office.messages())


def test_a_parent_of_another_body_is_no_parent_except_for_professionals(family):
    office = family
    operator = {"id_operatore": sample("operatori")["id_operatore"]}
    office.write("minori__2.csv", [sample("minori", 7, codice_ente=OTHER_BODY)])
    minor = sample("minori", 7)["id_minore"]
    rows = [
        care(1, codice_ente=OTHER_BODY),
        care(2, codice_ente=OTHER_BODY, id_minore=minor, **operator),
        care(3, id_minore=minor),
    ]
    office.write("prese_in_carico__2.csv", rows)
    office.ingest()
    assert [(row, rule) for file, row, rule in office.rules()] == [
        (2, "id_minore.riferimento"),
        (4, "id_minore.riferimento"),
    ]


def test_rules_over_the_parent_look_at_its_latest_version(family):
    office = family
    late = {"data_nascita": "2022-03-11", "data_estrazione": "2022-07-01"}
    office.write("minori__2.csv", [sample("minori", **late)])
    assert office.deliver("prese_in_carico__2.csv", [care(1)]).quarantined == 1
    assert [rule for _, _, rule in office.rules()] == ["data_apertura_non_prima_della_nascita"]


def test_one_refused_file_among_good_ones(office):
    office.write("reclami.csv", [sample("reclami")])
    office.write("spese.csv", b"")
    office.write("appunti.txt", b"ciao")
    office.write("spese__vuote.csv", csv_bytes([sample("spese")]).split(b"\n")[0])
    outcomes = office.outcomes()
    assert {name: outcome.outcome for name, outcome in outcomes.items()} == {
        "appunti.txt": "refused",
        "reclami.csv": "landed",
        "spese.csv": "refused",
        "spese__vuote.csv": "refused",
    }
    assert "senza righe" in outcomes["spese__vuote.csv"].message
    assert outcomes["appunti.txt"].extract is None
    office.ingest()
    assert office.query("select outcome, count(*) from meta.deliveries group by all order by all") == [
        ("landed", 1),
        ("refused", 3),
    ]
    office.deliver("spese.csv", [sample("spese")])
    assert office.query("select outcome from meta.deliveries where file_name = 'spese.csv'") == [("landed",)]


def test_unknown_columns_are_reported_and_never_landed(office):
    outcome = office.deliver("reclami.csv", [sample("reclami") | {"Cognome": "Rossi", "gravitaa": "alta"}])
    assert outcome.outcome == "landed"
    assert outcome.message == "Colonne non previste, che non sono state caricate: cognome, gravitaa."
    assert office.query("select unknown_columns from meta.deliveries") == [("cognome, gravitaa",)]
    assert b"Rossi" not in office.home.landing.read_bytes()


def test_a_file_with_several_bodies_names_them_all(office):
    office.deliver(
        "reclami.csv", [sample("reclami"), sample("reclami", 1, codice_ente=OTHER_BODY, gravita="?")]
    )
    assert office.query("select codice_ente from meta.deliveries") == [
        (",".join(sorted((LEAD, OTHER_BODY))),)
    ]
    with connect(office.home.landing, read_only=True) as con:
        assert [row["codice_ente"] for row in quarantine_rows(con)] == [OTHER_BODY]


def test_status_and_quarantine_are_plain_values(office):
    office.write("spese.csv", b"")
    office.deliver("reclami.csv", [sample("reclami", gravita="?")])
    with connect(office.home.landing, read_only=True) as con:
        deliveries, rows = deliveries_status(con), quarantine_rows(con)
    names = {"file", "extract", "outcome", "rows_read", "accepted", "quarantined", "waiting", "message"}
    assert all(names <= set(delivery) for delivery in deliveries)
    assert [delivery["outcome"] for delivery in deliveries] == ["landed", "refused"]
    assert {"file", "row", "column", "rule", "message", "extract", "codice_ente"} <= set(rows[0])
    assert (rows[0]["file"], rows[0]["row"], rows[0]["column"]) == ("reclami.csv", 2, "gravita")
    assert json.loads(json.dumps([deliveries, rows])) == [deliveries, rows]


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


def test_messages_are_made_in_slices(office, monkeypatch):
    rows = [sample("reclami", i, gravita="?" if i % 3 else "alta", canale="") for i in range(20)]
    monkeypatch.setattr("ingestion.batches.SLICE", 4)
    assert office.deliver("reclami.csv", rows).quarantined == 20
    errors = office.query('select "row", count(*) from quarantine.rows group by all order by all')
    assert errors == [(i + 2, 2 if i % 3 else 1) for i in range(20)]


def test_a_failure_in_a_batch_leaves_nothing_of_it(office, monkeypatch):
    office.write("reclami__a.csv", [sample("reclami", 1)])
    office.write("reclami__b.csv", [sample("reclami", 2, gravita="?")])
    office.write("minori.csv", [sample("minori")])

    def fail(*_):
        raise RuntimeError("interrotto")

    with monkeypatch.context() as patch:
        real = batches.RowChecker._check
        patch.setattr(
            batches.RowChecker,
            "_check",
            lambda self, *args: fail() if self._contract.extract == "reclami" else real(self, *args),
        )
        with pytest.raises(RuntimeError):
            office.ingest()
    assert office.query("select count(*) from landing.minori") == [(1,)]
    assert office.query("select count(*) from landing.reclami") == [(0,)]
    assert office.query("select count(*) from quarantine.rows") == [(0,)]
    assert office.query("select file_name from meta.deliveries") == [("minori.csv",)]
    outcomes = office.outcomes()
    assert [outcomes[name].outcome for name in sorted(outcomes)] == ["already_landed", "landed", "landed"]


def test_rows_that_do_not_balance_are_never_landed(office, monkeypatch):
    real = batches.RowChecker._append
    monkeypatch.setattr(batches.RowChecker, "_append", lambda self, query: real(self, query) - 1)
    office.write("reclami.csv", [sample("reclami")])
    with pytest.raises(AssertionError, match="rows delivered"):
        office.ingest()
    assert office.query("select count(*) from landing.reclami") == [(0,)]


def test_another_key_is_not_mixed_with_the_first(office):
    office.deliver("minori.csv", [sample("minori")])
    office.write("minori__2.csv", [sample("minori", 1)])
    with pytest.raises(UserError, match="chiave"):
        ingest(office.folder, office.home, Key("altra", b"x" * 32), loaded_at=office.loaded_at)


def test_folders_without_anything_to_load(office):
    with pytest.raises(UserError, match="è vuota"):
        office.ingest()
    office.write("bilancio.csv", b"a;b\n1;2\n")
    office.write("appunti.txt", b"x")
    with pytest.raises(UserError, match=r"<estratto>\[__altro\].csv"):
        office.ingest()
    assert not office.home.landing.exists()


def test_a_landing_in_use_by_another_process(office):
    office.deliver("minori.csv", [sample("minori")])
    hold = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('preso', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", hold, str(office.home.landing)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        process.stdout.readline()
        with pytest.raises(UserError, match="in uso"):
            office.ingest()
    finally:
        process.communicate()


def test_a_home_that_cannot_be_written(office):
    office.write("minori.csv", [sample("minori")])
    office.home.root.write_text("non è una cartella")
    with pytest.raises(UserError, match="Non riesco a scrivere"):
        office.ingest()
    office.home.root.unlink()


def test_progress_counts_every_file(office):
    office.write("reclami.csv", [sample("reclami")])
    office.write("spese.csv", b"")
    seen = []
    office.ingest(progress=lambda *step: seen.append(step))
    assert [(done, total) for _, done, total in seen] == [(1, 2), (2, 2)]


def test_local_column_names(office, tmp_path):
    maps = tmp_path / "mappe"
    maps.mkdir()
    (maps / "minori.csv").write_text(
        "canonical,gestionale\ncodice_fiscale,C.F.\ndata_nascita,Nato il\n", "utf-8"
    )
    row = sample("minori")
    row["Nato il"] = row.pop("data_nascita")
    row["C.F."] = fiscal_code(3)
    office.write("minori.csv", [row])
    assert office.outcomes(maps=maps)["minori.csv"].accepted == 1
    assert office.query("select data_nascita, length(codice_fiscale) from landing.minori") == [
        (date(2012, 5, 1), 64)
    ]
