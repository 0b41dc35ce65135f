"""Publishing: a content name that depends on content alone, immutable files, a pointer that moves last."""

import json
import signal
import stat

import duckdb
import pytest
from releases_by_hand import SPENT, VERDICT, Landing, put_out

from osservatorio import interruption
from osservatorio import publish as publishing
from osservatorio.catalogue import find_release, release_list
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import current_release_id, open_release, read_manifest

OTHER = [("108030", "TUTTE", 11.5)]


def test_the_name_depends_on_content_not_on_order(tmp_path):
    rows = [*SPENT, SPENT[0]]
    first, _ = put_out(Home(tmp_path / "1"), rows)
    second, _ = put_out(Home(tmp_path / "2"), rows[::-1])
    assert first == second
    assert first.startswith("2023-12-31-")


@pytest.mark.parametrize(
    "other",
    [
        SPENT[:2],
        [*SPENT, *SPENT],
        [*SPENT[:2], ("AMBITO", "TUTTE", 30.5001)],
        [*SPENT[:2], ("AMBITO", "TUTTE", None)],
    ],
)
def test_other_content_other_name(tmp_path, other):
    first, _ = put_out(Home(tmp_path / "1"))
    second, _ = put_out(Home(tmp_path / "2"), other)
    assert first != second


def test_last_bits_of_a_float_and_the_key_do_not_change_the_name(tmp_path):
    first, _ = put_out(Home(tmp_path / "1"), [("108030", "TUTTE", 0.1 + 0.2)], core="pseudonym of one key")
    second, _ = put_out(Home(tmp_path / "2"), [("108030", "TUTTE", 0.3)], core="pseudonym of another")
    assert first == second


def test_the_same_figures_under_another_key_are_another_release(tmp_path):
    home = Home(tmp_path)
    first, _ = put_out(home, core="old pseudonym", key_id="aaaa1111")
    second, is_new = put_out(home, core="new pseudonym", key_id="bbbb2222", later=1)
    assert is_new
    assert second == f"{first}-kbbbb"
    assert current_release_id(home) == second
    with open_release(home, first) as old, open_release(home, second) as new:
        assert old.rows("select pseudonym from core.fct") == [("old pseudonym",)]
        assert new.rows("select pseudonym from core.fct") == [("new pseudonym",)]
    assert put_out(home, core="new pseudonym", key_id="bbbb2222", later=2) == (second, False)


def test_published_once_read_only_and_described(tmp_path):
    home = Home(tmp_path)
    release_id, is_new = put_out(home)
    assert is_new
    path = home.releases / f"{release_id}.duckdb"
    assert not path.stat().st_mode & stat.S_IWUSR
    before = path.read_bytes()
    manifest = read_manifest(home, release_id)
    assert manifest["row_counts"]["mart_budget"] == 3
    assert manifest["row_counts"]["fct"] == 1
    assert manifest["verdict"] == VERDICT
    assert manifest["corrections"] is None
    assert put_out(home) == (release_id, False)
    assert path.read_bytes() == before
    with open_release(home) as release:
        assert release.id == release_id
        with pytest.raises(duckdb.Error):
            release.rows("delete from mart_budget")


def test_nothing_is_put_in_place_when_the_command_was_asked_to_stop(tmp_path, monkeypatch):
    """Also where a library dropped the request."""
    home, describe = Home(tmp_path), publishing.describe_candidate
    first, _ = put_out(home)
    received: list[int] = []

    def described(candidate):
        received.append(signal.SIGTERM)
        return describe(candidate)

    monkeypatch.setattr(interruption, "_received", received)
    monkeypatch.setattr(publishing, "describe_candidate", described)
    with pytest.raises(KeyboardInterrupt):
        put_out(home, OTHER)
    assert current_release_id(home) == first
    assert [release["release_id"] for release in release_list(home)] == [first]
    monkeypatch.undo()
    assert put_out(home, OTHER) == (current_release_id(home), True)


