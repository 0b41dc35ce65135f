"""What is made ready at the start: read by nobody, told to nobody, and harmless where nothing is published."""

import gc
from pathlib import Path

import pytest
from desks import desk_of
from fake_release import publish_fake_release

from dashboards import source, warming
from dashboards.access import session
from dashboards.theme import OPTIONS
from osservatorio.home import Home


@pytest.fixture(autouse=True)
def thawed():
    yield
    warming.end()
    assert gc.get_freeze_count() == 0


def test_what_is_loaded_is_left_alone_by_the_collector_and_nothing_is_recorded(fake_home: Home) -> None:
    told: list[tuple] = []
    source.use(fake_home, lambda *event: told.append(event))
    warming.warm()
    assert gc.get_freeze_count() > 10_000
    assert told == []
    assert OPTIONS["runner.postScriptGC"] is False
    source.use(fake_home).close()


def test_a_home_without_a_release_is_no_error(tmp_path: Path) -> None:
    source.use(Home(tmp_path))
    warming.warm()


def test_what_is_read_ahead_gives_nobody_a_scope(fake_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "scope", lambda: pytest.fail("somebody was asked who they are"))
    monkeypatch.setattr(source, "release", lambda: pytest.fail("a page's release was asked for"))
    source.use(fake_home)
    warming.warm()
    source.use(fake_home).close()


def test_a_release_that_comes_later_is_made_ready_once(
    own_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple] = []
    monkeypatch.setattr(warming, "_in_thread", lambda work, after: begun.append(work))
    source.use(own_home)
    warming.of_release("x")
    assert begun == [], "no server runs"
    warming.start()
    shown = source.published_id()
    assert shown
    warming.of_release(shown)
    assert begun == [warming.warm], "the one in use at the start is made ready by the start"
    publish_fake_release(own_home, "successiva")
    warming.of_release("successiva")
    warming.of_release("successiva")
    assert begun == [warming.warm, warming.again]
    asked: list[str] = []
    monkeypatch.setattr(warming, "_read_if_there", lambda read, release: asked.append(release.id))
    warming.again()
    assert set(asked) == {"successiva"}
    source.use(own_home).close()


def test_the_report_of_each_period_is_composed_ahead(
    fake_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.use(fake_home, desk=desk_of(fake_home))
    composed: list[str] = []
    monkeypatch.setattr(source, "prepare_report", lambda release, code: composed.append(code))
    warming.again()
    assert composed
    assert composed == sorted(composed, reverse=True)
    assert all("-S" in code for code in composed)
    source.use(fake_home).close()
