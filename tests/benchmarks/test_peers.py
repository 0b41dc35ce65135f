"""What can go wrong unnoticed when the product is compared with its peers."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from pydantic import ValidationError

from benchmarks.peers.cells import compare
from benchmarks.peers.models import Models, part_of_plan
from benchmarks.peers.row_models import model_of
from osservatorio.build_plan import Plan, Step
from osservatorio.contracts import load_contracts

OURS = "select * from (values ('a', 1, 0.1::double, null), ('b', 2, 0.2::double, 'x')) as t (code, n, rate, word)"


def differences(theirs: str) -> tuple[int, tuple[str, ...]]:
    with duckdb.connect() as con:
        con.execute(f"create table ours_mart as {OURS}")
        con.execute(f"create table their_mart as {theirs}")
        found = compare(con, {"mart": "ours_mart"}, {"mart": "their_mart"}, {"mart": ["code"]})
    assert (found.rows, found.cells) == (2, 8)
    return found.different, found.shown


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        (OURS.replace("2, 0.2", "3, 0.2"), "mart.n ('b',): 2 and 3"),
        (OURS.replace("null", "''"), "mart.word ('a',): None and ''"),
        (OURS.replace("0.2::", "0.2000001::"), "mart.rate ('b',): 0.2 and 0.2000001"),
        (OURS.replace("('b', 2", "('c', 2"), "mart: only ours has ('b',)"),
        (f"{OURS} union all {OURS} order by all limit 3", "mart: 2 rows and 3"),
        (OURS.replace("n, rate", "rate, n"), "mart: columns"),
    ],
)
def test_a_changed_cell_is_found(theirs: str, told: str):
    different, shown = differences(theirs)
    assert different > 0
    assert any(line.startswith(told) for line in shown), shown


def test_equal_marts_are_equal_whatever_holds_them():
    as_text = (
        "select code, n::varchar as n, (rate + 1e-17)::varchar as rate, word from ({}) order by code desc"
    )
    assert differences(as_text.format(OURS)) == (0, ())


def test_only_what_a_mart_needs_is_built():
    def model(name: str, *parents: str) -> dict[str, str]:
        sql = " union all ".join(f'from "release"."core"."{parent}"' for parent in parents)
        return {"name": name, "sql": sql or "select 1"}

    models = Models([model("a"), model("b", "a"), model("mart_c", "b"), model("mart_d", "a")])
    assert models.needed_by(["mart_d"]) == ["a", "mart_d"]
    assert models.possible_without(["b"]) == ["mart_d"]
    steps = [
        Step("seed.osservatorio.list", ["create"], [], ""),
        Step("model.osservatorio.a", ["create"], ["seed.osservatorio.list"], ""),
        Step("test.osservatorio.check_a", ["select"], ["model.osservatorio.a"], "error"),
        Step("model.osservatorio.b", ["create"], ["model.osservatorio.a", "test.osservatorio.check_a"], ""),
        Step("model.osservatorio.mart_d", ["create"], ["model.osservatorio.a"], ""),
    ]
    part = part_of_plan(Plan([], steps, {}), ["a", "b"])
    assert [step.name.rsplit(".", 1)[1] for step in part.steps] == ["list", "a", "b"]
    assert part.steps[2].after == ["model.osservatorio.a"]


class TestRowModels:
    given = {  # noqa: RUF012
        "codice_ente": "108039",
        "data_estrazione": "30/06/2022",
        "id_intervento": "SER-1",
        "id_presa_in_carico": "SER-P1",
        "tipo": "Colloquio",
        "data_intervento": "2022-03-01",
        "durata_minuti": "60,00",
        "esito": "svolto",
    }

    def test_values_are_read_as_the_contract_says(self):
        row = model_of(load_contracts()["interventi"]).model_validate(self.given)
        assert (row.tipo, row.durata_minuti) == ("colloquio", 60)
        assert (row.data_estrazione, row.data_intervento) == (date(2022, 6, 30), date(2022, 3, 1))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"tipo": "nessuno"},
            {"data_intervento": "31/02/2022"},
            {"durata_minuti": "-1"},
            {"durata_minuti": "1.234"},
            {"id_intervento": "RSSMRA80A01F205X"},
            {"codice_ente": "999999"},
        ],
    )
    def test_what_is_no_value_is_refused(self, wrong: dict[str, str]):
        with pytest.raises(ValidationError):
            model_of(load_contracts()["interventi"]).model_validate({**self.given, **wrong})

    def test_amounts_are_exact(self):
        amounts = model_of(load_contracts()["spese"]).model_fields
        assert Decimal in [
            amounts["importo"].annotation,
            *getattr(amounts["importo"].annotation, "__args__", ()),
        ]
