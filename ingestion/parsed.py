"""Queries that are run for every piece of a delivery, parsed once: DuckDB 2 parses a long one for longer than it runs."""

import warnings

import duckdb
import pyarrow as pa

# `sql`, which DuckDB recommends for it, parses a parsed statement again: the copy of a small result costs less.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy")


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
