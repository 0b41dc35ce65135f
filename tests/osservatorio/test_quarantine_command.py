"""`osservatorio quarantine`: short on the terminal, whole for programs, a workbook per body to send."""

import json
from pathlib import Path

import openpyxl
import pytest
from delivered_samples import csv_bytes, sample

from osservatorio.home import Home
from osservatorio.keys import new_key

SEVESO, SEREGNO = "108040", "108039"


def complaint(serial: int, **values: str) -> dict[str, str]:
    return sample("reclami", serial, **{"codice_ente": SEVESO} | values)


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_bytes(csv_bytes(rows))


@pytest.fixture(scope="module")
def home(osservatorio, tmp_path_factory) -> Path:
    """A home with 51 errors in four files of two bodies, one of them mended since."""
    folder = tmp_path_factory.mktemp("consegne")
    place = tmp_path_factory.mktemp("casa")
    new_key(Home(place))
    many = [complaint(i, gravita="grave") for i in range(40)]
    write(folder / "reclami__seveso.csv", [*many, complaint(50, canale="")])
    for number in range(2):
        rows = [complaint(100 * number + i, codice_ente=SEREGNO, esito="boh") for i in range(5)]
        write(folder / f"reclami__seregno__{number}.csv", rows)
    osservatorio("ingest", folder, home=place)
    write(folder / "reclami__seregno__correzioni.csv", [complaint(0, codice_ente=SEREGNO)])
    again = osservatorio("ingest", folder, home=place).stdout
    assert "Righe della quarantena consegnate di nuovo: 1." in again
    assert "«reclami__seregno__0.csv»: 1 riga tornata, 4 ancora da correggere." in again
    return place


def test_the_terminal_groups_counts_and_gives_examples(osservatorio, home):
    text = osservatorio("quarantine", home=home).stdout
    assert "Da correggere: 50 righe, con 50 errori. In attesa di un altro dato: 0 righe." in text
    assert text.index("Seregno (108039)") < text.index("Seveso (108040)")
    assert "reclami__seveso.csv, consegnato il " in text
    assert "40 volte, colonna gravita: Gravità: valore che non è nell'elenco" in text
    assert "riga 2: Gravità: trovato «grave», atteso uno dei valori bassa, media, alta." in text
    assert "… e 38 altre righe: usa --xlsx" in text
    assert "riga 42, colonna canale: Canale: manca il valore, che è obbligatorio" in text
    assert len(text.splitlines()) < 25


def test_the_history_is_told_on_request(osservatorio, home):
    text = osservatorio("quarantine", "--tutte", home=home).stdout
    assert "Già sistemate: 1 riga." in text
    assert "riga 2, colonna esito (sistemate)" in text


def test_json_has_every_open_entry_and_with_all_the_closed_ones(osservatorio, home):
    rows = json.loads(osservatorio("quarantine", "--json", home=home).stdout)["rows"]
    assert len(rows) == 50
    assert {row["state"] for row in rows} == {"open"}
    assert {"file", "row", "column", "rule", "message", "found", "expected", "remedy", "codice_ente"} <= set(
        rows[0]
    )
    everything = json.loads(osservatorio("quarantine", "--json", "--tutte", home=home).stdout)["rows"]
    assert sorted(row["state"] for row in everything)[-2:] == ["open", "replaced"]


def test_workbooks_are_written_one_for_each_body(osservatorio, home, tmp_path):
    text = osservatorio("quarantine", "--xlsx", tmp_path / "elenco.xlsx", home=home).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elenco__seregno.xlsx", "elenco__seveso.xlsx"]
    assert (
        f"Comune di Seveso, 41 righe da correggere, 0 in attesa: «{tmp_path / 'elenco__seveso.xlsx'}»."
        in text
    )
    sheet = openpyxl.load_workbook(tmp_path / "elenco__seveso.xlsx")["Righe da correggere"]
    assert sheet.max_row == 3 + 41


def test_unusable_requests_are_one_italian_sentence(osservatorio, home, tmp_path):
    for words, says in (
        (["--xlsx", tmp_path / "elenco.pdf"], ".xlsx"),
        (["--xlsx", tmp_path / "elenco.xlsx", "--json"], "--json"),
    ):
        done = osservatorio("quarantine", *words, home=home, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_nothing_in_quarantine_is_said(osservatorio, tmp_path):
    folder, place = tmp_path / "consegne", tmp_path / "casa"
    folder.mkdir()
    new_key(Home(place))
    write(folder / "reclami.csv", [complaint(1)])
    osservatorio("ingest", folder, home=place)
    assert "Nessuna riga da correggere" in osservatorio("quarantine", home=place).stdout
    assert json.loads(osservatorio("quarantine", "--json", home=place).stdout) == {"rows": []}
    done = osservatorio("quarantine", "--xlsx", tmp_path / "elenco.xlsx", home=place)
    assert "non c'è niente da scrivere" in done.stdout
    assert not (tmp_path / "elenco.xlsx").exists()
