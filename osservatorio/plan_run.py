"""Running a plan (`build_plan`): the statements of a build, each node after those it reads, several at a time."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from osservatorio.build_plan import Plan, Step
from osservatorio.build_renewal import Renewal
from osservatorio.database import attach, connect, spill_to
from osservatorio.errors import UserError, is_no_room, no_room_message

Told = Callable[[int, int], None]
# The databases of a build by the variable that says where each lies, as in dbt_project/profiles.yml.
PLACES = {
    "release": "OSSERVATORIO_BUILD_DB",
    "scratch": "OSSERVATORIO_SCRATCH_DB",
    "landing_db": "OSSERVATORIO_LANDING_DB",
}
READ_ONLY = "landing_db"
PREVIOUS = "previous"  # the release of the build before


class PlanFailed(Exception):
    """Something in the plan did not go as it should."""


def run_plan(plan: Plan, told: Told, renewal: Renewal | None = None, previous: Path | None = None) -> None:
    """Build into the files of the environment; `told` hears of each step: how many are done, of how many.

    The files are new, unless `renewal` starts from the build before, whose release is `previous`.
    Raises PlanFailed when a statement or a test fails, SeenOtherwise as `Renewal.prepare` does, UserError when the
    disk is full.
    """
    threads = int(os.environ.get("OSSERVATORIO_THREADS", "2"))
    renewal = renewal or Renewal(plan, None)
    with _as_failure(), _session(threads) as con:
        if previous:
            attach(con, previous, PREVIOUS, read_only=True)
        for text in plan.first:
            con.execute(text)
        renewal.prepare(con)
        _run_steps(con, plan.steps, threads, told, renewal)
        renewal.finish(con)


def learn(plan: Plan, renewal: Renewal) -> None:
    """Learn what the files of the environment hold, once another way of building has made them. Raises as above."""
    with _as_failure(), _session(int(os.environ.get("OSSERVATORIO_THREADS", "2"))) as con:
        renewal.prepare(con)
        for step in plan.steps:
            renewal.done(con, step)
        renewal.finish(con)


@contextmanager
def _as_failure() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, ValueError) as error:
        if is_no_room(str(error)):
            raise UserError(no_room_message("durante la costruzione delle tabelle")) from error
        raise PlanFailed(type(error).__name__) from error


def _session(threads: int) -> duckdb.DuckDBPyConnection:
    """A session with the files of the environment, as dbt's is by its profile."""
    con = connect(None, memory_limit=os.environ.get("OSSERVATORIO_MEMORY_LIMIT", "1200MB"), threads=threads)
    try:
        con.execute("set preserve_insertion_order = false")
        spill_to(con, Path(os.environ["OSSERVATORIO_TEMP_DIR"]), beside=Path(os.environ[PLACES[READ_ONLY]]))
        for name, variable in PLACES.items():
            attach(con, Path(os.environ[variable]), name, read_only=name == READ_ONLY)
    except BaseException:
        con.close()
        raise
    return con


def _run_steps(
    con: duckdb.DuckDBPyConnection, steps: list[Step], threads: int, told: Told, renewal: Renewal
) -> None:
    by_name = {step.name: step for step in steps}
    order = TopologicalSorter({step.name: step.after for step in steps})
    order.prepare()
    own = threading.local()
    cursors: list[duckdb.DuckDBPyConnection] = []

    def begin() -> None:
        own.cursor = con.cursor()
        cursors.append(own.cursor)

    def work(step: Step) -> str:
        for text in renewal.statements(own.cursor, step):
            answer = own.cursor.execute(text)
            if step.severity:
                ((_, _, should_error),) = answer.fetchall()
                if should_error and step.severity == "error":
                    raise PlanFailed(step.name)
        renewal.done(own.cursor, step)
        return step.name

    done = 0
    try:
        with ThreadPoolExecutor(threads, initializer=begin) as pool:
            running: set[Future[str]] = set()
            try:
                while order.is_active():
                    running |= {pool.submit(work, by_name[name]) for name in order.get_ready()}
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        order.done(future.result())
                        done += 1
                        told(done, len(steps))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        for cursor in cursors:
            cursor.close()
