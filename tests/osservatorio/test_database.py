"""Sessions spill encrypted, but beside an archive that is plain itself."""

from pathlib import Path

import pytest

from osservatorio import database
from osservatorio.database import connect, spill_to


@pytest.mark.parametrize(("key", "encrypted"), [(None, False), ("chiave", True)])
def test_what_is_spilled_is_as_safe_as_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, encrypted: bool
):
    asked = []
    with connect(None) as con:
        assert con.execute("select current_setting('temp_file_encryption')").fetchone() == (True,)
        monkeypatch.setattr(database, "archive_key", lambda path, *, read_only: asked.append(path) or key)
        spill_to(con, tmp_path / "l'altra", beside=tmp_path / "landing.duckdb")
        told = con.execute(
            "select current_setting('temp_file_encryption'), current_setting('temp_directory')"
        ).fetchone()
    assert told == (encrypted, str(tmp_path / "l'altra"))
    assert asked == [tmp_path / "landing.duckdb"]


def test_a_query_that_does_not_fit_spills_there(tmp_path: Path):
    folder = tmp_path / "tmp"
    with connect(None, memory_limit="30MB", threads=1) as con:
        spill_to(con, folder, beside=tmp_path / "landing.duckdb")
        con.execute("create table t as select range as n, md5(range::varchar) as text from range(1000000)")
        written = sum(path.stat().st_size for path in folder.iterdir())
        assert con.execute("select count(*), max(n) from t").fetchone() == (1000000, 999999)
    assert written > 1_000_000
