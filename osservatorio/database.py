"""DuckDB connections with the settings of the house."""

from pathlib import Path

import duckdb

from osservatorio.errors import UserError

DEFAULT_MEMORY_LIMIT = "1200MB"


def connect(
    path: Path | None,
    *,
    read_only: bool = False,
    memory_limit: str = DEFAULT_MEMORY_LIMIT,
    threads: int | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file (None: in memory). Spilled pages are encrypted, nothing is ever downloaded.

    Raises UserError when another process holds the file or the file cannot be opened.
    """
    config = {
        "memory_limit": memory_limit,
        "temp_file_encryption": "true",
        # The wheel's own cipher encrypts what is spilled; the other one would need an extension.
        "force_mbedtls_unsafe": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "true",
    }
    if threads:
        config["threads"] = str(threads)
    try:
        return duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise UserError(
                f"L'archivio «{path.name if path else ''}» è in uso da un altro comando: "
                "aspetta che finisca e riprova."
            ) from error
        raise UserError(
            f"Non riesco ad aprire l'archivio «{path.name if path else ''}»: "
            "controlla che il file esista, che sia integro e che tu abbia i permessi."
        ) from error
