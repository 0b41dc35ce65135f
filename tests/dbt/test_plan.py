"""The warehouse built again from the plan of dbt's build: nothing tells the two apart."""

from pathlib import Path

from dbt_landings import Build, say_places
from dbt_small_case import AS_OF

from osservatorio.build_plan import Plan
from osservatorio.database import connect
from osservatorio.fingerprint import table_fingerprint
from osservatorio.plan_run import run_plan


def _content(release: Path) -> tuple[dict[str, tuple[int, str]], list[tuple[str, ...]]]:
    """A fingerprint of every table, and the functions."""
    with connect(release, read_only=True) as con:
        tables = con.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = current_database()"
        ).fetchall()
        functions = con.execute(
            "select function_name, macro_definition from duckdb_functions() where not internal order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": table_fingerprint(con, schema, table) for schema, table in tables
        }, functions


def test_the_plan_of_a_build_makes_the_same_release(small_build: Build, whole_plan: Plan, tmp_path: Path):
    plan = whole_plan
    assert {step.name.split(".")[2] for step in plan.steps} == {
        name for name in small_build.status if not name.startswith("osservatorio-on-run")
    }
    say_places(tmp_path, small_build.release.parent / "landing.duckdb")
    told: list[tuple[int, int]] = []
    run_plan(plan.at(AS_OF), lambda done, total: told.append((done, total)))
    assert _content(tmp_path / "release.duckdb") == _content(small_build.release)
    assert told[-1] == (len(plan.steps), len(plan.steps))
