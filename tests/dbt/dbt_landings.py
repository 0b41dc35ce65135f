"""Small landings written by hand, and builds of the warehouse over them in this process: by dbt, or as dbt did before."""

import json
import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from ingestion.layout import prepare
from osservatorio.build import parse
from osservatorio.build_plan import NoPlan, Plan, Recorder, Step, keep_plan
from osservatorio.contracts import load_contracts
from osservatorio.plan_run import PLACES, run_plan

PROJECT = Path(__file__).parent.parent.parent / "dbt_project"
PLAN = "plan.json"
LOADED_AT = datetime(2023, 1, 2, 8, 0)
DEFAULTS = {"BOOLEAN": False, "BIGINT": 1, "DATE": date(2020, 1, 1)}  # of required columns; a code is "altro"


class Landing:
    """A landing file that takes one row at a time; what a row does not say has a valid default."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.path = folder / "landing.duckdb"
        self._con = duckdb.connect(str(self.path))
        prepare(self._con)
        self._con.begin()
        self._row = 1

    def add(self, extract: str, body: str, *, load_seq: int = 1, **values: Any) -> None:
        """One accepted row of an extract, as the body delivered it."""
        self._row += 1
        known = {"codice_ente": body, "data_estrazione": date(2022, 7, 31)} | values
        known |= {"delivery_id": f"d{load_seq}", "source_row": self._row}
        self.put(extract, known | {"loaded_at": LOADED_AT, "load_seq": load_seq})

    def put(self, extract: str, values: dict[str, Any]) -> None:
        """A row as it is, with the defaults of what it does not say."""
        known = dict(values)
        for column in load_contracts()[extract].columns:
            if column.required and column.name not in known:
                known[column.name] = DEFAULTS.get(column.duckdb_type, "altro")
        marks = ", ".join("?" for _ in known)
        names = ", ".join(known)
        self._con.execute(
            f"insert into landing.landing.{extract} ({names}) values ({marks})", list(known.values())
        )

    def account(
        self,
        delivery: str,
        extract: str,
        *,
        read: int,
        quarantined: int,
        outcome: str = "landed",
        message=None,
    ) -> None:
        """The account of a delivery."""
        self._con.execute(
            """insert into meta.deliveries by name select $delivery as delivery_id, $extract as extract,
            $extract || '.csv' as file_name, false as is_full_replacement, $read as rows_read,
            $read - $quarantined as accepted, $quarantined as quarantined, 0 as waiting, $outcome as outcome,
            $message as message, 1 as load_seq""",
            {
                "delivery": delivery,
                "extract": extract,
                "read": read,
                "quarantined": quarantined,
                "outcome": outcome,
                "message": message,
            },
        )

    def quarantine(self, delivery: str, extract: str, row: int, column: str, rule: str) -> None:
        """One error of a row that was not accepted."""
        self._con.execute(
            """insert into quarantine.rows by name select $delivery as delivery_id, $extract as extract,
            $extract || '.csv' as file, $row as "row", $column as "column", $rule as rule, 'Da correggere.' as message""",
            {"delivery": delivery, "extract": extract, "row": row, "column": column, "rule": rule},
        )

    def close(self) -> Path:
        self._con.commit()
        self._con.close()
        return self.path


@dataclass(frozen=True)
class Build:
    """What a build left: the status of every node by name, and the release."""

    succeeded: bool
    status: dict[str, str]
    release: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.release), read_only=True) as con:
            return con.execute(sql).fetchall()

    def failed(self) -> list[str]:
        return sorted(name for name, status in self.status.items() if status not in ("success", "pass"))


def _run(
    command: str,
    folder: Path,
    as_of: str,
    *arguments: str,
    manifest: Any = None,
    callbacks: Any = (),
    project: Path = PROJECT,
) -> Any:
    from dbt.cli.main import dbtRunner

    options = {
        "--project-dir": project,
        "--profiles-dir": project,
        "--target-path": folder / "target",
        "--log-path": folder / "logs",
        "--vars": json.dumps({"as_of": as_of}),
        "--threads": 2,
    }
    given = [str(part) for option in options.items() for part in option]
    given += ["--quiet", "--no-version-check", "--log-level-file", "none"]
    outcome = dbtRunner(manifest, list(callbacks)).invoke([*command.split(), *given, *arguments])
    assert outcome.exception is None, outcome.exception
    return outcome


@cache
def project_manifest() -> Any:
    """The project, read once for all builds of the process: it is the slower half of a small build."""
    with TemporaryDirectory() as folder:
        return parse(folder)


def say_places(folder: Path, landing: Path) -> None:
    os.environ |= {
        "OSSERVATORIO_BUILD_DB": str(folder / "release.duckdb"),
        "OSSERVATORIO_SCRATCH_DB": str(folder / "scratch.duckdb"),
        "OSSERVATORIO_LANDING_DB": str(landing),
        "OSSERVATORIO_TEMP_DIR": str(folder / "tmp"),
    }


def build(landing: Path, as_of: str, *arguments: str, project: Path = PROJECT) -> Build:
    """Run `dbt build` over a landing, beside it. The result is also kept in build.json, what it did in plan.json."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    folder = landing.parent
    manifest = project_manifest() if project == PROJECT else None
    say_places(folder, landing)
    recorder = Recorder()
    told = {"manifest": manifest, "callbacks": [recorder.follow], "project": project}
    outcome = _run("build", folder, as_of, "--no-write-json", *arguments, **told)
    DuckDBConnectionManager.close_all_connections()
    if outcome.success:
        with suppress(NoPlan):
            keep_plan(recorder.plan(outcome.result.results, {}, as_of), folder / PLAN)
    return _keep(folder, succeeded=outcome.success, status=_statuses(outcome))


