"""Rows whose parent has not arrived wait, and land by themselves in the run in which it does."""

from delivered_samples import Office, sample

CHILD_STATE = 'select file, "row", rule, state from quarantine.rows order by file, "row", rule'


def care(serial: int = 0, **values: str) -> dict[str, str]:
    return sample("prese_in_carico", serial, **values)


def counts(office: Office, file: str) -> tuple[int, int, int, int]:
    (found,) = office.query(
        "select rows_read, accepted, quarantined, waiting from meta.deliveries where file_name = $file",
        file=file,
    )
    return found


def test_a_row_lands_in_the_run_in_which_its_parent_arrives(office):
    first = office.deliver("prese_in_carico.csv", [care(), care(1)])
    assert (first.rows_read, first.accepted, first.quarantined, first.waiting) == (2, 0, 0, 2)
    office.write("minori.csv", [sample("minori")])
    settled = office.ingest().settled
    assert [(s.file, s.landed, s.quarantined) for s in settled] == [("prese_in_carico.csv", 2, 0)]
    assert counts(office, "prese_in_carico.csv") == (2, 2, 0, 0)
    landed = office.query(
        "select id_presa_in_carico, file_name, source_row, landed.load_seq from landing.prese_in_carico as landed "
        "join meta.deliveries using (delivery_id) order by source_row"
    )
    assert [(file, row, seq) for _, file, row, seq in landed] == [
        ("prese_in_carico.csv", 2, 1),
        ("prese_in_carico.csv", 3, 1),
    ]
    assert {state for *_, state in office.query(CHILD_STATE)} == {"landed"}
    assert office.query("select count(*) from held.prese_in_carico") == [(0,)]
    (extraction,) = office.query(
        "select first_extraction::varchar, last_extraction::varchar from meta.deliveries "
        "where file_name = 'prese_in_carico.csv'"
    )
    assert extraction == ("2022-06-30", "2022-06-30")


def test_a_chain_of_waiting_rows_lands_at_once(office):
    office.write("interventi.csv", [sample("interventi")])
    office.write("prese_in_carico.csv", [care()])
    office.ingest()
    office.write("minori.csv", [sample("minori")])
    office.ingest()
    assert counts(office, "interventi.csv") == counts(office, "prese_in_carico.csv") == (1, 1, 0, 0)


def test_a_row_that_its_parent_shows_wrong_goes_to_quarantine(office):
    office.deliver("prese_in_carico.csv", [care(data_apertura="10/03/2022")])
    office.write("minori.csv", [sample("minori", data_nascita="2022-05-01")])
    (settled,) = office.ingest().settled
    assert (settled.landed, settled.quarantined) == (0, 1)
    assert counts(office, "prese_in_carico.csv") == (1, 0, 1, 0)
    assert [(rule, state) for _, _, rule, state in office.query(CHILD_STATE)] == [
        ("data_apertura_non_prima_della_nascita", "open"),
    ]
    (message,) = office.query("select message from quarantine.rows where state = 'open'")
    assert "10/03/2022" in message[0]


def test_a_version_that_waited_does_not_win_over_a_newer_one(office):
    office.deliver("minori__1.csv", [sample("minori", 1)])
    late = office.deliver("prese_in_carico__1.csv", [care(data_apertura="2022-03-01")])
    assert late.waiting == 1
    minor = sample("minori", 1)["id_minore"]
    newer = care(id_minore=minor, data_apertura="2022-03-05", data_estrazione="2022-07-31")
    office.deliver("prese_in_carico__2.csv", [newer])
    assert [state for *_, state in office.query(CHILD_STATE)] == ["replaced"]
    office.deliver("minori__2.csv", [sample("minori")])
    assert [state for *_, state in office.query(CHILD_STATE)] == ["landed"]
    versions = office.query(
        "select data_apertura::varchar from landing.prese_in_carico order by data_estrazione, load_seq"
    )
    assert versions == [("2022-03-01",), ("2022-03-05",)]


def test_a_version_replaced_while_it_waited_stays_replaced_when_it_turns_out_wrong(office):
    office.deliver("minori__1.csv", [sample("minori", 1)])
    office.deliver("prese_in_carico__1.csv", [care(data_apertura="2022-03-01")])
    office.deliver("prese_in_carico__2.csv", [care(id_minore=sample("minori", 1)["id_minore"])])
    office.deliver("minori__2.csv", [sample("minori", data_nascita="2022-05-01")])
    assert [state for *_, state in office.query(CHILD_STATE)] == ["replaced"]
    assert counts(office, "prese_in_carico__1.csv") == (1, 0, 1, 0)


def test_nothing_waits_where_nothing_is_waiting(office):
    office.deliver("minori.csv", [sample("minori")])
    assert office.ingest().settled == []
