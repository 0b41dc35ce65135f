"""The key: created once, private, and no run without it."""

import os
import stat
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.keys import KEY_FILE, load_key, new_key
from osservatorio.pipeline import build_only, ingest_only, publish_only, validate_only
from osservatorio.settings import Settings

NOW = datetime(2024, 1, 15, 10, 30).astimezone()


def test_created_once_and_private(tmp_path):
    home = Home(tmp_path)
    key = new_key(home)
    assert load_key(home) == key
    if os.name == "posix":
        assert stat.S_IMODE((home.keys / KEY_FILE).stat().st_mode) == 0o600
    with pytest.raises(UserError, match="esiste già"):
        new_key(home)
    assert load_key(home) == key


def test_the_secret_shows_nowhere(tmp_path):
    key = new_key(Home(tmp_path))
    assert key.secret.hex() not in repr(key)
    assert key.id not in key.secret.hex()


def test_missing_or_damaged(tmp_path):
    home = Home(tmp_path)
    with pytest.raises(UserError, match="keys new"):
        load_key(home)
    new_key(home)
    for damaged in ("", "zz", "abcd"):
        (home.keys / KEY_FILE).write_text(damaged)
        with pytest.raises(UserError, match="copia di sicurezza"):
            load_key(home)


@pytest.mark.parametrize(
    "stage",
    [
        partial(ingest_only, folder=Path("consegne"), now=NOW, settings=Settings()),
        partial(validate_only, as_of=None),
        partial(build_only, as_of=None, settings=Settings()),
        partial(publish_only, now=NOW),
    ],
    ids=["ingest", "validate", "build", "publish"],
)
def test_no_key_no_stage(tmp_path, stage):
    with pytest.raises(UserError, match="osservatorio keys new"):
        stage(Home(tmp_path / "casa"))


def test_no_key_no_run(osservatorio, small_deliveries, tmp_path):
    done = osservatorio("run", small_deliveries, home=tmp_path / "casa", check=False)
    assert done.returncode == 2
    assert "osservatorio keys new" in done.stderr
    assert not (tmp_path / "casa" / "landing.duckdb").exists()
