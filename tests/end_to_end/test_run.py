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


def test_two_homes_equal_content_at_once_or_stage_by_stage(osservatorio, small_home, staged_copy):
    published = json.loads((small_home / "run.json").read_text("utf-8"))
    osservatorio("publish", home=staged_copy.root)
    assert json.loads(staged_copy.current.read_text())["release_id"] == published["release_id"]
    one, two = marts(Home(small_home)), marts(staged_copy)
    assert one.keys() == two.keys()
    assert [table for table, rows in one.items() if rows != two[table]] == []


def test_run_json_is_one_object_and_the_past_can_be_seen_again(osservatorio, small_deliveries, small_copy):
    home = small_copy.root
    run = json.loads((home / "run.json").read_text("utf-8"))
    assert run["release_id"]
    assert run["verdict"]["publishable"]
    for delivery in run["deliveries"]:
        assert delivery["outcome"] == "landed"
        counts = (delivery["accepted"], delivery["quarantined"], delivery["waiting"])
        assert delivery["rows_read"] == sum(counts)
    status = json.loads(osservatorio("status", "--json", home=home).stdout)
    assert status["release_id"] == run["release_id"]
    assert {d["file"] for d in status["deliveries"]} == {d["file"] for d in run["deliveries"]}
    rows = json.loads(osservatorio("quarantine", "--json", home=home).stdout)["rows"]
    set_aside = sum(d["quarantined"] + d["waiting"] for d in run["deliveries"])
    assert len({(r["file"], r["row"]) for r in rows}) == set_aside
    shown = json.loads(osservatorio("releases", "show", run["release_id"], "--json", home=home).stdout)
    assert shown["release_id"] == run["release_id"]
    words = ("run", small_deliveries, "--as-of", "2022-06-30", "--json")
    again = json.loads(osservatorio(*words, home=home).stdout)
    assert {d["outcome"] for d in again["deliveries"]} == {"already_landed"}
    assert again["release_id"].startswith("2022-06-30-")
    listed = json.loads(osservatorio("releases", "list", "--json", home=home).stdout)["releases"]
    assert {r["release_id"] for r in listed if r["is_current"]} == {again["release_id"]}
    assert {r["release_id"] for r in listed if not r["is_current"]} == {run["release_id"]}
