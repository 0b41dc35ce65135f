"""Purging a home: releases that hold what went are replaced or removed, the proof is true, and the command tells."""

import json
import shutil
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from balance import check_balance

sys.path.append(str(Path(__file__).parent.parent / "ingestion"))
from delivered_samples import KEY, LEAD

from osservatorio import purge as purging
from osservatorio.catalogue import point_to
from osservatorio.database import connect
from osservatorio.files import write_json, write_secret
from osservatorio.fingerprint import file_digest
from osservatorio.home import Home
from osservatorio.keys import KEY_FILE, load_key
from osservatorio.purge_search import CHUNK, PSEUDONYM_BYTES, _Needles
from osservatorio.release import current_release_id, manifest_path, release_path
from osservatorio.run_result import RunResult
from osservatorio.settings import Settings

NOW = datetime(2040, 1, 1, 12, tzinfo=UTC)
GONE, STAYS = "a" * 64, "b" * 64
pytestmark = pytest.mark.landing_by_hand


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    from ingestion.layout import prepare

    home = Home(tmp_path_factory.mktemp("landed") / "casa")
    home.prepare()
    write_secret(home.keys / KEY_FILE, KEY.secret.hex() + "\n")
    common = (
        f"'{LEAD}' as codice_ente, date '2035-06-30' as data_estrazione, 1 as load_seq, 'd' as delivery_id"
    )
    with connect(home.landing) as con:
        prepare(con)
        for number, (minor, closed) in enumerate(((GONE, "2005-01-01"), (STAYS, None))):
            con.execute(
                f"insert into landing.landing.minori by name select {common}, $minor as id_minore, "
                "date '2000-05-01' as data_nascita, $number as source_row",
                {"minor": minor, "number": number},
            )
            con.execute(
                f"insert into landing.landing.prese_in_carico by name select {common}, $id as id_presa_in_carico, "
                "$minor as id_minore, $closed as data_chiusura, $number as source_row",
                {"id": f"presa-{number}", "minor": minor, "closed": closed, "number": number},
            )
    return home.root


@pytest.fixture
def home(made, tmp_path) -> Home:
    """Two minors with a spell each, one closed long ago; no release yet."""
    return Home(shutil.copytree(made, tmp_path / "casa"))


def write_release(
    home: Home, release_id: str, spells: list[int], *, created: str = "2039-01-01", **manifest
) -> None:
    """A release with the spells (and their minors) of these numbers, published and not yet in use."""
    path = release_path(home, release_id)
    with connect(path) as con:
        con.execute("create schema core")
        con.execute(
            "create table core.fct_spell as select $ente as codice_ente, 'presa-' || unnest($n) as id_presa_in_carico",
            {"ente": LEAD, "n": spells},
        )
        con.execute(
            "create table core.dim_minor as select date '2000-05-01' as data_nascita from core.fct_spell"
        )
    path.chmod(0o444)
    facts = {"release_id": release_id, "as_of": "2038-12-31", "created_at": f"{created}T10:00:00+00:00"}
    facts |= {
        "key_id": load_key(home).id,
        "file_sha256": file_digest(path),
        "verdict": {"outcome": "superato"},
    }
    write_json(manifest_path(home, release_id), facts | manifest)
    for folder in (home.data_docs, home.reports):
        (folder / release_id).mkdir()
        (folder / release_id / "pagina.html").write_text("x")


def purge(home: Home, monkeypatch, publishes: str | None = "nuova", **options):
    """A purge where the rebuild publishes a release of that name with the spell that stays, or is withheld."""

    def rebuild(home: Home, **_) -> RunResult:
        if publishes is None:
            return RunResult([], {"outcome": "bloccato", "blocking": []})
        release_path(home, publishes).unlink(missing_ok=True)
        for folder in (home.data_docs, home.reports):
            for page in (folder / publishes).glob("*"):
                page.unlink()
            if (folder / publishes).exists():
                (folder / publishes).rmdir()
        write_release(home, publishes, [1])
        point_to(home, publishes)
        return RunResult([], {"outcome": "superato"}, publishes, True)

    monkeypatch.setattr(purging, "rebuild", rebuild)
    settings = options.pop("settings", Settings())
    return purging.purge(
        home, as_of=date(2040, 1, 1), now=NOW, settings=settings, confirm=lambda plan: True, **options
    )


