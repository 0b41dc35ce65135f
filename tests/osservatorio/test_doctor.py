"""The doctor: sound homes are found sound, every fault is found and said with its remedy, and none ends it."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from osservatorio import audit, doctor_home, doctor_installation
from osservatorio.database import connect
from osservatorio.doctor import Finding, Patient, ask, checks, examine, is_sound
from osservatorio.home import Home
from osservatorio.keys import KEY_FILE, load_key, new_key
from osservatorio.settings import Settings
from osservatorio.volumes import is_volume_encrypted

NOW = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A home with a key, a landing without rows and an audit log."""
    from ingestion.layout import prepare

    home = Home(tmp_path_factory.mktemp("doctor") / "casa")
    new_key(home)
    with connect(home.landing) as con:
        prepare(con)
    audit.append(home, event="keys new", phase="fatto", at=NOW, user="u")
    return home.root


@pytest.fixture
def home(made, tmp_path) -> Home:
    """A copy of that home."""
    shutil.copytree(made, tmp_path / "casa")
    return Home(tmp_path / "casa")


def found(home: Home, check: str, now: datetime = NOW) -> Finding:
    """What one check says (the worst, where it says more than one thing)."""
    order = ["ok", "avviso", "errore"]
    own = ask(check, checks()[check], Patient(home, now))
    return max(own, key=lambda finding: order.index(finding.outcome))


def test_a_sound_home(home):
    findings = examine(home, now=NOW)
    assert is_sound(findings), findings
    for finding in findings:
        assert (finding.remedy is None) == (finding.outcome == "ok"), finding
    assert found(home, "Chiave").message.startswith(f"Chiave {load_key(home).id}")
    assert found(home, "Archivio").outcome == "ok"


def test_looking_changes_nothing(tmp_path):
    assert is_sound(examine(Home(tmp_path / "nuova"), now=NOW))
    assert not (tmp_path / "nuova").exists()


@pytest.mark.landing_by_hand
def test_missing_damaged_and_foreign_keys(home):
    path = home.keys / KEY_FILE
    mine = path.read_text()
    path.write_text("zz")
    assert found(home, "Chiave").outcome == "errore"
    assert "copia di sicurezza" in found(home, "Chiave").remedy
    path.unlink()
    assert "keys new" in found(home, "Chiave").remedy
    path.write_text(mine)
    with connect(home.landing) as con:
        con.execute(
            "insert into meta.deliveries by name select 'd' as delivery_id, 'landed' as outcome, 'altra' as key_id, "
            "1 as load_seq, 1 as rows_read, 1 as accepted, 0 as quarantined, 0 as waiting"
        )
    assert "altra" in found(home, "Chiave").message
    assert "altra" in found(home, "Chiave").remedy
    path.unlink()  # the key of what was landed is to be restored, not made again
    assert "altra" in found(home, "Chiave").message
    assert "keys new" not in found(home, "Chiave").remedy


@pytest.mark.skipif(os.name != "posix", reason="modes of files are of POSIX systems")
def test_rights(home):
    home.root.chmod(0o700)
    assert found(home, "Permessi").outcome == "ok"
    home.root.chmod(0o755)
    assert found(home, "Permessi").outcome == "avviso"
    home.keys.chmod(0o755)
    assert found(home, "Permessi").outcome == "errore"
    assert "chmod 700" in found(home, "Permessi").remedy
    home.keys.chmod(0o700)
    (home.keys / KEY_FILE).chmod(0o644)
    assert "chmod 600" in found(home, "Permessi").remedy


def test_a_home_that_is_a_file_or_read_only(tmp_path, home, monkeypatch):
    file = tmp_path / "file"
    file.write_text("x")
    assert found(Home(file), "Cartella dei dati").outcome == "errore"
    monkeypatch.setattr(doctor_home, "_can_write", lambda _: False)
    assert "sola lettura" in found(home, "Cartella dei dati").remedy


def test_little_space(home, monkeypatch):
    from shutil import _ntuple_diskusage as usage

    free = 10_000_000
    monkeypatch.setattr(doctor_home.shutil, "disk_usage", lambda _: usage(1, 1, free))
    assert found(home, "Spazio").outcome == "errore"
    free = int(doctor_home.LEAST_FREE + 1.5 * home.landing.stat().st_size)
    assert found(home, "Spazio").outcome == "avviso"


