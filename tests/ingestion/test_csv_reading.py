"""CSV files: encodings, separators, quotes and line ends; no line is lost, and rows keep their place."""

import csv
import io

import pytest
from delivered_samples import LEAD, csv_bytes, sample
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.csv_reader import read_csv
from ingestion.refusal import RefusedFile
from ingestion.tables import (
    BAD_QUOTES,
    CONTROL_CHARACTERS,
    FLAW,
    REPEATED_HEADER,
    ROW,
    TOO_FEW_FIELDS,
    TOO_MANY_FIELDS,
)
from ingestion.text_files import inspect_bytes
from osservatorio.contracts import load_contracts

RECLAMI = load_contracts()["reclami"]
HEADER = list(sample("reclami"))


def rows_of(tmp_path, content: bytes, contract=RECLAMI, **options) -> list[dict]:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    reading = read_csv(path, inspect_bytes(path), contract, **options)
    return sorted((row for table in reading.tables for row in table.to_pylist()), key=lambda row: row[ROW])


def flaws(rows: list[dict]) -> dict[int, str]:
    return {row[ROW]: row[FLAW] for row in rows if row[FLAW]}


def complaint(serial: int, note: str = "nota") -> dict[str, str]:
    return sample("reclami", serial, azione_miglioramento=note)


ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path, encoding, line_end):
    notes = ["perché costa 5 €", "l’aiuto", "così"]
    content = csv_bytes(
        [complaint(i, note) for i, note in enumerate(notes)], encoding=encoding, line_end=line_end
    )
    rows = rows_of(tmp_path, content)
    assert [row["azione_miglioramento"] for row in rows] == notes
    assert [row[ROW] for row in rows] == [2, 3, 4]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators(tmp_path, separator):
    rows = rows_of(tmp_path, csv_bytes([complaint(0, "uno; due, tre|quattro\tcinque")], separator=separator))
    assert rows[0]["azione_miglioramento"] == "uno; due, tre|quattro\tcinque"
    assert rows[0]["codice_ente"] == LEAD


def test_mixed_line_ends_and_no_last_one(tmp_path):
    lines = csv_bytes([complaint(i) for i in range(4)]).decode().splitlines()
    content = (lines[0] + "\r\n" + lines[1] + "\n" + lines[2] + "\r" + lines[3] + "\r\n" + lines[4]).encode()
    assert [row[ROW] for row in rows_of(tmp_path, content)] == [2, 3, 4, 5]


def test_empty_rows_are_no_rows_and_keep_the_count_of_lines(tmp_path):
    lines = csv_bytes([complaint(i) for i in range(2)]).decode().splitlines()
    empty = ";" * lines[0].count(";")
    content = "\n".join([lines[0], "", lines[1], empty, "   ", ' ; "";', lines[2], "", ""]).encode()
    rows = rows_of(tmp_path, content)
    assert [row[ROW] for row in rows] == [3, 7]
    assert not flaws(rows)


def test_quoted_values(tmp_path):
    notes = ['dice "basta"', "due\nrighe", "due\n\nrighe; e un\nseparatore", "", '"', "  spazi  "]
    for options in ({}, {"quoting": csv.QUOTE_ALL}):
        rows = rows_of(tmp_path, csv_bytes([complaint(i, note) for i, note in enumerate(notes)], **options))
        assert [row["azione_miglioramento"] for row in rows] == [note.strip() or None for note in notes]
        assert [row[ROW] for row in rows] == [2, 3, 5, 9, 10, 11]  # physical lines: what goes on counts
        assert not flaws(rows)


def test_a_quote_left_open_spoils_its_row_only(tmp_path):
    lines = csv_bytes([complaint(i, "x") for i in range(5)]).decode().splitlines()
    lines[2] = lines[2].replace(";x", ';"aperta')
    lines[4] = lines[4].replace(";x", ';5" di tubo')
    rows = rows_of(tmp_path, "\n".join(lines).encode())
    assert flaws(rows) == {3: BAD_QUOTES}
    assert [row["azione_miglioramento"] for row in rows] == ["x", None, "x", '5" di tubo', "x"]


def test_a_quote_left_open_does_not_swallow_whole_rows(tmp_path):
    """The text between the two quotes could be one long value; but whole rows stand in it."""
    lines = csv_bytes([complaint(i, "x") for i in range(4)]).decode().splitlines()
    lines[1] = lines[1].replace(";x", ';"apre')
    lines[4] = lines[4].replace(";x", ';chiude"')
    rows = rows_of(tmp_path, "\n".join(lines).encode())
    assert flaws(rows) == {2: BAD_QUOTES}
    assert len(rows) == 4


