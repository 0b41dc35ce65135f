"""The tables of the landing, and files of an older layout."""

from delivered_samples import Office, sample

from ingestion.layout import bring_up_to_date, prepare
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


def test_the_rows_of_an_older_version_lose_what_the_account_says_of_them(office: Office):
    office.deliver("minori.csv", [sample("minori"), sample("minori", 1)])
    rows = office.query("select * from landing.minori order by source_row")
    with connect(office.home.landing) as con:
        con.execute("create or replace table meta.layout as select 'older' as layout")
        con.execute("alter table landing.landing.minori add column source_file varchar")
        con.execute("update landing.landing.minori set source_file = 'minori.csv'")
    office.deliver("reclami.csv", [sample("reclami")])
    assert office.query("select * from landing.minori order by source_row") == rows
    assert "source_file" not in [
        name for (name,) in office.query("select column_name from (describe landing.landing.minori)")
    ]


def test_without_deliveries_too_an_older_landing_is_brought_up_to_date(office: Office):
    office.deliver("minori.csv", [sample("minori")])
    names = office.query("select column_name from (describe landing.landing.minori)")
    bring_up_to_date(office.home.landing)
    with connect(office.home.landing) as con:
        con.execute("create or replace table meta.layout as select 'older' as layout")
        con.execute("alter table landing.landing.minori add column source_file varchar")
    bring_up_to_date(office.home.landing)
    assert office.query("select column_name from (describe landing.landing.minori)") == names
    before = office.home.landing.stat().st_mtime_ns
    bring_up_to_date(office.home.landing)
    assert office.home.landing.stat().st_mtime_ns == before


def test_columns_are_brought_in_order_and_superfluous_ones_left_in_one_step(office: Office):
    office.deliver("minori.csv", [sample("minori")])
    names = office.query("select column_name from (describe landing.landing.minori)")
    with connect(office.home.landing) as con:
        con.execute("create or replace table meta.layout as select 'older' as layout")
        con.execute("alter table landing.landing.minori drop column load_seq")
        con.execute("alter table landing.landing.minori add column source_file varchar")
    office.deliver("reclami.csv", [sample("reclami")])
    assert office.query("select column_name from (describe landing.landing.minori)") == names
    assert office.query("select count(*), count(load_seq) from landing.minori") == [(1, 0)]
