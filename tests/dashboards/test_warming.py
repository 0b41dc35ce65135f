"""What is made ready at the start: read by nobody, told to nobody, and harmless where nothing is published."""

import gc
from pathlib import Path

import pytest

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