@pytest.mark.landing_by_hand
@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_damaged_landing(home, content):
    """Said once, with where to take it from again."""
    home.landing.write_bytes(content)
    (wrong,) = (finding for finding in examine(home, now=NOW) if finding.outcome == "errore")
    assert wrong.check == "Archivio"
    assert "copia di sicurezza" in wrong.remedy


@pytest.mark.landing_by_hand
def test_counts_that_do_not_balance(home):
    with connect(home.landing) as con:
        con.execute(
            "insert into meta.deliveries by name select 'd' as delivery_id, 'landed' as outcome, 3 as rows_read, "
            "1 as accepted, 0 as quarantined, 1 as waiting"
        )
    assert found(home, "Archivio").outcome == "errore"


def test_leftovers(home):
    assert found(home, "Comandi interrotti").outcome == "ok"
    (home.root / "landing.duckdb.riscrittura").write_bytes(b"x")
    assert "landing.duckdb.riscrittura" in found(home, "Comandi interrotti").message
    (home.root / "landing.duckdb.riscrittura").unlink()
    (home.releases / "2023-12-31-abc.duckdb").write_bytes(b"x")
    assert "2023-12-31-abc" in found(home, "Comandi interrotti").message


def test_a_command_at_work(home):
    from osservatorio.locking import exclusive

    with exclusive(home, "run"):
        assert "sta lavorando" in found(home, "Comandi interrotti").message


def test_a_damaged_pointer_and_a_missing_release(home):
    home.current.write_text("{")
    assert found(home, "Pubblicazione").outcome == "errore"
    home.current.write_text(json.dumps({"release_id": "2023-12-31-abc", "file": "x"}))
    assert found(home, "Pubblicazione").outcome == "errore"
    assert "releases restore" in found(home, "Pubblicazione").remedy


def test_a_tampered_audit_log(home):
    home.audit_log.write_bytes(home.audit_log.read_bytes().replace(b'"u"', b'"v"'))
    assert found(home, "Registro").outcome == "errore"
    assert "audit verify" in found(home, "Registro").remedy


def test_a_clock_that_is_behind(home):
    assert found(home, "Orologio").outcome == "ok"
    assert found(home, "Orologio", NOW - timedelta(hours=1)).outcome == "errore"


def test_settings(home, monkeypatch):
    file = home.root / "impostazioni.toml"
    file.write_text('[calcolo]\nmemoria = "900000GB"\n')
    assert "più di quella del computer" in found(home, "Impostazioni").message
    file.write_text('[calcolo]\nmemoria = "100MB"\n')
    assert "poca" in found(home, "Impostazioni").message
    file.write_text("[conservazion]\nreclami = 5\n")
    assert "«conservazione»" in found(home, "Impostazioni").remedy
    file.unlink()
    monkeypatch.setenv("OSSERVATORIO_MEMORY", "tanta")
    assert found(home, "Impostazioni").outcome == "errore"


def test_telemetry(home, monkeypatch):
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "True")
    assert found(home, "Telemetria").outcome == "avviso"


def test_libraries(home, monkeypatch):
    versions = {"duckdb": "0.1", "typer": None}
    real = doctor_installation._installed
    monkeypatch.setattr(doctor_installation, "_installed", lambda name: versions.get(name, real(name)))
    monkeypatch.setattr(doctor_installation, "requires", lambda _: ["duckdb>=1.5", "typer", "rich"])
    told = ask("Librerie", checks()["Librerie"], Patient(home, NOW))
    assert {(f.outcome, "duckdb" in f.message) for f in told} == {("avviso", True), ("errore", False)}


def test_a_check_that_fails_is_a_finding(home, monkeypatch):
    def broken(_):
        yield "ok", "a first answer.", None
        raise RuntimeError("private detail")

    monkeypatch.setitem(doctor_installation.CHECKS, "Python", broken)
    told = [f for f in examine(home, now=NOW) if f.check == "Python"]
    assert [f.outcome for f in told] == ["ok", "errore"]
    assert "private detail" not in told[1].message


