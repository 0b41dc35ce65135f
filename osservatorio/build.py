"""The build stage: dbt makes a candidate release from the landing, in a new file, in a process of its own."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from osservatorio.files import write_json
from osservatorio.home import Home
from osservatorio.settings import Settings
from osservatorio.worker import report_progress, wait_for_task

PROJECT = Path(__file__).parent.parent / "dbt_project"
RESULT = "build.json"


def candidate_folder(home: Home) -> Path:
    return home.work / "candidate"


def candidate_path(home: Home) -> Path:
    """Where dbt builds the release to be; it has no name of its own until its content is known."""
    return candidate_folder(home) / "release.duckdb"


def build_task(home: Home, as_of: str, settings: Settings) -> dict[str, Any]:
    """What the build process needs to know."""
    return {
        "folder": str(candidate_folder(home)),
        "candidate": str(candidate_path(home)),
        "landing": str(home.landing),
        "target": str(home.work / "dbt"),
        "as_of": as_of,
        "variables": settings.model_variables(),
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "result": str(candidate_folder(home) / RESULT),
    }


def _environment(task: dict[str, Any]) -> dict[str, str]:
    return {
        "OSSERVATORIO_BUILD_DB": task["candidate"],
        "OSSERVATORIO_SCRATCH_DB": str(Path(task["folder"]) / "scratch.duckdb"),
        "OSSERVATORIO_LANDING_DB": task["landing"],
        "OSSERVATORIO_TEMP_DIR": str(Path(task["folder"]) / "tmp"),
        "OSSERVATORIO_MEMORY_LIMIT": task["memory_limit"],
        "OSSERVATORIO_THREADS": str(task["threads"]),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def _arguments(command: str, task: dict[str, Any]) -> list[str]:
    return [
        command,
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        task["target"],
        "--log-path",
        task["target"],
        "--vars",
        json.dumps({"as_of": task["as_of"], **task["variables"]}),
        "--quiet",
        "--no-version-check",
        "--threads",
        str(task["threads"]),
    ]


def _node_summary(result: Any) -> dict[str, str]:
    return {
        "name": result.node.name,
        "status": str(result.status),
        "message": str(result.message or ""),
    }


def build(task: dict[str, Any]) -> dict[str, Any]:
    """Run dbt once over the task. Returns {"succeeded", "failures", "models"}; never raises for a failed model."""
    from dbt.cli.main import dbtRunner

    folder = Path(task["folder"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ.update(_environment(task))
    done = 0
    total = 1

    def follow(event: Any) -> None:
        nonlocal done, total
        if event.info.name == "NodeFinished":
            done += 1
            report_progress("Costruzione delle tabelle", min(done, total), total)
        elif event.info.name == "LogStartLine":
            total = max(total, getattr(event.data, "total", total))

    outcome = dbtRunner(callbacks=[follow]).invoke(
        [*_arguments("build", task), "--exclude-resource-type", "unit_test"]
    )
    results = getattr(outcome.result, "results", None) or []
    failures = [_node_summary(r) for r in results if str(r.status) in ("error", "fail", "runtime error")]
    if not outcome.success and not failures:
        failures = [
            {"name": "dbt", "status": "error", "message": str(outcome.exception or "errore sconosciuto")}
        ]
    return {
        "succeeded": outcome.success,
        "failures": failures,
        "as_of": task["as_of"],
        "variables": task["variables"],
        "models": {
            r.node.name: r.node.checksum.checksum
            for r in results
            if str(r.node.resource_type) in ("model", "NodeType.Model") and r.node.checksum
        },
    }


def main() -> int:
    """Entry of the child process: load dbt, wait for the task, build, leave the result in its file."""
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401  (loaded now, while the parent still ingests)

    task = wait_for_task()
    if task is None:
        return 0
    write_json(Path(task["result"]), build(task))
    return 0


if __name__ == "__main__":
    sys.exit(main())
