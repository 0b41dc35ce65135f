"""What the name of a release comes from: figures, whatever key the pseudonyms in them were made with."""

from pathlib import Path

import duckdb
import pytest

from osservatorio.fingerprint import describe_candidate

ONE, OTHER = "0f" * 32, "a7" * 32


def content(folder: Path, table: str, *records: str) -> str:
    """The content hash of a release with one table, whose rows name these records."""
    path = folder / f"{len(list(folder.iterdir()))}.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(f"create table {table} (rule_id varchar, record_id varchar)")
        con.executemany(f"insert into {table} values ('C-ASS', ?)", [[record] for record in records])
    counts, digest = describe_candidate(path)
    assert counts == {table: len(records)}
    return digest


def test_a_finding_on_a_professional_is_the_same_under_another_key(tmp_path: Path):
    assert content(tmp_path, "mart_rule_findings", ONE) == content(tmp_path, "mart_rule_findings", OTHER)


@pytest.mark.parametrize(
    ("table", "before", "after"),
    [
        ("mart_rule_findings", [ONE], [ONE, OTHER]),
        ("mart_rule_findings", ["PAR-A1"], ["PAR-A2"]),
        ("mart_rule_findings", [ONE], ["PAR-A1"]),
        ("mart_data_quality", [ONE], [OTHER]),
    ],
)
def test_what_is_another_content(tmp_path: Path, table: str, before: list[str], after: list[str]):
    """How many findings, which readable records, and hexadecimal values that are no pseudonyms."""
    assert content(tmp_path, table, *before) != content(tmp_path, table, *after)
