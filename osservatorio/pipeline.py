"""The order of the stages: ingest, validate, build, publish. The heavy rooms are imported when their turn comes."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osservatorio.build import RESULT, build_environment, build_task, candidate_folder, candidate_path
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD, StageError, UserError
from osservatorio.home import Home
from osservatorio.keys import load_key
from osservatorio.settings import Settings
from osservatorio.worker import Progress, Worker

if TYPE_CHECKING:
    from ingestion.ingest import IngestResult

BUILD_MODULE = "osservatorio.build"
CHECK_MODULE = "expectations"
VERDICT = "verdict.json"


@dataclass
class RunResult:
    """What became of a run: the deliveries, the verdict, and the release, when one was published."""

    deliveries: list[dict[str, Any]]
    verdict: dict[str, Any] | None = None
    release_id: str | None = None
    is_new: bool = False
    failures: list[dict[str, str]] = field(default_factory=list)
    docs: Path | None = None

    @property
    def exit_code(self) -> int:
        return EXIT_DONE if self.release_id else EXIT_WITHHELD


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the home for one writing command. Raises UserError when another one holds it."""
    from filelock import FileLock, Timeout

    home.prepare()
    try:
        with FileLock(home.root / ".lock", timeout=0):
            yield
    except Timeout:
        raise UserError(
            f"Un altro comando sta lavorando nella cartella «{home.root}»: aspetta che finisca e riprova."
        ) from None


def _ingest(
    home: Home, folder: Path, loaded_at: datetime, settings: Settings, progress: Progress | None
) -> "IngestResult":
    from ingestion.ingest import ingest

    result = ingest(folder, home, load_key(home), loaded_at=loaded_at, progress=progress, settings=settings)
    if all(delivery.outcome == "refused" for delivery in result.deliveries):
        first = result.deliveries[0]
        raise UserError(
            f"Nessun file della cartella «{folder}» si può usare ({len(result.deliveries)} respinti). "
            f"Il primo, «{first.file}»: {first.message}"
        )
    return result


def _delivery_rows(result: "IngestResult") -> list[dict[str, Any]]:
    names = ("file", "extract", "outcome", "rows_read", "accepted", "quarantined", "waiting", "message")
    return [{name: getattr(delivery, name) for name in names} for delivery in result.deliveries]


def reference_date(home: Home, as_of: date | None) -> str:
    """The date that figures refer to: the one asked for, else the latest extraction landed."""
    if as_of:
        return as_of.isoformat()
    from osservatorio.database import connect

    if not home.landing.exists():
        raise UserError("Non è stato ancora caricato nulla: esegui prima «osservatorio run CARTELLA».")
    with connect(home.landing, read_only=True) as con:
        latest = con.execute(
            "select max(last_extraction) from meta.deliveries where outcome = 'landed' and accepted > 0"
        ).fetchone()
    if latest is None or latest[0] is None:
        raise UserError(
            "Nessuna riga consegnata è stata accettata: correggi i file segnalati da «osservatorio quarantine» "
            "e consegnali di nuovo."
        )
    return latest[0].isoformat()


