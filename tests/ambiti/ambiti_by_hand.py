"""Homes of two Ambiti with made-up figures, published so that they can be verified, and a home for both together.

The second has other municipalities, names and counts: whatever of it shows where it should not is recognised.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from fake_release import AS_OF, _manifest, _release

from osservatorio.ambiti.asked import Asked
from osservatorio.ambiti.publication import Published, publish_together
from osservatorio.fingerprint import content_digest, file_digest, table_fingerprints
from osservatorio.home import Home
from osservatorio.release import manifest_path, release_path
from osservatorio.settings import Settings

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
FIRST, SECOND = "108039", "909039"
SECOND_NAME, MARK = "Ambito di Altrove", "Altrove"
RECORDS = ("record_id", "minor")
# A few indicators in every period, of a municipality and of all; every other one rests on few cases.
INDICATORS = """
insert into mart_indicators by name
select indicator_code, c.period_type, c.period, c.municipality_code, c.service_code, i.name as indicator_name,
    i.topic as topic_name, c.municipality_name, c.service_name, c.period_start, c.period_end, c.is_complete,
    true as is_covered, c.minors_at_end as numerator, 1000.0 as denominator, c.minors_at_end / 1000.0 as value, i.unit,
    i.format as value_format, c.minors_at_end / 1100.0 as low, c.minors_at_end / 900.0 as high, i.suppressible,
    i.sort_order % 2 = 0 as is_small, i.sort_order as indicator_order
from mart_caseload_by_municipality c, seeds.indicators i
where c.service_code = 'TUTTI' and c.municipality_code in ('AMBITO', '108030') and i.sort_order <= 12
"""
FEW = (
    "mart_budget",
    "mart_caseload_by_municipality",
    "mart_complaints",
    "mart_contact",
    "mart_data_quality",
    "mart_deadlines",
    "mart_minor_costs",
    "mart_rule_findings",
    "code_lists",
    "municipalities",
)
Change = Callable[[duckdb.DuckDBPyConnection], None]


def unchanged(_: duckdb.DuckDBPyConnection) -> None:
    """The release as it is."""


def move_elsewhere(con: duckdb.DuckDBPyConnection) -> None:
    """Make of it a release of another Ambito: its municipalities have other codes and names, and more minors."""
    found = con.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns "
        "where column_name in ('municipality_code', 'codice_ente', 'municipality_name') and data_type = 'VARCHAR'"
    ).fetchall()
    for table, column in found:
        if column == "municipality_name":
            con.execute(f"update {table} set {column} = '{MARK} ' || {column}")
        else:
            con.execute(
                f"update {table} set {column} = '909' || substr({column}, 4) where {column} like '108%'"
            )
    con.execute(f"update seeds.municipalities set name = '{MARK} ' || name, slug = 'altrove_' || slug")
    con.execute("update seeds.code_lists set label = ? where code_list = 'total_municipality'", [SECOND_NAME])
    con.execute(
        "update mart_caseload_by_municipality set minors_at_end = minors_at_end + 7000, opened = opened + 7000"
    )
    if con.execute("select 1 from duckdb_tables() where table_name = 'mart_indicators'").fetchone():
        con.execute("update mart_indicators set value = value * 2")
    if con.execute("select 1 from duckdb_tables() where table_name = 'mart_reconciliation'").fetchone():
        con.execute("update mart_reconciliation set what = 'Altrove, ' || figure_id")
    con.execute("update mart_data_quality set file_name = 'altrove_' || file_name")


def publish_one(root: Path, change: Change = unchanged, *, is_small: bool = False, **facts: Any) -> Home:
    """A home whose release in use can be verified; a small one has few tables. `facts` stand in its manifest in place of
    the usual ones."""
    home = Home(root)
    home.prepare()
    content, told = _made(change, is_small, tuple(facts.items()))
    release_path(home, told["release_id"]).write_bytes(content)
    manifest_path(home, told["release_id"]).write_text(json.dumps(told), "utf-8")
    home.current.write_text(json.dumps({"release_id": told["release_id"]}), "utf-8")
    return home


@cache
def _made(change: Change, is_small: bool, facts: tuple[tuple[str, Any], ...]) -> tuple[bytes, dict[str, Any]]:
    """The file of a release and its manifest, made once for all tests of a process that ask for the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "release.duckdb"
        path.write_bytes(_beginning(is_small))
        with duckdb.connect(str(path)) as con:
            change(con)
            keys = {
                mart: [column for column in columns if column in (*RECORDS, "municipality_code")]
                for mart, columns in con.execute(
                    "select table_name, list(column_name) from information_schema.columns "
                    "where table_schema = 'main' and table_name like 'mart_%' group by 1"
                ).fetchall()
            }
        content = content_digest(table_fingerprints(path))
        told = _manifest("", warnings=False) | {"content_sha256": content, "keys": keys} | dict(facts)
        told["release_id"] = f"{told['as_of']}-{content[:12]}"
        told["file_sha256"] = file_digest(path)
        return path.read_bytes(), told


@cache
def _beginning(is_small: bool) -> bytes:
    """The file of a release before what is changed in it; a small one has few tables, in a file of their size."""
    with TemporaryDirectory() as folder:
        path, few = Path(folder) / "release.duckdb", Path(folder) / "few.duckdb"
        path.write_bytes(_release(hostile=False))
        with duckdb.connect(str(path)) as con:
            con.execute(
                "create schema core; create table core.fct_spell as select repeat('a', 64) as minor_id"
            )
            con.execute("create macro double_of(x) as (x * 2)")
            con.execute("alter table seeds.municipalities alter is_lead type boolean using is_lead = 'true'")
            _add_records(con)
            con.execute(INDICATORS)
            if is_small:
                _drop_most(con)
                con.execute(f"attach '{few}' as few; copy from database release to few; detach few")
        return (few if is_small else path).read_bytes()


def _add_records(con: duckdb.DuckDBPyConnection) -> None:
    """A row of a list of persons, told by a pseudonym."""
    for (table,) in con.execute(
        "select table_name from information_schema.columns where table_schema = 'main' and column_name in ('minor')"
    ).fetchall():
        con.execute(f"insert into {table} by name select repeat('b', 64) as minor")


def _drop_most(con: duckdb.DuckDBPyConnection) -> None:
    """Few tables are left, and of the months nothing: most rows are of them, and they are as the others."""
    for schema, table in con.execute(
        "select table_schema, table_name from information_schema.tables where table_schema in ('main', 'seeds')"
    ).fetchall():
        if table not in FEW:
            con.execute(f"drop table {schema}.{table}")
    for (table,) in con.execute(
        "select table_name from information_schema.columns where table_schema = 'main' and column_name = 'period_type'"
    ).fetchall():
        con.execute(f"delete from {table} where period_type = 'month'")


def publish_both(home: Home, homes: Sequence[Home], **options: Any) -> Published:
    """Publish the Ambiti of some homes together."""
    home.prepare()
    asked = [Asked(one) for one in homes]
    return publish_together(home, asked, settings=Settings(), now=NOW, **options)


def snapshot(home: Home) -> dict[str, bytes]:
    """Every file of a home that people rely on."""
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and path.suffix in (".json", ".duckdb")
    }


__all__ = [
    "AS_OF",
    "FIRST",
    "MARK",
    "NOW",
    "SECOND",
    "SECOND_NAME",
    "publish_both",
    "publish_one",
    "snapshot",
]
