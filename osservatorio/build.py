"""The build stage: dbt makes a candidate release from the landing, in a new file, in a process of its own.

What dbt did once is done again without it (`build_plan`), as long as all goes well; and where the build before can be
started from (`build_previous`), only what may have changed is done (`build_renewal`).
"""

import json
import os
import shutil
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from osservatorio.build_plan import NoPlan, Plan, Recorder, keep_plan, kept_plan, plan_place
from osservatorio.build_previous import (
    AS_ASKED,
    BY_DBT,
    GONE_WRONG,
    KNOWN,
    OTHER_DELIVERIES,
    AllAnew,
    Warehouse,
    take_previous,
)
from osservatorio.build_renewal import Renewal
from osservatorio.build_touched import SeenOtherwise
from osservatorio.errors import EXIT_USAGE, UserError, is_no_room, no_room_message
from osservatorio.files import write_json
from osservatorio.home import Home
from osservatorio.lineage import describe_graph, describe_marts
from osservatorio.plan_run import PlanFailed, learn, run_plan
from osservatorio.project_reading import PROJECT, read_project
from osservatorio.settings import Settings
from osservatorio.worker import report_progress, report_refusal, seldom_look_for_garbage, wait_for_task

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

RESULT = "build.json"
WHAT = "Costruzione delle tabelle"
ANY_DATE = "2000-01-01"


def candidate_folder(home: Home) -> Path:
    return home.work / "candidate"


def candidate_path(home: Home) -> Path:
    """Where dbt builds the release to be; it has no name of its own until its content is known."""
    return candidate_folder(home) / "release.duckdb"


