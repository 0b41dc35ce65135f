"""The order of the stages: ingest, validate, build, publish. The heavy rooms are imported when their turn comes."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from osservatorio.build import RESULT, build_environment, build_task, candidate_folder, candidate_path
from osservatorio.build_previous import how_it_was_built, keep_for_the_next
from osservatorio.clock import loading_time, publishing_time
from osservatorio.errors import StageError, UserError
from osservatorio.home import Home
from osservatorio.interruption import stop_if_asked
from osservatorio.keys import load_key
from osservatorio.landing_state import landing_state, reference_date
from osservatorio.locking import exclusive
from osservatorio.release import refuse_home_of_many
from osservatorio.run_result import RunResult
from osservatorio.settings import Settings, memory_share
from osservatorio.worker import Progress, Worker

BUILD_MODULE = "osservatorio.build"
CHECK_MODULE = "expectations"
VERDICT = "verdict.json"
# Of the memory granted: what the checks take beside the build, and the least that they need.
CHECKS_SHARE, CHECKS_LEAST = 0.25, "300MB"


def _ingest(
    home: Home, folder: Path, now: datetime, settings: Settings, progress: Progress | None
) -> RunResult:
    from ingestion.ingest import ingest

    moment = loading_time(home, now)
    result = ingest(folder, home, load_key(home), loaded_at=moment.at, progress=progress, settings=settings)
    if all(delivery.outcome == "refused" for delivery in result.deliveries):
        first = result.deliveries[0]
        raise UserError(
            f"Nessun file della cartella «{folder}» si può usare ({len(result.deliveries)} respinti). "
            f"Il primo, «{first.file}»: {first.message}"
        )
    return RunResult.of_ingestion(result, notes=[moment.note] if moment.note else [])


def _bring_up_to_date(home: Home) -> None:
    """What works on a landing without deliveries finds it as an ingestion would leave it."""
    from ingestion.layout import bring_up_to_date

    if home.landing.exists():
        bring_up_to_date(home.landing)


def _check_task(home: Home, as_of: str, state: str) -> dict[str, Any]:
    docs = home.work / "data_docs"
    (home.work / VERDICT).unlink(missing_ok=True)  # before what it tells of
    for folder in (docs, docs.with_name(f"{docs.name}.tmp")):
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "landing": str(home.landing),
        "docs": str(docs),
        "out": str(home.work / VERDICT),
        "as_of": as_of,
        "landing_state": state,
        "memory": memory_share(Settings.of(home).memory_limit, CHECKS_SHARE, CHECKS_LEAST),
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(
            "Manca uno stadio prima di questo: esegui «osservatorio run CARTELLA», oppure in ordine "
            "«ingest», «validate», «build» e «publish»."
        ) from None


def _publish(home: Home, now: datetime, result: RunResult) -> RunResult:
    """Publish the candidate if build and verdict allow it, and complete the result with what became of it.

    Raises UserError when one of them is missing or is not of what is landed now.
    """
    from osservatorio.publish import can_be_published, publish

    verdict = _read(home.work / VERDICT)
    build = _read(candidate_folder(home) / RESULT)
    state = landing_state(home)
    if verdict.pop("landing_state", None) != state or build["landing_state"] != state:
        raise UserError(
            "Dopo i controlli o la costruzione sono state caricate altre consegne: "
            "ripeti «osservatorio validate» e «osservatorio build», poi pubblica."
        )
    if verdict.get("as_of", build["as_of"]) != build["as_of"]:
        raise UserError(
            "I controlli e la costruzione si riferiscono a date diverse: esegui di nuovo «osservatorio run CARTELLA»."
        )
    result.verdict = verdict
    result.built = how_it_was_built(build.get("how", {}))
    result.docs = home.work / "data_docs" / "index.html"
    if not build["succeeded"] or not verdict["publishable"]:
        result.failures = build["failures"]
        return result
    if not can_be_published(candidate_path(home)):
        raise UserError("Le tabelle costruite non ci sono più: ripeti «osservatorio build», poi pubblica.")
    moment = publishing_time(home, now)
    result.release_id, result.is_new = publish(
        home,
        candidate_path(home),
        build=build,
        verdict=verdict,
        key_id=load_key(home).id,
        created_at=moment.at,
    )
    if result.is_new and moment.note and not result.notes:
        result.notes.append(moment.note)
    if result.is_new:
        keep_for_the_next(home, candidate_folder(home), result.release_id)
    docs = home.work / "data_docs"
    kept = home.data_docs / result.release_id
    if docs.exists() and not kept.exists():
        docs.replace(kept)
    result.docs = kept / "index.html"
    shutil.rmtree(candidate_folder(home), ignore_errors=True)
    return result


def run(
    home: Home,
    folder: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    settings: Settings,
    anew: bool = False,
    progress: Progress | None = None,
) -> RunResult:
    """The whole job over a folder of deliveries; `anew`: nothing is taken over from the build before.

    Great Expectations and dbt load in their own processes while the files are ingested, then work side by
    side over the landing, which both open read-only.
    """
    refuse_home_of_many(home)
    with exclusive(home, "run"):
        load_key(home)
        with _check_and_build(home, settings, anew=anew) as work:
            result = _ingest(home, folder, now, settings, progress)
            work(as_of, progress)
        return _publish(home, now, result)


def rebuild(
    home: Home, *, as_of: date | None, now: datetime, settings: Settings, progress: Progress | None = None
) -> RunResult:
    """Check, build and publish what is landed, with no deliveries. For callers that hold the home."""
    with _check_and_build(home, settings) as work:
        _bring_up_to_date(home)
        work(as_of, progress)
    return _publish(home, now, RunResult([]))


@contextmanager
def _check_and_build(
    home: Home, settings: Settings, *, anew: bool = False
) -> Iterator[Callable[[date | None, Progress | None], None]]:
    """Start the two processes, which load their libraries; the function given lets them work side by side."""
    check = Worker(CHECK_MODULE, _log(home, CHECK_MODULE))
    build = Worker(BUILD_MODULE, _log(home, BUILD_MODULE), build_environment(home, settings))

    def work(as_of: date | None, progress: Progress | None) -> None:
        stop_if_asked()
        date_text, state = reference_date(home, as_of), landing_state(home)
        check.start(_check_task(home, date_text, state))
        build.start(build_task(home, date_text, state, settings, anew=anew))
        build.finish(progress)
        if progress:
            progress("Controllo dei dati", 0, 1)
        check.finish()

    try:
        yield work
    finally:
        for worker in (check, build):
            worker.cancel()


def _log(home: Home, module: str) -> Path:
    return home.work / f"{module}.log"


def _run_worker(
    home: Home,
    module: str,
    task: dict[str, Any],
    progress: Progress | None,
    environment: dict[str, str] | None = None,
) -> None:
    worker = Worker(module, _log(home, module), environment)
    try:
        worker.start(task)
        worker.finish(progress)
    finally:
        worker.cancel()


def ingest_only(
    home: Home, folder: Path, *, now: datetime, settings: Settings, progress: Progress | None = None
) -> RunResult:
    """The first stage alone."""
    refuse_home_of_many(home)
    with exclusive(home, "ingest"):
        return _ingest(home, folder, now, settings, progress)


def validate_only(home: Home, *, as_of: date | None, progress: Progress | None = None) -> dict[str, Any]:
    """The checks alone: the verdict over what is landed."""
    with exclusive(home, "validate"):
        load_key(home)
        _bring_up_to_date(home)
        task = _check_task(home, reference_date(home, as_of), landing_state(home))
        _run_worker(home, CHECK_MODULE, task, progress)
        return _read(home.work / VERDICT)


def build_only(
    home: Home,
    *,
    as_of: date | None,
    settings: Settings,
    anew: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The build alone: a candidate, not yet a release; `anew` as for `run`. Raises StageError when a model or a test failed."""
    with exclusive(home, "build"):
        load_key(home)
        _bring_up_to_date(home)
        task = build_task(home, reference_date(home, as_of), landing_state(home), settings, anew=anew)
        _run_worker(home, BUILD_MODULE, task, progress, build_environment(home, settings))
        result = _read(candidate_folder(home) / RESULT)
    if not result["succeeded"]:
        names = ", ".join(failure["name"] for failure in result["failures"][:5])
        raise StageError(f"La costruzione non è riuscita: non è passato {names}.")
    return result


def publish_only(home: Home, *, now: datetime) -> RunResult:
    """The last stage alone: publish the candidate that `validate` and `build` left."""
    with exclusive(home, "publish"):
        load_key(home)
        return _publish(home, now, RunResult([]))
