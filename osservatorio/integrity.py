"""Whether a release is still what was published, and going back to one that is."""

from typing import Any

import duckdb

from osservatorio.catalogue import point_to
from osservatorio.errors import UserError
from osservatorio.fingerprint import content_digest, file_digest, table_fingerprints
from osservatorio.home import Home
from osservatorio.release import manifest_path, read_manifest, release_path

Fingerprints = dict[tuple[str, str], tuple[int, str]]


def is_published(home: Home, release_id: str) -> bool:
    """Whether a release of that name is there with its manifest, its file being the one that was published."""
    path = release_path(home, release_id)
    if not (path.exists() and manifest_path(home, release_id).exists()):
        return False
    digest = read_manifest(home, release_id).get("file_sha256")
    return digest is None or digest == file_digest(path)


def check_release(home: Home, release_id: str) -> dict[str, Any]:
    """The manifest of a release whose file holds what its manifest says. Raises UserError when it does not.

    The bytes are compared before the file is opened, then the figures by their content hash.
    """
    return check_tables(home, release_id)[0]


def check_tables(home: Home, release_id: str) -> tuple[dict[str, Any], Fingerprints]:
    """As `check_release`; with the manifest the row count and fingerprint of every table of figures."""
    manifest = read_manifest(home, release_id)
    path = release_path(home, release_id)
    if not path.exists():
        raise UserError(
            f"Il file della pubblicazione «{release_id}» non c'è più: ripristinalo dalla copia di sicurezza in "
            f"«{home.releases}» e riprova."
        )
    if manifest.get("file_sha256", digest := file_digest(path)) != digest:
        raise _damaged(home, release_id)
    try:
        tables = table_fingerprints(path)
    except duckdb.Error as error:
        raise _damaged(home, release_id) from error
    if content_digest(tables) != manifest["content_sha256"]:
        raise _damaged(home, release_id)
    return manifest, tables


def restore_release(home: Home, release_id: str) -> dict[str, Any]:
    """Put a release back in use, after checking it; its manifest. Raises UserError when it is missing or damaged."""
    manifest = check_release(home, release_id)
    point_to(home, release_id)
    return manifest


def _damaged(home: Home, release_id: str) -> UserError:
    return UserError(
        f"Il contenuto della pubblicazione «{release_id}» non è più quello pubblicato (il file è danneggiato o è "
        f"stato modificato): ripristinalo dalla copia di sicurezza in «{home.releases}», oppure scegli un'altra "
        "pubblicazione."
    )