def releases(home: Home) -> set[str]:
    return {path.stem for path in home.releases.glob("*.duckdb")}


def test_releases_that_hold_what_went_are_replaced_or_removed(home, monkeypatch):
    for name, spells in (("vecchia", [0, 1]), ("usata", [0, 1]), ("senza", [1])):
        write_release(home, name, spells)
    point_to(home, "usata")
    result = purge(home, monkeypatch)
    assert result.is_done
    assert result.release_id == current_release_id(home) == "nuova"
    assert sorted(result.removed) == ["usata", "vecchia"]
    assert releases(home) == {"nuova", "senza"}
    assert {path.name for path in home.reports.iterdir()} == {"nuova", "senza"}
    assert {path.name for path in home.data_docs.iterdir()} == {"nuova", "senza"}
    assert not manifest_path(home, "vecchia").exists()


def test_a_release_of_the_same_name_with_other_records_is_replaced(home, monkeypatch):
    write_release(home, "usata", [0, 1])
    point_to(home, "usata")
    before = file_digest(release_path(home, "usata"))
    result = purge(home, monkeypatch, publishes="usata")
    assert result.is_done
    assert result.removed == []
    assert file_digest(release_path(home, "usata")) != before


def test_a_withheld_rebuild_keeps_the_release_in_use_and_the_next_purge_completes(home, monkeypatch):
    write_release(home, "usata", [0, 1])
    point_to(home, "usata")
    manifest = manifest_path(home, "usata").read_bytes()
    result = purge(home, monkeypatch, publishes=None)
    assert result.withheld
    assert not result.is_done
    assert current_release_id(home) == "usata"
    assert manifest_path(home, "usata").read_bytes() == manifest
    assert home.purge_plan.exists()
    result = purge(home, monkeypatch)
    assert result.plan.landing.is_empty
    assert result.plan.interrupted
    assert result.is_done
    assert releases(home) == {"nuova"}


def test_a_crash_between_landing_and_releases_is_completed(home, monkeypatch):
    write_release(home, "vecchia", [0, 1])
    write_release(home, "usata", [1])
    point_to(home, "usata")

    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(purging, "remove_release", cut)
        with pytest.raises(KeyboardInterrupt):
            purge(home, monkeypatch)
    assert releases(home) == {"vecchia", "usata"}
    result = purge(home, monkeypatch)
    assert result.removed == ["vecchia"]
    assert result.proof.identifiers == 3
    assert result.is_done


def test_a_half_removed_release_is_removed(home, monkeypatch):
    write_release(home, "mezza", [1])
    manifest_path(home, "mezza").unlink()
    write_release(home, "usata", [1])
    point_to(home, "usata")
    assert purge(home, monkeypatch).removed == ["mezza"]


def test_old_releases_go_but_never_the_one_in_use(home, monkeypatch):
    for name, created in (("antica", "2020-01-01"), ("usata", "2020-01-01"), ("recente", "2039-01-01")):
        write_release(home, name, [1], created=created)
    point_to(home, "usata")
    assert purge(home, monkeypatch, settings=Settings(retention={"pubblicazioni": None})).removed == []
    assert purge(home, monkeypatch, settings=Settings(retention={"pubblicazioni": 5})).removed == ["antica"]


def test_releases_of_another_key_go_when_asked(home, monkeypatch):
    write_release(home, "prima", [1], key_id="altra")
    write_release(home, "usata", [1])
    point_to(home, "usata")
    assert purge(home, monkeypatch).removed == []
    assert purge(home, monkeypatch, other_keys=True).removed == ["prima"]