def build_environment(home: Home, settings: Settings) -> dict[str, str]:
    """What dbt's profile reads: the places and limits of a build, known before its reference date is."""
    folder = candidate_folder(home)
    return {
        "OSSERVATORIO_BUILD_DB": str(candidate_path(home)),
        "OSSERVATORIO_SCRATCH_DB": str(folder / "scratch.duckdb"),
        "OSSERVATORIO_LANDING_DB": str(home.landing),
        "OSSERVATORIO_TEMP_DIR": str(folder / "tmp"),
        "OSSERVATORIO_MEMORY_LIMIT": settings.memory_limit,
        "OSSERVATORIO_THREADS": str(settings.threads),
        "OSSERVATORIO_MODEL_VARIABLES": json.dumps(settings.model_variables()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def build_task(
    home: Home, as_of: str, landing_state: str, settings: Settings, *, anew: bool = False
) -> dict[str, Any]:
    """What the build process needs to know once the deliveries are landed. `anew`: nothing is taken over."""
    return {
        "home": str(home.root),
        "anew": anew,
        "folder": str(candidate_folder(home)),
        "as_of": as_of,
        "landing_state": landing_state,
        "variables": settings.model_variables(),
        "result": str(candidate_folder(home) / RESULT),
    }


def _arguments(command: str, target: str, as_of: str, variables: dict[str, Any]) -> list[str]:
    return [
        command,
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        target,
        "--log-path",
        target,
        "--vars",
        json.dumps({"as_of": as_of, **variables}),
        "--quiet",
        "--no-version-check",
        "--no-write-json",
        "--log-level-file",
        "none",
        "--threads",
        os.environ.get("OSSERVATORIO_THREADS", "2"),
    ]


def _node_summary(result: Any) -> dict[str, str]:
    return {
        "name": result.node.name,
        "status": str(result.status),
        "message": str(result.message or ""),
    }


def parse(target: str) -> "Manifest | None":
    """Read the dbt project while there is nothing to build yet; None when it cannot be read (`build` then says why).

    The reference date is not known at this point and no model's text depends on it until it is compiled.
    """
    return read_project(_arguments("parse", target, ANY_DATE, {}), Path(target))


def build(
    task: dict[str, Any], target: str, manifest: "Manifest | None", place: Path | None = None
) -> dict[str, Any]:
    """Run dbt once over the task. Returns {"succeeded", "failures", "models"}; never raises for a failed model.

    What it did is kept in `place` (`plan_place` before the project was read), for the next build.
    """
    from dbt.cli.main import dbtRunner

    _make_room(task)
    recorder = Recorder()
    done = 0
    total = 1

    def follow(event: Any) -> None:
        nonlocal done, total
        recorder.follow(event)
        if event.info.name == "NodeFinished":
            done += 1
            report_progress(WHAT, min(done, total), total)
        elif event.info.name == "LogStartLine":
            total = max(total, getattr(event.data, "total", total))

    arguments = _arguments("build", target, task["as_of"], task["variables"])
    outcome = dbtRunner(manifest, callbacks=[follow]).invoke(
        [*arguments, "--exclude-resource-type", "unit_test"]
    )
    results = getattr(outcome.result, "results", None) or []
    failures = [_node_summary(r) for r in results if str(r.status) in ("error", "fail", "runtime error")]
    if not outcome.success and not failures:
        failures = [
            {"name": "dbt", "status": "error", "message": str(outcome.exception or "errore sconosciuto")}
        ]
    if any(is_no_room(failure["message"]) for failure in failures):
        raise UserError(no_room_message("durante la costruzione delle tabelle"))
    facts: dict[str, Any] = {
        "models": {
            r.node.name: r.node.checksum.checksum
            for r in results
            if str(r.node.resource_type) in ("model", "NodeType.Model") and r.node.checksum
        },
        **(describe_marts(manifest) | {"graph": describe_graph(manifest)} if manifest else {}),
    }
    # Not when the project's files changed meanwhile: then nobody knows which ones dbt read.
    if outcome.success and manifest and place and place == plan_place(task["variables"]):
        try:
            keep_plan(recorder.plan(results, facts, task["as_of"]), place)
        except NoPlan as reason:
            print(f"no plan: {reason}", file=sys.stderr)
    return _result(task, facts, succeeded=outcome.success, failures=failures) | {
        "how": {"renewed": False, "why": BY_DBT}
    }


def learn_what_dbt_built(task: dict[str, Any], plan: Plan, place: Path) -> None:
    """Leave beside what dbt built what the next build needs, to start from it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
    plan = plan.at(task["as_of"])
    renewal = Renewal(plan, None)
    try:
        learn(plan, renewal)
    except PlanFailed as failure:
        print(f"not learned: {failure}", file=sys.stderr)
        return
    _leave_known(task, renewal, place)


def build_by_plan(task: dict[str, Any], plan: Plan, place: Path | None = None) -> dict[str, Any] | None:
    """Do what dbt did the last time; None when anything fails: then dbt has to build, and to say what is wrong.

    With `place`, where the plan was, it starts from the build before, where it can.
    """
    plan = plan.at(task["as_of"])
    reason = AS_ASKED
    if place and not task["anew"]:
        try:
            return _renew(task, plan, place)
        except AllAnew as told:
            reason = told.reason
        except SeenOtherwise:
            reason = OTHER_DELIVERIES
        except UserError:
            raise
        except Exception:  # whatever it is, building everything is right
            traceback.print_exc()
            reason = GONE_WRONG
    _make_room(task)
    renewal = Renewal(plan, None)
    try:
        run_plan(plan, partial(report_progress, WHAT), renewal)
    except PlanFailed as failure:
        print(f"plan: {failure}; dbt builds", file=sys.stderr)
        return None
    if place:
        _leave_known(task, renewal, place)
    return _result(task, plan.facts, succeeded=True, failures=[]) | {"how": {"renewed": False, "why": reason}}


def _renew(task: dict[str, Any], plan: Plan, place: Path) -> dict[str, Any]:
    _make_room(task)
    before, release = take_previous(Home(Path(task["home"])), Path(task["folder"]), place.name, task["as_of"])
    renewal = Renewal(plan, before)
    run_plan(plan, partial(report_progress, WHAT), renewal, release)
    _leave_known(task, renewal, place, before.renewals + 1)
    return _result(task, plan.facts, succeeded=True, failures=[]) | {
        "how": {"renewed": True, "since": before.as_of, "counts": renewal.counted()}
    }


def _leave_known(task: dict[str, Any], renewal: Renewal, place: Path, renewals: int = 0) -> None:
    warehouse = Warehouse(place.name, task["as_of"], renewals, renewal.known)
    warehouse.write(Path(task["folder"]) / KNOWN)


def _make_room(task: dict[str, Any]) -> None:
    """A new, empty folder for the candidate."""
    folder = Path(task["folder"])
    Path(task["result"]).unlink(missing_ok=True)  # before what it tells of
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _result(
    task: dict[str, Any], facts: dict[str, Any], *, succeeded: bool, failures: list[dict[str, str]]
) -> dict[str, Any]:
    told = {name: task[name] for name in ("as_of", "landing_state", "variables")}
    return {"succeeded": succeeded, "failures": failures, **told, **facts}


def main() -> int:
    """Entry of the child process: get ready, wait for the task, build, leave the result in its file.

    Ready is who has the plan of a build, or else dbt and the project loaded.
    """
    target = str(Path(os.environ["OSSERVATORIO_BUILD_DB"]).parent.parent / "dbt")
    seldom_look_for_garbage()
    variables = json.loads(os.environ["OSSERVATORIO_MODEL_VARIABLES"])
    place = plan_place(variables)
    plan = kept_plan(place)
    manifest = None if plan else parse(target)
    task = wait_for_task()
    if task is not None:
        try:
            known = task["variables"] == variables
            result = build_by_plan(task, plan, place) if plan and known else None
            if result is None:
                result = build(task, target, manifest or parse(target), place if known else None)
                if result["succeeded"] and known and place and (kept := kept_plan(place)):
                    learn_what_dbt_built(task, kept, place)
            write_json(Path(task["result"]), result)
        except Exception as error:
            if not report_refusal(error):
                raise
            return EXIT_USAGE
    return 0


def _leave(code: int) -> NoReturn:
    """End without tearing down the interpreter: at that point DuckDB's binding complains at length of leaks."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
