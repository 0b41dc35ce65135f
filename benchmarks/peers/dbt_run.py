"""dbt in this process, over a project of its own.

    python -m benchmarks.peers.dbt_run PROJECT TARGET VARIABLES TOLD COMMAND…

TARGET is where dbt keeps its reading of the project from run to run.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def run_dbt(
    project: Path, target: Path, variables: dict[str, Any], command: list[str], threads: int = 2
) -> None:
    """Raises SystemExit with the messages of what failed."""
    os.environ |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", str(project), "--profiles-dir", str(project)]
    places += ["--target-path", str(target / "target"), "--log-path", str(target / "logs")]
    quiet = ["--quiet", "--no-version-check", "--no-write-json", "--log-level-file", "none"]
    more = ["--vars", json.dumps(variables), "--threads", str(threads)]
    outcome = dbtRunner().invoke([*command, *places, *quiet, *more])
    if not outcome.success:
        results = getattr(outcome.result, "results", None) or []
        failed = [f"{r.node.name}: {r.message}" for r in results if str(r.status) in ("error", "fail")]
        raise SystemExit("\n".join(failed) or f"dbt: {outcome.exception}")


def main(project: str, target: str, variables: str, told: str, *command: str) -> None:
    import dbt.cli.main  # noqa: F401 - its seconds are those of a start

    started = time.perf_counter()
    run_dbt(Path(project), Path(target), json.loads(variables), list(command))
    Path(told).write_text(json.dumps({"work": time.perf_counter() - started}))


if __name__ == "__main__":
    main(*sys.argv[1:])
