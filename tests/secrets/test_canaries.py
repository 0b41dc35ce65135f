"""Identifiers in every place of every kind of delivery are found nowhere afterwards: not in what the job keeps, not in
what it says, not in what it produces, not in a traceback.

The canaries are those written here and every identifier of the generated deliveries that make the release.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delivered_samples import LEAD, csv_bytes, fiscal_code, sample, write_workbook
from searching import contents, files_of, found_in, texts_of

from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.encryption import ARCHIVE_KEY_FILE
from osservatorio.home import Home
from osservatorio.keys import KEY_FILE, load_key, new_key
from osservatorio.release import current_release_id

BIRD = "CANARINO"
# What people and their editors put between the groups of a codice fiscale, or between its letters.
BETWEEN = ("  ", "\u00a0", "\u2013", " - ", ",", "\t", "\n", "\u200b")
# What the generator writes in the secret columns: codici fiscali, and identifiers of minors (BAR-M00001).
GENERATED = re.compile(rb"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]|\b[A-Z]{3}-M\d{5}\b")


class Aviary:
    """Canaries, each let out once, and the deliveries that hold them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: list[str] = []

    def bird(self) -> str:
        """An identifier of the kind that only a secret column may hold."""
        self.secrets.append(f"{BIRD}{len(self.secrets):03d}")
        return self.secrets[-1]

    def code(self, *, wrong: bool = False) -> str:
        """A codice fiscale, which is recognised wherever it stands."""
        text = fiscal_code(len(self.secrets), month="P", place="Z998")
        text = text[:-1] + chr(ord("A") + (ord(text[-1]) - ord("A") + 1) % 26) if wrong else text
        self.secrets.append(text)
        return text

    def grouped(self, between: str = " ") -> str:
        """A codice fiscale as people write it on paper."""
        code = self.code()
        self.secrets[-1] = between.join((code[:3], code[3:6], code[6:11], code[11:15], code[15]))
        return self.secrets[-1]

    def spelt(self) -> str:
        """A codice fiscale letter by letter."""
        self.secrets[-1] = " ".join(self.code())
        return self.secrets[-1]

    def person(self, serial: int, **values: str) -> dict[str, str]:
        """A row of a minor with canaries where `values` say nothing else."""
        identity = {"id_minore": values.get("id_minore") or self.bird()}
        identity["codice_fiscale"] = values.get("codice_fiscale") or self.code()
        return sample("minori", serial, **{"comune_residenza": LEAD} | values | identity)

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def fill_well(self) -> None:
        """Right rows alone, which are published."""
        self.write("minori__giusti.csv", csv_bytes([self.person(serial) for serial in range(3)]))

    def fill(self) -> None:
        """Deliveries in every format, with canaries in every place."""
        self._tables()
        self._texts()
        self._broken()
        self._refused()

    def people(self) -> list[dict[str, str]]:
        """Right ones, and wrong in every column that a rule looks at."""
        return [
            self.person(0),
            self.person(1, codice_fiscale=self.code(wrong=True)),
            self.person(2, id_minore=self.bird() + " à!"),
            self.person(3, codice_fiscale=self.bird(), sesso="X"),
            self.person(4, data_nascita=self.code(), sesso=self.code().lower(), cittadinanza=self.grouped()),
            self.person(
                5, comune_residenza=self.code(), codice_ente=self.code(), data_estrazione=self.code()
            ),
            self.person(6, codice_fiscale=f" {self.code().lower()} "),
        ]

    def _tables(self) -> None:
        rows = self.people()
        self.write("minori__c.csv", csv_bytes(rows))
        self.write("minori__utf16.csv", csv_bytes(self.people(), encoding="utf-16"))
        rows = self.people()
        titles, cells = list(rows[0]), [list(row.values()) for row in rows]
        write_workbook(self.folder / "minori__x.xlsx", {self.code(): [titles, *cells]})
        rows = self.people()
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, self.folder / "minori__p.parquet", compression="none", use_dictionary=False)
        with zipfile.ZipFile(self.folder / "insieme.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("minori__z.csv", csv_bytes(self.people()))
            archive.writestr(f"minori__{self.code()}.csv", csv_bytes(self.people()))
            archive.writestr(f"{self.code()}.txt", self.bird())

    def _texts(self) -> None:
        """In notes, in identifiers that are kept as they are, in columns and files that nobody asked for."""
        long = "x" * 490 + " "
        notes = [f"scritto a {self.code()}", self.grouped(), long + self.code(), f"[{self.code().lower()}]"]
        notes += [self.spelt(), *(f"vedi {self.grouped(between)} e altro" for between in BETWEEN)]
        rows = [
            sample("reclami", 20 + serial, azione_miglioramento=note) for serial, note in enumerate(notes)
        ]
        rows += [
            sample("reclami", 40 + n, categoria=self.grouped(between)) for n, between in enumerate(BETWEEN)
        ]
        rows.append(sample("reclami", 9, id_reclamo=self.code()))
        rows.append(sample("reclami", 10, id_reclamo=f"R-{self.code()}"))
        rows.append(sample("reclami", 11, categoria=f"x {self.grouped()}", esito=self.code()))
        self.write("reclami__n.csv", csv_bytes([row | {self.code(): self.bird()} for row in rows]))
        self.write(f"minori__{self.code()}.csv", csv_bytes([self.person(20)]))
        spells = [
            sample("prese_in_carico", 0, id_minore=self.bird(), id_operatore=self.bird()),
            sample("prese_in_carico", 1, id_minore=self.bird(), id_presa_in_carico=self.code()),
        ]
        self.write("prese_in_carico__n.csv", csv_bytes(spells))

    def _broken(self) -> None:
        """Open quotes, rows too long and too short, control characters."""
        whole = csv_bytes([self.person(30), self.person(31)])
        broken = [
            f'108039;2022-06-30;"{self.bird()};{self.code()}',
            f"{self.bird()};{self.code()}",
            ";".join([self.bird()] * 40),
            f"108039;2022-06-30;{self.bird()}\x00;{self.code()}\x07;2012-05-01;M;italiana;N",
        ]
        self.write("minori__rotti.csv", whole + "\n".join(broken).encode() + b"\n")

    def _refused(self) -> None:
        """Files of which nothing is landed."""
        self.write(
            "minori__titoli.csv", f"{self.code()};{self.bird()}\n{self.bird()};{self.code()}\n".encode()
        )
        self.write("spese__vuoto.csv", f"{self.code()}\n".encode())
        self.write("affidi__finto.xlsx", b"PK\x03\x04" + self.bird().encode() + self.code().encode())
        self.write("affidi__finto.parquet", b"PAR1" + self.code().encode() + b"PAR1")
        self.write("affidi__altro.ods", self.code().encode())
        self.write(f"{self.code()}.csv", self.bird().encode())
        self.write("finto.zip", b"PK\x03\x04" + self.code().encode())


@dataclass(frozen=True)
class Left:
    """A home after the whole job, what its commands said, and what must be nowhere."""

    home: Home
    folder: Path
    said: str
    secrets: list[str]
    generated: set[bytes]
    held: list[tuple[Path, bytes]]  # all that each file of the home holds, unfolded once for all questions


@pytest.fixture(scope="module")
def left(osservatorio, small_deliveries, small_home, tmp_path_factory) -> Left:
    """The home of the small deliveries, to which all the others came; they are published too."""
    place = tmp_path_factory.mktemp("voliera")
    folder = Path(shutil.copytree(small_deliveries, place / "consegne"))
    generated = {
        text for path in folder.iterdir() for data in contents(path) for text in GENERATED.findall(data)
    }
    aviary = Aviary(folder)
    aviary.fill_well()
    aviary.fill()
    home = Home(Path(shutil.copytree(small_home, place / "casa")))
    before = current_release_id(home)
    said = (home.root / "run.json").read_text("utf-8")
    for words in (
        ("run", folder),
        ("status",),
        ("status", "--json"),
        ("quarantine",),
        ("quarantine", "--json"),
        ("quarantine", "--xlsx", home.reports / "quarantena.xlsx"),
        ("report", "semestrale", "2022-S1"),
        ("releases", "show", "corrente"),
        ("keys", "rotate"),
    ):
        done = osservatorio(*words, home=home.root)
        said += done.stdout + done.stderr
    assert current_release_id(home) != before
    held = [(path, content) for path in files_of(home) for content in contents(path)]
    return Left(home, folder, said, aviary.secrets, generated, held)


def test_the_canaries_were_delivered_and_the_job_was_done(left):
    assert len(left.secrets) > 100
    assert len(left.generated) > 50
    delivered = b"\n".join(
        str(path).encode() + data for path in left.folder.iterdir() for data in contents(path)
    )
    assert found_in(delivered, left.secrets) == left.secrets
    with connect(left.home.landing, read_only=True) as con:
        outcomes = dict(con.execute("select outcome, count(*) from meta.deliveries group by all").fetchall())
        (formats,) = con.execute(
            "select list(distinct format) from meta.deliveries where outcome = 'landed'"
        ).fetchone()
    assert outcomes["refused"] >= 7
    assert {"csv", "xlsx", "parquet"} <= set(formats)
    kinds = {path.suffix for path in files_of(left.home)}
    assert {".duckdb", ".json", ".log", ".html", ".pdf", ".xlsx", ".key"} <= kinds
    assert "[codice fiscale]" in left.said


def test_no_canary_is_in_any_file(left):
    for path, content in left.held:
        assert found_in(str(path).encode() + content, left.secrets) == [], path


def test_no_identifier_of_the_release_is_in_any_file(left):
    for path, content in left.held:
        assert not left.generated & set(GENERATED.findall(content.upper())), path


def test_no_canary_is_said(left):
    assert found_in(left.said.encode(), [*left.secrets, *(text.decode() for text in left.generated)]) == []


def test_the_keys_are_in_their_folder_only(left):
    secrets = [secret.hex() for secret in load_key(left.home).chain]
    archive = left.home.keys / ARCHIVE_KEY_FILE
    secrets += [archive.read_text().strip()] if archive.exists() else []
    assert found_in(left.said.encode(), secrets) == []
    for path in files_of(left.home):
        content = path.read_bytes()
        is_key = path.name in (KEY_FILE, ARCHIVE_KEY_FILE)
        assert bool(found_in(content, secrets)) == is_key, path
        assert not any(secret in content for secret in load_key(left.home).chain), path


def test_secret_columns_hold_pseudonyms_or_nothing(left):
    with connect(left.home.landing, read_only=True) as con:
        for contract in load_contracts().values():
            for column in (column.name for column in contract.columns if column.secret):
                for schema in ("landing.landing", "held"):
                    (wrong,) = con.execute(
                        f"select count(*) from {schema}.{contract.extract} "
                        f"where not regexp_full_match({column}, '[0-9a-f]{{64}}')"
                    ).fetchone()
                    assert wrong == 0, (schema, contract.extract, column)


@pytest.mark.landing_by_hand
@pytest.mark.parametrize("spoilt", ["data_nascita type integer", "sesso type date"])
def test_no_canary_is_in_a_traceback(osservatorio, tmp_path, spoilt):
    """A landing that does not take the rows makes the engine fail over their values."""
    home = Home(tmp_path / "casa")
    new_key(home)
    folder = tmp_path / "consegne"
    folder.mkdir()
    environment = {**os.environ, "OSSERVATORIO_HOME": str(home.root), "OSSERVATORIO_DEBUG": "1"}

    (folder / "operatori.csv").write_bytes(csv_bytes([sample("operatori")]))
    osservatorio("ingest", folder, home=home.root)
    with connect(home.landing) as con:
        con.execute(f"alter table landing.landing.minori alter {spoilt}")
    aviary = Aviary(folder)
    aviary.fill()
    words = [sys.executable, "-m", "osservatorio.cli", "ingest", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, encoding="utf-8")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    told = (done.stdout + done.stderr).encode() + b"".join(path.read_bytes() for path in files_of(home))
    assert found_in(told, aviary.secrets) == []
    assert not texts_of(home.landing) & set(aviary.secrets)
