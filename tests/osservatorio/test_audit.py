"""The audit log: any edit, deletion, reordering and cut is found; an interrupted append is none of these."""

import json
import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osservatorio import audit, audit_head
from osservatorio.audit_check import verify
from osservatorio.audit_head import HEAD_FILE, KEY_FILE, AuditError
from osservatorio.home import Home
from osservatorio.keys import new_key

NOW = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
LINES = 8


def write(home: Home, count: int = 1) -> None:
    for number in range(count):
        audit.append(
            home, event="run", phase="fatto", at=NOW, user="Niccolò", facts={"caricati": number, "è": True}
        )


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Home:
    """A home with a log of eight lines; tests put its bytes back when they have spoiled them."""
    home = Home(tmp_path_factory.mktemp("registro"))
    write(home, LINES)
    return home


@pytest.fixture
def home(written, tmp_path) -> Home:
    """A copy of that home."""
    shutil.copytree(written.root, tmp_path / "casa")
    return Home(tmp_path / "casa")


def kinds(home: Home) -> set[str]:
    return {problem.kind for problem in verify(home).problems}


def check_bytes(written: Home, content: bytes):
    """The verification of the log with this content in place of its own."""
    original = written.audit_log.read_bytes()
    try:
        written.audit_log.write_bytes(content)
        return verify(written)
    finally:
        written.audit_log.write_bytes(original)


def test_what_was_written_is_intact_and_private(home):
    result = verify(home)
    assert result.is_intact
    assert not result.notes
    assert [entry.n for entry in result.entries] == list(range(1, LINES + 1))
    first = result.entries[0]
    assert (first.user, first.at, first.facts) == ("Niccolò", NOW.isoformat(), {"caricati": 0, "è": True})
    if os.name == "posix":
        for path in (home.audit_log, home.keys / KEY_FILE):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (home.keys / KEY_FILE).read_text().strip() not in home.audit_log.read_text("utf-8")


def test_a_home_without_a_log_is_intact(tmp_path):
    result = verify(Home(tmp_path / "casa"))
    assert result.is_intact
    assert result.notes
    assert not (tmp_path / "casa").exists()


@given(place=st.integers(0, 10_000), byte=st.integers(1, 255))
@settings(max_examples=200, deadline=None)
def test_any_changed_byte_is_found(written, place, byte):
    content = bytearray(written.audit_log.read_bytes())
    content[place % len(content)] ^= byte
    assert not check_bytes(written, bytes(content)).is_intact


