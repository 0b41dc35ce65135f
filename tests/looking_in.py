"""Archives read through one DuckDB that stays: a new one for every look would cost more than the look."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from osservatorio.database import attach, catalogue_name, connect, use
from osservatorio.errors import UserError


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    atexit.register(_reader.cache_clear)
    return connect(None, threads=1)


@contextmanager
def looking_in(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads an archive, whose names need no catalogue; the archive is let go at the end.

    Where something in this process holds the archive open, it is read as `connect` reads it.
    """
    name = catalogue_name(path)
    con = _reader()
    try:
        attach(con, path, name, read_only=True)
    except UserError:
        with connect(path, read_only=True) as held:
            yield held
        return
    try:
        use(con, path)
        yield con
    finally:
        con.execute("use memory")
        con.execute(f'detach "{name}"')
