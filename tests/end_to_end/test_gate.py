"""What does not pass is not published, and says why."""

import json

from osservatorio.database import connect

MEETING = (
    "codice_ente;data_estrazione;id_riunione;livello;data_riunione;durata_minuti;partecipanti\n"
    "108030;2022-12-31;R-PROVA;governance;2022-12-01;60;4\n"
)


def test_publish_wants_checks_and_build_of_what_is_landed(osservatorio, staged_copy, home, tmp_path):
    done = osservatorio("publish", home=home.root, check=False)
    assert done.returncode == 2
    assert "osservatorio run" in done.stderr
    folder = tmp_path / "consegne"
    folder.mkdir()
    (folder / "riunioni__meda__prova.csv").write_text(MEETING, "utf-8")
    osservatorio("ingest", folder, home=staged_copy.root)
    done = osservatorio("publish", home=staged_copy.root, check=False)
    assert done.returncode == 2
    assert "ripeti" in done.stderr
    assert not staged_copy.current.exists()


def test_a_failed_check_publishes_nothing_and_says_what_to_do(osservatorio, small_deliveries, small_copy):
    home = small_copy
    published = json.loads(home.current.read_text())["release_id"]
    with connect(home.landing) as con:  # as if the converter had let a wrong value through
        con.execute("update landing.landing.interventi set esito = 'boh' where source_row = 2")
    done = osservatorio("run", small_deliveries, home=home.root, check=False)
    assert done.returncode == 1, done.stdout
    assert "PUBBLICAZIONE SOSPESA" in done.stdout
    assert "BLOCCO" in done.stdout
    assert json.loads(home.current.read_text())["release_id"] == published


def test_two_commands_at_once(osservatorio, small_deliveries, home):
    from filelock import FileLock

    home.prepare()
    with FileLock(home.root / ".lock"):
        done = osservatorio("run", small_deliveries, home=home.root, check=False)
    assert done.returncode == 2
    assert "Un altro comando" in done.stderr
