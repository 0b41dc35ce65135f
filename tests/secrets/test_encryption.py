"""Encryption at rest. Where the installation can encrypt: nothing readable on the disk, nothing without the key.
Where it cannot: everything works in the clear, and what is encrypted is left alone, with the reason.
"""

import base64
import shutil

import duckdb
import pytest
from delivered_samples import sample
from searching import bytes_of, files_of

from osservatorio import encryption
from osservatorio.database import connect, use
from osservatorio.encrypting import archives, encrypt_home
from osservatorio.encryption import ARCHIVE_KEY_FILE, can_encrypt, is_encrypted, is_encrypted_home
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.integrity import check_release
from osservatorio.keys import load_key, new_key
from osservatorio.release import open_release
from osservatorio.settings import Settings

NOTE = "una nota che si riconosce"
encrypting = pytest.mark.skipif(
    not can_encrypt(), reason="left out: the extra «encrypted» is not installed here"
)
# As `connect` writes an encrypted file: its first bytes, with the flag set.
ENCRYPTED_HEADER = bytes(8) + b"DUCK" + (68).to_bytes(8, "little") + (1).to_bytes(8, "little") + bytes(4068)


@pytest.fixture
def plain_home(tmp_path) -> Home:
    home = Home(tmp_path / "in_chiaro")
    new_key(home, encrypted=False)
    return home


def deliver(office) -> None:
    office.deliver("reclami.csv", [sample("reclami", azione_miglioramento=NOTE)])


@encrypting
def test_nothing_landed_can_be_read_on_the_disk(office):
    deliver(office)
    assert is_encrypted(office.home.landing)
    assert office.query("select azione_miglioramento from landing.reclami") == [(NOTE,)]
    content = bytes_of(office.home)
    for text in (NOTE, "azione_miglioramento", "reclami.csv", load_key(office.home).id):
        assert text.encode() not in content


@encrypting
def test_no_key_no_archive(office):
    deliver(office)
    key = office.home.keys / ARCHIVE_KEY_FILE
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(office.home.landing), read_only=True)
    kept = key.read_text()
    for text, words in ((base64.b64encode(b"y" * 32).decode(), "altra chiave"), ("corta", "non si legge")):
        key.write_text(text)
        with pytest.raises(UserError, match=words) as told:
            connect(office.home.landing)
        assert text not in f"{told.value!r} {told.value.__cause__!r}"
    key.unlink()
    with pytest.raises(UserError, match="manca la sua chiave"):
        connect(office.home.landing)
    key.write_text(kept)
    assert office.query("select count(*) from landing.reclami") == [(1,)]


@encrypting
def test_the_key_is_in_no_file_but_its_own(office, osservatorio):
    deliver(office)
    done = osservatorio("status", home=office.home.root)
    text = (office.home.keys / ARCHIVE_KEY_FILE).read_text().strip()
    assert text not in done.stdout + done.stderr
    assert [path.name for path in files_of(office.home) if text.encode() in path.read_bytes()] == [
        ARCHIVE_KEY_FILE
    ]
    assert (office.home.keys / ARCHIVE_KEY_FILE).stat().st_mode & 0o777 == 0o600


@encrypting
def test_the_network_stays_shut(office):
    """The extension that holds the cipher also reads from the network: that half is disabled."""
    deliver(office)
    with connect(office.home.landing, read_only=True) as con, pytest.raises(duckdb.PermissionException):
        con.execute("select * from read_csv('http://127.0.0.1:9/x.csv')")


@encrypting
def test_the_whole_job_leaves_nothing_readable(osservatorio, small_deliveries, tmp_path):
    home = Home(tmp_path / "casa")
    new_key(home)
    osservatorio("run", small_deliveries, home=home.root)
    assert len(archives(home)) == 2
    assert all(is_encrypted(path) for path in home.root.rglob("*.duckdb"))
    content = b"".join(path.read_bytes() for path in archives(home))
    for text in (b"mart_caseload", b"codice_servizio", b"Seregno", b"__seveso__"):
        assert text not in content
    with open_release(home) as release:
        assert release.rows("select count(*) from mart_caseload_by_municipality")[0][0] > 0
        assert release.query("select municipality_name from mart_caseload_by_municipality").size > 0
        check_release(home, release.id)


