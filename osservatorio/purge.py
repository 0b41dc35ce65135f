"""The order of a purge: find what is past its term, ask, rewrite the landing, replace and remove releases, prove it.

What goes is listed in a file before anything changes, and the list is deleted when the proof found nothing. Stopped at
any point, the next purge completes the work: the landing changes in one step, releases that hold what it no longer
has are known by comparing the two, and the list says what to look for.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from osservatorio.beneficiaries import forget_unknown
from osservatorio.database import attach, connect
from osservatorio.files import sync_file, sync_folder
from osservatorio.home import Home
from osservatorio.keys import load_key
from osservatorio.locking import exclusive
from osservatorio.pipeline import RunResult, rebuild
from osservatorio.purge_releases import (
    OutdatedRelease,
    find_outdated,
    holds_purged,
    release_ids,
    remove_release,
    replaceable,
)
from osservatorio.purge_search import Proof, search
from osservatorio.release import current_release_id, manifest_path, read_manifest, release_path
from osservatorio.settings import Settings
from osservatorio.worker import Progress

if TYPE_CHECKING:
    from ingestion.purging import LandingPurge
    from ingestion.retention import Terms


@dataclass
class PurgePlan:
    """What a purge would do. `interrupted`: an earlier purge was, and its proof is still to be given."""

    landing: "LandingPurge"
    releases: list[OutdatedRelease]
    current: str | None
    interrupted: bool

    @property
    def is_empty(self) -> bool:
        return self.landing.is_empty and not self.releases and not self.interrupted

    @property
    def replaces_current(self) -> bool:
        return any(release.release_id == self.current for release in self.releases)


@dataclass
class PurgeResult:
    """What a purge did. `withheld`: the run that should replace the release in use and could not."""

    plan: PurgePlan
    is_done: bool = False
    release_id: str | None = None
    removed: list[str] = field(default_factory=list)
    withheld: RunResult | None = None
    proof: Proof | None = None


def purge(
    home: Home,
    *,
    as_of: date,
    now: datetime,
    settings: Settings,
    confirm: Callable[[PurgePlan], bool],
    other_keys: bool = False,
    progress: Progress | None = None,
) -> PurgeResult:
    """Delete from the home what is past its term at `as_of`, if `confirm` agrees to the plan; then look for it.

    With `other_keys` the releases whose records have pseudonyms of an earlier key go too.
    Raises UserError when the home holds no landing or cannot be read or written.
    """
    from ingestion.layout import prepare
    from ingestion.purging import purge_landing
    from ingestion.retention import terms_of

    terms = terms_of(settings.retention)
    with exclusive(home, "purge"):
        saved = home.purge_plan
        with connect(home.landing, memory_limit=settings.memory_limit, threads=settings.threads) as con:
            prepare(con)
        with _planning(home, settings) as con:
            plan = _plan(con, home, saved, terms, as_of, other_keys)
            result = PurgeResult(plan)
            if plan.is_empty or not confirm(plan):
                return result
            _save(con, saved)
        if not plan.landing.is_empty:
            purge_landing(home, saved, terms, settings=settings, progress=progress)
        forget_unknown(home)
        if plan.replaces_current and not _replace_current(home, result, now, settings, progress):
            return result
        for release in plan.releases:
            if release.release_id != current_release_id(home):
                remove_release(home, release.release_id)
                result.removed.append(release.release_id)
        _clear(home.work)
        result.proof = _prove(home, saved, settings)
        result.is_done = not result.proof.found
        if result.is_done:
            saved.unlink()
            sync_folder(home.root)
        return result


@contextmanager
def _planning(home: Home, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the landing, read-only, and an empty database for the plan, in memory."""
    with connect(None, memory_limit=settings.memory_limit, threads=settings.threads) as con:
        place = str(home.work / "tmp").replace("'", "''")
        con.execute(f"set temp_directory = '{place}'")
        attach(con, home.landing, "landing", read_only=True)
        con.execute("attach ':memory:' as plan")
        yield con


def _plan(
    con: duckdb.DuckDBPyConnection, home: Home, saved: Path, terms: "Terms", as_of: date, other_keys: bool
) -> PurgePlan:
    from ingestion.purging import plan_purge

    landing = plan_purge(con, terms, as_of)
    current = current_release_id(home)
    releases = find_outdated(
        con, home, terms.releases, as_of, key_id=load_key(home).id, current=current, other_keys=other_keys
    )
    return PurgePlan(landing, releases, current, saved.exists())


def _save(con: duckdb.DuckDBPyConnection, saved: Path) -> None:
    """Write the plan to its file, with what an interrupted purge still has to look for; whole or not at all."""
    from ingestion.purged_identifiers import add_earlier

    if saved.exists():
        attach(con, saved, "earlier", read_only=True)
        add_earlier(con, "earlier")
        con.execute("detach earlier")
    fresh = saved.with_name(f"{saved.name}.nuova")
    for path in (fresh, fresh.with_name(f"{fresh.name}.wal")):
        path.unlink(missing_ok=True)
    attach(con, fresh, "saved")
    con.execute("copy from database plan to saved")
    con.execute("checkpoint saved")
    con.execute("detach saved")
    sync_file(fresh)
    os.replace(fresh, saved)
    sync_folder(saved.parent)


def _replace_current(
    home: Home, result: PurgeResult, now: datetime, settings: Settings, progress: Progress | None
) -> bool:
    """Publish from the purged landing in place of a release in use that holds what went. Whether that succeeded."""
    current = result.plan.current
    assert current
    if not _has_rows(home):  # nothing is left to publish
        home.current.unlink(missing_ok=True)
        sync_folder(home.root)
        return True
    known = manifest_path(home, current).exists()
    as_of = date.fromisoformat(read_manifest(home, current)["as_of"]) if known else None
    with replaceable(home, current):
        run = rebuild(home, as_of=as_of, now=now, settings=settings, progress=progress)
    result.release_id = run.release_id
    result.withheld = None if run.release_id else run
    return run.release_id is not None


def _has_rows(home: Home) -> bool:
    from osservatorio.contracts import load_contracts

    tables = " union all ".join(
        f"(select 1 from landing.landing.{extract} limit 1)" for extract in load_contracts()
    )
    with connect(home.landing, read_only=True) as con:
        return con.execute(tables).fetchone() is not None


def _clear(work: Path) -> None:
    """Nothing runs but this purge: what builds left may go."""
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _prove(home: Home, saved: Path, settings: Settings) -> Proof:
    with connect(None, memory_limit=settings.memory_limit, threads=settings.threads) as con:
        attach(con, saved, "plan", read_only=True)
        attach(con, home.landing, "landing", read_only=True)
        proof = search(con, home, saved)
        for release_id in release_ids(home):
            same = read_manifest(home, release_id)["key_id"] == load_key(home).id
            if holds_purged(con, release_path(home, release_id), under_same_key=same):
                proof.found.append(f"{release_id}.duckdb")
        return proof
