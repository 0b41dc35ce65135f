"""Runs over small deliveries: equal content, stage by stage, and the past."""

import json
import re

from osservatorio.database import connect
from osservatorio.fingerprint import PSEUDONYM
from osservatorio.home import Home


def marts(home: Home) -> dict[str, list[str]]:
    """Every published table but the records, with its rows in a fixed order; a pseudonym is what it is under any key."""
    pointer = json.loads(home.current.read_text())
    with connect(home.root / pointer["file"], read_only=True) as con:
        tables = con.execute(
            "select table_schema, table_name from information_schema.tables where table_schema <> 'core' order by all"
        ).fetchall()
        return {
            f"{s}.{t}": sorted(map(repr, map(plain, con.execute(f'select * from "{s}"."{t}"').fetchall())))
            for s, t in tables
        }


def plain(row: tuple) -> tuple:
    """Floats without their last digits, which depend on how threads meet."""
    return tuple(
        "*"
        if isinstance(value, str) and re.fullmatch(PSEUDONYM, value)
        else f"{value:.9g}"
        if isinstance(value, float)
        else value
        for value in row
    )


def test_two_homes_equal_content_at_once_or_stage_by_stage(osservatorio, small_deliveries, small_home, home):
    published = json.loads((small_home / "run.json").read_text("utf-8"))
    for words in (("ingest", small_deliveries), ("validate",), ("build",), ("publish",)):
        osservatorio(*words, home=home.root)
    assert json.loads(home.current.read_text())["release_id"] == published["release_id"]
    one, two = marts(Home(small_home)), marts(home)
    assert one.keys() == two.keys()
    assert [table for table, rows in one.items() if rows != two[table]] == []


def test_the_past_can_be_seen_again(osservatorio, small_deliveries, small_copy):
    home = small_copy
    then = json.loads(
        osservatorio("run", small_deliveries, "--as-of", "2022-06-30", "--json", home=home.root).stdout
    )["release_id"]
    assert then.startswith("2022-06-30-")
    listed = json.loads(osservatorio("releases", "list", "--json", home=home.root).stdout)["releases"]
    assert len(listed) == 2
