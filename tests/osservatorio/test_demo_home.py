"""Where the demonstration lives: never with real data, and never two of them together."""

import pytest

from osservatorio.commands.generate import _prepare_demo_home
from osservatorio.errors import UserError
from osservatorio.home import ENV_HOME, Home


def test_the_same_demonstration_keeps_its_archive_and_another_starts_anew(tmp_path):
    home = Home(tmp_path)
    _prepare_demo_home(home, 1, None)
    home.landing.write_bytes(b"x")
    _prepare_demo_home(home, 1, None)
    assert home.landing.exists()
    _prepare_demo_home(home, 2, None)
    assert not home.landing.exists()


def test_real_data_are_not_touched(tmp_path):
    home = Home(tmp_path)
    home.landing.write_bytes(b"real")
    with pytest.raises(UserError, match="--home"):
        _prepare_demo_home(home, 1, None)
    assert home.landing.read_bytes() == b"real"


def test_reading_falls_back_to_the_demonstration_only_while_there_is_nothing_else(tmp_path, monkeypatch):
    monkeypatch.delenv(ENV_HOME, raising=False)
    monkeypatch.chdir(tmp_path)
    default = Home.locate()
    assert Home.locate_for_demo() == default.demo
    assert Home.locate_for_reading() == default
    default.demo.root.mkdir(parents=True)
    default.demo.current.write_text("{}")
    assert Home.locate_for_reading() == default.demo
    default.landing.write_bytes(b"real")
    assert Home.locate_for_reading() == default
    assert Home.locate_for_reading(tmp_path / "altra") == Home(tmp_path / "altra")
    assert Home.locate_for_demo(tmp_path / "altra") == Home(tmp_path / "altra")
