"""What is written as CSV is read back exactly, in every usual encoding, separator, quoting and line end."""

import csv
from datetime import datetime

import pytest
from delivered_samples import csv_bytes, sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from throwing import fresh_office

from ingestion.csv_reader import read_csv
from ingestion.tables import BLANKS, FLAW, ROW
from ingestion.text_files import inspect_bytes
from osservatorio.contracts import load_contracts

RECLAMI = load_contracts()["reclami"]
WIDTH = len(sample("reclami", azione_miglioramento=""))
ONE_BYTE = ("cp1252", "latin-1")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *ONE_BYTE)

letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(
    "àèìòù€’“ \"'\n\r;,|\t"
)
texts = st.text(alphabet=letters, max_size=20)


def is_safe(note: str, separator: str, line_end: str, quoting: int) -> bool:
    """The value is quoted where it has line breaks (Python does so for its own line end only, unless it quotes all),
    and no line inside it could itself be a whole row, which a quote never swallows."""
    if quoting == csv.QUOTE_MINIMAL and line_end != "\r\n" and set(note) & {"\r", "\n"}:
        return False
    lines = note.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines) == 1 or all(line.count(separator) + 1 != WIDTH for line in lines[1:])


def is_told_apart(content: bytes, encoding: str) -> bool:
    """A text of one-byte letters that is not by chance a text of UTF-8, which comes first."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return content.isascii()


def expected(note: str) -> str | None:
    """What of a value is kept: blanks around it do not count, and every line end is one LF."""
    return note.replace("\r\n", "\n").replace("\r", "\n").strip(BLANKS) or None


def written(notes: list[str], encoding: str, number: int = 0, **dialect) -> bytes | None:
    """The notes as a CSV file, after a row of that number; None when the encoding has not all the letters, or cannot be told apart."""
    notes = [note for note in notes if is_safe(note, **dialect)]
    rows = [sample("reclami", serial, azione_miglioramento=note) for serial, note in enumerate(notes)]
    try:
        content = csv_bytes(
            [sample("reclami", 100 + number, azione_miglioramento="è"), *rows], encoding=encoding, **dialect
        )
    except UnicodeEncodeError:
        return None
    return content if encoding not in ONE_BYTE or is_told_apart(content, encoding) else None


dialects = st.fixed_dictionaries(
    {
        "separator": st.sampled_from(";,\t|"),
        "line_end": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    }
)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(notes=st.lists(texts, max_size=8), dialect=dialects)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_reader_gives_back_what_was_written(encoding, notes, dialect, tmp_path):
    if encoding in ONE_BYTE:
        notes = [note.encode(encoding, "ignore").decode(encoding) for note in notes]
    content = written(notes, encoding, **dialect)
    if content is None:
        return
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    reading = read_csv(path, inspect_bytes(path), RECLAMI)
    rows = sorted((row for table in reading.tables for row in table.to_pylist()), key=lambda row: row[ROW])
    kept = [note for note in notes if is_safe(note, **dialect)]
    assert [row[FLAW] for row in rows] == [None] * (len(kept) + 1)
    assert [row["azione_miglioramento"] for row in rows[1:]] == [expected(note) for note in kept]
    assert [row["id_reclamo"] for row in rows[1:]] == [
        sample("reclami", n)["id_reclamo"] for n in range(len(kept))
    ]


@given(
    st.lists(
        st.tuples(st.lists(texts, min_size=1, max_size=8), st.sampled_from(ENCODINGS), dialects),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_written_lands(files):
    """Through the whole stage; letters that only a spoilt text has are left to the quarantine."""
    with fresh_office() as office:
        office.loaded_at = datetime(2024, 1, 15)
        delivered = {}
        for number, (notes, encoding, dialect) in enumerate(files):
            kept = [note for note in notes if is_safe(note, **dialect)]
            content = written(kept, encoding, number, **dialect)
            if content is not None:
                name = f"reclami__{number}.csv"
                office.write(name, content)
                delivered[name] = [expected(note) for note in kept]
        if not delivered:
            return
        office.ingest()
        set_aside = {
            (file, row) for file, row, rule in office.rules() if rule == "azione_miglioramento.caratteri"
        }
        assert len(office.rules()) == len(set_aside)
        for name, notes in delivered.items():
            landed = office.query(
                "select azione_miglioramento from landing.reclami join meta.deliveries using (delivery_id) "
                "where file_name = $name order by source_row",
                name=name,
            )
            found = [text for (text,) in landed][1:]
            left = list(notes)
            for text in found:
                left.remove(text)
            assert len(left) == sum(file == name for file, _ in set_aside)
