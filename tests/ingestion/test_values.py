"""Values worked out once for each distinct text stand where they belong, as if every row had been converted alone."""

import duckdb
import pyarrow as pa
import pytest
from delivered_samples import KEY
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.checking import mask_names
from ingestion.rules import catalogue
from ingestion.tables import row_schema, text_type, without_blanks
from ingestion.values import Converter
from osservatorio.contracts import load_contracts

INTERVENTI = load_contracts()["interventi"]
MINORI = load_contracts()["minori"]
COLUMNS = [column.name for column in INTERVENTI.columns]

TEXTS = st.sampled_from(
    [None, "108039", "30/06/2022", "2022-02-31", "attivo", "colloquio", "COLLOQUIO", "45", "1.440", "-3", "svolto",
     "A-1", "due parole", "perché", "x" * 41, "RSSMRA15A01I625X", "RSS-MRA-15-A-01-I-625-X", "OP-1", "a_long_identifier_of_31_letters"]
)  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        yield connection


def texts(contract, rows: list[dict]) -> pa.Table:
    columns = [
        pa.array([row.get(column.name) for row in rows], pa.string()).cast(text_type(column))
        for column in contract.columns
    ]
    return pa.table(columns, names=[column.name for column in contract.columns]).combine_chunks()


def typed(con, contract, rows: list[dict]) -> list[dict]:
    return Converter(con, contract, KEY).typed_rows(texts(contract, rows)).to_pylist()


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, TEXTS)), min_size=1, max_size=5))
def test_rows_together_are_the_same_rows_alone(con, rows):
    together = typed(con, INTERVENTI, rows)
    assert together == [typed(con, INTERVENTI, [row])[0] for row in rows]


@settings(max_examples=9, deadline=None)
@given(
    pieces=st.lists(
        st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, TEXTS)), min_size=1, max_size=6), max_size=4
    )
)
def test_rows_after_others_are_the_same_rows_alone(con, pieces):
    converter = Converter(con, INTERVENTI, KEY)
    for rows in pieces:
        assert converter.typed_rows(texts(INTERVENTI, rows)).to_pylist() == typed(con, INTERVENTI, rows)


def test_what_a_single_value_breaks_is_in_the_mask(con):
    good = {
        "codice_ente": "108039",
        "id_intervento": "I-1",
        "id_presa_in_carico": "P-1",
        "durata_minuti": "45",
    }
    rows = [
        good,
        good | {"id_intervento": "due parole"},
        good | {"id_intervento": None},
        good | {"id_presa_in_carico": "RSSMRA15A01I625X"},
        good | {"durata_minuti": "1441"},
    ]
    bits = {rule.value: rule.id for rule in catalogue(INTERVENTI)}
    assert mask_names(INTERVENTI) == ["mask_0"]
    masks = [row["mask_0"] for row in typed(con, INTERVENTI, rows)]
    broken = [{bits[1 << bit] for bit in range(64) if (mask & ~masks[0]) >> bit & 1} for mask in masks]
    assert broken == [
        set(),
        {"id_intervento.formato"},
        {"id_intervento.obbligatorio"},
        {"id_presa_in_carico.codice_fiscale"},
        {"durata_minuti.intervallo"},
    ]


def test_no_secret_comes_out_in_the_clear(con):
    rows = [{"id_minore": "MIN-SEGRETO", "codice_fiscale": "RSSMRA15A01I625X"}, {"id_minore": "MIN SEGRETO"}]
    first, second = typed(con, MINORI, rows)
    assert len(first["id_minore"]) == 64
    assert second["id_minore"] is None
    assert "SEGRETO" not in f"{first}{second}"
    assert "RSSMRA" not in f"{first}{second}"


def test_columns_whose_values_repeat_are_dictionaries():
    schema = row_schema(INTERVENTI)
    kinds = {name: pa.types.is_dictionary(schema.field(name).type) for name in COLUMNS}
    assert kinds["tipo"]
    assert kinds["data_intervento"]
    assert kinds["id_operatore"]
    assert kinds["id_presa_in_carico"]
    assert not kinds["id_intervento"]


@given(texts=st.lists(st.none() | st.text(alphabet=" \t\u00a0\u200bàé€x", max_size=4), max_size=8))
def test_blanks_are_taken_off_plain_texts_and_dictionaries_alike(texts):
    plain = pa.array(texts, pa.string())
    expected = [(text or "").strip(" \t\u00a0\u200b") or None for text in texts]
    assert without_blanks(plain).to_pylist() == expected
    assert without_blanks(plain.dictionary_encode()).to_pylist() == expected