@encrypting
def test_a_plain_home_stays_plain_until_it_is_encrypted(osservatorio, small_deliveries, plain_home):
    osservatorio("run", small_deliveries, home=plain_home.root)
    assert not [path for path in archives(plain_home) if is_encrypted(path)]
    with open_release(plain_home) as release:
        figures = release.rows("select * from mart_caseload_by_municipality order by all")
        release_id = release.id
    encrypt_home(plain_home, settings=Settings())
    assert [path for path in plain_home.root.rglob("*.duckdb") if not is_encrypted(path)] == []
    assert encrypt_home(plain_home, settings=Settings()) == []
    check_release(plain_home, release_id)
    with open_release(plain_home) as release:
        assert release.rows("select * from mart_caseload_by_municipality order by all") == figures
    assert release_id in osservatorio("run", small_deliveries, home=plain_home.root).stdout


@pytest.mark.landing_by_hand
def test_two_homes_one_inside_the_other(tmp_path, plain_home):
    """The demonstration lives inside the home of the real data: each file belongs to the nearest."""
    new_key(plain_home.demo)
    for home in (plain_home, plain_home.demo):
        with connect(home.landing) as con:
            con.execute("create table t as select 1 as a")
    assert not is_encrypted(plain_home.landing)
    assert is_encrypted(plain_home.demo.landing) == can_encrypt()


def test_the_file_is_in_use_on_every_cursor(office):
    deliver(office)
    with connect(office.home.landing, read_only=True) as con:
        cursor = con.cursor()
        use(cursor, office.home.landing)
        assert cursor.execute("select count(*) from meta.deliveries").fetchone() == (1,)


def test_without_the_extra_nothing_is_encrypted(plain_home, monkeypatch):
    monkeypatch.setattr(encryption, "extension_path", lambda: None)
    other = Home(plain_home.root / "altra")
    new_key(other)
    assert not is_encrypted_home(other)
    with pytest.raises(UserError, match=r"installa «osservatorio\[encrypted\]»"):
        encrypt_home(plain_home, settings=Settings())
    assert not is_encrypted_home(plain_home)


@pytest.mark.landing_by_hand
def test_without_the_extra_an_encrypted_archive_is_not_written(plain_home, monkeypatch):
    monkeypatch.setattr(encryption, "extension_path", lambda: None)
    (plain_home.keys / ARCHIVE_KEY_FILE).write_text(base64.b64encode(b"x" * 32).decode())
    with pytest.raises(
        UserError, match=r"osservatorio\[encrypted\]"
    ):  # a new one, in a home that is encrypted
        connect(plain_home.landing)
    plain_home.landing.write_bytes(ENCRYPTED_HEADER)
    with pytest.raises(UserError, match="può solo leggerlo"):
        connect(plain_home.landing)


@pytest.mark.landing_by_hand
def test_an_archive_of_a_newer_engine_is_named_as_such(plain_home):
    newer = bytes(8) + b"DUCK" + (99_999).to_bytes(8, "little") + bytes(4076)
    plain_home.landing.write_bytes(newer)
    with pytest.raises(UserError, match=r"più recente|integro"):
        connect(plain_home.landing)


@pytest.mark.landing_by_hand
def test_archives_can_be_read_by_both_engines(plain_home):
    """The version of the storage is the one that the DuckDB of the extra reads, whichever engine writes."""
    with connect(plain_home.landing) as con:
        con.execute("create table t as select 1 as a")
    version = int.from_bytes(plain_home.landing.read_bytes()[12:20], "little")
    assert 64 <= version <= 68


def test_a_copy_away_from_its_home_needs_the_key(office, tmp_path):
    deliver(office)
    copy = shutil.copy(office.home.landing, tmp_path / "copia.duckdb")
    if can_encrypt():
        with pytest.raises(UserError, match="manca la sua chiave"):
            connect(copy, read_only=True)
    else:
        connect(copy, read_only=True).close()
