"""What lands: every extract, typed values, where each row came from, and which columns are left out."""

from datetime import date, datetime
from decimal import Decimal

from delivered_samples import KEY, LEAD, csv_bytes, fiscal_code, sample, write_workbook

from ingestion.layout import PROVENANCE
from osservatorio.contracts import load_contracts


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
        for name, kind in PROVENANCE:
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
        "select importo, importo_impegnato, codice_servizio, data_competenza, stato_record, file_name, source_row,"
        " landed.loaded_at, landed.load_seq from landing.spese as landed join meta.deliveries using (delivery_id)"
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


def test_unknown_columns_are_reported_and_never_landed(office):
    outcome = office.deliver("reclami.csv", [sample("reclami") | {"Cognome": "Rossi", "gravitaa": "alta"}])
    assert outcome.outcome == "landed"
    assert outcome.message == "Colonne non previste, che non sono state caricate: cognome, gravitaa."
    assert office.query("select unknown_columns from meta.deliveries") == [("cognome, gravitaa",)]
    assert b"Rossi" not in office.home.landing.read_bytes()


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