def _check_task(home: Home, as_of: str) -> dict[str, Any]:
    docs = home.work / "data_docs"
    shutil.rmtree(docs, ignore_errors=True)
    return {
        "landing": str(home.landing),
        "docs": str(docs),
        "out": str(home.work / VERDICT),
        "as_of": as_of,
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(
            "Manca uno stadio prima di questo: esegui «osservatorio run CARTELLA», oppure in ordine "
            "«ingest», «validate», «build» e «publish»."
        ) from None


def _publish(
    home: Home, created_at: datetime
) -> tuple[str | None, bool, dict[str, Any], list[dict[str, str]]]:
    """Publish the candidate if build and verdict allow it. Returns id (or None), novelty, verdict, failures."""
    from osservatorio.publish import publish

    verdict = _read(home.work / VERDICT)
    build = _read(candidate_folder(home) / RESULT)
    if verdict.get("as_of", build["as_of"]) != build["as_of"]:
        raise UserError(
            "I controlli e la costruzione si riferiscono a date diverse: esegui di nuovo «osservatorio run CARTELLA»."
        )
    if not build["succeeded"] or not verdict["publishable"]:
        return None, False, verdict, build["failures"]
    release_id, is_new = publish(
        home,
        candidate_path(home),
        build=build,
        verdict=verdict,
        key_id=load_key(home).id,
        created_at=created_at,
    )
    docs = home.work / "data_docs"
    kept = home.data_docs / release_id
    if docs.exists() and not kept.exists():
        docs.replace(kept)
    shutil.rmtree(candidate_folder(home), ignore_errors=True)
    return release_id, is_new, verdict, []


def run(
    home: Home,
    folder: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    settings: Settings,
    progress: Progress | None = None,
) -> RunResult:
    """The whole job over a folder of deliveries.

    Great Expectations and dbt load in their own processes while the files are ingested, then work side by
    side over the landing, which both open read-only.
    """
    with exclusive(home):
        load_key(home)
        workers = {
            BUILD_MODULE: Worker(BUILD_MODULE, _log(home, BUILD_MODULE), build_environment(home, settings)),
            CHECK_MODULE: Worker(CHECK_MODULE, _log(home, CHECK_MODULE)),
        }
        try:
            ingested = _ingest(home, folder, now, settings, progress)
            date_text = reference_date(home, as_of)
            workers[CHECK_MODULE].start(_check_task(home, date_text))
            workers[BUILD_MODULE].start(build_task(home, date_text, settings))
            workers[BUILD_MODULE].finish(progress)
            if progress:
                progress("Controllo dei dati", 0, 1)
            workers[CHECK_MODULE].finish()
        finally:
            for worker in workers.values():
                worker.cancel()
        release_id, is_new, verdict, failures = _publish(home, now)
        return RunResult(
            _delivery_rows(ingested), verdict, release_id, is_new, failures, _docs_page(home, release_id)
        )


def _docs_page(home: Home, release_id: str | None) -> Path:
    """The pages of the checks: kept with the release, or those of the run that was withheld."""
    return (home.data_docs / release_id if release_id else home.work / "data_docs") / "index.html"


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
    with exclusive(home):
        return RunResult(_delivery_rows(_ingest(home, folder, now, settings, progress)))


def validate_only(home: Home, *, as_of: date | None, progress: Progress | None = None) -> dict[str, Any]:
    """The checks alone: the verdict over what is landed."""
    with exclusive(home):
        _run_worker(home, CHECK_MODULE, _check_task(home, reference_date(home, as_of)), progress)
        return _read(home.work / VERDICT)


def build_only(
    home: Home, *, as_of: date | None, settings: Settings, progress: Progress | None = None
) -> dict[str, Any]:
    """The build alone: a candidate, not yet a release. Raises StageError when a model or a test failed."""
    with exclusive(home):
        task = build_task(home, reference_date(home, as_of), settings)
        _run_worker(home, BUILD_MODULE, task, progress, build_environment(home, settings))
        result = _read(candidate_folder(home) / RESULT)
    if not result["succeeded"]:
        names = ", ".join(failure["name"] for failure in result["failures"][:5])
        raise StageError(f"La costruzione non è riuscita: non è passato {names}.")
    return result


def publish_only(home: Home, *, now: datetime) -> RunResult:
    """The last stage alone: publish the candidate that `validate` and `build` left.

    Raises UserError when one of them is missing or older than what is landed.
    """
    with exclusive(home):
        for outcome in (home.work / VERDICT, candidate_folder(home) / RESULT):
            if outcome.exists() and outcome.stat().st_mtime_ns < home.landing.stat().st_mtime_ns:
                raise UserError(
                    "Dopo i controlli o la costruzione sono state caricate altre consegne: "
                    "ripeti «osservatorio validate» e «osservatorio build», poi pubblica."
                )
        release_id, is_new, verdict, failures = _publish(home, now)
        return RunResult([], verdict, release_id, is_new, failures, _docs_page(home, release_id))
