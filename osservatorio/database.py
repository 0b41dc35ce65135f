"""DuckDB connections with the settings of the house, to plain and to encrypted archives alike."""

import re
from pathlib import Path

import duckdb

from osservatorio.encryption import archive_key, extension_path
from osservatorio.errors import UserError
from osservatorio.interruption import end_query_when_interrupted

DEFAULT_MEMORY_LIMIT = "1200MB"
# The oldest DuckDB that reads our files: the one of the extra that encrypts. It costs neither time nor space.
STORAGE_VERSION = "v1.5.0"
SETTINGS = {
    "temp_file_encryption": "true",
    # The wheel's own cipher encrypts what is spilled; the other one needs an extension (`_load_cipher`).
    "force_mbedtls_unsafe": "true",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
    "storage_compatibility_version": STORAGE_VERSION,
}


def connect(
    path: Path | None,
    *,
    read_only: bool = False,
    memory_limit: str = DEFAULT_MEMORY_LIMIT,
    threads: int | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file (None: in memory). Spilled pages are encrypted (but see `spill_to`), nothing is ever downloaded.

    The file is a catalogue of its own name (`catalogue_name`), in use from the start; where it is encrypted, a new
    cursor of the connection has to be told so (`use`). Raises UserError when another process holds the file or the
    file cannot be opened.
    """
    config = SETTINGS | {"memory_limit": memory_limit}
    if threads:
        config["threads"] = str(threads)
    key = archive_key(path, read_only=read_only) if path else None
    if path and key is None:
        try:
            con = duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            raise _explained(path, error) from error
    else:
        con = duckdb.connect(":memory:", config=config)
        if path:
            try:
                attach(con, path, catalogue_name(path), read_only=read_only)
                use(con, path)
            except BaseException:
                con.close()
                raise
    end_query_when_interrupted(con)
    return con


def attach(con: duckdb.DuckDBPyConnection, path: Path, name: str, *, read_only: bool = False) -> None:
    """Attach a DuckDB file to a connection under a catalogue name; a file to write is created where there is none.

    Raises UserError as `connect` does. The key of an encrypted file is bound, never part of a statement.
    """
    key = archive_key(path, read_only=read_only)
    options = ["read_only"] if read_only else []
    if key is not None:
        _load_cipher(con)
        options.append("encryption_key $key")
    place = str(path).replace("'", "''")
    statement = f"attach '{place}' as {_quote(name)}" + (f" ({', '.join(options)})" if options else "")
    try:
        con.execute(statement, {"key": key} if key is not None else None)
    except duckdb.Error as error:
        raise _explained(path, error) from error


def spill_to(con: duckdb.DuckDBPyConnection, folder: Path, *, beside: Path) -> None:
    """Let a connection spill to a folder, encrypted where the archive `beside` is encrypted.

    The pages of a plain archive lie plain beside what is spilled of it, so encrypting that would hide nothing, and costs
    a fifth of a large build (the wheel's own cipher is slow). For connections that read archives only: whoever reads
    deliveries, with identities in the clear, may not spill at all.
    """
    con.execute("set temp_directory = $folder", {"folder": str(folder)})
    if archive_key(beside, read_only=True) is None:
        con.execute("set temp_file_encryption = false")


def catalogue_name(path: Path) -> str:
    """The name of a file's catalogue: that of the file, up to the first point."""
    return path.name.split(".")[0]


def use(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Let names without a catalogue mean those of the file; for new cursors of a connection of `connect`."""
    con.execute(f"use {_quote(catalogue_name(path))}")


def _load_cipher(con: duckdb.DuckDBPyConnection) -> None:
    """Encrypt with the extension's cipher; the part of the extension that reaches the network is shut."""
    extension = extension_path()
    if extension is not None:  # without it, encrypted files can still be read
        place = str(extension).replace("'", "''")
        con.execute(f"load '{place}'")
        con.execute("set disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'")
        con.execute("set force_mbedtls_unsafe = false")


def _explained(path: Path, error: duckdb.Error) -> UserError:
    text = str(error)
    if re.search(r"\block\b|used by another process", text, re.IGNORECASE):
        return UserError(
            f"L'archivio «{path.name}» è in uso da un altro comando: aspetta che finisca e riprova."
        )
    if "encryption key" in text:
        return UserError(
            f"L'archivio «{path.name}» è cifrato con un'altra chiave: ripristina quella giusta dalla copia di sicurezza."
        )
    if "version number" in text:
        return UserError(
            f"L'archivio «{path.name}» è scritto da una versione di DuckDB più recente di quella installata "
            f"({duckdb.__version__}): usa l'installazione che lo ha creato."
        )
    return UserError(
        f"Non riesco ad aprire l'archivio «{path.name}»: controlla che il file esista e che tu abbia i permessi; se "
        "non è integro, ripristinalo dalla copia di sicurezza."
    )


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
