"""ZIP archives: each member is a delivery of its own; what is unsafe is refused, and the good members land."""

import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from delivered_samples import csv_bytes, sample, write_workbook
from workbook_builders import lying_about

from ingestion.archives import members
from ingestion.deliveries import find_files
from ingestion.refusal import RefusedFile
from ingestion.text_files import inspect_bytes
from osservatorio.errors import UserError

ROWS = [sample("spese", i) for i in range(3)]
GOOD = csv_bytes(ROWS)


def zip_bytes(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_members_are_deliveries_of_their_own(office, tmp_path):
    workbook = write_workbook(
        tmp_path / "r.xlsx", {"Dati": [list(sample("reclami")), list(sample("reclami").values())]}
    )
    content = zip_bytes(
        {
            "semestre/spese__seregno__2022-06-30.csv": GOOD,
            "reclami.xlsx": workbook.read_bytes(),
            "leggimi.pdf": b"%PDF",
            "semestre/": b"",
            "__MACOSX/semestre/._spese.csv": b"x",
            ".DS_Store": b"x",
        }
    )
    office.write("giugno.zip", content)
    outcomes = office.outcomes()
    assert set(outcomes) == {
        "giugno.zip/semestre/spese__seregno__2022-06-30.csv", "giugno.zip/reclami.xlsx", "giugno.zip/leggimi.pdf",
    }  # fmt: skip
    assert outcomes["giugno.zip/semestre/spese__seregno__2022-06-30.csv"].accepted == 3
    assert outcomes["giugno.zip/reclami.xlsx"].accepted == 1
    assert outcomes["giugno.zip/leggimi.pdf"].outcome == "refused"
    assert office.query(
        "select distinct file_name from landing.spese join meta.deliveries using (delivery_id)"
    ) == [("giugno.zip/semestre/spese__seregno__2022-06-30.csv",)]
    formats = office.query("select format from meta.deliveries where outcome = 'landed' order by all")
    assert formats == [("csv",), ("xlsx",)]


def test_the_same_file_in_and_out_of_an_archive_is_one_delivery(office):
    office.write("a.zip", zip_bytes({"spese.csv": GOOD}))
    office.ingest()
    outcome = office.deliver("spese.csv", GOOD)
    assert outcome.outcome == "already_landed"


def test_large_members_are_read_piece_by_piece(office):
    rows = [sample("spese", i) for i in range(4000)]
    office.write("a.zip", zip_bytes({"spese.csv": csv_bytes(rows)}))
    outcome = office.outcomes(batch_bytes=20_000)["a.zip/spese.csv"]
    assert (outcome.rows_read, outcome.accepted) == (4000, 4000)


def test_an_archive_corrected_heals(office):
    spoilt = csv_bytes([*ROWS[:2], ROWS[2] | {"data_competenza": "31/02/2022"}])
    office.write("a.zip", zip_bytes({"spese.csv": spoilt}))
    assert office.outcomes()["a.zip/spese.csv"].quarantined == 1
    office.write("a.zip", zip_bytes({"spese.csv": GOOD}))
    assert office.outcomes()["a.zip/spese.csv"].accepted == 3


@pytest.mark.parametrize(
    ("name", "shown", "message"),
    [
        ("../spese.csv", "a.zip/../spese.csv", "porta altrove"),
        ("..\\..\\spese.csv", "a.zip/../../spese.csv", "porta altrove"),
        ("/etc/spese.csv", "a.zip//etc/spese.csv", "porta altrove"),
        ("C:\\dati\\spese.csv", "a.zip/C:/dati/spese.csv", "porta altrove"),
        ("aux/spese.csv", "a.zip/aux/spese.csv", "riservato al sistema"),
        ("NUL.csv", "a.zip/NUL.csv", "riservato al sistema"),
        ("altro.zip", "a.zip/altro.zip", "dentro un altro archivio"),
    ],
)
def test_names_that_are_no_place(office, name, shown, message):
    office.write("a.zip", zip_bytes({name: GOOD, "spese.csv": GOOD}))
    outcomes = office.outcomes()
    assert outcomes["a.zip/spese.csv"].accepted == 3
    assert outcomes[shown].outcome == "refused"
    assert message in outcomes[shown].message
    assert not list(office.folder.parent.rglob("etc"))


def with_flags(content: bytes, flags: int) -> bytes:
    """The archive with its members marked, in their headers and in the directory."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        struct.pack_into("<H", changed, at + place, flags)
    return bytes(changed)


def link() -> bytes:
    entry = zipfile.ZipInfo("spese.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def twice() -> bytes:
    out = io.BytesIO(zip_bytes({"spese.csv": GOOD}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("Spese.csv", GOOD)
    return out.getvalue()


def overlapping() -> bytes:
    """A member whose packed bytes are themselves a member, with its own entry in the directory."""
    inner = zip_bytes({"spese__b.csv": GOOD}, zipfile.ZIP_STORED)
    start, end = inner.find(b"PK\x01\x02"), inner.find(b"PK\x05\x06")
    entry = bytearray(inner[start:end])
    outer = zip_bytes({"spese__a.csv": inner[:start]}, zipfile.ZIP_STORED)
    struct.pack_into("<L", entry, 42, outer.find(b"PK\x03\x04", 4))
    place = outer.rfind(b"PK\x05\x06")
    tail = bytearray(outer[place:])
    (size,) = struct.unpack_from("<L", tail, 12)
    struct.pack_into("<HHL", tail, 8, 2, 2, size + len(entry))
    return outer[:place] + entry + tail


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "password": (lambda: with_flags(zip_bytes({"spese.csv": GOOD}), 1), "password"),
    "link": (link, "collegamento"),
    "twice": (twice, "due file con questo nome"),
    "overlap": (overlapping, "si sovrappongono"),
    "bomb": (lambda: lying_about(zip_bytes({"spese.csv": bytes(1 << 20)}), "spese.csv", 80 << 20), "contenuto enorme"),
    "lying low": (
        lambda: lying_about(zip_bytes({"spese.csv": GOOD * 100}), "spese.csv", 50), "dimensione dichiarata"
    ),
    "lying high": (
        lambda: lying_about(zip_bytes({"spese.csv": GOOD}), "spese.csv", 9000), "dimensione dichiarata"
    ),
    "another method": (lambda: zip_bytes({"spese.csv": GOOD}, zipfile.ZIP_LZMA), "«ZIP» normale"),
    "cut": (lambda: zip_bytes({"spese.csv": GOOD})[:-30], "incompleto o danneggiato"),
    "no archive": (lambda: b"codice_ente;importo\n", "incompleto o danneggiato"),
    "empty": (lambda: b"", "incompleto o danneggiato"),
    "nothing in it": (lambda: zip_bytes({}), "nessun file"),
    "workbook": (lambda: zip_bytes({"xl/workbook.xml": b""}), "rinominarlo in .xlsx"),
    "too many": (lambda: zip_bytes({f"{i}.csv": b"" for i in range(5001)}, 0), "troppi file"),
    "content changed": (
        lambda: zip_bytes({"spese.csv": GOOD}, 0).replace(b"equipe_tutela", b"equipe_tutelb"), "danneggiato"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives(office, case):
    make, message = HOSTILE[case]
    office.write("a.zip", make())
    office.write("spese__fuori.csv", GOOD)
    outcomes = office.outcomes()
    assert outcomes.pop("spese__fuori.csv").accepted == 3
    assert outcomes
    for outcome in outcomes.values():
        assert outcome.outcome == "refused"
        assert re.search(message, outcome.message)
        assert outcome.rows_read == 0


def test_no_more_than_declared_is_ever_unpacked(tmp_path):
    """A member that declares 1 kB and unpacks to 5 MB is given up after about as much as it declared."""
    path = tmp_path / "a.zip"
    path.write_bytes(lying_about(zip_bytes({"spese.csv": bytes(5 << 20)}), "spese.csv", 1000))
    (found,) = members(path, "a.zip")
    with found.open() as stream, pytest.raises(RefusedFile, match="dimensione dichiarata"):
        stream.read()
    with pytest.raises(RefusedFile, match="dimensione dichiarata"):
        inspect_bytes(found)


def test_archives_behind_links_that_leave_the_folder(tmp_path):
    folder = tmp_path / "consegne"
    folder.mkdir()
    (tmp_path / "fuori.zip").write_bytes(zip_bytes({"spese.csv": GOOD}))
    (folder / "spese.zip").symlink_to(tmp_path / "fuori.zip")
    (file,) = find_files(folder)
    assert file.name == "spese.zip"
    assert "fuori dalla cartella" in file.problem


def test_an_archive_alone_that_cannot_be_read_says_why(office):
    office.write("a.zip", b"PK")
    with pytest.raises(UserError, match=r"«a\.zip».*incompleto o danneggiato"):
        office.ingest()


def test_a_member_whose_name_damage_has_made_empty(office):
    office.write("giugno.zip", zip_bytes({"spese.csv": GOOD}).replace(b"spese.csv", b"\0pese.csv"))
    office.write("spese__seregno.csv", GOOD)
    outcomes = office.outcomes()
    assert outcomes["giugno.zip/(senza nome)"].outcome == "refused"
    assert outcomes["spese__seregno.csv"].accepted == 3
