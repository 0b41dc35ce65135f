"""The command line: Italian, with the right exit codes, and nothing half-written on bad usage."""

import re
import shutil

import pytest

from osservatorio.home import Home
from osservatorio.keys import new_key

ENGLISH = re.compile(
    r"\b(Usage|Options|Arguments|Commands|Show this|default:|required|Missing|No such|Error|Traceback)\b"
)
HELP_PAGES = (
    [],
    ["demo"],
    ["generate"],
    ["run"],
    ["ingest"],
    ["validate"],
    ["build"],
    ["publish"],
    ["status"],
    ["quarantine"],
    ["dashboard"],
    ["explain"],
    ["report"],
    ["report", "semestrale"],
    ["report", "annuale"],
    ["report", "valutazione"],
    ["report", "status"],
    ["report", "calendar"],
    ["report", "text"],
    ["report", "text", "list"],
    ["report", "text", "set"],
    ["report", "text", "show"],
    ["report", "text", "history"],
    ["report", "proposals"],
    ["report", "proposals", "list"],
    ["report", "proposals", "add"],
    ["report", "proposals", "update"],
    ["report", "governance"],
    ["export"],
    ["export", "open-data"],
    ["releases"],
    ["releases", "list"],
    ["releases", "show"],
    ["releases", "compare"],
    ["keys"],
    ["keys", "new"],
    ["audit"],
    ["audit", "verify"],
    ["audit", "list"],
    ["purge"],
    ["doctor"],
)


@pytest.mark.parametrize("words", HELP_PAGES, ids=" ".join)
def test_help_is_italian(osservatorio, words):
    done = osservatorio(*words, "--help")
    assert done.stdout.startswith("Uso: osservatorio")
    assert not ENGLISH.search(done.stdout)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["runn"], "non è riconosciuto"),
        (["run"], "Manca CARTELLA"),
        (["run", "--colore", "x"], "--colore"),
        (["generate"], "--out"),
        (["generate", "--out", "x", "--scale", "tanto"], "--scale"),
        (["generate", "--out", "x", "--years", "2023-2021"], "2021-2023"),
        (["run", "x", "--as-of", "31/12/2022"], "2022-06-30"),
        (["report", "semestrale", "2022-S3"], "2022-S1"),
        (["report", "governance", "2022"], "un semestre"),
        (["report", "governance", "2022-S1", "--livello", "3"], "--livello"),
        (["export", "open-data", "2022-S1"], "scrivi per esempio 2022"),
        (["releases", "show", "../../etc/passwd"], "non esiste"),
        (["status"], "osservatorio run"),
        (["quarantine"], "osservatorio run"),
        (["dashboard", "--no-browser"], "osservatorio run"),
        (["report", "semestrale", "2022-S1"], "osservatorio run"),
        (["report", "annuale", "2022"], "osservatorio run"),
        (["report", "annuale", "2022-S1"], "come 2022"),
        (["report", "valutazione", "2022", "--comune", "Monza"], "non è dell'Ambito"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_is_one_italian_sentence(osservatorio, words, says, tmp_path):
    done = osservatorio(*words, home=tmp_path / "casa", check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert not ENGLISH.search(done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "casa" / "landing.duckdb").exists()


@pytest.mark.parametrize("place", ["absent", "empty", "file", "strangers"])
def test_unusable_folders(osservatorio, place, tmp_path):
    home = tmp_path / "casa"
    new_key(Home(home))
    folder = tmp_path / "consegne"
    if place == "empty":
        folder.mkdir()
    elif place == "file":
        folder.write_text("x")
    elif place == "strangers":
        folder.mkdir()
        (folder / "verbale.docx").write_bytes(b"x")
        (folder / "minori__seveso.csv").write_bytes(b"")
    done = osservatorio("run", folder, home=home, check=False)
    assert done.returncode == 2, done.stdout
    assert not ENGLISH.search(done.stderr)
    assert not (home / "current.json").exists()
    assert not list((home / "releases").glob("*"))


def test_demo_refuses_a_home_with_real_data(osservatorio, small_deliveries, tmp_path):
    home = tmp_path / "casa"
    new_key(Home(home))
    folder = tmp_path / "consegne"
    folder.mkdir()
    shutil.copy(next(small_deliveries.glob("minori__*.csv")), folder)
    osservatorio("ingest", folder, home=home)
    done = osservatorio("demo", home=home, check=False)
    assert done.returncode == 2
    assert "--home" in done.stderr
