"""Pieces of SQL text. Great Expectations takes a query as text alone, so facts of the contracts are written in.

Only facts of ours (names, codes, dates, thresholds) ever pass here, never delivered values.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

# The landing is attached under a name of ours: opened by itself, its catalogue would be called as its file, and
# `landing.minori` would be ambiguous in a file called landing.duckdb.
ARCHIVE = "archive"
LANDING_SCHEMA = f"{ARCHIVE}.landing"
HELD_SCHEMA = f"{ARCHIVE}.held"
META_SCHEMA = f"{ARCHIVE}.meta"
QUARANTINE = f"{ARCHIVE}.quarantine.rows"

Literal = str | int | float | Decimal | bool | date | None


def identifier(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Literal) -> str:
    """A SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[Literal]) -> str:
    """Literals with commas between."""
    return ", ".join(literal(value) for value in values)


def rows(values: Iterable[Iterable[Literal]]) -> str:
    """Rows for a `values` list: `(1, 'a'), (2, 'b')`."""
    return ", ".join(f"({literals(row)})" for row in values)


def unexpected_rows_query(text: str) -> str:
    """A query for UnexpectedRowsExpectation, where `{batch}` stands for the table and other braces are text."""
    return text.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")
