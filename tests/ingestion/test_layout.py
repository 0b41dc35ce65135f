"""The tables of the landing, and files of an older layout."""

from delivered_samples import Office, sample

from ingestion.layout import prepare
from osservatorio.database import connect


def test_a_landing_of_the_present_layout_is_left_as_it_is(office):
    office.deliver("minori.csv", [sample("minori")])
    with connect(office.home.landing, read_only=True) as con:
        prepare(con)


def test_rows_set_aside_by_an_older_version_are_held_without_values(office: Office):
    office.deliver("minori.csv", [sample("minori", sesso="?"), sample("minori", 1)])
    office.deliver("prese_in_carico.csv", [sample("prese_in_carico", id_minore="ignoto")])
    with connect(office.home.landing) as con:
        con.execute("use landing.meta")
        con.execute("drop schema held cascade")
        con.execute("drop table meta.layout")
        for name in ("state", "closed_at", "closed_by", "found"):
            con.execute(f"alter table quarantine.rows drop column {name}")
        con.execute("update meta.deliveries set quarantined = quarantined + waiting")
        con.execute("alter table meta.deliveries drop column purged")
    office.deliver("reclami.csv", [sample("reclami")])
    assert office.query("select source_row, sesso, waiting from held.minori") == [(2, None, False)]
    assert office.query(
        "select quarantined, waiting from meta.deliveries where extract = 'prese_in_carico'"
    ) == [(1, 0)]
    assert office.query("select distinct state from quarantine.rows") == [("open",)]
