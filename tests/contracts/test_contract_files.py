"""The contract files: valid Open Data Contract Standard, and consistent with one another and with the lists."""

import json
import re
import subprocess
import sys
from datetime import date
from importlib.resources import files

import duckdb
import jsonschema
import pytest
import yaml

from osservatorio import reference
from osservatorio.contract_model import DUCKDB_TYPES
from osservatorio.contracts import CONTRACTS as FOLDER
from osservatorio.contracts import SUFFIX, Contract, RowRule, load_contracts

CONTRACTS = load_contracts()
RULES = [(contract, rule) for contract in CONTRACTS.values() for rule in contract.rules]
REFERENCES = [(contract, column) for contract in CONTRACTS.values() for column in contract.references]

every_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
every_rule = pytest.mark.parametrize(
    ("contract", "rule"), RULES, ids=[f"{contract.extract}.{rule.id}" for contract, rule in RULES]
)
every_reference = pytest.mark.parametrize(
    ("contract", "column"),
    REFERENCES,
    ids=[f"{contract.extract}.{column.name}" for contract, column in REFERENCES],
)


@pytest.fixture(scope="module")
def standard():
    """A validator of the standard's own JSON schema."""
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.fixture(scope="module")
def tables():
    """A database with an empty table per extract, typed as the landing's."""
    connection = duckdb.connect()
    for contract in CONTRACTS.values():
        columns = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in contract.columns)
        connection.execute(f"create table {contract.extract} ({columns})")
    return connection


@every_contract
def test_a_contract_is_valid_in_the_standard(contract: Contract, standard):
    document = yaml.safe_load((FOLDER / f"{contract.extract}{SUFFIX}").read_text("utf-8"))
    assert [f"{error.json_path}: {error.message}" for error in standard.iter_errors(document)] == []
    assert document["apiVersion"] == "v3.1.0"
    (table,) = document["schema"]
    assert table["name"] == contract.extract
    assert document["id"] == f"osservatorio-{contract.extract.replace('_', '-')}"


def test_the_standard_refuses_a_contract_that_is_not_one(standard):
    document = yaml.safe_load((FOLDER / f"minori{SUFFIX}").read_text("utf-8"))
    document["schema"][0]["properties"][0]["logicalType"] = "stringa"
    assert list(standard.iter_errors(document))


