"""What a delivery did to the records already known, in the order in which deliveries came."""

import re
from datetime import date
from itertools import permutations

import pytest
from delivered_samples import LEAD, Office, sample

from ingestion.layout import VERSION
from ingestion.status import deliveries_status
from ingestion.versions import NUMBERS, DeliveryVersions, delivery_versions
from osservatorio.build import PROJECT
from osservatorio.database import connect

MEDA, SEVESO = "108030", "108040"


def meeting(serial: int, day: str = "2022-06-30", **values: str) -> dict[str, str]:
    return sample("riunioni", serial, data_estrazione=day, **values)


def did(office: Office) -> dict[str, DeliveryVersions]:
    """What each file did, by its name."""
    with connect(office.home.landing, read_only=True) as con:
        names = dict(con.execute("select delivery_id, file_name from meta.deliveries").fetchall())
        return {names[name]: found for name, found in delivery_versions(con).items()}


def counts(found: DeliveryVersions) -> dict[str, int]:
    """The counts that are not 0."""
    return {name: getattr(found, name) for name in NUMBERS if getattr(found, name)}


def test_a_record_is_new_then_updated_then_older_then_withdrawn(office):
    office.deliver("riunioni__1.csv", [meeting(1, "2022-03-31"), meeting(2, "2022-03-31")])
    office.deliver("riunioni__2.csv", [meeting(1, "2022-06-30"), meeting(3, "2022-06-30")])
    office.deliver("riunioni__3.csv", [meeting(1, "2022-05-31")])
    office.deliver("riunioni__4.csv", [meeting(2, "2022-06-30", stato_record="annullato")])
    office.deliver("riunioni__5.csv", [meeting(2, "2022-07-31")])
    assert {name: counts(found) for name, found in did(office).items()} == {
        "riunioni__1.csv": {"new": 2},
        "riunioni__2.csv": {"new": 1, "updated": 1},
        "riunioni__3.csv": {"older": 1},
        "riunioni__4.csv": {"withdrawn": 1},
        "riunioni__5.csv": {"updated": 1},
    }


def test_on_the_same_day_the_one_loaded_last_counts(office):
    office.deliver("riunioni__1.csv", [meeting(1)])
    office.deliver("riunioni__2.csv", [meeting(1, partecipanti="9")])
    assert counts(did(office)["riunioni__2.csv"]) == {"updated": 1}


def test_one_key_twice_in_a_file(office):
    office.deliver("riunioni__1.csv", [meeting(1), meeting(1, partecipanti="9"), meeting(2)])
    assert counts(did(office)["riunioni__1.csv"]) == {"new": 2, "repeated": 1}


def test_an_older_withdrawal_withdraws_nothing(office):
    office.deliver("riunioni__1.csv", [meeting(1)])
    office.deliver("riunioni__2.csv", [meeting(1, "2022-03-31", stato_record="annullato")])
    assert counts(did(office)["riunioni__2.csv"]) == {"older": 1}


def test_a_full_replacement_leaves_out_what_it_does_not_hold(office):
    office.deliver("riunioni__1.csv", [meeting(n, "2022-03-31") for n in (1, 2, 3, 4)])
    office.deliver("riunioni__meda.csv", [meeting(9, "2022-03-31", codice_ente=MEDA)])
    office.deliver("riunioni__2.csv", [meeting(4, "2022-04-30", stato_record="annullato")])
    # 1 is there, 2 is there though set aside, 3 is left out, 4 was withdrawn already, Meda's is not this body's.
    office.deliver("riunioni__completa.csv", [meeting(1), meeting(2, data_riunione="31/02/2022"), meeting(5)])
    assert counts(did(office)["riunioni__completa.csv"]) == {"new": 1, "updated": 1, "left_out": 1, "open": 1}


def test_a_record_is_left_out_once(office):
    office.deliver("riunioni__1.csv", [meeting(n, "2022-03-31") for n in (1, 2, 3)])
    office.deliver("riunioni__completa__1.csv", [meeting(n, "2022-04-30") for n in (1, 2)])
    office.deliver("riunioni__completa__2.csv", [meeting(n, "2022-05-31") for n in (1,)])
    found = did(office)
    assert found["riunioni__completa__1.csv"].left_out == 1
    assert found["riunioni__completa__2.csv"].left_out == 1
    office.deliver("riunioni__3.csv", [meeting(3, "2022-06-30")])
    office.deliver("riunioni__completa__3.csv", [meeting(1, "2022-07-31")])
    assert did(office)["riunioni__completa__3.csv"].left_out == 1  # the one that had come back


