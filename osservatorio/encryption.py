"""Encryption at rest: which archives are encrypted, with which key, and what the installation can do about it.

DuckDB encrypts a whole file (AES-256-GCM). To write one it needs the cipher of its own extension `httpfs`, which is on
the index for one version of DuckDB: the extra `osservatorio[encrypted]` installs the two together. A home is encrypted
when its `keys/` folder holds the key of the archives; every file created in it then is. Whether a file is encrypted, its
own first bytes say.
"""

import base64
import secrets
from importlib.util import find_spec
from pathlib import Path

import duckdb

from osservatorio.errors import UserError
from osservatorio.files import read_secret, write_secret
from osservatorio.home import Home

ARCHIVE_KEY_FILE = "archivio.key"
KEY_BYTES = 32
EXTRA = "osservatorio[encrypted]"

# The header of a DuckDB file (MainHeader): checksum, "DUCK", version of the storage, flags, whose first bit says it.
_MAGIC, _MAGIC_AT, _VERSION_AT, _FLAGS_AT, _HEADER_BYTES = b"DUCK", 8, 12, 20, 28


def extension_path() -> Path | None:
    """The extension with the cipher, for the DuckDB that is running; None where the extra is not installed."""
    found = find_spec("duckdb_extension_httpfs")
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations))) / "extensions" / f"v{duckdb.__version__}"
    path = folder / "httpfs.duckdb_extension"
    return path if path.exists() else None


def can_encrypt() -> bool:
    """Whether this installation can write encrypted archives."""
    return extension_path() is not None


def is_encrypted_home(home: Home) -> bool:
    """Whether the archives created in the home are encrypted."""
    return (home.keys / ARCHIVE_KEY_FILE).exists()


def is_encrypted(path: Path) -> bool:
    """Whether an archive that exists is encrypted. A file that is no archive is not."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError:
        return False
    flags = int.from_bytes(header[_FLAGS_AT:_HEADER_BYTES], "little")
    return header[_MAGIC_AT:_VERSION_AT] == _MAGIC and bool(flags & 1)


def new_archive_key(home: Home) -> None:
    """Create the key of the home's archives (file mode 0600), if it is not there."""
    home.prepare()
    path = home.keys / ARCHIVE_KEY_FILE
    if not path.exists():
        write_secret(path, base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")


def archive_key(path: Path, *, read_only: bool) -> str | None:
    """The key to open an archive with, None when it is not encrypted; a new one is when its home is.

    Raises UserError when the key is missing or damaged, or when the installation cannot write encrypted archives.
    """
    home = _home_of(path)
    if path.exists() and path.stat().st_size:
        if not is_encrypted(path):
            return None
    elif home is None or not is_encrypted_home(home):
        return None
    if not read_only and not can_encrypt():
        raise UserError(
            f"L'archivio «{path.name}» è cifrato e questa installazione può solo leggerlo: "
            f"per lavorarci installa «{EXTRA}»."
        )
    key_file = home.keys / ARCHIVE_KEY_FILE if home else None
    if key_file is None or not key_file.exists():
        raise UserError(
            f"L'archivio «{path.name}» è cifrato e manca la sua chiave"
            f"{f' «{key_file}»' if key_file else ''}: ripristinala dalla copia di sicurezza."
        )
    return _read_key(key_file)


def _read_key(path: Path) -> str:
    damaged = f"La chiave degli archivi «{path}» non si legge: ripristinala dalla copia di sicurezza."
    try:
        text = read_secret(path).strip()
        if len(base64.b64decode(text, validate=True)) != KEY_BYTES:
            raise UserError(damaged)
    except (OSError, ValueError) as error:
        raise UserError(damaged) from error
    return text


def _home_of(path: Path) -> Home | None:
    """The home that a file lies in: the nearest folder above it with a folder of keys."""
    for folder in path.absolute().parents:
        home = Home(folder)
        if home.keys.is_dir():
            return home
    return None
