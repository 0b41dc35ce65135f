"""The list of rows to mend: whose they are, how many, until when, and the workbook that goes to each body."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from delivered_samples import LEAD, Office, csv_bytes, fiscal_code, office_in, sample

from ingestion.closing import LANDED, OPEN, REPLACED, WAITING
from ingestion.ingest import quarantine_rows
from ingestion.quarantine_files import left_from_before, target_file, write_lists
from ingestion.quarantine_list import ALL_STATES, count_by_file, count_by_rule, entries, examples
from ingestion.quarantine_workbook import read_lists
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.inert import FORMULA_STARTS

SEVESO, BARLASSINA = "108040", "108005"
TODAY = date(2024, 2, 1)


@pytest.fixture(scope="module")
def quarantine_made(tmp_path_factory: pytest.TempPathFactory, empty_landings: None) -> Path:
    place = tmp_path_factory.mktemp("quarantena")
    office = office_in(place)
    office.write(
        "interventi__seveso.csv",
        csv_bytes(
            [
                sample("interventi", 1, codice_ente=SEVESO, durata_minuti="-5", tipo="=cmd|' /C calc'!A0"),
                sample("interventi", 2, codice_ente=SEVESO, id_presa_in_carico="PIC-1"),
                sample("interventi", 3, codice_ente=BARLASSINA),
            ]
        )
        + b"108040;tagliata\n",
    )
    office.write(
        "minori__seregno.csv",
        [
            sample("minori", 1, codice_fiscale="RSSMRA00A01H501X", data_nascita="31/02/2015"),
            sample("minori", 2),
        ],
    )
    office.write("reclami.csv", [sample("reclami", 1, gravita="grave"), sample("reclami", 2, canale="")])
    office.write("spese.csv", [sample("spese", 1, codice_ente="Seveso", importo="@SUM(A1)")])
    office.ingest()
    return place


@pytest.fixture
def quarantine(office: Office, quarantine_made: Path) -> Office:
    """An office whose deliveries left something of every kind in quarantine, for two bodies and for nobody."""
    return office.come_to(quarantine_made)


def read(office: Office, function, *arguments, **options):
    with connect(office.home.landing, read_only=True) as con:
        found = function(con, *arguments, **options)
        return found if isinstance(found, list | dict) else list(found)


def write(office: Office, target: Path, **options) -> dict[str, openpyxl.Workbook]:
    """The workbooks by file name."""
    with connect(office.home.landing, read_only=True) as con:
        lists = read_lists(con, written_on=TODAY, with_history=options.pop("with_history", False), **options)
        written = write_lists(con, lists, target)
    return {path.name: openpyxl.load_workbook(path) for _, path in written}


def table(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    """The rows of the main table of a sheet."""
    _, _, header, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_an_entry_goes_to_the_body_that_delivered_it(quarantine):
    found = {(row["file"], row["row"]): row["codice_ente"] for row in read(quarantine, quarantine_rows)}
    assert found == {
        ("interventi__seveso.csv", 2): SEVESO,
        ("interventi__seveso.csv", 3): SEVESO,
        ("interventi__seveso.csv", 4): SEVESO,  # the row names Barlassina, the file is Seveso's
        ("interventi__seveso.csv", 5): SEVESO,
        ("minori__seregno.csv", 2): LEAD,
        ("reclami.csv", 2): LEAD,
        ("reclami.csv", 3): LEAD,
        ("spese.csv", 2): "",
    }


def test_an_entry_says_what_was_found_what_is_expected_and_how_to_mend_it(quarantine):
    rows = {(row["file"], row["row"], row["rule"]): row for row in read(quarantine, quarantine_rows)}
    duration = rows["interventi__seveso.csv", 2, "durata_minuti.intervallo"]
    assert duration["found"] == "-5"
    assert duration["expected"] == "Un numero intero da 1 a 1440."
    assert duration["remedy"].endswith(".")
    assert (duration["state"], duration["extract"]) == (OPEN, "interventi")
    assert rows["interventi__seveso.csv", 3, "id_presa_in_carico.riferimento"]["state"] == WAITING
    assert rows["minori__seregno.csv", 2, "codice_fiscale.formato"]["found"] is None
    assert rows["interventi__seveso.csv", 5, "riga.valori_mancanti"]["column"] is None


def test_counts_agree_with_the_account_of_the_deliveries(quarantine):
    by_file = {count.file: count for count in read(quarantine, count_by_file)}
    accounts = quarantine.query("select file_name, rows_read, quarantined, waiting from meta.deliveries")
    for file, rows_read, quarantined, waiting in accounts:
        count = by_file[file]
        assert (count.rows_read, count.to_mend, count.waiting) == (rows_read, quarantined, waiting)
        assert count.settled == 0
    rules = read(quarantine, count_by_rule)
    assert sum(rule.errors for rule in rules) == len(read(quarantine, entries))
    assert sum(rule.errors for rule in rules if rule.state == OPEN) == sum(c.errors for c in by_file.values())


def test_examples_are_the_first_of_each_rule(office):
    office.deliver("reclami.csv", [sample("reclami", i, gravita="?") for i in range(5)])
    (found,) = read(office, examples, 2).values()
    assert [entry.row for entry in found] == [2, 3]


def test_a_mended_row_leaves_the_list_and_stays_in_the_history(quarantine):
    quarantine.write("reclami__correzioni.csv", [sample("reclami", 1, gravita="alta")])
    (mended,) = quarantine.ingest().mended
    assert (mended.file, mended.mended, mended.left) == ("reclami.csv", 1, 1)
    live = {(row["file"], row["row"]) for row in read(quarantine, quarantine_rows)}
    assert ("reclami.csv", 2) not in live
    assert ("reclami.csv", 3) in live
    history = [row for row in read(quarantine, quarantine_rows, ALL_STATES) if row["state"] == REPLACED]
    assert [(row["file"], row["row"], row["rule"]) for row in history] == [
        ("reclami.csv", 2, "gravita.elenco")
    ]
    assert history[0]["closed_at"]
    (count,) = [count for count in read(quarantine, count_by_file) if count.file == "reclami.csv"]
    assert (count.to_mend, count.settled) == (1, 1)


def test_a_row_that_waited_and_landed_leaves_the_list(office):
    office.write("prese_in_carico.csv", [sample("prese_in_carico")])
    office.ingest()
    office.write("minori.csv", [sample("minori")])
    result = office.ingest()
    assert (result.settled[0].landed, result.mended) == (1, [])
    assert read(office, quarantine_rows) == []
    assert [row["state"] for row in read(office, quarantine_rows, ALL_STATES)] == [LANDED]


def test_each_body_has_a_workbook_named_after_it(quarantine, tmp_path):
    books = write(quarantine, tmp_path / "elenco.xlsx")
    assert set(books) == {
        "elenco__seveso.xlsx",
        "elenco__seregno.xlsx",
        "elenco__ente_non_riconosciuto.xlsx",
    }
    book = books["elenco__seveso.xlsx"]
    assert book.sheetnames == ["Riepilogo", "Righe da correggere", "In attesa", "Codici ammessi"]
    assert "Comune di Seveso" in book["Riepilogo"]["A1"].value
    assert not list(tmp_path.glob(".osservatorio-*"))


def test_the_only_body_has_the_file_asked_for(office, tmp_path):
    office.deliver("reclami.csv", [sample("reclami", gravita="?")])
    assert set(write(office, tmp_path / "elenco.xlsx")) == {"elenco.xlsx"}


def test_a_workbook_lists_every_error_with_its_place_and_remedy(quarantine, tmp_path):
    book = write(quarantine, tmp_path / "q.xlsx")["q__seveso.xlsx"]
    rows = table(book, "Righe da correggere")
    first = next(row for row in rows if row["Nome tecnico"] == "durata_minuti")
    assert (first["File"], first["Riga"], first["Colonna"]) == (
        "interventi__seveso.csv",
        2,
        "Durata in minuti",
    )
    assert first["Che cosa è stato trovato"] == "«-5»"
    assert first["Che cosa ci si aspetta"] == "Un numero intero da 1 a 1440."
    assert first["Come correggere"].endswith(".")
    assert first["Consegnato il"].date() == date(2024, 1, 15)
    (waiting,) = table(book, "In attesa")
    assert waiting["Che cosa manca"] == (
        "Il dato con questo codice nell'estratto «prese_in_carico», dello stesso ente."
    )
    codes = {row["Codice"] for row in table(book, "Codici ammessi")}
    assert {"colloquio", "udienza"} <= codes
    sheet = book["Righe da correggere"]
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == f"A3:H{3 + len(rows)}"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == "$3:$3"


def test_several_values_are_named(office, tmp_path):
    office.deliver("reclami.csv", [sample("reclami", data_risposta="2022-03-01")])
    (row,) = table(write(office, tmp_path / "q.xlsx")["q.xlsx"], "Righe da correggere")
    assert row["Che cosa è stato trovato"] == (
        "Data di risposta «2022-03-01», Data di ricezione «2022-03-10»"
    )


def test_no_cell_is_a_formula_and_none_holds_an_identity(quarantine, tmp_path):
    quarantine.write(
        "reclami__@SUM(A1).csv", [sample("reclami", 9, azione_miglioramento=f"{fiscal_code()} " * 40)]
    )
    quarantine.write("minori__=1+1.csv", [sample("minori", 9, id_minore=fiscal_code(3), sesso="+1")])
    quarantine.ingest()
    for name, book in write(quarantine, tmp_path / "q.xlsx", with_history=True).items():
        for sheet in book:
            for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
                assert cell.data_type in "sndi", (name, sheet.title, cell.coordinate)
                assert not str(cell.value).startswith(FORMULA_STARTS) or cell.data_type == "n", cell.value
    identities = (b"RSSMRA00A01H501X", fiscal_code().encode(), fiscal_code(3).encode())
    for path in tmp_path.glob("q*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(member) for member in archive.namelist())
        assert not [identity for identity in identities if identity in content], path
        assert b"<f>" not in content


def test_the_history_is_a_sheet_when_it_is_asked_for(quarantine, tmp_path):
    quarantine.deliver("reclami__correzioni.csv", [sample("reclami", 1, gravita="alta")])
    assert "Già sistemate" not in write(quarantine, tmp_path / "q.xlsx")["q__seregno.xlsx"].sheetnames
    book = write(quarantine, tmp_path / "q.xlsx", with_history=True)["q__seregno.xlsx"]
    (row,) = table(book, "Già sistemate")
    assert (row["Come si è risolto"], row["Con il file"]) == (
        "Consegnata di nuovo",
        "reclami__correzioni.csv",
    )


def test_a_list_that_is_too_long_says_so(office, tmp_path):
    office.deliver("reclami.csv", [sample("reclami", i, gravita="?") for i in range(30)])
    book = write(office, tmp_path / "q.xlsx", max_listed=10)["q.xlsx"]
    assert len(table(book, "Righe da correggere")) == 10
    assert book["Righe da correggere"]["A2"].value.startswith("Le prime 10 voci di 30")
    lines = [cell.value for cell in book["Riepilogo"]["A"] if cell.value]
    assert any("ne mancano 20" in line for line in lines)
    counted = next(row for row in book["Riepilogo"].iter_rows(values_only=True) if row[0] == "reclami.csv")
    assert counted[3:7] == (30, 30, 30, 0)


def test_equal_lists_give_equal_bytes(quarantine, tmp_path):
    for folder in ("a", "b"):
        write(quarantine, tmp_path / folder / "q.xlsx", with_history=True)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_file_to_write_is_named_in_a_forgiving_way(tmp_path):
    assert target_file(tmp_path) == tmp_path / "quarantena.xlsx"
    assert target_file(tmp_path / "elenco") == tmp_path / "elenco.xlsx"
    assert target_file(tmp_path / "ELENCO.XLSX") == tmp_path / "ELENCO.XLSX"
    with pytest.raises(UserError, match=r"\.xlsx"):
        target_file(tmp_path / "elenco.pdf")


def test_a_list_that_cannot_be_written_leaves_nothing(office, tmp_path):
    office.deliver("reclami.csv", [sample("reclami", gravita="?")])
    place = tmp_path / "non_una_cartella"
    place.write_text("x")
    with pytest.raises(UserError, match="Non riesco a scrivere"):
        write(office, place / "q.xlsx")
    assert place.read_text() == "x"


def test_lists_of_bodies_that_have_nothing_left_are_out_of_date(quarantine, tmp_path):
    target = tmp_path / "q.xlsx"
    write(quarantine, target)
    assert left_from_before(target, [tmp_path / "q__seveso.xlsx"]) == [
        tmp_path / "q__ente_non_riconosciuto.xlsx",
        tmp_path / "q__seregno.xlsx",
    ]
