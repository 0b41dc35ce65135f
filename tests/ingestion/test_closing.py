"""Entries of the quarantine close when a later delivery takes the place of their row; the history stays."""

import pytest
from delivered_samples import sample

OTHER_BODY = "108040"


def complaint(serial: int = 0, **values: str) -> dict[str, str]:
    return sample("reclami", serial, **values)


def bad(serial: int = 0, **values: str) -> dict[str, str]:
    return complaint(serial, data_ricezione="31/02/2022", **values)


def states(office) -> list[tuple[str, int, str]]:
    return office.query('select file, "row", state from quarantine.rows order by loaded_at, file, "row"')


def test_the_mended_row_clears_its_entry_and_the_history_stays(office):
    office.deliver("reclami__1.csv", [complaint(), bad(1), bad(2)])
    office.deliver("reclami__2.csv", [complaint(1)])
    assert states(office) == [("reclami__1.csv", 3, "replaced"), ("reclami__1.csv", 4, "open")]
    ((closed_by, closed_at),) = office.query(
        "select closed_by, closed_at from quarantine.rows where state = 'replaced'"
    )
    assert closed_at == office.loaded_at
    assert office.query("select file_name from meta.deliveries where delivery_id = $id", id=closed_by) == [
        ("reclami__2.csv",)
    ]


def test_a_row_sent_again_still_wrong_is_listed_once(office):
    office.deliver("reclami__1.csv", [bad(1)])
    office.deliver("reclami__2.csv", [bad(1, gravita="?")])
    assert states(office) == [
        ("reclami__1.csv", 2, "replaced"),
        ("reclami__2.csv", 2, "open"),
        ("reclami__2.csv", 2, "open"),
    ]


def test_a_record_of_another_body_with_the_same_id_closes_nothing(office):
    office.deliver("reclami__1.csv", [bad(1)])
    office.deliver("reclami__2.csv", [complaint(1, codice_ente=OTHER_BODY)])
    assert states(office) == [("reclami__1.csv", 2, "open")]


def test_a_corrected_file_of_the_same_name_closes_rows_without_a_key(office):
    office.deliver("reclami.csv", [complaint(), complaint(1), complaint(2, codice_ente="Totale")])
    assert states(office) == [("reclami.csv", 4, "open")]
    office.deliver("reclami.csv", [complaint(), complaint(1)])
    assert states(office) == [("reclami.csv", 4, "replaced")]


def test_a_new_file_that_happens_to_have_the_same_name_closes_nothing(office):
    office.deliver("reclami.csv", [complaint(), complaint(1), bad(2)])
    office.deliver("reclami.csv", [complaint(3), complaint(4)])
    assert states(office) == [("reclami.csv", 4, "open")]


@pytest.mark.parametrize(("body", "state"), [("108039", "replaced"), (OTHER_BODY, "open")])
def test_a_full_replacement_closes_what_its_body_had_open(office, body, state):
    office.deliver("reclami__1.csv", [complaint(), bad(1)])
    row = complaint(5, codice_ente=body, data_estrazione="2022-07-31")
    office.deliver("reclami__completa__2.csv", [row])
    assert states(office) == [("reclami__1.csv", 3, state)]


def test_strays_of_another_body_are_set_aside(office):
    rows = [complaint(n, codice_ente=OTHER_BODY) for n in range(3)] + [complaint(9)]
    outcome = office.deliver("reclami__seveso__2022.csv", rows)
    assert (outcome.accepted, outcome.quarantined) == (3, 1)
    assert office.rules() == [("reclami__seveso__2022.csv", 5, "codice_ente.altro_ente")]
    assert "108039" in office.messages()[0]


def test_a_name_that_does_not_say_whose_file_it_is_only_gets_a_note(office):
    outcome = office.deliver("reclami__seveso.csv", [complaint(), complaint(1)])
    assert (outcome.accepted, outcome.quarantined) == (2, 0)
    assert "Seveso (108040)" in outcome.message
    assert "Seregno (108039)" in outcome.message


def test_a_file_of_several_bodies_is_accepted_and_said(office):
    outcome = office.deliver("reclami.csv", [complaint(), complaint(1, codice_ente=OTHER_BODY)])
    assert outcome.accepted == 2
    assert outcome.message == "Il file contiene record di più enti: Seregno (108039), Seveso (108040)."
