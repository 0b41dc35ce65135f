"""Runs over small deliveries: equal content, stage by stage, and the past."""

import json

from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.keys import new_key


def marts(home: Home) -> dict[str, list[tuple]]:
    """Every published table but the records, with its rows in a fixed order."""
    pointer = json.loads(home.current.read_text())
    with connect(home.root / pointer["file"], read_only=True) as con:
        tables = con.execute(
            "select table_schema, table_name from information_schema.tables where table_schema <> 'core' order by all"
        ).fetchall()
        return {
            f"{s}.{t}": con.execute(f'select * from "{s}"."{t}" order by all').fetchall() for s, t in tables
        }


def test_two_homes_equal_content_at_once_or_stage_by_stage(osservatorio, small_deliveries, home, tmp_path):
    other = Home(tmp_path / "altra")
    new_key(other)
    published = json.loads(osservatorio("run", small_deliveries, "--json", home=home.root).stdout)
    for words in (("ingest", small_deliveries), ("validate",), ("build",), ("publish",)):
        osservatorio(*words, home=other.root)
    assert json.loads(other.current.read_text())["release_id"] == published["release_id"]
    assert marts(home) == marts(other)


def test_the_past_can_be_seen_again(osservatorio, small_deliveries, home):
    osservatorio("run", small_deliveries, home=home.root)
    then = json.loads(
        osservatorio("run", small_deliveries, "--as-of", "2022-06-30", "--json", home=home.root).stdout
    )["release_id"]
    assert then.startswith("2022-06-30-")
    listed = json.loads(osservatorio("releases", "list", "--json", home=home.root).stdout)["releases"]
    assert len(listed) == 2