def test_rows_with_too_many_or_too_few_values(tmp_path):
    lines = csv_bytes([complaint(i) for i in range(4)]).decode().splitlines()
    lines[2] += ";in più"
    lines[4] = lines[4][:30]  # cut in the middle
    rows = rows_of(tmp_path, "\n".join(lines).encode())
    assert flaws(rows) == {3: TOO_MANY_FIELDS, 5: TOO_FEW_FIELDS}
    assert rows[1]["codice_ente"] is None  # nothing of a broken row is kept


def test_control_characters_and_repeated_titles(tmp_path):
    lines = csv_bytes([complaint(i) for i in range(4)]).decode().splitlines()
    lines[1] = lines[1].replace("nota", "no\0ta")
    lines[2] = lines[2].replace("nota", "no\x1bta")
    lines[3] = lines[0]
    rows = rows_of(tmp_path, "\n".join(lines).encode())
    assert flaws(rows) == {2: CONTROL_CHARACTERS, 3: CONTROL_CHARACTERS, 4: REPEATED_HEADER}


def test_a_title_above_the_header(tmp_path):
    content = b"Reclami del 2022\n\n" + csv_bytes([complaint(0)])
    assert [row[ROW] for row in rows_of(tmp_path, content)] == [4]
    with pytest.raises(RefusedFile, match="sopra ci sono altri dati"):
        rows_of(tmp_path, csv_bytes([complaint(0)]).split(b"\n")[1] + b"\n" + csv_bytes([complaint(0)]))


def test_a_file_cut_inside_a_character(tmp_path):
    content = csv_bytes([complaint(0, "perché"), complaint(1, "perché")])
    rows = rows_of(tmp_path, content[:-2])
    assert rows[0]["azione_miglioramento"] == "perché"
    assert rows[1]["azione_miglioramento"] == "perch\ufffd"


@pytest.mark.parametrize("piece_bytes", [1, 64, 400])
def test_pieces_do_not_change_what_is_read(tmp_path, piece_bytes):
    notes = ["semplice", "due\nrighe\ne tre", 'con "virgolette"', "a\n;b\n;c", "", "fine"]
    content = csv_bytes([complaint(i, note) for i, note in enumerate(notes)], line_end="\r\n")
    whole = rows_of(tmp_path, content)
    assert len(whole) == 6
    assert rows_of(tmp_path, content, piece_bytes=piece_bytes) == whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "è vuoto"),
        (b"\xef\xbb\xbf", "titoli"),
        (b"PK\x03\x04 altro", "Excel"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "Excel"),
        (b"codice_ente;nome\n\x81\x8d\xff;x\n", "codifica"),
        (b"\xff\xfeA", "codifica"),
        ("codice_ente;x\n".encode("utf-32"), "codifica"),
        (b"solo testo\nsenza titoli\n", "titoli"),
        (b"codice_ente;id_reclamo\n108039;1\n", "Mancano le colonne obbligatorie"),
        (b"\0" * 5000, "titoli"),
    ],
)
def test_refused_files(tmp_path, content, message):
    with pytest.raises(RefusedFile, match=message):
        rows_of(tmp_path, content)


def test_a_file_that_changes_while_it_is_read(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(csv_bytes([complaint(0)]))
    found = inspect_bytes(path)
    path.write_bytes(csv_bytes([complaint(1)]))
    with pytest.raises(RefusedFile, match="cambiato"):
        list(read_csv(path, found, RECLAMI).tables)


PIECES = st.lists(
    st.sampled_from(['"', ";", "\n", "a", "108039", "2022-06-30", '""', '";"', "\r", "x;y", "é"]), max_size=60
).map("".join)


@given(PIECES)
@example('a;"a\n108039;a')
@settings(max_examples=150, deadline=None)
def test_every_line_is_accounted_for(tmp_path_factory, body):
    """Whatever the body is, each line that is not empty is the start of one row, or goes on from one."""
    folder = tmp_path_factory.mktemp("csv")
    rows = rows_of(folder, (";".join(HEADER) + "\n" + body).encode())
    numbers = [row[ROW] for row in rows]
    assert len(set(numbers)) == len(numbers)
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=2):
        if (
            line.strip(' ;"') and text.count('"') <= 1
        ):  # a single quote closes nothing: each line stands alone
            assert number in numbers
    by_python = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) >= sum(any(cell.strip() for cell in cells) for cells in by_python) - text.count('"')
