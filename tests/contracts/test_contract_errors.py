"""A contract that is not consistent is refused with a sentence that says where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from osservatorio.contracts import CONTRACTS, SUFFIX, ContractError, load_contracts, read_contracts
from osservatorio.errors import UserError

FAMILY = ("minori", "operatori", "prese_in_carico")


def _column(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in document["schema"][0]["properties"] if item["name"] == name)


def _custom(document: dict[str, Any], column: str, name: str) -> dict[str, Any]:
    return next(item for item in _column(document, column)["customProperties"] if item["property"] == name)


def _rule(document: dict[str, Any], column: str, place: int = 0) -> dict[str, Any]:
    return _column(document, column)["quality"][place]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three contracts that refer to one another, copied."""
    for extract in FAMILY:
        (tmp_path / f"{extract}{SUFFIX}").write_bytes((CONTRACTS / f"{extract}{SUFFIX}").read_bytes())
    return tmp_path


def _change(folder: Path, extract: str, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / f"{extract}{SUFFIX}"
    document = yaml.safe_load(path.read_text("utf-8"))
    change(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")


def test_the_copies_are_read_as_the_originals(folder: Path):
    whole = load_contracts()
    assert read_contracts(folder) == {extract: whole[extract] for extract in FAMILY}
    assert load_contracts() is whole


def test_children_are_placed_after_parents_whatever_their_order(folder: Path):
    _change(folder, "prese_in_carico", lambda d: d["customProperties"][0].update(value=0))
    assert list(read_contracts(folder)) == ["minori", "operatori", "prese_in_carico"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda d: _custom(d, "fonte_segnalazione", "codeList").update(value="ElencoInventato"),
            "ElencoInventato",
        ),
        (lambda d: _custom(d, "data_apertura", "kind").update(value="giorno"), "tipo sconosciuto «giorno»"),
        (lambda d: _custom(d, "programma_pippi", "kind").update(value="code"), "codice senza elenco"),
        (
            lambda d: _column(d, "id_minore")["relationships"][0].update(
                to="ragazzi.odcs.yaml#/schema/ragazzi/properties/id_minore"
            ),
            "estratto sconosciuto «ragazzi»",
        ),
        (
            lambda d: _column(d, "id_minore")["relationships"][0].update(
                to="minori.odcs.yaml#/schema/minori/properties/sesso"
            ),
            "non è nella chiave di «minori»",
        ),
        (
            lambda d: _column(d, "id_minore")["relationships"][0].update(
                to="prese_in_carico.odcs.yaml#/schema/prese_in_carico/properties/id_presa_in_carico"
            ),
            "fanno un giro",
        ),
        (lambda d: _column(d, "id_minore").pop("classification"), "riservata in un solo estratto"),
        (
            lambda d: _rule(d, "data_chiusura")["implementation"].update(
                columns=["data_chiusura", "data_fine"]
            ),
            "colonna sconosciuta «data_fine»",
        ),
        (lambda d: _rule(d, "data_apertura", 1)["implementation"].pop("parent"), "senza dire di quale"),
        (
            lambda d: _rule(d, "data_apertura", 1)["implementation"].update(parent="data_chiusura"),
            "«data_chiusura», che non è un riferimento",
        ),
        (
            lambda d: _rule(d, "data_apertura", 1)["implementation"].update(
                invalidWhen="data_apertura < parent.nascita"
            ),
            "«nascita», che «minori» non ha",
        ),
        (lambda d: _rule(d, "data_apertura", 1).update(name="data_apertura_non_futura"), "due regole"),
        (lambda d: d["schema"][0]["properties"].append(_column(d, "id_minore")), "descritta due volte"),
        (
            lambda d: [item.pop("primaryKey", None) for item in d["schema"][0]["properties"]],
            "manca la chiave",
        ),
        (lambda d: d["schema"][0].update(name="prese"), "descrive l'estratto «prese»"),
        (lambda d: _column(d, "id_minore").pop("businessName"), "businessName"),
        (lambda d: d.pop("schema"), "schema"),
    ],
)
def test_an_inconsistent_contract_is_refused(folder: Path, change, words: str):
    _change(folder, "prese_in_carico", change)
    with pytest.raises(ContractError) as caught:
        read_contracts(folder)
    assert "prese_in_carico.odcs.yaml" in caught.value.message
    assert words in caught.value.message
    assert isinstance(caught.value, UserError)


def test_a_file_that_is_not_yaml_is_refused(folder: Path):
    (folder / f"minori{SUFFIX}").write_text("schema: [", "utf-8")
    with pytest.raises(ContractError, match="minori"):
        read_contracts(folder)


def test_a_folder_without_contracts_is_refused(tmp_path: Path):
    with pytest.raises(ContractError, match="non c'è alcun contratto"):
        read_contracts(tmp_path)
