"""A clock that goes backwards changes neither what is accepted nor the order of releases."""

import json
import shutil
from datetime import UTC, datetime, timedelta, timezone

import pytest

from osservatorio.clock import loading_time, publishing_time
from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.pipeline import ingest_only
from osservatorio.settings import Settings

SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
LATE = datetime(2024, 1, 15, 10, 30, tzinfo=WINTER)
FLAT_BATTERY = datetime(1970, 1, 1, 0, 0, 7, tzinfo=WINTER)


def test_rows_are_not_of_the_future(home, small_deliveries, tmp_path):
    """After a loading in 2024, one in 1970 accepts what one in 2024 would, and says what it did."""
    first, second = (tmp_path / name for name in ("prima", "seconda"))
    for folder in (first, second):
        folder.mkdir()
    files = sorted(small_deliveries.glob("minori__*.csv"))
    for file in files:
        shutil.copy(file, second)
    shutil.copy(files[0], first)
    ingest_only(home, first, now=LATE, settings=Settings())
    result = ingest_only(home, second, now=FLAT_BATTERY, settings=Settings())
    assert sum(delivery["accepted"] for delivery in result.deliveries) > 0
    assert len(result.notes) == 1
    assert "01/01/1970 alle 00:00" in result.notes[0]
    assert "15/01/2024 alle 10:30" in result.notes[0]
    with connect(home.landing, read_only=True) as con:
        assert con.execute("select distinct loaded_at from meta.deliveries").fetchall() == [
            (LATE.replace(tzinfo=None),)
        ]


@pytest.mark.landing_by_hand
def test_loading_times(home):
    assert loading_time(home, FLAT_BATTERY).at == FLAT_BATTERY.replace(tzinfo=None)
    home.prepare()
    with connect(home.landing) as con:
        con.execute("create schema meta")
        con.execute("create table meta.deliveries as select timestamp '2024-10-27 02:50:00' as loaded_at")
    after = loading_time(home, datetime(2024, 10, 27, 3, 10, tzinfo=WINTER))
    assert (after.at, after.note) == (datetime(2024, 10, 27, 3, 10), None)
    autumn = loading_time(home, datetime(2024, 10, 27, 2, 10, tzinfo=WINTER))
    assert (autumn.at, autumn.note) == (datetime(2024, 10, 27, 2, 50), None)
    assert loading_time(home, LATE).note


def test_publishing_times(home):
    assert publishing_time(home, LATE).at == LATE
    home.prepare()
    write_manifest(home, "a", datetime(2024, 10, 27, 2, 50, tzinfo=SUMMER))
    assert publishing_time(home, LATE + timedelta(days=400)).note is None
    autumn = publishing_time(home, datetime(2024, 10, 27, 2, 10, tzinfo=WINTER))
    assert autumn.at == datetime(2024, 10, 27, 2, 10, tzinfo=WINTER)
    behind = publishing_time(home, FLAT_BATTERY)
    assert behind.at == datetime(2024, 10, 27, 0, 50, 1, tzinfo=UTC)
    assert "ultima pubblicazione" in behind.note


def test_the_list_follows_time_not_its_words(home, osservatorio):
    """The hour that comes twice in autumn: the second release was made after the first, with a smaller figure."""
    home.prepare()
    write_manifest(home, "2024-01-01-prima", datetime(2024, 10, 27, 2, 50, tzinfo=SUMMER))
    write_manifest(home, "2024-01-01-dopo", datetime(2024, 10, 27, 2, 10, tzinfo=WINTER))
    listed = json.loads(osservatorio("releases", "list", "--json", home=home.root).stdout)["releases"]
    assert [row["release_id"] for row in listed] == ["2024-01-01-dopo", "2024-01-01-prima"]


def write_manifest(home: Home, release_id: str, created_at: datetime) -> None:
    manifest = {
        "release_id": release_id,
        "as_of": "2024-01-01",
        "created_at": created_at.isoformat(),
        "verdict": {"outcome": "superato"},
        "deliveries": [],
    }
    (home.releases / f"{release_id}.manifest.json").write_text(json.dumps(manifest), "utf-8")
