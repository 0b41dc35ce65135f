"""Rotating the key: pseudonyms change without the originals, nothing of the old ones stays, a crash does no harm."""

import hashlib
import hmac
import shutil

import pytest
from delivered_samples import fiscal_code, sample
from keyed_office import keyed_office_in
from searching import bytes_of, texts_of

from osservatorio import keys, rewriting, rotation
from osservatorio.encryption import can_encrypt
from osservatorio.errors import UserError
from osservatorio.keys import KEY_BYTES, KEY_FILE, NEXT_FILE, Key, key_of, lengthened, load_key
from osservatorio.locking import exclusive
from osservatorio.rotation import Rotation, rotate
from osservatorio.settings import Settings

MINORS = "select id_minore, codice_fiscale from landing.minori order by source_row"
LANDED = "select id_minore from landing.prese_in_carico"
HELD = "select id_minore from held.prese_in_carico"
CHILD = sample("minori", 7)["id_minore"]


def turn(office) -> Rotation:
    with exclusive(office.home, "keys rotate"):
        return rotate(office.home, settings=Settings())


def pseudonym(key: Key, text: str) -> str:
    """HMAC with each secret in turn, by Python's own."""
    for secret in key.chain:
        text = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return text


@pytest.fixture(scope="module")
def filled_made(tmp_path_factory):
    place = tmp_path_factory.mktemp("rotazione")
    office = keyed_office_in(place)
    office.write("minori.csv", [sample("minori", 0, codice_fiscale=fiscal_code(3)), sample("minori", 1)])
    office.write("operatori.csv", [sample("operatori")])
    office.write(
        "prese_in_carico.csv",
        [
            sample("prese_in_carico", 0, id_operatore=sample("operatori")["id_operatore"]),
            sample("prese_in_carico", 1, id_minore=CHILD),
            sample("prese_in_carico", 2, codice_servizio="boh"),
        ],
    )
    office.ingest()
    return place


@pytest.fixture
def filled(office, filled_made):
    """A home with people landed, a row that waits for its parent and one that is held for a mistake."""
    return office.come_to(filled_made)


def test_a_long_key_gives_the_pseudonyms_of_its_chain(office):
    key = load_key(office.home)
    for _ in range(2):
        key = lengthened(key)
    (office.home.keys / KEY_FILE).write_text("".join(f"{secret.hex()}\n" for secret in key.chain))
    assert load_key(office.home) == key
    office.deliver("minori.csv", [sample("minori", codice_fiscale=fiscal_code(3))])
    minor = sample("minori")["id_minore"]
    assert office.query(MINORS) == [
        (pseudonym(key, f"id_minore:{minor}"), pseudonym(key, f"codice_fiscale:{fiscal_code(3)}"))
    ]


def test_every_pseudonym_is_keyed_once_more_and_the_old_ones_are_gone(filled):
    old_key = load_key(filled.home)
    people, landed, held = filled.query(MINORS), filled.query(LANDED), filled.query(HELD)
    old = {text for row in people + landed + held for text in row if text}
    assert len(old) == 4
    assert can_encrypt() or any(text.encode() in filled.home.landing.read_bytes() for text in old)
    done = turn(filled)
    new_key = load_key(filled.home)
    assert new_key.chain[:-1] == old_key.chain
    assert done == Rotation(new_key, True, 8, 4, ())

    def again(rows):
        last = Key("", new_key.chain[-1])
        return [tuple(text and pseudonym(last, text) for text in row) for row in rows]

    assert (filled.query(MINORS), filled.query(LANDED), filled.query(HELD)) == (
        again(people),
        again(landed),
        again(held),
    )
    assert filled.query("select distinct key_id from meta.deliveries") == [(new_key.id,)]
    content = bytes_of(filled.home)
    assert not [text for text in old if text.encode() in content]
    assert not old & texts_of(filled.home.landing)


def test_life_goes_on_after_a_rotation(filled):
    """People are recognised, and a row that waited before it lands after it."""
    turn(filled)
    filled.deliver(
        "minori__nuovi.csv", [sample("minori", 7), sample("minori", 0, data_estrazione="2022-07-31")]
    )
    assert filled.query("select count(distinct id_minore), count(*) from landing.minori") == [(3, 4)]
    assert filled.query("select count(*) from landing.prese_in_carico") == [(2,)]
    assert {outcome.outcome for outcome in filled.ingest().deliveries} == {"already_landed"}


def test_nothing_landed_yet(office):
    before = load_key(office.home)
    assert turn(office).pseudonyms == 0
    assert load_key(office.home).chain[:-1] == before.chain