def write_system(root: Path, mounts: list[str], devices: dict[str, str | None], slaves: dict[str, list[str]]):
    """A /proc and a /sys with these mounts, devices (name -> device-mapper uuid) and what they are made of."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mountinfo").write_text("\n".join(mounts))
    for name, uuid in devices.items():
        folder = root / "sys/class/block" / name
        folder.mkdir(parents=True)
        if uuid:
            (folder / "dm").mkdir()
            (folder / "dm/uuid").write_text(uuid + "\n")
    for name, parts in slaves.items():
        (root / "sys/class/block" / name / "slaves").mkdir()
        for part in parts:
            (root / "sys/class/block" / name / "slaves" / part).symlink_to(root / "sys/class/block" / part)


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="mount points are Linux's")
@pytest.mark.parametrize(
    ("kind", "source", "expected"),
    [
        ("ext4", "/dev/sda1", False),
        ("ext4", "/dev/dm-0", True),
        ("btrfs", "/dev/dm-1", True),
        ("ext4", "/dev/dm-2", False),
        ("fuse.gocryptfs", "/segreto", True),
        ("nfs4", "server:/dati", None),
        ("overlay", "overlay", None),
        ("tmpfs", "tmpfs", None),
    ],
)
def test_encrypted_volumes_on_linux(tmp_path, kind, source, expected):
    home = tmp_path / "una casa"
    home.mkdir()
    point = str(home).replace(" ", "\\040")
    mounts = [
        "1 1 8:1 / / rw - ext4 /dev/sda1 rw",
        "malformed",
        f"2 1 9:9 / {point} rw,nosuid shared:1 - {kind} {source} rw",
    ]
    devices = {"sda1": None, "dm-0": "CRYPT-LUKS2-abc", "dm-1": "LVM-abc", "dm-2": "LVM-def"}
    write_system(tmp_path / "sistema", mounts, devices, {"dm-1": ["dm-0"], "dm-2": ["sda1", "dm-0"]})
    assert is_volume_encrypted(home / "data" / "not there yet", root=tmp_path / "sistema") is expected


def test_encryption_is_said_honestly(home, monkeypatch):
    for name in ("is_encrypted_home", "can_encrypt"):  # as where the extra is not installed
        monkeypatch.setattr(doctor_home, name, lambda *_: False)
    for answer, outcome, word in (
        (True, "ok", "cifrato"),
        (False, "avviso", "non risulta"),
        (None, "avviso", "Non verificabile"),
    ):
        monkeypatch.setattr(doctor_home, "is_volume_encrypted", lambda _, answer=answer: answer)
        finding = found(home, "Cifratura")
        assert finding.outcome == outcome
        assert word in finding.message


def test_settings_of_a_home(home, monkeypatch):
    monkeypatch.delenv("OSSERVATORIO_MEMORY", raising=False)
    monkeypatch.delenv("OSSERVATORIO_THREADS", raising=False)
    file = home.root / "impostazioni.toml"
    file.write_text(
        '[calcolo]\nmemoria = "3GB"\nprocessori = 2\n[indicatori]\ngiorni_risposta_reclami = 45\n'
        '[conservazione]\nreclami = 7\nminori = "illimitata"\n'
    )
    settings = Settings.of(home)
    assert (settings.memory_limit, settings.threads, settings.complaint_answer_days) == ("3GB", 2, 45)
    assert settings.retention == {"reclami": 7, "minori": None}
    monkeypatch.setenv("OSSERVATORIO_MEMORY", "1GB")
    assert Settings.of(home).memory_limit == "1GB"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[calcolo\n", "riga 1"),
        ("[calcolo]\nmemoria = 3\n", '"4GB"'),
        ("[calcolo]\nmemori = 3\n", "«memoria»"),
        ("[indicatori]\ngiorni_risposta_reclami = true\n", "da 1 a 366"),
        ("[conservazione]\nreclami = -1\n", "illimitata"),
        ("reclami = 1\n", "sezione"),
    ],
)
def test_bad_settings_say_what_to_write(home, text, says):
    from osservatorio.errors import UserError

    (home.root / "impostazioni.toml").write_text(text)
    with pytest.raises(UserError, match="impostazioni") as error:
        Settings.of(home)
    assert says in error.value.message


@pytest.mark.landing_by_hand
def test_the_command(osservatorio, home):
    (home.root / "landing.duckdb").write_bytes(b"ruined" * 5000)
    done = osservatorio("doctor", home=home.root, check=False)
    assert done.returncode == 1
    assert "ERRORE" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    home.landing.unlink()
    told = json.loads(osservatorio("doctor", "--json", home=home.root).stdout)
    assert told["sound"]
    assert {check["outcome"] for check in told["checks"]} <= {"ok", "avviso"}
