"""The order of day and month: only a file whose dates have the month first, and can be misread, is refused."""

import pytest
from delivered_samples import sample


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (["04/13/2022", "03/04/2022"], "refused"),
        (["4-13-2022", "3-4-2022 00:00"], "refused"),
        (["04/13/2022", "03/04/2022", "13/04/2022"], "landed"),  # a slip of the pen among Italian dates
        (["04/13/2022", "2022-04-03"], "landed"),  # nothing else that could be misread
        (["04/13/2022", "05/05/2022"], "landed"),
        (["03/04/2022", "04/03/2022"], "landed"),
        (["45/13/2022", "03/04/2022", "99/99/2022"], "landed"),
    ],
)
@pytest.mark.parametrize("batch_bytes", [1 << 20, 200])
def test_the_order_is_told_by_the_whole_column(office, days, outcome, batch_bytes):
    office.write(
        "reclami.csv",
        [sample("reclami", n, data_ricezione=day) for n, day in enumerate([*days, *["05/05/2022"] * 9])],
    )
    found = office.outcomes(batch_bytes=batch_bytes)["reclami.csv"]
    assert found.outcome == outcome
    if outcome == "refused":
        assert "mese prima del giorno" in found.message
        assert office.query("select count(*) from landing.reclami") == [(0,)]


def test_each_file_has_its_own_order(office):
    office.write(
        "reclami__a.csv",
        [sample("reclami", n, data_ricezione=day) for n, day in enumerate(["04/13/2022", "03/04/2022"])],
    )
    office.write("reclami__b.csv", [sample("reclami", 9, data_ricezione="03/04/2022")])
    assert {name: outcome.outcome for name, outcome in office.outcomes().items()} == {
        "reclami__a.csv": "refused",
        "reclami__b.csv": "landed",
    }


def test_what_comes_after_a_large_file_that_was_refused_lands(office):
    """Its first pieces were landed when it was refused, and are gone; nothing that they left is missed."""
    others = ["2022-01-01"] * 5 + ["06/15/2022", "05/06/2022"]
    office.write("reclami__a.csv", [sample("reclami", n, data_ricezione=day) for n, day in enumerate(others)])
    rows = [sample("reclami", n) for n in range(9)]
    office.write("reclami__b.csv", [*rows, sample("reclami", 9, data_ricezione="ieri")])
    outcomes = office.outcomes(batch_bytes=200)
    assert outcomes["reclami__a.csv"].outcome == "refused"
    assert (outcomes["reclami__b.csv"].accepted, outcomes["reclami__b.csv"].quarantined) == (9, 1)
    assert office.query("select count(*), count(distinct delivery_id) from landing.reclami") == [(9, 1)]
