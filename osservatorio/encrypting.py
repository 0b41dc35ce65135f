"""Encrypting the archives of a home that was born plain: each is rewritten into an encrypted file that takes its place."""

import shutil
from pathlib import Path

from osservatorio.build import candidate_folder
from osservatorio.build_previous import previous_folder
from osservatorio.encryption import EXTRA, can_encrypt, is_encrypted, new_archive_key
from osservatorio.errors import UserError
from osservatorio.files import write_json
from osservatorio.fingerprint import describe_candidate, file_digest
from osservatorio.home import Home
from osservatorio.release import manifest_path, read_manifest
from osservatorio.rewriting import rewrite_database
from osservatorio.settings import Settings
from osservatorio.worker import Progress

_READ_ONLY = 0o444


def encrypt_home(home: Home, *, settings: Settings, progress: Progress | None = None) -> list[Path]:
    """Encrypt the landing and the releases that are not; those that were. For callers that hold the home.

    What builds left in the clear goes: the next one makes it again. Stopped at any point, each archive is as it was or
    encrypted, and the same call completes the job. Raises UserError when the installation cannot encrypt, or when an
    archive cannot be opened.
    """
    if not can_encrypt():
        raise UserError(
            f"Questa installazione non può cifrare gli archivi: installa «{EXTRA}» e ripeti il comando."
        )
    new_archive_key(home)
    for folder in (candidate_folder(home), previous_folder(home)):
        if any(not is_encrypted(path) for path in folder.glob("*.duckdb")):
            shutil.rmtree(folder)
    plain = [path for path in archives(home) if not is_encrypted(path)]
    for path in plain:
        is_release = path != home.landing
        if is_release:
            path.chmod(0o644)  # a release is shut for writing: rewriting opens it to see that nobody holds it
        rewrite_database(
            path,
            lambda _: {},
            memory_limit=settings.memory_limit,
            threads=settings.threads,
            progress=progress,
        )
        if is_release:
            path.chmod(_READ_ONLY)
    for release in (path for path in archives(home) if path != home.landing):
        _note_new_bytes(home, release)
    return plain


def _note_new_bytes(home: Home, release: Path) -> None:
    """Let the manifest know the digest of a release's new file, whose content must be the one published."""
    path = manifest_path(home, release.stem)
    if not path.exists():
        return
    manifest = read_manifest(home, release.stem)
    if manifest.get("file_sha256") == (digest := file_digest(release)):
        return
    _, content = describe_candidate(release)
    if content == manifest["content_sha256"]:
        write_json(path, manifest | {"file_sha256": digest})


def archives(home: Home) -> list[Path]:
    """The landing and the releases that are there."""
    landing = [home.landing] if home.landing.exists() else []
    return landing + sorted(home.releases.glob("*.duckdb"))
