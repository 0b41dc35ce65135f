"""References: which record is a row's parent, and which version of it the rules look at."""

import pyarrow as pa
from delivered_samples import OTHER_BODY, care, sample

from ingestion.references import orphans
from osservatorio.contracts import load_contracts


def test_references_wait_for_their_parent(office):
    office.write("minori.csv", [sample("minori")])
    office.write(
        "prese_in_carico.csv",
        [care(), care(1, id_minore="altro"), care(2, id_minore="altro", esito="", data_apertura="?")],
    )
    outcome = office.outcomes()["prese_in_carico.csv"]
    assert (outcome.accepted, outcome.quarantined, outcome.waiting) == (1, 1, 1)
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


def test_references_that_lead_nowhere_are_found_by_body():
    contract = load_contracts()["interventi"]
    here, there = "108039", OTHER_BODY
    rows = [
        (here, "A", "X"),
        (there, "A", "X"),  # the case is the other body's
        (there, "B", None),
        (None, "Z", "X"),  # which body's, nobody knows
        (here, None, "Y"),  # no such professional
        ("108099", "A", "X"),  # a body without cases
        (here, None, None),
    ]
    bodies, cases, operators = (pa.array(column).dictionary_encode() for column in zip(*rows, strict=True))
    typed = pa.table({"codice_ente": bodies, "id_presa_in_carico": cases, "id_operatore": operators})
    keys = {
        "id_presa_in_carico": {here: pa.array(["A", "C"]), there: pa.array(["B"])},
        "id_operatore": {None: pa.array(["X"])},
    }
    assert orphans(typed, contract, keys).to_pylist() == [False, True, False, False, True, True, False]
    of_one_body = typed.slice(0, 1)
    assert orphans(of_one_body, contract, keys).to_pylist() == [False]
    nothing_landed = {"id_presa_in_carico": {}, "id_operatore": {}}
    assert orphans(typed, contract, nothing_landed).to_pylist() == [True, True, True, True, True, True, False]
