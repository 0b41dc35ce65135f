"""The releases of a home: which there are, which is in use, and how people name them."""

import json
from datetime import datetime
from typing import Any

from osservatorio.errors import UserError
from osservatorio.files import write_json
from osservatorio.home import Home
from osservatorio.release import current_release_id, read_manifest

CURRENT, PREVIOUS = "corrente", "precedente"


def point_to(home: Home, release_id: str) -> None:
    """Move the pointer: readers see the release before or this one."""
    write_json(home.current, pointer_to(release_id))


def pointer_to(release_id: str) -> dict[str, str]:
    """What the pointer holds."""
    return {"release_id": release_id, "file": f"releases/{release_id}.duckdb"}


def release_list(home: Home) -> list[dict[str, Any]]:
    """Every release with its manifest's main facts, newest first."""
    current = current_release_id(home)
    return [
        {
            "release_id": m["release_id"],
            "as_of": m["as_of"],
            "created_at": m["created_at"],
            "outcome": m["verdict"]["outcome"],
            "deliveries": len(m["deliveries"]),
            "is_current": m["release_id"] == current,
        }
        for m in manifests(home)
    ]


def find_release(home: Home, name: str) -> str:
    """The id of the release that a person means: an id, `corrente` (in use) or `precedente` (published before it).

    Raises UserError when there is no such release.
    """
    if name not in (CURRENT, PREVIOUS):
        return read_manifest(home, name)["release_id"]
    current = current_release_id(home)
    if current is None:
        raise UserError(
            f"Non c'è ancora nessuna pubblicazione in «{home.root}»: esegui prima «osservatorio run CARTELLA»."
        )
    if name == CURRENT:
        return current
    ids = [manifest["release_id"] for manifest in manifests(home)]
    older = ids[ids.index(current) + 1 :] if current in ids else []
    if not older:
        raise UserError(
            f"Prima della pubblicazione in uso, «{current}», non ce n'è un'altra: «osservatorio releases list» "
            "elenca quelle disponibili."
        )
    return older[0]


def manifests(home: Home) -> list[dict[str, Any]]:
    """All manifests, the last published first."""
    found = [json.loads(path.read_text("utf-8")) for path in home.releases.glob("*.manifest.json")]
    return sorted(found, key=lambda m: (created_at(m), m["release_id"]), reverse=True)


def last_creation(home: Home) -> datetime | None:
    """When the last release was made; None when there is none."""
    return max((created_at(manifest) for manifest in manifests(home)), default=None)


def created_at(manifest: dict[str, Any]) -> datetime:
    """When a release was made."""
    return datetime.fromisoformat(manifest["created_at"]).astimezone()
