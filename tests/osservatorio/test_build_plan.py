"""A build repeated without dbt: the same tables, and dbt again as soon as anything is not as it should be."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml

from ingestion.layout import prepare
from osservatorio import build, build_plan, build_previous, plan_run, project_reading
from osservatorio.build_plan import NoPlan, Recorder, keep_plan, kept_plan, plan_place
from osservatorio.build_previous import keep_for_the_next
from osservatorio.fingerprint import file_digest
from osservatorio.home import Home
from osservatorio.release import manifest_path, release_path
from osservatorio.settings import Settings

PROJECT = project_reading.PROJECT  # the programme's own
VARIABLES = {"complaint_answer_days": 30}
MODELS = {
    "one": "select number, {{ as_of() }} as day from landing_db.landing.numbers",
    "two": "{{ config(materialized='view') }} select * from {{ ref('one') }}",
}
TEST = "select * from {{ ref('two') }} where number < 0"
WARNING = "{{ config(severity='warn') }} select * from {{ ref('two') }} where number < 5"


class Place:
    """A project of two models, a seed and two tests, and a home to build in."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        self.project = folder / "progetto"
        for module in (build, build_plan, project_reading):
            monkeypatch.setattr(module, "PROJECT", self.project)
        self.home = Home(folder / "casa")
        for name, value in build.build_environment(self.home, Settings(threads=2)).items():
            monkeypatch.setenv(name, value)
        self.landed = 0
        if self.project.exists():
            self.landed = 1
            return
        without = shutil.ignore_patterns("models", "seeds", "tests", "*.py", "__pycache__")
        shutil.copytree(PROJECT, self.project, ignore=without)
        for name, text in MODELS.items():
            self.write(f"models/core/{name}.sql", text)
        self.write("tests/no_debts.sql", TEST)
        self.write("tests/small.sql", WARNING)
        self.write("seeds/codes.csv", "code,label\n1,uno\n")
        self.home.work.mkdir(parents=True)
        self.home.releases.mkdir()
        self.land(1)

    def write(self, name: str, text: str) -> None:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def land(self, number: int) -> None:
        with duckdb.connect(str(self.home.landing)) as con:
            if not self.landed:
                prepare(con)
            self.landed += 1
            con.execute(f"create or replace table landing.landing.numbers as select {number} as number")
            con.execute(
                """insert into meta.deliveries by name
                select 'd' || $n as delivery_id, 'numbers' as extract, $n as load_seq, 1 as accepted""",
                {"n": self.landed},
            )

    def task(self, as_of: str, *, anew: bool = False) -> dict[str, Any]:
        return build.build_task(self.home, as_of, "state", Settings(), anew=anew) | {"variables": VARIABLES}

    def by_dbt(self, as_of: str, begun: Path | None = None) -> dict[str, Any]:
        """A build by dbt; `begun`: the place of its plan when it began, if the files are no longer those."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        target = self.home.work / "dbt"
        begun = begun or plan_place(VARIABLES)
        try:
            return build.build(self.task(as_of), str(target), build.parse(str(target)), begun)
        finally:
            DuckDBConnectionManager.close_all_connections()

    def by_plan(self, as_of: str, *, anew: bool = False) -> dict[str, Any] | None:
        place = plan_place(VARIABLES)
        plan = kept_plan(place)
        assert plan
        return build.build_by_plan(self.task(as_of, anew=anew), plan, place)

    def publish(self, name: str) -> None:
        """What publishing leaves of a build for the next: the release, its manifest, the other tables."""
        candidate = build.candidate_path(self.home)
        release_path(self.home, name).write_bytes(candidate.read_bytes())
        manifest = {"file_sha256": file_digest(candidate)}
        manifest_path(self.home, name).write_text(json.dumps(manifest), "utf-8")
        keep_for_the_next(self.home, candidate.parent, name)

    def why(self, as_of: str, *, anew: bool = False) -> str:
        """Why a build was of everything; that it was not, otherwise."""
        told = self.by_plan(as_of, anew=anew)
        assert told
        return told["how"].get("why", "renewed")

    def rows(self) -> list[Any]:
        with duckdb.connect(str(build.candidate_path(self.home)), read_only=True) as con:
            rows = con.execute("select number, day::varchar from core.one").fetchall()
            rows += con.execute("from seeds.codes").fetchall()
            return [*rows, con.execute("select contribution_due(10, 2)").fetchone()]


@dataclass(frozen=True)
class Built:
    """A place where dbt has built once, what it told, and a copy of that place."""

    folder: Path
    told: dict[str, Any]
    copy: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("costruita")
    with pytest.MonkeyPatch.context() as monkeypatch:
        told = Place(folder / "luogo", monkeypatch).by_dbt("2022-12-31")
    return Built(folder / "luogo", told, Path(shutil.copytree(folder / "luogo", folder / "copia")))


@pytest.fixture
def place(built: Built, monkeypatch: pytest.MonkeyPatch) -> Place:
    """As dbt has left it, in the same folder for every test: its name is part of the name of a plan."""
    shutil.rmtree(built.folder)
    shutil.copytree(built.copy, built.folder)
    return Place(built.folder, monkeypatch)


def test_a_build_is_repeated_without_dbt_until_something_is_wrong(built: Built, place: Place, capfd):
    told = built.told
    rows = place.rows()
    assert told["succeeded"]
    assert set(told["models"]) == set(MODELS)
    again = place.by_plan("2022-12-31")
    assert again
    assert again | {"how": None} == told | {"how": None}
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
    before.unlink()
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


def test_a_build_starts_from_the_one_before_and_in_any_doubt_makes_everything(place: Place):
    assert place.why("2022-12-31") == build_previous.NEVER_BUILT
    place.publish("first")

    told = place.by_plan("2022-12-31")
    assert told
    assert told["how"] == {"renewed": True, "since": "2022-12-31", "counts": {"kept": 1}}
    place.land(7)
    assert place.why("2023-06-30") == "renewed"
    assert place.rows()[0] == (7, "2023-06-30")
    place.publish("second")

    assert place.why("2023-06-30", anew=True) == build_previous.AS_ASKED
    assert place.why("2022-12-31") == build_previous.EARLIER_DATE
    assert place.rows()[0] == (7, "2022-12-31")
    with duckdb.connect(str(place.home.landing)) as con:
        con.execute("update meta.deliveries set purged = 1 where delivery_id = 'd1'")
    assert place.why("2023-06-30") == build_previous.OTHER_DELIVERIES
    with duckdb.connect(str(place.home.landing)) as con:
        con.execute("update meta.deliveries set purged = null where delivery_id = 'd1'")
    assert place.why("2023-06-30") == "renewed"
    place.land(-7)
    assert place.by_plan("2023-06-30") is None, "a test that fails says so, also of what is renewed"
    place.land(7)

    release = release_path(place.home, "second")
    whole = release.read_bytes()
    release.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert place.why("2023-06-30") == build_previous.DAMAGED
    release.write_bytes(whole)
    (build_previous.previous_folder(place.home) / build_previous.SCRATCH).unlink()
    assert place.why("2023-06-30") == build_previous.DAMAGED
    assert place.rows()[0] == (7, "2023-06-30")


def test_the_build_before_is_left_as_it_is_and_rewritten_after_many(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    place.by_plan("2022-12-31")
    place.publish("first")
    monkeypatch.setattr(build_previous, "MOST_RENEWALS", 1)
    kept = {path: path.read_bytes() for path in build_previous.previous_folder(place.home).iterdir()}
    place.land(7)
    assert place.why("2022-12-31") == "renewed"
    assert {path: path.read_bytes() for path in kept} == kept, (
        "stopped here, the next build starts from it again"
    )
    place.publish("second")
    assert place.why("2022-12-31") == build_previous.MANY_RENEWALS


def test_what_a_project_or_its_settings_changed_is_made_anew(place: Place):
    place.by_plan("2022-12-31")
    place.publish("first")
    place.write("models/core/one.sql", MODELS["one"] + " where true")
    place.by_dbt("2022-12-31")
    assert place.why("2022-12-31") == build_previous.OTHER_PROJECT


def test_the_line_that_a_person_reads_has_italian_dates_and_the_reason():
    counts = {"made": 1200, "renewed": 16}
    assert build_previous.how_it_was_built({"renewed": True, "since": "2023-06-30", "counts": counts}) == (
        "Tabelle aggiornate partendo dalla costruzione precedente (dati al 30/06/2023): "
        "rifatte 1.200, aggiornate in parte 16, rimaste com'erano 0."
    )
    assert (
        build_previous.how_it_was_built({"renewed": False, "why": build_previous.AS_ASKED})
        == "Tabelle costruite da capo: richiesto con --da-capo."
    )
    assert build_previous.how_it_was_built({}) == ""
