"""`osservatorio status`: what the deliveries did to the records, in words and for other programs."""

import json

import pytest

from osservatorio.home import Home

HEADER = (
    "codice_ente;data_estrazione;stato_record;id_riunione;livello;data_riunione;durata_minuti;partecipanti\n"
)
MEDA, SEVESO = "108030", "108040"


def meetings(*rows: tuple[str, str, str, str]) -> str:
    return HEADER + "".join(
        f"{body};{day};{state};{key};governance;2022-03-10;60;4\n" for body, day, state, key in rows
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory, osservatorio) -> Home:
    """A home into which one body delivered, corrected, withdrew and replaced."""
    base = tmp_path_factory.mktemp("consegne")
    home = Home(base / "casa")
    osservatorio("keys", "new", home=home.root)
    steps = {
        "riunioni__meda__1.csv": meetings(*((MEDA, "2022-03-31", "", f"R{n}") for n in range(1, 7))),
        "riunioni__meda__2.csv": meetings(
            (MEDA, "2022-06-30", "", "R1"),
            (MEDA, "2022-06-30", "annullato", "R2"),
            (MEDA, "2022-06-30", "", "R1"),
            (SEVESO, "2022-06-30", "", "S1"),
        ),
        "riunioni__meda__3.csv": meetings((MEDA, "2022-05-31", "", "R1")),
        "riunioni__completa__meda.csv": meetings(
            (MEDA, "2022-07-31", "", "R1"), (MEDA, "2022-07-31", "", "R3")
        ),
    }
    for place, (name, text) in enumerate(steps.items()):
        folder = base / str(place)
        folder.mkdir()
        (folder / name).write_text(text, "utf-8")
        osservatorio("ingest", folder, home=home.root)
    return home


def test_for_other_programs(home, osservatorio):
    found = json.loads(osservatorio("status", "--json", home=home.root).stdout)
    assert set(found) == {"deliveries", "verdict", "release_id"}
    by_file = {delivery["file"]: delivery for delivery in found["deliveries"]}
    expected = {
        "riunioni__meda__1.csv": {"new": 6},
        "riunioni__meda__2.csv": {"updated": 1, "withdrawn": 1, "repeated": 1, "other_bodies": 1},
        "riunioni__meda__3.csv": {"older": 1},
        "riunioni__completa__meda.csv": {"updated": 2, "left_out": 3},
    }
    for file, counts in expected.items():
        for name in (
            "new",
            "updated",
            "withdrawn",
            "older",
            "repeated",
            "left_out",
            "healed",
            "other_bodies",
        ):
            assert by_file[file][name] == counts.get(name, 0), (file, name)
    usual = {"file", "extract", "outcome", "rows_read", "accepted", "quarantined", "waiting", "message"}
    assert all(usual <= delivery.keys() for delivery in found["deliveries"])
    assert by_file["riunioni__meda__2.csv"]["bodies"] == {MEDA: 3, SEVESO: 1}


def test_in_words(home, osservatorio):
    said = osservatorio("status", home=home.root).stdout
    for line in (
        "nuovi              6",
        "aggiornati         3",
        "annullati          1",
        "tolti              3",
        "superati           1",
        "ripetuti           1",
        "di altri enti      1",
    ):
        assert line in said, said
    table = said[said.index("Le consegne che chiedono attenzione") :]
    assert "riunioni__completa__meda.csv" in table
    assert "riunioni__meda__1.csv" not in table.split("\n\n")[0]  # it only added
    assert "«riunioni__meda__2.csv»: Meda 3, Seveso 1." in said
    assert "Pubblicazione in uso: nessuna." in said


def test_before_anything_was_loaded(osservatorio, tmp_path):
    done = osservatorio("status", home=tmp_path / "vuota", check=False)
    assert done.returncode == 2
    assert "osservatorio run CARTELLA" in done.stderr
