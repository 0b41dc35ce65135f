"""Queries that are run for every piece of a delivery, parsed or planned once: DuckDB 2 takes longer for that than to run them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count

import duckdb
import pyarrow as pa

# `sql`, which DuckDB recommends for it, parses a parsed statement again: the copy of a small result costs less.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy")

_NUMBERS = count()  # prepared statements of one connection have names of their own


class ParsedQueries:
    """Statements of a connection by their SQL, each to be run in place of it as often as needed."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._statements: dict[str, duckdb.Statement] = {}

    def __getitem__(self, query: str) -> duckdb.Statement:
        if query not in self._statements:
            (self._statements[query],) = self._con.extract_statements(query)
        return self._statements[query]

    def result(self, query: str, parameters: dict[str, object] | None = None) -> pa.Table:
        """The result of a query in Arrow."""
        return self._con.execute(self[query], parameters or None).to_arrow_table()


class _Slot:
    """A place of the connection for tables of one schema: a planned query reads the one that lies there when it is run.

    A plan over an Arrow table itself reads that table ever after.
    """

    def __init__(self, table: pa.Table) -> None:
        self.schema = table.schema
        self.table = table

    def clear(self) -> None:
        self.table = self.schema.empty_table()

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


class PlannedQueries:
    """Queries of a connection over tables that change from piece to piece, each planned once.

    A table with another schema than the one before it under its name has everything planned anew. The names are the
    connection's: whoever plans over them later has them for himself.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._slots: dict[str, _Slot] = {}
        self._planned: dict[str, str] = {}

    @contextmanager
    def over(self, **tables: pa.Table) -> Iterator[None]:
        """Arrow tables under names of SQL meanwhile."""
        for name, table in tables.items():
            self._put(name, table)
        try:
            yield
        finally:
            for name in tables:
                self._slots[name].clear()

    def execute(self, query: str, **values: date) -> duckdb.DuckDBPyConnection:
        """Run a query; its parameters are days and moments."""
        if query not in self._planned:
            name = f"planned_{next(_NUMBERS)}"
            self._con.execute(f"prepare {name} as {query}")
            self._planned[query] = name
        given = ", ".join(f"{name} := {_literal(value)}" for name, value in values.items())
        return self._con.execute(f"execute {self._planned[query]}" + (f"({given})" if given else ""))

    def result(self, query: str, **values: date) -> pa.Table:
        """The result of a query in Arrow."""
        return self.execute(query, **values).to_arrow_table()

    def _put(self, name: str, table: pa.Table) -> None:
        slot = self._slots.get(name)
        if slot is not None and slot.schema.equals(table.schema):
            slot.table = table
            return
        self._plan_anew()
        self._slots[name] = _Slot(table)
        self._con.register(name, self._slots[name])

    def forget(self) -> None:
        """Begin again, after a transaction was undone: what was registered in it is gone."""
        self._plan_anew()
        self._slots.clear()

    def _plan_anew(self) -> None:
        for planned in self._planned.values():
            self._con.execute(f"deallocate {planned}")
        self._planned.clear()


def _literal(value: date) -> str:
    return f"{'timestamp' if isinstance(value, datetime) else 'date'} '{value}'"