class Killed(BaseException):
    """Stands for the end of the process."""


def _kill(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("module", "name", "is_done"),
    [
        (rotation, "write_next_key", False),
        (rewriting, "sync_file", False),
        (rewriting.os, "replace", False),
        (rewriting, "sync_folder", True),
        (rotation, "adopt_next_key", True),
    ],
)
def test_an_interrupted_rotation_is_ended_by_the_next_command(filled, monkeypatch, module, name, is_done):
    before, people = load_key(filled.home), filled.query(MINORS)
    with monkeypatch.context() as patched:
        patched.setattr(module, name, _kill)
        with pytest.raises(Killed):
            turn(filled)
    key = load_key(filled.home)
    assert (key != before) == is_done
    assert filled.query("select distinct key_id from meta.deliveries") == [(key.id,)]
    assert (filled.query(MINORS) != people) == is_done
    with exclusive(filled.home, "keys rotate"):
        pass
    assert not (filled.home.keys / NEXT_FILE).exists()
    assert load_key(filled.home) == key
    filled.deliver("minori__nuovi.csv", [sample("minori", 0, data_estrazione="2022-07-31")])
    assert filled.query("select count(distinct id_minore), count(*) from landing.minori") == [(2, 3)]
    assert turn(filled).pseudonyms > 0


def test_half_a_new_key_is_no_key(filled):
    before = load_key(filled.home)
    (filled.home.keys / NEXT_FILE).write_text("ab" * 17)
    assert load_key(filled.home) == before
    with exclusive(filled.home, "keys rotate"):
        assert not (filled.home.keys / NEXT_FILE).exists()


def test_a_landing_from_a_backup_is_brought_forward(filled, tmp_path):
    backup = shutil.copy(filled.home.landing, tmp_path / "copia.duckdb")
    turn(filled)
    turn(filled)
    people, key = filled.query(MINORS), load_key(filled.home)
    shutil.copy(backup, filled.home.landing)
    with pytest.raises(UserError, match="chiave"):
        filled.ingest()
    done = turn(filled)
    assert not done.is_new_key
    assert load_key(filled.home) == key
    assert filled.query(MINORS) == people


def test_the_key_of_another_landing_is_refused(filled):
    (filled.home.keys / KEY_FILE).write_text("ab" * KEY_BYTES)
    with pytest.raises(UserError, match="ripristina la chiave di prima"):
        turn(filled)
    assert load_key(filled.home) == key_of([b"\xab" * KEY_BYTES])


def test_the_command_says_what_happened_and_what_to_do(filled, osservatorio):
    done = osservatorio("keys", "rotate", home=filled.home.root)
    assert load_key(filled.home).id in done.stdout
    assert "Pseudonimi trasformati: 8, in 4 tabelle." in done.stdout
    assert "copia" in done.stdout
    assert not [secret for secret in load_key(filled.home).chain if secret.hex() in done.stdout + done.stderr]


def test_a_rotation_waits_for_an_unfinished_purge(filled):
    """The list of what a purge still looks for has pseudonyms, which a rotation would leave as they are."""
    key = load_key(filled.home)
    filled.home.purge_plan.touch()
    with pytest.raises(UserError, match="esegui prima «osservatorio purge»"):
        turn(filled)
    assert load_key(filled.home) == key
    assert not (filled.home.keys / NEXT_FILE).exists()


def test_a_lost_key_is_restored_not_made_again(filled):
    key = load_key(filled.home)
    text = (filled.home.keys / KEY_FILE).read_text()
    (filled.home.keys / KEY_FILE).unlink()
    for attempt in (load_key, keys.new_key, lambda _: turn(filled)):
        with pytest.raises(UserError, match=f"{key.id}: ripristina"):
            attempt(filled.home)
    assert not (filled.home.keys / KEY_FILE).exists()
    (filled.home.keys / KEY_FILE).write_text(text)
    assert load_key(filled.home) == key


def test_no_key_no_rotation(osservatorio, tmp_path):
    done = osservatorio("keys", "rotate", home=tmp_path / "casa", check=False)
    assert done.returncode == 2
    assert "keys new" in done.stderr


def test_modes_of_keys_are_mended(office):
    assert keys.os.name == "posix"
    path = office.home.keys / KEY_FILE
    path.chmod(0o644)
    office.home.keys.chmod(0o755)
    load_key(office.home)
    assert [place.stat().st_mode & 0o777 for place in (path, office.home.keys)] == [0o600, 0o700]