def repeat(plan: Plan, landing: Path, as_of: str, marts: Collection[str] = ()) -> Build:
    """Do over a landing what dbt did: everything, or some marts with all that they come from, and their tests."""
    folder = landing.parent
    plan = plan.at(as_of)
    if marts:
        plan = _part(plan, {step.name for step in plan.steps if _node(step) in marts})
    say_places(folder, landing)
    run_plan(plan, lambda done, total: None)  # a test that fails raises; one that warns does not
    warned = _warnings(plan)
    status = {_node(step): "pass" if step.severity else "success" for step in plan.steps}
    return _keep(folder, succeeded=True, status=status | dict.fromkeys(warned, "warn"))


def _node(step: Step) -> str:
    return step.name.split(".")[2]


def _part(plan: Plan, names: set[str]) -> Plan:
    """Steps with all that they come from, and the tests that read nothing else."""
    by_name = {step.name: step for step in plan.steps}
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        wanted.add(name := waiting.pop())
        waiting += [other for other in by_name[name].after if other not in wanted]
    tests = {step.name for step in plan.steps if step.severity and set(step.after) <= wanted}
    return Plan(plan.first, [step for step in plan.steps if step.name in wanted | tests], plan.facts)


def _warnings(plan: Plan) -> list[str]:
    """The tests of severity `warn` that do, over the places that are said."""
    with duckdb.connect() as con:
        for name, variable in PLACES.items():
            con.execute(f"attach '{os.environ[variable]}' as {name} (read_only)")
        answers = {
            _node(step): con.execute(step.statements[0]).fetchone()
            for step in plan.steps
            if step.severity == "warn"
        }
    return [name for name, (_, should_warn, _) in answers.items() if should_warn]


def unit_tests(folder: Path, as_of: str) -> None:
    """dbt's unit tests, which read no row, beside what was built in the folder; what they say is added to build.json."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    manifest = project_manifest()
    say_places(folder, folder / "landing.duckdb")
    outcome = _run("test", folder, as_of, "--no-write-json", "--select", "test_type:unit", manifest=manifest)
    DuckDBConnectionManager.close_all_connections()
    built = read_build(folder)
    _keep(folder, succeeded=built.succeeded and outcome.success, status=built.status | _statuses(outcome))


def _statuses(outcome: Any) -> dict[str, str]:
    return {result.node.name: str(result.status) for result in outcome.result.results}


def _keep(folder: Path, *, succeeded: bool, status: dict[str, str]) -> Build:
    (folder / "build.json").write_text(json.dumps({"succeeded": succeeded, "status": status}), "utf-8")
    return read_build(folder)


def document(built: Build, folder: Path) -> dict[str, Any]:
    """dbt's own documentation of a build, made in another folder: the catalogue that its page shows.

    Other test processes read the build meanwhile, and dbt wants it for itself.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    for path in built.release.parent.glob("*.duckdb*"):
        shutil.copy(path, folder)
    (folder / "target").mkdir()  # which compiling would have made
    manifest = project_manifest()
    say_places(folder, folder / "landing.duckdb")
    assert _run("docs generate --no-compile", folder, "2022-12-31", manifest=manifest).success
    DuckDBConnectionManager.close_all_connections()
    return json.loads((folder / "target" / "catalog.json").read_text("utf-8"))


def read_build(folder: Path) -> Build:
    """The build that another test process made in the folder."""
    kept = json.loads((folder / "build.json").read_text("utf-8"))
    return Build(kept["succeeded"], kept["status"], folder / "release.duckdb")
