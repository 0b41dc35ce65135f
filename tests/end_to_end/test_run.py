"""Runs over small deliveries: equal content, the gate, and correction."""

import json
import shutil

import duckdb
import pytest

from osservatorio.home import Home
from osservatorio.keys import new_key


@pytest.fixture
def home(tmp_path):
    place = Home(tmp_path / "casa")
    new_key(place)
    return place


def marts(home: Home) -> dict[str, list[tuple]]:
    """Every published table but the records, with its rows in a fixed order."""
    pointer = json.loads(home.current.read_text())
    with duckdb.connect(str(home.root / pointer["file"]), read_only=True) as con:
        tables = con.execute(
            "select table_schema, table_name from information_schema.tables where table_schema <> 'core' order by all"
        ).fetchall()
        return {
            f"{s}.{t}": con.execute(f'select * from "{s}"."{t}" order by all').fetchall() for s, t in tables
        }


def test_two_homes_same_deliveries_equal_content(osservatorio, small_deliveries, home, tmp_path):
    other = Home(tmp_path / "altra")
    new_key(other)
    first = json.loads(osservatorio("run", small_deliveries, "--json", home=home.root).stdout)
    second = json.loads(osservatorio("run", small_deliveries, "--json", home=other.root).stdout)
    assert first["release_id"] == second["release_id"]
    assert marts(home) == marts(other)


def test_stage_by_stage_is_the_same_as_run(osservatorio, small_deliveries, home, tmp_path):
    for words in (("ingest", small_deliveries), ("validate",), ("build",), ("publish",)):
        osservatorio(*words, home=home.root)
    other = Home(tmp_path / "altra")
    new_key(other)
    run = json.loads(osservatorio("run", small_deliveries, "--json", home=other.root).stdout)
    assert json.loads(home.current.read_text())["release_id"] == run["release_id"]


def test_a_failed_check_publishes_nothing_and_says_what_to_do(osservatorio, small_deliveries, home):
    published = json.loads(osservatorio("run", small_deliveries, "--json", home=home.root).stdout)[
        "release_id"
    ]
    with duckdb.connect() as con:  # as if the converter had let a wrong value through
        con.execute(f"attach '{home.landing}' as archive")
        con.execute("update archive.landing.interventi set esito = 'boh' where source_row = 2")
    done = osservatorio("run", small_deliveries, home=home.root, check=False)
    assert done.returncode == 1, done.stdout
    assert "PUBBLICAZIONE SOSPESA" in done.stdout
    assert "BLOCCO" in done.stdout
    assert json.loads(home.current.read_text())["release_id"] == published


def test_one_refused_file_does_not_stop_the_others(osservatorio, small_deliveries, home, tmp_path):
    folder = tmp_path / "consegne"
    shutil.copytree(small_deliveries, folder)
    (folder / "reclami__meda__prova.csv").write_bytes(b"")
    run = json.loads(osservatorio("run", folder, "--json", home=home.root).stdout)
    refused = [d for d in run["deliveries"] if d["outcome"] == "refused"]
    assert [d["file"] for d in refused] == ["reclami__meda__prova.csv"]
    assert refused[0]["message"]
    assert run["release_id"]


def test_the_past_can_be_seen_again(osservatorio, small_deliveries, home):
    osservatorio("run", small_deliveries, home=home.root)
    then = json.loads(
        osservatorio("run", small_deliveries, "--as-of", "2022-06-30", "--json", home=home.root).stdout
    )["release_id"]
    assert then.startswith("2022-06-30-")
    listed = json.loads(osservatorio("releases", "list", "--json", home=home.root).stdout)["releases"]
    assert len(listed) == 2


def test_two_commands_at_once(osservatorio, small_deliveries, home):
    from filelock import FileLock

    home.prepare()
    with FileLock(home.root / ".lock"):
        done = osservatorio("run", small_deliveries, home=home.root, check=False)
    assert done.returncode == 2
    assert "Un altro comando" in done.stderr


def test_two_demonstrations_do_not_mix(osservatorio, home):
    read = []
    for scale in ("0.05", "0.06"):
        osservatorio("demo", "--scale", scale, home=home.root, check=False)
        deliveries = json.loads(osservatorio("status", "--json", home=home.root).stdout)["deliveries"]
        read.append(sum(d["rows_read"] for d in deliveries if d["outcome"] == "landed"))
    assert read[0] < read[1] < 1.6 * read[0]