def test_the_manifest_counts_the_deliveries_and_says_whom_they_concern(tmp_path):
    home = Home(tmp_path)
    landing = Landing(home)
    landing.deliver("di_meda", "108030", rows=2, waiting=1)
    landing.deliver("del_capofila", "108039", rows=3, municipality="108024")
    # A correction moves two of those records to another municipality: it concerns both.
    landing.deliver("corretta", "108039", rows=2, municipality="108054")
    landing.deliver("operatori", "108039", extract="operatori")
    listed = {d["file"]: d for d in read_manifest(home, put_out(home)[0])["deliveries"]}
    assert set(listed) == {"di_meda.csv", "del_capofila.csv", "corretta.csv", "operatori.csv"}
    di_meda = listed["di_meda.csv"]
    assert [di_meda[n] for n in ("rows_read", "accepted", "quarantined", "waiting", "counted")] == [
        3,
        2,
        0,
        1,
        2,
    ]
    assert di_meda["municipalities"] == ["108030"]
    assert listed["del_capofila.csv"]["municipalities"] == ["108024", "108054"]
    assert listed["corretta.csv"]["municipalities"] == ["108024", "108054"]
    assert listed["operatori.csv"]["municipalities"] is None


def test_a_full_replacement_concerns_all_that_its_body_delivered(tmp_path):
    home = Home(tmp_path)
    landing = Landing(home)
    landing.deliver("prima", "108039", rows=1, municipality="108024")
    landing.deliver("tutto", "108039", rows=1, first_key=5, is_full_replacement=True)
    listed = {d["file"]: d["municipalities"] for d in read_manifest(home, put_out(home)[0])["deliveries"]}
    assert listed == {"prima.csv": ["108024"], "tutto.csv": ["108024", "108039"]}


def test_a_release_says_what_came_since_the_one_before(tmp_path):
    home = Home(tmp_path)
    landing = Landing(home)
    landing.deliver("d1", "108030", waiting=1)
    first, _ = put_out(home)
    landing.heal("d1")
    landing.deliver("d2", "108039")
    second, _ = put_out(home, OTHER, later=1)
    assert read_manifest(home, second)["corrections"] == {
        "since": first,
        "arrived": ["d2"],
        "changed": ["d1"],
        "left": [],
    }


def test_the_pointer_moves_to_the_new_and_the_old_stays(tmp_path):
    home = Home(tmp_path)
    first, _ = put_out(home)
    with open_release(home) as old:
        second, _ = put_out(home, OTHER, later=1)
        assert current_release_id(home) == second
        assert old.rows("select count(*) from mart_budget") == [(3,)]
    assert [(r["release_id"], r["is_current"]) for r in release_list(home)] == [
        (second, True),
        (first, False),
    ]
    assert find_release(home, "corrente") == second
    assert find_release(home, "precedente") == first


def test_names_that_lead_to_no_release_say_what_to_do(tmp_path):
    home = Home(tmp_path)
    home.prepare()
    with pytest.raises(UserError, match="osservatorio run"):
        find_release(home, "corrente")
    put_out(home)
    with pytest.raises(UserError, match="non ce n'è un'altra"):
        find_release(home, "precedente")
    for name in ("boh", "../releases/boh", ""):
        with pytest.raises(UserError, match="releases list"):
            find_release(home, name)


def test_a_crash_before_the_pointer_leaves_the_old_release(tmp_path, monkeypatch):
    home = Home(tmp_path)
    first, _ = put_out(home)

    def crash(*_):
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "write_json", crash)
        with pytest.raises(OSError, match="power cut"):
            put_out(home, OTHER)
    assert current_release_id(home) == first
    second, is_new = put_out(home, OTHER)
    assert is_new
    assert current_release_id(home) == second


def test_publishing_again_mends_a_damaged_release(tmp_path):
    home = Home(tmp_path)
    release_id, _ = put_out(home)
    path = home.releases / f"{release_id}.duckdb"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:5000])
    assert put_out(home) == (release_id, True)
    with open_release(home) as release:
        assert release.rows("select count(*) from mart_budget") == [(3,)]


def test_damaged_pointer_says_what_to_do(tmp_path):
    home = Home(tmp_path)
    put_out(home)
    home.current.write_text("{")
    with pytest.raises(UserError, match="osservatorio run"):
        open_release(home)
    assert put_out(home, OTHER)[1]
    home.current.write_text(json.dumps({"release_id": "2020-01-01-abc"}))
    with pytest.raises(UserError, match="releases list"):
        open_release(home)
