"""What does not pass is not published, and says why."""

import json
import shutil

from osservatorio.database import connect


def test_publish_wants_checks_and_build_of_what_is_landed(osservatorio, small_deliveries, home, tmp_path):
    done = osservatorio("publish", home=home.root, check=False)
    assert done.returncode == 2
    assert "osservatorio run" in done.stderr
    folder = tmp_path / "consegne"
    shutil.copytree(small_deliveries, folder)
    last = sorted(folder.glob("reclami__*"))[-1]
    kept = last.read_bytes()
    last.unlink()
    for words in (("ingest", folder), ("validate",), ("build",)):
        osservatorio(*words, home=home.root)
    last.write_bytes(kept)
    osservatorio("ingest", folder, home=home.root)
    done = osservatorio("publish", home=home.root, check=False)
    assert done.returncode == 2
    assert "ripeti" in done.stderr
    assert not home.current.exists()


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


def test_one_refused_file_does_not_stop_the_others(osservatorio, small_deliveries, home, tmp_path):
    folder = tmp_path / "consegne"
    shutil.copytree(small_deliveries, folder)
    (folder / "reclami__meda__prova.csv").write_bytes(b"")
    run = json.loads(osservatorio("run", folder, "--json", home=home.root).stdout)
    refused = [d for d in run["deliveries"] if d["outcome"] == "refused"]
    assert [d["file"] for d in refused] == ["reclami__meda__prova.csv"]
    assert refused[0]["message"]
    assert run["release_id"]


def test_two_commands_at_once(osservatorio, small_deliveries, home):
    from filelock import FileLock

    home.prepare()
    with FileLock(home.root / ".lock"):
        done = osservatorio("run", small_deliveries, home=home.root, check=False)
    assert done.returncode == 2
    assert "Un altro comando" in done.stderr