def test_a_replacement_that_speaks_of_an_earlier_day_leaves_the_later_record(office):
    office.deliver("riunioni__1.csv", [meeting(1, "2022-06-30")])
    office.deliver("riunioni__completa.csv", [meeting(2, "2022-03-31")])
    assert counts(did(office)["riunioni__completa.csv"]) == {"new": 1}


def test_rows_that_waited_and_rows_sent_again(office):
    office.deliver("minori__1.csv", [sample("minori", 0)])
    spell = sample("prese_in_carico", 0)
    orphan = sample("prese_in_carico", 1, id_minore="id_minore-7")
    office.deliver(
        "prese_in_carico__1.csv", [spell, orphan, sample("prese_in_carico", 2, data_apertura="31/02/2022")]
    )
    before = did(office)["prese_in_carico__1.csv"]
    assert counts(before) == {"new": 1, "open": 1}
    office.deliver("minori__2.csv", [sample("minori", 7)])
    office.deliver("prese_in_carico__2.csv", [sample("prese_in_carico", 2)])
    assert counts(did(office)["prese_in_carico__1.csv"]) == {"new": 2, "healed": 1, "replaced": 1}


def test_rows_of_other_bodies_in_a_file_with_a_body_in_its_name(office):
    rows = [meeting(n, codice_ente=MEDA) for n in (1, 2, 3)] + [meeting(4, codice_ente=SEVESO)]
    office.deliver("riunioni__meda.csv", rows)
    found = did(office)["riunioni__meda.csv"]
    assert counts(found) == {"new": 3, "open": 1, "other_bodies": 1}
    assert found.bodies == {MEDA: 3, SEVESO: 1}


def test_rows_by_body_of_a_file_that_names_none(office):
    office.deliver("riunioni.csv", [meeting(1), meeting(2), meeting(3, codice_ente=SEVESO)])
    assert did(office)["riunioni.csv"].bodies == {LEAD: 2, SEVESO: 1}
    office.deliver("riunioni__solo.csv", [meeting(8)])
    assert did(office)["riunioni__solo.csv"].bodies == {}


def test_every_accepted_row_is_in_one_count(office):
    office.deliver(
        "riunioni__1.csv", [meeting(1), meeting(1), meeting(2, stato_record="annullato"), meeting(3)]
    )
    office.deliver(
        "riunioni__2.csv", [meeting(1, "2022-03-31"), meeting(3, "2022-07-31"), meeting(4), meeting(4)]
    )
    with connect(office.home.landing, read_only=True) as con:
        for delivery in deliveries_status(con):
            parts = ("new", "updated", "withdrawn", "older", "repeated")
            assert delivery["accepted"] == sum(delivery[name] for name in parts)


def test_a_refused_file_did_nothing(office):
    office.deliver("riunioni.csv", [meeting(1)])
    office.deliver("riunioni__vuoto.csv", b"")
    with connect(office.home.landing, read_only=True) as con:
        refused = next(d for d in deliveries_status(con) if d["outcome"] == "refused")
    assert "new" not in refused


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_versions_is_that_of_the_warehouse(order):
    """`layout.VERSION` and the macro current_version pick the same version, whatever came first."""
    macro = (PROJECT / "macros" / "current_version.sql").read_text("utf-8")
    by = re.search(r"order by (data_estrazione.*)", macro)[1]
    versions = [(date(2022, 6, 30), 1, 2), (date(2022, 6, 30), 2, 1), (date(2022, 3, 31), 3, 9)]
    with connect(None) as con:
        con.execute("create table delivered (data_estrazione date, load_seq bigint, source_row bigint)")
        con.executemany("insert into delivered values ($1, $2, $3)", [list(versions[n]) for n in order])
        (ours,) = con.execute(f"select max(row({VERSION})) from delivered").fetchone()
        theirs = con.execute(
            f"select * from delivered qualify row_number() over (order by {by}) = 1"
        ).fetchone()
    assert tuple(ours.values() if isinstance(ours, dict) else ours) == theirs == versions[1]
