"""A process that has the libraries loaded and nothing open: each stage asked for runs in a fork of it, to be killed.

One line of JSON in (`stage`, `home`, and what the stage wants), two lines out: the process id, and how it ended.
"""

import json
import os
import sys
import traceback
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import expectations.__main__
import ingestion.ingest
from osservatorio import build, pipeline
from osservatorio.ambiti.asked import Asked
from osservatorio.ambiti.publication import publish_together
from osservatorio.home import Home
from osservatorio.landing_state import landing_state
from osservatorio.settings import Settings

NOW = datetime(2024, 1, 15, 10, 30).astimezone()
SETTINGS = Settings(threads=2)


def run_ingest(home: Home, *, folder: str, batch_bytes: int) -> None:
    """As the command does; with few bytes every delivery is a transaction of its own."""
    whole = ingestion.ingest.ingest
    ingestion.ingest.ingest = partial(whole, batch_bytes=batch_bytes)
    pipeline.ingest_only(home, Path(folder), now=NOW, settings=SETTINGS)


def run_build(home: Home) -> None:
    """The work of the build's process, in this one."""
    task = build.build_task(home, pipeline.reference_date(home, None), landing_state(home), SETTINGS)
    os.environ |= build.build_environment(home, SETTINGS)
    _give(task)
    build.main()


def run_build_apart(home: Home) -> None:
    """The build as the command does it, in a process of its own."""
    pipeline.build_only(home, as_of=None, settings=SETTINGS)


def run_validate(home: Home) -> None:
    """The work of the process of the checks, in this one."""
    task = pipeline._check_task(home, pipeline.reference_date(home, None), landing_state(home))
    _give(task)
    expectations.__main__.main(["--wait"])


def _give(task: dict[str, Any]) -> None:
    """Put a task where a process that waits for one reads it. The other end stays open, as a parent's does."""
    reader, writer = os.pipe()
    os.write(writer, (json.dumps(task) + "\n").encode())
    sys.stdin = os.fdopen(reader)


def run_publish(home: Home) -> None:
    pipeline.publish_only(home, now=NOW)


def run_publish_together(home: Home, *, homes: list[str]) -> None:
    asked = [Asked(Home(Path(one))) for one in homes]
    publish_together(home, asked, settings=SETTINGS, now=NOW)


STAGES = {
    "ingest": run_ingest,
    "build": run_build,
    "build_apart": run_build_apart,
    "validate": run_validate,
    "publish": run_publish,
    "publish_together": run_publish_together,
}


def _work(request: dict[str, Any], log: str) -> int:
    """In the fork: run the stage; its words go to the log."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    try:
        STAGES[request.pop("stage")](Home(Path(request.pop("home"))), **request)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main(log: str) -> None:
    expectations.__main__._load()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            code = _work(json.loads(line), log)
            os._exit(code)
        os.setpgid(child, child)  # by whichever of the two comes first
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
