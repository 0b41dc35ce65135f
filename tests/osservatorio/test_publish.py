"""Publishing: a content name that depends on content alone, immutable files, a pointer that moves last."""

import json
import stat
from datetime import UTC, datetime

import duckdb
import pytest

from osservatorio import publish as publishing
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import current_release_id, open_release, read_manifest

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
BUILD = {"as_of": "2023-12-31", "variables": {}, "models": {"mart_a": "abc"}, "succeeded": True}
VERDICT = {"outcome": "superato", "publishable": True, "checks": 1, "failed": 0, "warnings": []}


def make_candidate(home: Home, rows: list[tuple[str, float]], core: str = "x"):
    home.prepare()
    path = home.work / "candidate.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create table mart_a (name varchar, value double)")
        con.executemany("insert into mart_a values (?, ?)", rows)
        con.execute("create schema core")
        con.execute("create table core.fct as select ? as pseudonym", [core])
    return path


def make_landing(home: Home) -> None:
    if home.landing.exists():
        return
    with duckdb.connect(str(home.landing)) as con:
        con.execute("create schema meta")
        con.execute(
            "create table meta.deliveries as select 'd1' as delivery_id, 'minori__meda.csv' as file_name, "
            "'minori' as extract, 'aa' as sha256, 3 as rows_read, 2 as accepted, 1 as quarantined, 'landed' as outcome"
        )


def put_out(home: Home, rows: list[tuple[str, float]], **options) -> tuple[str, bool]:
    path = make_candidate(home, rows, **options)
    make_landing(home)
    return publishing.publish(home, path, build=BUILD, verdict=VERDICT, key_id="k", created_at=NOW)


def test_the_name_depends_on_content_not_on_order(tmp_path):
    rows = [("a", 0.1), ("b", 2.0), ("b", 2.0)]
    first, _ = put_out(Home(tmp_path / "1"), rows)
    second, _ = put_out(Home(tmp_path / "2"), rows[::-1])
    assert first == second
    assert first.startswith("2023-12-31-")


@pytest.mark.parametrize(
    "other",
    [
        [("a", 0.1), ("b", 2.0)],
        [("a", 0.1), ("b", 2.0), ("b", 2.0), ("b", 2.0), ("b", 2.0)],
        [("a", 0.1), ("b", 2.0), ("b", 2.0001)],
        [("a", 0.1), ("b", 2.0), ("b", None)],
    ],
)
def test_other_content_other_name(tmp_path, other):
    first, _ = put_out(Home(tmp_path / "1"), [("a", 0.1), ("b", 2.0), ("b", 2.0)])
    second, _ = put_out(Home(tmp_path / "2"), other)
    assert first != second


def test_last_bits_of_a_float_and_the_key_do_not_change_the_name(tmp_path):
    first, _ = put_out(Home(tmp_path / "1"), [("a", 0.1 + 0.2)], core="pseudonym of one key")
    second, _ = put_out(Home(tmp_path / "2"), [("a", 0.3)], core="pseudonym of another")
    assert first == second


def test_published_once_read_only_and_described(tmp_path):
    home = Home(tmp_path)
    release_id, is_new = put_out(home, [("a", 1.0)])
    assert is_new
    path = home.releases / f"{release_id}.duckdb"
    assert not path.stat().st_mode & stat.S_IWUSR
    before = path.read_bytes()
    manifest = read_manifest(home, release_id)
    assert manifest["row_counts"] == {"mart_a": 1, "fct": 1}
    assert manifest["deliveries"][0]["file"] == "minori__meda.csv"
    assert manifest["verdict"] == VERDICT
    assert put_out(home, [("a", 1.0)]) == (release_id, False)
    assert path.read_bytes() == before
    with open_release(home) as release:
        assert release.id == release_id
        assert release.rows("select value from mart_a where name = ?", ["a"]) == [(1.0,)]
        with pytest.raises(duckdb.Error):
            release.rows("delete from mart_a")


def test_the_pointer_moves_to_the_new_and_the_old_stays(tmp_path):
    home = Home(tmp_path)
    first, _ = put_out(home, [("a", 1.0)])
    with open_release(home) as old:
        second, _ = put_out(home, [("a", 2.0)])
        assert current_release_id(home) == second
        assert old.rows("select value from mart_a") == [(1.0,)]
    with open_release(home, first) as old:
        assert old.rows("select value from mart_a") == [(1.0,)]
    assert [(r["release_id"], r["is_current"]) for r in publishing.release_list(home)] in (
        [(first, False), (second, True)],
        [(second, True), (first, False)],
    )


def test_a_crash_before_the_pointer_leaves_the_old_release(tmp_path, monkeypatch):
    home = Home(tmp_path)
    first, _ = put_out(home, [("a", 1.0)])

    def crash(*_):
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "write_json", crash)
        with pytest.raises(OSError, match="power cut"):
            put_out(home, [("a", 2.0)])
    assert current_release_id(home) == first
    second, is_new = put_out(home, [("a", 2.0)])
    assert is_new
    assert current_release_id(home) == second


def test_damaged_pointer_says_what_to_do(tmp_path):
    home = Home(tmp_path)
    put_out(home, [("a", 1.0)])
    home.current.write_text("{")
    with pytest.raises(UserError, match="osservatorio run"):
        open_release(home)
    home.current.write_text(json.dumps({"release_id": "2020-01-01-abc"}))
    with pytest.raises(UserError, match="releases list"):
        open_release(home)