@every_contract
def test_the_standard_types_agree_with_the_kind(contract: Contract):
    logical = {"BIGINT": "integer", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date"}
    document = yaml.safe_load((FOLDER / f"{contract.extract}{SUFFIX}").read_text("utf-8"))
    for item in document["schema"][0]["properties"]:
        column = contract.column(item["name"])
        assert item["physicalType"] == column.duckdb_type, column.name
        expected = "number" if column.kind == "decimal" else logical.get(column.duckdb_type, "string")
        assert item["logicalType"] == expected, column.name
        assert item.get("encryptedName") == (column.name if column.secret else None)


def test_parents_come_before_children():
    seen: set[str] = set()
    for contract in CONTRACTS.values():
        assert {column.reference.extract for column in contract.references} <= seen
        seen.add(contract.extract)


def test_every_extract_begins_with_the_common_columns():
    first = CONTRACTS["minori"].columns[:4]
    assert [c.name for c in first] == ["codice_ente", "comune_riferimento", "data_estrazione", "stato_record"]
    for contract in CONTRACTS.values():
        assert contract.columns[:4] == first, contract.extract
        assert "data_estrazione_non_futura" in {rule.id for rule in contract.rules}, contract.extract


@every_contract
def test_key_columns_exist_and_are_required(contract: Contract):
    assert len(set(contract.key)) == len(contract.key) > 0
    for name in contract.key:
        assert contract.column(name).required, name


@every_contract
def test_columns_are_described_in_words(contract: Contract):
    for text in (contract.title, contract.description, contract.grain):
        assert text[0].isupper(), text
    assert contract.description.endswith(".")
    assert contract.grain.startswith("Una riga per ogni ")
    for column in contract.columns:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
        assert column.label[0].isupper(), column.name
        assert "_" not in column.label, column.name
        assert len(column.label) <= 40, column.name
        assert column.description[0].isupper() or column.description[0].isdigit(), column.name
        assert column.description.endswith("."), column.name


@every_contract
def test_bounds_belong_to_numbers_and_lengths_to_texts(contract: Contract):
    for column in contract.columns:
        assert column.kind in DUCKDB_TYPES
        bounded = column.minimum is not None or column.maximum is not None
        assert not bounded or column.kind in ("int", "decimal", "year"), column.name
        assert (column.max_length is not None) == (column.kind in ("id", "text")), column.name
        if column.minimum is not None and column.maximum is not None:
            assert column.minimum < column.maximum, column.name
        if column.pattern:
            assert column.kind in ("id", "istat")
            re.compile(column.pattern)


@every_contract
def test_coded_columns_have_a_list_and_others_have_none(contract: Contract):
    for column in contract.columns:
        if column.kind in ("code", "codes"):
            assert reference.code_list(column.code_list), column.name
        elif column.code_list:
            assert (column.kind, column.code_list) == ("istat", "municipalities"), column.name


@every_reference
def test_a_reference_points_to_a_key_of_the_same_kind(contract: Contract, column):
    target = column.reference
    parent = CONTRACTS[target.extract]
    assert target.column in parent.key
    assert parent.column(target.column).kind == column.kind == "id"
    # A parent whose key holds the body is looked for within the body, and only such a parent.
    assert target.same_body == ("codice_ente" in parent.key)


def test_one_identifier_is_secret_everywhere_or_nowhere():
    secret: dict[str, set[bool]] = {}
    for contract in CONTRACTS.values():
        for column in contract.columns:
            secret.setdefault(column.name, set()).add(column.secret)
            assert column.pseudonym_domain == (column.name if column.secret else None), column.name
    assert all(len(values) == 1 for values in secret.values()), secret
    assert {name for name, values in secret.items() if True in values} == {
        "id_minore",
        "codice_fiscale",
        "id_operatore",
        "id_famiglia_affidataria",
    }


@every_rule
def test_a_rule_runs_over_its_columns_alone(contract: Contract, rule: RowRule, tables):
    condition, parent = rule.invalid_when, ""
    if rule.parent:
        parent = f", {contract.column(rule.parent).reference.extract} as parent"
    parameters = {"loading_date": date(2022, 7, 1)} if "$loading_date" in condition else None
    result = tables.execute(f"select {condition} as bad from {contract.extract}{parent}", parameters)
    assert [(name, str(kind)) for name, kind, *_ in result.description] == [("bad", "BOOLEAN")]
    assert result.fetchall() == []

    without_parent = re.sub(r"parent\.\w+|'[^']*'|\$\w+", "", condition)
    named = set(re.findall(r"[a-z_]+", without_parent)) & {column.name for column in contract.columns}
    assert named | {rule.column} | ({rule.parent} - {None}) == set(rule.columns)


@every_rule
def test_a_rule_says_what_is_wrong_and_what_to_do(contract: Contract, rule: RowRule):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", rule.id)
    assert rule.column in rule.columns
    wrong, _, to_do = rule.message.partition(": ")
    assert wrong[0].isupper()
    assert to_do[0].islower()
    assert to_do.endswith(".")
    assert "_" not in re.sub(r"«[^»]*»", "", rule.message)


def _is_invalid(tables, extract: str, rule_id: str, row: dict[str, str | None], **parameters) -> bool | None:
    """What a rule says of a row given as SQL literals; columns left out are null."""
    contract = CONTRACTS[extract]
    rule = next(rule for rule in contract.rules if rule.id == rule_id)
    values = ", ".join(
        f"cast({row.get(column.name) or 'null'} as {column.duckdb_type}) as {column.name}"
        for column in contract.columns
    )
    return tables.execute(
        f"select {rule.invalid_when} from (select {values})", parameters or None
    ).fetchone()[0]


@pytest.mark.parametrize(
    ("extract", "rule", "row", "invalid"),
    [
        ("prese_in_carico", "data_chiusura_non_prima_di_data_apertura", {"data_apertura": "'2022-01-02'", "data_chiusura": "'2022-01-01'"}, True),
        ("prese_in_carico", "data_chiusura_non_prima_di_data_apertura", {"data_apertura": "'2022-01-02'", "data_chiusura": "'2022-01-02'"}, False),
        ("prese_in_carico", "data_chiusura_non_prima_di_data_apertura", {"data_apertura": "'2022-01-02'"}, None),
        ("prese_in_carico", "motivo_chiusura_obbligatorio", {"data_chiusura": "'2022-01-02'"}, True),
        ("prese_in_carico", "motivo_chiusura_obbligatorio", {"data_chiusura": "'2022-01-02'", "motivo_chiusura": "'3'"}, False),
        ("prese_in_carico", "motivo_chiusura_obbligatorio", {}, False),
        ("minori", "data_nascita_entro_30_anni", {"data_nascita": "'1992-06-29'", "data_estrazione": "'2022-06-30'"}, True),
        ("minori", "data_nascita_entro_30_anni", {"data_nascita": "'1992-06-30'", "data_estrazione": "'2022-06-30'"}, False),
        ("minori", "data_nascita_non_futura", {"data_nascita": "'2022-07-01'", "data_estrazione": "'2022-06-30'"}, True),
        ("procedimenti_penali", "data_inizio_prova_obbligatoria", {"messa_alla_prova": "true"}, True),
        ("procedimenti_penali", "data_inizio_prova_obbligatoria", {"messa_alla_prova": "false"}, False),
        ("tariffe", "isee_finale_maggiore_di_isee_iniziale", {"isee_iniziale": "5000", "isee_finale": "5000"}, True),
        ("tariffe", "quota_minima_zero_se_non_prevista", {"prestazione": "'adm'", "quota_minima": "0.01"}, True),
        ("tariffe", "quota_minima_zero_se_non_prevista", {"prestazione": "'adm'", "quota_minima": "0"}, False),
        ("tariffe", "quota_minima_zero_se_non_prevista", {"prestazione": "'affido'", "quota_minima": "30"}, False),
        ("tariffe", "contribuzione_massima_non_minore_di_quota_minima", {"quota_minima": "10", "contribuzione_massima": "10"}, False),
        ("reclami", "data_risposta_obbligatoria", {"esito": "'accolto'"}, True),
        ("reclami", "data_risposta_obbligatoria", {"esito": "'in_corso'"}, False),
        ("controlli", "prestazioni_conformi_non_oltre_verificate", {"prestazioni_conformi": "6", "prestazioni_verificate": "5"}, True),
        ("controlli", "gravita_obbligatoria", {"prestazioni_conformi": "4", "prestazioni_verificate": "5"}, True),
        ("controlli", "gravita_obbligatoria", {"prestazioni_conformi": "5", "prestazioni_verificate": "5"}, False),
        ("riunioni", "decisioni_attuate_non_oltre_decisioni", {"decisioni": "1", "decisioni_attuate": "2"}, True),
        ("riunioni", "decisioni_attuate_non_oltre_decisioni", {"decisioni_attuate": "2"}, None),
    ],
)  # fmt: skip
def test_a_rule_finds_the_bad_row_and_spares_the_good(tables, extract, rule, row, invalid):
    assert _is_invalid(tables, extract, rule, row) is invalid


def test_an_extraction_of_the_day_of_loading_is_good_and_one_after_it_is_not(tables):
    row = {"data_estrazione": "'2022-07-01'"}
    for day, invalid in ((date(2022, 7, 1), False), (date(2022, 6, 30), True)):
        found = _is_invalid(tables, "minori", "data_estrazione_non_futura", row, loading_date=day)
        assert found is invalid


def test_contracts_are_read_without_heavy_libraries():
    code = (
        "import sys; from osservatorio.contracts import load_contracts; load_contracts();"
        "print(sorted({'duckdb', 'pandas', 'dbt', 'great_expectations', 'ingestion'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=FOLDER.parent.parent
    )
    assert done.stdout.strip() == "[]", done.stderr