@given(place=st.integers(0, 10_000), junk=st.binary(min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_insertion_before_the_end_is_found(written, place, junk):
    content = written.audit_log.read_bytes()
    place %= len(content)
    assert not check_bytes(written, content[:place] + junk + content[place:]).is_intact


@given(first=st.integers(0, 10_000), length=st.integers(1, 3000))
@settings(max_examples=100, deadline=None)
def test_any_deleted_stretch_is_found(written, first, length):
    content = written.audit_log.read_bytes()
    first %= len(content)
    assert not check_bytes(written, content[:first] + content[first + length :]).is_intact


@given(order=st.permutations(range(LINES)))
@settings(max_examples=60, deadline=None)
def test_any_reordering_is_found_and_named(written, order):
    lines = written.audit_log.read_bytes().splitlines(keepends=True)
    result = check_bytes(written, b"".join(lines[i] for i in order))
    if order == list(range(LINES)):
        assert result.is_intact
    else:
        assert {problem.kind for problem in result.problems} == {"spostamento"}


@given(kept=st.sets(st.integers(0, LINES - 1)))
@settings(max_examples=100, deadline=None)
def test_deleted_lines_are_found_and_named(written, kept):
    lines = written.audit_log.read_bytes().splitlines(keepends=True)
    result = check_bytes(written, b"".join(lines[i] for i in sorted(kept)))
    last = max(kept, default=-1)
    expected = {"taglio"} if last < LINES - 1 else set()
    if len(kept) < last + 1:
        expected.add("cancellazione")
    assert {problem.kind for problem in result.problems} == expected


@given(size=st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_any_cut_is_found_and_named(written, size):
    content = written.audit_log.read_bytes()
    result = check_bytes(written, content[: size % len(content)])
    assert {problem.kind for problem in result.problems} == {"taglio"}


def test_the_line_and_the_kind_are_said(home):
    lines = home.audit_log.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"caricati":4', b'"caricati":5')
    home.audit_log.write_bytes(b"".join(lines))
    (problem,) = verify(home).problems
    assert (problem.kind, problem.line) == ("modifica", 5)
    lines[4] = lines[2]
    home.audit_log.write_bytes(b"".join(lines))
    assert ("aggiunta", 5) in {(problem.kind, problem.line) for problem in verify(home).problems}
    del lines[4]
    home.audit_log.write_bytes(b"".join(lines))
    (problem,) = verify(home).problems
    assert (problem.kind, problem.line) == ("cancellazione", 5)


def test_a_removed_log_or_head_or_key_is_found(home):
    log, key, head = home.audit_log, home.keys / KEY_FILE, home.keys / HEAD_FILE
    content = log.read_bytes()
    log.unlink()
    assert kinds(home) == {"taglio"}
    log.write_bytes(content)
    old_head = head.read_text()
    head.write_text(old_head.replace(f'"count": {LINES}', '"count": 2'))
    assert kinds(home) == {"testa"}
    head.unlink()
    assert kinds(home) == {"testa"}
    with pytest.raises(AuditError, match="testa"):
        write(home)
    head.write_text(old_head)
    secret = key.read_bytes()
    key.unlink()
    assert kinds(home) == {"chiave"}
    with pytest.raises(AuditError, match="chiave"):
        write(home)
    key.write_text("zz")
    with pytest.raises(AuditError, match="copia di sicurezza"):
        verify(home)
    key.write_bytes(secret)
    assert verify(home).is_intact


def test_a_log_put_back_from_a_copy_and_continued_is_found(home):
    log, head = home.audit_log.read_bytes(), (home.keys / HEAD_FILE).read_bytes()
    audit.append(home, event="purge", phase="fatto", at=NOW, user="u")
    told = home.audit_log.read_bytes().splitlines(keepends=True)
    home.audit_log.write_bytes(log)
    assert kinds(home) == {"taglio"}
    (home.keys / HEAD_FILE).write_bytes(head)
    write(home, 2)
    again = home.audit_log.read_bytes().splitlines(keepends=True)
    home.audit_log.write_bytes(b"".join([*told, again[-1]]))
    assert kinds(home) == {"catena"}


def test_appending_to_a_spoilt_log_hides_nothing(home):
    lines = home.audit_log.read_bytes().splitlines(keepends=True)
    home.audit_log.write_bytes(b"".join(lines[:5]) + lines[5][:30])
    write(home, 3)
    result = verify(home)
    assert [entry.n for entry in result.entries] == [1, 2, 3, 4, 5, 9, 10, 11]
    assert {problem.kind for problem in result.problems} == {"modifica", "cancellazione"}


@given(size=st.integers(0, 400), zeros=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_an_interrupted_append_is_no_tampering(written, size, zeros):
    """Power cut after any number of bytes of the next line, its head not yet written."""
    log, head = written.audit_log.read_bytes(), (written.keys / HEAD_FILE).read_bytes()
    try:
        write(written)
        line = written.audit_log.read_bytes()[len(log) :]
        (written.keys / HEAD_FILE).write_bytes(head)
        piece = line[: min(size, len(line))]
        written.audit_log.write_bytes(log + piece + (b"\0" * zeros if len(piece) < len(line) - 1 else b""))
        assert verify(written).is_intact
        write(written, 2)
        result = verify(written)
        assert result.is_intact
        assert not result.notes
        assert len(result.entries) == LINES + 2 + (len(piece) >= len(line) - 1)
    finally:
        written.audit_log.write_bytes(log)
        (written.keys / HEAD_FILE).write_bytes(head)


def test_a_crash_between_log_and_head_is_mended(home, monkeypatch):
    def crash(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "write_head", crash)
        with pytest.raises(AuditError, match="spazio"):
            write(home)
    assert verify(home).is_intact
    assert verify(home).notes
    write(home)
    assert len(verify(home).entries) == LINES + 2
    assert not verify(home).notes


def test_a_crash_at_birth_leaves_a_home_that_works(tmp_path, monkeypatch):
    home = Home(tmp_path)

    def crash(*_):
        raise OSError(5, "power cut")

    for name in ("write_head", "_write_key"):
        with monkeypatch.context() as patch:
            patch.setattr(audit_head, name, crash)
            with pytest.raises(AuditError):
                write(home)
        assert verify(home).is_intact
    write(home)
    assert verify(home).is_intact


def test_only_short_facts_are_kept(home):
    for fact in ({"a": 1}, [1], 1.5, "x" * 1000):
        with pytest.raises(ValueError, match="short facts"):
            audit.append(home, event="run", phase="fatto", at=NOW, user="u", facts={"x": fact})
    assert len(verify(home).entries) == LINES


def test_processes_take_turns(tmp_path):
    code = (
        "import sys; from pathlib import Path; from datetime import datetime; from osservatorio import audit;"
        "from osservatorio.home import Home\n"
        "for i in range(15): audit.append(Home(Path(sys.argv[1])), event='run', phase='fatto',"
        " at=datetime(2024, 1, 1), user=sys.argv[2])"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)]) for n in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    result = verify(Home(Path(tmp_path)))
    assert result.is_intact
    assert len(result.entries) == 45


def test_the_commands(osservatorio, home):
    done = osservatorio("audit", "verify", home=home.root)
    assert f"{LINES} registrazioni" in done.stdout
    listed = json.loads(osservatorio("audit", "list", "--ultime", "2", "--json", home=home.root).stdout)
    assert [entry["n"] for entry in listed["entries"]] == [LINES - 1, LINES]
    home.audit_log.write_bytes(home.audit_log.read_bytes().replace(b'"caricati":4', b'"caricati":9'))
    done = osservatorio("audit", "verify", home=home.root, check=False)
    assert done.returncode == 1
    assert "riga 5, modifica" in done.stdout
    told = json.loads(osservatorio("audit", "verify", "--json", home=home.root, check=False).stdout)
    assert not told["intact"]
    assert [(p["kind"], p["line"]) for p in told["problems"]] == [("modifica", 5)]


def test_commands_leave_their_line(osservatorio, tmp_path):
    home = Home(tmp_path / "casa")
    osservatorio("keys", "new", home=home.root)
    folder = tmp_path / "consegne"
    folder.mkdir()
    assert osservatorio("run", folder, home=home.root, check=False).returncode == 2
    told = [(entry.event, entry.phase) for entry in verify(home).entries]
    assert told == [("keys new", "fatto"), ("run", "inizio"), ("run", "non riuscito")]


def test_nothing_is_done_that_cannot_be_recorded(osservatorio, home, small_deliveries):
    new_key(home)
    (home.keys / HEAD_FILE).unlink()
    done = osservatorio("run", small_deliveries, home=home.root, check=False)
    assert done.returncode == 2
    assert "registro" in done.stderr
    assert not home.landing.exists()
