"""A build repeated without dbt: the same tables, and dbt again as soon as anything is not as it should be."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml

from osservatorio import build, build_plan, plan_run, project_reading
from osservatorio.build_plan import NoPlan, Recorder, keep_plan, kept_plan, plan_place
from osservatorio.home import Home
from osservatorio.settings import Settings

VARIABLES = {"complaint_answer_days": 30}
MODELS = {
    "one": "select number, {{ as_of() }} as day from landing_db.landing.numbers",
    "two": "{{ config(materialized='view') }} select * from {{ ref('one') }}",
}
TEST = "select * from {{ ref('two') }} where number < 0"
WARNING = "{{ config(severity='warn') }} select * from {{ ref('two') }} where number < 5"


class Place:
    """A project of two models, a seed and a test, and a home to build in."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        self.project = folder / "progetto"
        without = shutil.ignore_patterns("models", "seeds", "tests", "*.py", "__pycache__")
        shutil.copytree(project_reading.PROJECT, self.project, ignore=without)
        for module in (build, build_plan, project_reading):
            monkeypatch.setattr(module, "PROJECT", self.project)
        for name, text in MODELS.items():
            self.write(f"models/core/{name}.sql", text)
        self.write("tests/no_debts.sql", TEST)
        self.write("tests/small.sql", WARNING)
        self.write("seeds/codes.csv", "code,label\n1,uno\n")
        self.home = Home(folder / "casa")
        self.home.work.mkdir(parents=True)
        self.land(1)
        for name, value in build.build_environment(self.home, Settings(threads=2)).items():
            monkeypatch.setenv(name, value)

    def write(self, name: str, text: str) -> None:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def land(self, number: int) -> None:
        with duckdb.connect(str(self.home.landing)) as con:
            con.execute("create schema if not exists landing.landing")
            con.execute(f"create or replace table landing.landing.numbers as select {number} as number")

    def task(self, as_of: str) -> dict[str, Any]:
        return build.build_task(self.home, as_of, "state", Settings()) | {"variables": VARIABLES}

    def by_dbt(self, as_of: str, begun: Path | None = None) -> dict[str, Any]:
        """A build by dbt; `begun`: the place of its plan when it began, if the files are no longer those."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        target = self.home.work / "dbt"
        begun = begun or plan_place(VARIABLES)
        try:
            return build.build(self.task(as_of), str(target), build.parse(str(target)), begun)
        finally:
            DuckDBConnectionManager.close_all_connections()

    def by_plan(self, as_of: str) -> dict[str, Any] | None:
        plan = kept_plan(plan_place(VARIABLES))
        assert plan
        return build.build_by_plan(self.task(as_of), plan)

    def rows(self) -> list[Any]:
        with duckdb.connect(str(build.candidate_path(self.home)), read_only=True) as con:
            rows = con.execute("select number, day::varchar from core.one").fetchall()
            rows += con.execute("from seeds.codes").fetchall()
            return [*rows, con.execute("select contribution_due(10, 2)").fetchone()]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


def test_a_build_is_repeated_without_dbt_until_something_is_wrong(place: Place, capfd):
    told = place.by_dbt("2022-12-31")
    rows = place.rows()
    assert told["succeeded"]
    assert set(told["models"]) == set(MODELS)
    assert place.by_plan("2022-12-31") == told
    assert place.rows() == rows == [(1, "2022-12-31"), (1, "uno"), rows[-1]]
    progress = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    assert progress[-1]["done"] == progress[-1]["total"] == 5

    place.land(7)
    assert place.by_plan("2023-06-30")["as_of"] == "2023-06-30"
    assert place.rows()[0] == (7, "2023-06-30")

    place.land(-7)
    assert place.by_plan("2022-12-31") is None
    assert [failure["name"] for failure in place.by_dbt("2022-12-31")["failures"]] == ["no_debts"]


def test_the_plan_of_another_project_other_settings_or_a_damaged_one_is_not_taken(place: Place):
    place.by_dbt("2022-12-31")
    kept = plan_place(VARIABLES)
    plan = kept_plan(kept)
    assert plan
    assert kept_plan(plan_place({"complaint_answer_days": 20})) is None
    whole = kept.read_bytes()
    for damaged in (whole[:-10], whole.replace(b"landing_db", b"another_db"), b"", b"\xff"):
        kept.write_bytes(damaged)
        assert kept_plan(kept) is None
    keep_plan(plan, kept)
    assert kept_plan(kept) == plan
    place.write("models/core/one.sql", MODELS["one"] + " where true")
    assert kept_plan(plan_place(VARIABLES)) is None


def test_no_plan_is_kept_of_files_that_changed_meanwhile_or_that_use_the_date_in_another_way(place: Place):
    before = plan_place(VARIABLES)
    place.write("models/core/two.sql", MODELS["two"] + " -- another")
    assert place.by_dbt("2022-12-31", before)["succeeded"]
    assert kept_plan(before) is None
    place.write("models/core/two.sql", "select * from {{ ref('one') }} where '{{ var(\"as_of\") }}' > ''")
    assert place.by_dbt("2022-12-31")["succeeded"]
    assert kept_plan(plan_place(VARIABLES)) is None


@pytest.mark.parametrize("said", ["drop table core.one", "copy core.one from '" + "x" * 600 + "..."])
def test_what_cannot_be_repeated_gives_no_plan(said: str):
    node = SimpleNamespace(
        unique_id="model.one",
        name="one",
        resource_type="model",
        config={},
        depends_on_nodes=[],
    )
    recorder = Recorder()
    for text in ("create table core.one as select 1", said):
        data = SimpleNamespace(conn_name="model.one", sql=text)
        recorder.follow(SimpleNamespace(info=SimpleNamespace(name="SQLQuery"), data=data))
    with pytest.raises(NoPlan):
        recorder.plan([SimpleNamespace(node=node, status="success")], {}, "2022-12-31")


def test_a_plan_runs_in_the_session_that_the_profile_describes():
    profile = yaml.safe_load((project_reading.PROJECT / "profiles.yml").read_text("utf-8"))
    output = profile["osservatorio"]["outputs"]["build"]
    attached = {a["alias"]: (a["path"], a.get("read_only", False)) for a in output["attach"]}
    assert attached == {
        name: (f"{{{{ env_var('{variable}') }}}}", name == plan_run.READ_ONLY)
        for name, variable in plan_run.PLACES.items()
    }
    assert set(output["config_options"]) == {
        "threads",
        "memory_limit",
        "temp_directory",
        "preserve_insertion_order",
    }
    assert output["config_options"]["preserve_insertion_order"] == "false"
