"""`osservatorio landing export`: every row leaves once, by Ambito and year, under pseudonyms, whole or not at all."""

import json
import stat
from pathlib import Path

import duckdb
import pytest

from osservatorio import landing_export
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.landing_export import AMBITO, FILE, VARIABLES, YEAR, export_landing, list_tables, tables
from osservatorio.settings import Settings


@pytest.fixture(scope="module")
def exported(small_home: Path, tmp_path_factory: pytest.TempPathFactory):
    return export_landing(Home(small_home), tmp_path_factory.mktemp("esportato") / "fuori", Settings())


def test_every_row_of_every_table_leaves_once(small_home: Path, exported):
    assert exported.ambito == "108039"
    with connect(Home(small_home).landing, read_only=True) as con:
        for schema, table in tables():
            files = f"{exported.folder}/{schema}/{table}/**/*.parquet"
            kept = con.execute(f'describe landing.{schema}."{table}"').fetchall()
            names = [row[0] for row in kept if table != "rows" or row[0] not in ("found", "row_values")]
            columns = ", ".join(f'"{name}"' for name in names)
            ours = f'select {columns} from landing.{schema}."{table}"'
            theirs = f"select {columns} from read_parquet('{files}', hive_partitioning = true)"
            for one, other in ((ours, theirs), (theirs, ours)):
                assert con.execute(f"select count(*) from ({one} except all {other})").fetchone() == (0,)
            in_files = con.execute(f"select count(*) from ({theirs})").fetchone()
            assert in_files == (exported.rows[f"{schema}.{table}"],)


def test_lists_and_settings_go_along(small_home: Path, exported):
    release = next((small_home / "releases").glob("*.duckdb"))
    with connect(release, read_only=True) as con:
        for schema, name in list_tables():
            ours = f"select * from {schema}.{name}"
            theirs = (
                f"select * exclude ({AMBITO}) from read_parquet('{exported.folder}/{schema}/{name}/{FILE}')"
            )
            assert con.sql(theirs).columns == con.sql(ours).columns, name
            assert con.sql(theirs).types == con.sql(ours).types, name
            for one, other in ((ours, theirs), (theirs, ours)):
                assert con.execute(f"select count(*) from ({one} except all {other})").fetchone() == (0,), (
                    name
                )
        assert con.execute("select count(*) from duckdb_tables() where schema_name = 'seeds'").fetchone() == (
            len(list_tables()),
        )
    told = duckdb.sql(f"select name, value from '{exported.folder.joinpath(*VARIABLES, FILE)}'").fetchall()
    assert {name: json.loads(value) for name, value in told} == Settings().model_variables()


def test_parts_are_ambiti_and_years(exported):
    files = f"{exported.folder}/landing/interventi/**/*.parquet"
    with duckdb.connect() as con:
        found = con.execute(
            f"select distinct {AMBITO}, {YEAR}::bigint = year(data_estrazione) from "
            f"read_parquet('{files}', hive_partitioning = true, hive_types_autocast = false)"
        ).fetchall()
    assert found == [("108039", True)]


def test_values_as_delivered_stay_at_home(exported):
    names = {
        row[0]
        for path in exported.folder.glob("quarantine/rows/*.parquet")
        for row in duckdb.sql(f"describe select * from '{path}'").fetchall()
    }
    assert {"rule", "message", "state"} <= names
    assert not {"found", "row_values"} & names


def test_only_the_owner_reads(exported):
    for path in (exported.folder, *exported.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_nothing_is_overwritten_and_other_ambiti_come_beside(small_home: Path, exported):
    out = exported.folder.parent
    with pytest.raises(UserError, match="esiste già e non lo sovrascrivo"):
        export_landing(Home(small_home), out, Settings())
    other = export_landing(Home(small_home), out, Settings(), ambito="altro")
    assert sorted(path.name for path in out.iterdir()) == [f"{AMBITO}=108039", f"{AMBITO}=altro"]
    first = {path.relative_to(exported.folder) for path in exported.folder.rglob("*.parquet")}
    assert {path.relative_to(other.folder) for path in other.folder.rglob("*.parquet")} == first


@pytest.mark.parametrize("code", ["", "A B", "../fuori", "x' or 1=1", "a" * 41])
def test_a_code_is_never_a_path(small_home: Path, tmp_path: Path, code: str):
    with pytest.raises(UserError, match="codice di un Ambito"):
        export_landing(Home(small_home), tmp_path / "fuori", Settings(), ambito=code)
    assert not (tmp_path / "fuori").exists()


def test_a_failure_leaves_nothing(small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> int:
        raise OSError("disk")

    monkeypatch.setattr(landing_export, "_write_whole", fail)
    with pytest.raises(OSError, match="disk"):
        export_landing(Home(small_home), tmp_path / "fuori", Settings())
    assert list((tmp_path / "fuori").iterdir()) == []


def test_the_command_tells_and_records(osservatorio, small_copy: Home, tmp_path: Path):
    said = osservatorio("landing", "export", "--out", tmp_path / "fuori", home=small_copy.root).stdout
    assert "Archivio esportato" in said
    assert "non sono cifrati" in said
    last = json.loads(small_copy.audit_log.read_text("utf-8").splitlines()[-1])
    assert (last["event"], last["phase"]) == ("landing export", "fatto")
    assert last["facts"]["righe"] > 0
    again = osservatorio("landing", "export", "--out", tmp_path / "fuori", home=small_copy.root, check=False)
    assert again.returncode == 2
    assert "non lo sovrascrivo" in again.stderr


def test_a_home_without_landing_is_told(osservatorio, tmp_path: Path):
    done = osservatorio("landing", "export", "--out", tmp_path / "fuori", home=tmp_path / "casa", check=False)
    assert done.returncode == 2
    assert "ancora nulla da esportare" in done.stderr
