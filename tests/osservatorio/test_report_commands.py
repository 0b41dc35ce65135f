"""The commands of the texts, of the proposals, of the status and of the calendar, as a user gives them."""

import json
import shutil
from pathlib import Path

import pytest
from report_release import RELEASE_ID, FakeRelease
from typer.testing import CliRunner

from osservatorio.audit_check import verify
from osservatorio.cli import app
from osservatorio.home import Home

WHERE = ("semestrale", "2022-S1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return FakeRelease(Home(tmp_path_factory.mktemp("rapporti") / "casa")).write().root


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "casa"))


def test_a_text_from_its_file_to_the_report(osservatorio, home: Path, tmp_path: Path):
    listed = osservatorio("report", "text", "list", *WHERE, home=home).stdout
    assert listed.count("da scrivere") == 2
    file = tmp_path / "testo.md"
    file.write_bytes("\ufeffPrima **stesura**: perché\r\n".encode())
    done = osservatorio("report", "text", "set", *WHERE, "difficolta", file, "--autore", "Anna", home=home)
    assert "Testo salvato, versione " in done.stdout
    version = done.stdout.split("versione ")[1].split(":")[0]
    again = osservatorio("report", "text", "set", *WHERE, "difficolta", file, home=home).stdout
    assert "non è cambiato nulla" in again
    kept = home / "narratives" / "semestrale" / "2022-S1" / "difficolta.md"
    kept.write_text("Con l'editor", "utf-8")
    history = osservatorio("report", "text", "history", *WHERE, home=home).stdout
    assert "Anna" in history
    assert "file" in history
    assert osservatorio("report", "text", "show", *WHERE, "difficolta", home=home).stdout == "Con l'editor\n"
    earlier = osservatorio(
        "report", "text", "show", *WHERE, "difficolta", "--versione", version, home=home
    ).stdout
    assert earlier == "Prima **stesura**: perché\n"
    osservatorio("report", "semestrale", "2022-S1", "--formato", "xlsx", home=home)
    found = json.loads(osservatorio("report", "status", "2022-S1", "--json", home=home).stdout)
    (report,) = [one for one in found["rapporti"] if one["rapporto"] == "semestrale"]
    assert found["pubblicazione"] == RELEASE_ID
    assert {text["chiave"]: text["stato"] for text in report["testi"]} == {
        "commento_interventi": "da scrivere",
        "difficolta": "scritto",
    }
    states = {one["formato"]: one["stato"] for one in report["file"]}
    assert states["xlsx"] == "aggiornato"
    assert states["pdf"] == "da produrre"
    log = verify(Home(home))
    assert log.is_intact
    saved = [entry for entry in log.entries if entry.event == "report text" and entry.phase == "fatto"]
    assert saved[0].facts["autore"] == "Anna"
    assert "perché" not in (home / "audit.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("text", "set", *WHERE, "difficolta", "cp1252.md"), "codifica «UTF-8»"),
        (("text", "set", *WHERE, "difficolta", "codice.md"), "codice fiscale"),
        (("text", "set", *WHERE, "../../x", "buono.md"), "scegli fra commento_interventi e difficolta"),
        (("text", "set", *WHERE, "difficolta", "manca.md"), "non esiste"),
        (("text", "set", "annuario", "2022-S1", "difficolta", "buono.md"), "scegli fra semestrale"),
        (("text", "list", "semestrale", "2022"), "2022-S1"),
        (("text", "list", "semestrale", "2030-S1"), "non è nella pubblicazione"),
        (("text", "show", *WHERE, "difficolta"), "non è ancora scritto"),
        (("text", "show", *WHERE, "difficolta", "--versione", "x"), "text history"),
        (("text", "list", *WHERE, "--comune", "Milano"), "non è dell'Ambito"),
        (("proposals", "add", "2022", "--testo", "x"), "Manca --ruolo"),
        (("proposals", "add", "2022", "--testo", "x", "--ruolo", "y", "--scadenza", "oggi"), "2022-06-30"),
        (("proposals", "update", "2022", "P2022-01", "--nota", "x"), "non ce n'è ancora nessuna"),
        (("status", "2022-13"), "non è riconosciuto"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_bad_usage_is_one_italian_sentence(osservatorio, made: Path, tmp_path: Path, words, says: str):
    (tmp_path / "cp1252.md").write_bytes("perché".encode("cp1252"))
    (tmp_path / "codice.md").write_text("RSSMRA80A01H501U")
    (tmp_path / "buono.md").write_text("buono")
    given = [tmp_path / word if word.endswith(".md") else word for word in words]
    done = osservatorio("report", *given, home=made, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Errore: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((made / "narratives").glob("**/*.md"))


def test_proposals_from_first_to_last(osservatorio, home: Path):
    add = ("report", "proposals", "add", "2021", "--testo", "Meno attese", "--ruolo", "comune_capofila")
    assert (
        "P2021-01" in osservatorio(*add, "--scadenza", "2022-06-30", "--data", "2022-01-31", home=home).stdout
    )
    update = ("report", "proposals", "update", "2021", "P2021-01", "--stato", "attuata")
    assert "vuole una nota" in osservatorio(*update, home=home, check=False).stderr
    osservatorio(*update, "--nota", "Fatto", "--data", "2022-05-31", home=home)
    found = json.loads(osservatorio("report", "proposals", "list", "2021", "--json", home=home).stdout)
    assert found["proposte"][0]["stati"] == [
        {"stato": "aperta", "data": "2022-01-31", "nota": None},
        {"stato": "attuata", "data": "2022-05-31", "nota": "Fatto"},
    ]
    shown = osservatorio("report", "proposals", "list", "2021", home=home).stdout
    assert "31/05/2022 attuata: Fatto" in shown
    assert "comune_capofila" in shown


def here(home: Path, *words: str) -> str:
    """What a command says, in this process: it remembers of each report which texts it expects."""
    done = CliRunner().invoke(app, ["report", *words, "--home", str(home)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_calendar_tells_the_days(made: Path):
    shown = here(made, "calendar")
    assert "30/07/2022" in shown
    assert "testi da scrivere, in ritardo" in shown
    found = json.loads(here(made, "calendar", "--json"))
    due = {item["periodo"]: item for item in found["scadenze"] if item["rapporto"] == "semestrale"}
    assert due["2022-S1"]["scadenza"] == "2022-07-30"
    assert due["2022-S1"]["in_ritardo"]
    assert "2 testi" in shown


def test_the_status_of_all_that_ended_and_of_a_municipality(made: Path):
    """A municipality's leaves out what has no edition of hers."""
    own = here(made, "status", "--comune", "meda")
    assert "semestrale" in own
    assert "assemblea" not in own
    shown = here(made, "status")
    assert "2021-S1" in shown
    assert "0 su 2" in shown
    assert "da produrre: PDF, DOCX, XLSX" in shown
    assert "assemblea" in shown
