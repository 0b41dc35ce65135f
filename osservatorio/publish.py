"""Publishing: a candidate that passed becomes an immutable release, named from its content."""

import contextlib
import json
import os
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from osservatorio import __version__
from osservatorio.catalogue import pointer_to
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.files import sync_file, sync_folder, write_json
from osservatorio.fingerprint import describe_candidate, file_digest
from osservatorio.home import Home
from osservatorio.integrity import is_published
from osservatorio.interruption import stop_if_asked
from osservatorio.provenance import corrections, delivery_list
from osservatorio.release import current_release_id, manifest_path, read_manifest, release_path

NAME_DIGITS = 12  # of the content hash
KEY_DIGITS = 4
# What is ready to take its place, beside the candidate.
MANIFEST_READY = "manifest.json"
POINTER_READY = "current.json"
LIBRARIES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations")


def release_name(home: Home, as_of: str, content: str, key_id: str) -> str:
    """Reference date and content; with a `-k` and the start of the key's id where that name was given to the same
    figures under another key, whose records carry other pseudonyms."""
    name = f"{as_of}-{content[:NAME_DIGITS]}"
    path = manifest_path(home, name)
    if path.exists() and read_manifest(home, name)["key_id"] != key_id:
        return f"{name}-k{key_id[:KEY_DIGITS]}"
    return name


def publish(
    home: Home,
    candidate: Path,
    *,
    build: dict[str, Any],
    verdict: dict[str, Any],
    key_id: str,
    created_at: datetime,
) -> tuple[str, bool]:
    """Give the candidate its name, put it in place and move the pointer. Returns the id and whether it is new."""

    def manifest(facts: dict[str, Any]) -> dict[str, Any]:
        return _manifest(home, candidate, build, facts | {"verdict": verdict})

    return put_in_place(
        home, candidate, as_of=build["as_of"], key_id=key_id, created_at=created_at, manifest=manifest
    )


def put_in_place(
    home: Home,
    candidate: Path,
    *,
    as_of: str,
    key_id: str,
    created_at: datetime,
    manifest: Callable[[dict[str, Any]], dict[str, Any]],
) -> tuple[str, bool]:
    """As `publish`, for a candidate of any origin: `manifest` tells of it beside the facts that it is given.

    All that needs room on the disk is written beside the candidate first; then file, manifest and pointer go to their
    places, in this order, each in one step. Stopped at any point, the same call completes what is left of the steps.
    """
    manifest_ready, pointer_ready = candidate.with_name(MANIFEST_READY), candidate.with_name(POINTER_READY)
    if not pointer_ready.exists():
        _take_in_log(candidate)
        counts, content = describe_candidate(candidate)
        release_id = release_name(home, as_of, content, key_id)
        manifest_ready.unlink(missing_ok=True)
        if not is_published(home, release_id):
            facts = {
                "release_id": release_id,
                "created_at": created_at.isoformat(timespec="seconds"),
                "content_sha256": content,
                "key_id": key_id,
                "row_counts": counts,
            }
            write_json(manifest_ready, manifest(facts))
        stop_if_asked()
        write_json(pointer_ready, pointer_to(release_id))
    release_id = json.loads(pointer_ready.read_text("utf-8"))["release_id"]
    steps = [(pointer_ready, home.current)]
    is_new = manifest_ready.exists()
    if is_new:
        steps = [
            (candidate, release_path(home, release_id)),
            (manifest_ready, manifest_path(home, release_id)),
            *steps,
        ]
    for ready, place in steps:
        if ready.exists():
            os.replace(ready, place)
            sync_folder(place.parent)
    return release_id, is_new


def can_be_published(candidate: Path) -> bool:
    """Whether there is a candidate, or what an interrupted publication has not put in its place yet."""
    return candidate.exists() or candidate.with_name(POINTER_READY).exists()


def _manifest(home: Home, candidate: Path, build: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """What is told of a release beside it: `facts`, and what is found now."""
    seal(candidate)
    deliveries = delivery_list(home.landing, candidate, build["as_of"])
    return facts | {
        "as_of": build["as_of"],
        "settings": build["variables"],
        "versions": versions(),
        "deliveries": deliveries,
        "corrections": corrections(_manifest_in_use(home), deliveries),
        "models": build["models"],
        "lineage": build.get("lineage", {}),
        "keys": build.get("keys", {}),
        "graph": build.get("graph", {}),
        "file_sha256": file_digest(candidate),
    }


def seal(candidate: Path) -> None:
    """The candidate is as it will stay."""
    sync_file(candidate)
    os.chmod(candidate, 0o444)


def _take_in_log(candidate: Path) -> None:
    """Bring into the file what a build that did not close it left in the log beside it, which is not published."""
    if candidate.with_name(f"{candidate.name}.wal").exists():
        with connect(candidate) as con:
            con.execute("checkpoint")


def versions() -> dict[str, str]:
    """The versions that a release is made with."""
    return {"osservatorio": __version__, **{name: version(name) for name in LIBRARIES}}


def _manifest_in_use(home: Home) -> dict[str, Any] | None:
    """The manifest of the release in use; None when there is none or it cannot be read (publishing mends that)."""
    with contextlib.suppress(UserError):
        if release_id := current_release_id(home):
            return read_manifest(home, release_id)
    return None