def test_a_person_without_spells_is_found_by_birth(home, monkeypatch):
    write_release(home, "vecchia", [1])
    with connect(home.landing) as con:
        con.execute("delete from landing.landing.prese_in_carico")  # as if never delivered: minors alone
        con.execute(
            "update landing.landing.minori set data_nascita = date '1990-01-01' where id_minore = $1", [GONE]
        )
    path = release_path(home, "vecchia")
    path.chmod(0o644)
    with connect(path) as con:
        con.execute("delete from core.fct_spell")
        con.execute("insert into core.dim_minor values (date '1990-01-01')")
    result = purge(home, monkeypatch, settings=Settings(retention={"minori": 45}))
    assert result.removed == ["vecchia"]


def test_when_nothing_is_left_there_is_nothing_in_use(home, monkeypatch):
    write_release(home, "usata", [0, 1])
    point_to(home, "usata")
    with connect(home.landing) as con:
        con.execute("update landing.landing.prese_in_carico set data_chiusura = date '2005-01-01'")
    result = purge(home, monkeypatch)
    assert result.is_done
    assert current_release_id(home) is None
    assert releases(home) == set()


def test_needles_are_found_wherever_they_lie(tmp_path):
    pseudonym, name = ("0123456789abcdef" * 4).encode(), b"presa-2022-01"
    needles = _Needles({pseudonym}, {name})

    def found(content: bytes, is_text: bool = True) -> bool:
        path = tmp_path / "file"
        path.write_bytes(content)
        with path.open("rb") as stream:
            return needles.are_in(stream, is_text)

    assert found(pseudonym)
    assert found(b"f" * 77 + pseudonym + b"0" * 5, is_text=False)
    for before in (CHUNK - 1, CHUNK - PSEUDONYM_BYTES // 2, CHUNK - PSEUDONYM_BYTES):
        assert found(b"x" * before + pseudonym)
    assert not found(pseudonym[:-1] + b"x")
    assert not found(b"")
    assert found("«presa-2022-01».".encode())
    assert found(b'{"id":"presa-2022-01"}')
    assert not found(b"presa-2022-012 1presa-2022-01")
    assert not found(b"<presa-2022-01>", is_text=False)


def test_what_lies_in_a_workbook_is_found(home, monkeypatch):
    write_release(home, "usata", [1])
    point_to(home, "usata")
    with zipfile.ZipFile(home.reports / "usata" / "tabella.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{GONE}</t>")
    result = purge(home, monkeypatch)
    assert result.proof.found == ["reports/usata/tabella.xlsx"]


def test_the_command(osservatorio, small_copy):
    """The whole job: a run, a purge with short terms, and what the audit log and the counts say of it."""
    home = small_copy
    first = current_release_id(home)
    (home.root / "impostazioni.toml").write_text(
        "[conservazione]\nprese_in_carico = 0\ninterventi = 0\nprogetti = 0\nspese = 0\nprocedimenti_penali = 0\n"
        "compartecipazioni = 0\naffidi = 0\ninserimenti = 0\nminori = 5\n"
    )
    before = home.landing.read_bytes()
    tried = osservatorio("purge", "--prova", "--as-of", "2023-06-30", home=home.root)
    assert f"{first}: contiene dati da eliminare" in tried.stdout
    assert home.landing.read_bytes() == before
    done = osservatorio("purge", "--as-of", "2023-06-30", home=home.root, check=False)
    assert "trovati 0" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    assert current_release_id(home) != first
    assert releases(home) == {current_release_id(home)}
    with connect(home.landing, read_only=True) as con:
        ((wrong, purged),) = con.execute(
            "select count(*) filter (rows_read <> accepted + quarantined + waiting), sum(purged) from meta.deliveries"
        ).fetchall()
    assert wrong == 0
    assert purged > 0
    check_balance(home)
    last = json.loads(osservatorio("audit", "list", "--ultime", "1", "--json", home=home.root).stdout)[
        "entries"
    ][0]
    assert (last["event"], last["phase"], last["facts"]["trovati"]) == ("purge", "fatto", 0)
    assert last["facts"]["righe"] == purged
    assert osservatorio("audit", "verify", home=home.root).returncode == 0
    again = osservatorio("purge", "--as-of", "2023-06-30", home=home.root)
    assert "Nessun dato è oltre il termine" in again.stdout
