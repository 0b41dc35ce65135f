"""A SQLAlchemy dialect over one DuckDB connection that is already open.

duckdb-engine's own dialect does not work under Great Expectations: results are fetched after the SQLAlchemy
connection was given back, and there a cursor *is* the connection, so the next statement or the rollback of the
pool wipes the result. Here every cursor is a DuckDB cursor of its own over the same database, and closing,
committing and rolling back do nothing: the landing is open read-only and belongs to the caller.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import duckdb
from duckdb_engine import ConnectionWrapper, CursorWrapper, Dialect
from sqlalchemy import pool, types
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import NoSuchTableError

DRIVER = "duckdb.landing"
_open: dict[str, duckdb.DuckDBPyConnection] = {}


class LandingConnection(ConnectionWrapper):
    """The caller's connection as SQLAlchemy sees it: it gives cursors and can end nothing."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> CursorWrapper:
        return CursorWrapper(self._connection.cursor(), self)

    def close(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def begin(self) -> None: ...


class LandingDialect(Dialect):
    """duckdb-engine's dialect, over connections registered by `landing_url`."""

    supports_statement_cache = False

    def connect(self, *_: Any, database: str, **__: Any) -> LandingConnection:
        return LandingConnection(_open[database])

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        return pool.StaticPool

    def do_rollback(self, connection: Any) -> None:
        connection.rollback()

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[dict[str, Any]]:
        """Columns of a table, from DuckDB's own catalogue: its imitation of PostgreSQL's lacks parts.

        `schema` is written `database.schema`. The types stay unknown to SQLAlchemy, which passes values as they are.
        """
        rows = connection.exec_driver_sql(
            "select column_name, is_nullable from duckdb_columns() "
            "where table_name = $1 and concat_ws('.', database_name, schema_name) = $2 order by column_index",
            (str(table_name), schema),
        ).fetchall()
        if not rows:
            raise NoSuchTableError(table_name)
        return [
            {"name": name, "type": types.NullType(), "nullable": nullable, "default": None}
            for name, nullable in rows
        ]

    def get_pk_constraint(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """The landing declares no key: every version of a record is kept."""
        return {"constrained_columns": [], "name": None}


registry.register(DRIVER, __name__, LandingDialect.__name__)


@contextmanager
def landing_url(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A SQLAlchemy address for an open DuckDB connection, valid inside the block."""
    token = uuid4().hex
    _open[token] = connection
    try:
        yield f"{DRIVER.replace('.', '+')}:///{token}"
    finally:
        del _open[token]
