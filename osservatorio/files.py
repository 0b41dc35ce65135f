"""Atomic writes: a reader sees the old file or the new one, never a half. Secrets: only their owner reads them."""

import contextlib
import errno
import json
import os
import stat
from pathlib import Path


def sync_file(path: Path) -> None:
    """Flush a file's content to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, where the system can (not on Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, flush it, and put it in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _unfinished(path)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _unfinished(path: Path) -> Path:
    """Where a file is written before it takes its place."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def clear_unfinished(folder: Path) -> None:
    """Remove what a killed command was writing; only for a folder where nothing else writes now."""
    for left_over in folder.glob(".*.tmp"):
        left_over.unlink(missing_ok=True)


def write_json(path: Path, content: object) -> None:
    """Write JSON atomically, with sorted keys so that equal content gives equal bytes."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(path, (text + "\n").encode())


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, whole or not at all. Raises FileExistsError when it is there."""
    temporary = _unfinished(path)
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Give a file its name, which nobody else may have taken. Raises FileExistsError when somebody has."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a disk that knows one name per file only
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.replace(temporary, path)


def read_secret(path: Path) -> str:
    """The text of a secret file; a file that others could read is shut first, where the system lets us."""
    if is_open_to_others(path):
        with contextlib.suppress(OSError):
            path.chmod(0o600)
    return path.read_text("ascii")


def is_open_to_others(path: Path) -> bool:
    """Whether others than its owner may do anything with a file or folder. Never so where modes mean nothing (Windows)."""
    return os.name == "posix" and path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
