"""What a build remembers of each table, to tell the next one what changed: a fingerprint of each of its parts.

A model says in its `meta` what part a row belongs to, as a whole number (`part`, mostly a year). Without it the table
has one part. Fingerprints are of content: never of times, sizes or names.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

WHOLE = "0"  # the part of a table that has only one
_CREATED = re.compile(r"\A\s*create or replace (?:table|view) \S+ as \(\s*(.*)\)\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Known:
    """What is known of a relation: the text that makes it, and what it holds."""

    text: str
    parts: dict[int, str]

    @property
    def content(self) -> str:
        """The same as long as the content is."""
        return digest(sorted(self.parts.items()))

    def differs_in(self, other: "Known") -> set[int]:
        """The parts that are not the same in both."""
        return {p for p in self.parts.keys() | other.parts.keys() if self.parts.get(p) != other.parts.get(p)}


def digest(value: object) -> str:
    """SHA-256 of what JSON can say."""
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()


def fingerprints(
    con: duckdb.DuckDBPyConnection, relation: str, part: str = WHOLE, only: Collection[int] | None = None
) -> dict[int, str]:
    """Part -> fingerprint of its rows, whatever their order; `only` of some parts."""
    where = f"where {in_parts(part, only)}" if only is not None else ""
    columns = ", ".join(quoted(row[0]) for row in con.execute(f"describe {relation}").fetchall())
    rows = con.execute(
        f"""select part, count(*), bit_xor(mark), sum(mark::hugeint) from (
            select {_number(part)} as part, hash({columns}) as mark from {relation} {where}
        ) group by part"""
    ).fetchall()
    return {number: "-".join(map(str, marks)) for number, *marks in rows}


def in_parts(part: str, numbers: Collection[int]) -> str:
    """The condition that a row belongs to one of the parts."""
    return f"{_number(part)} in ({', '.join(map(str, sorted(numbers)))})" if numbers else "false"


def _number(part: str) -> str:
    return f"coalesce(({part})::integer, 0)"


def body(statement: str) -> str:
    """The query of a statement that creates a table or a view. Raises ValueError when it is none."""
    found = _CREATED.match(statement)
    if not found:
        raise ValueError("no statement of a table")
    return found[1]


def reading_only(text: str, filters: Mapping[str, str]) -> str:
    """The text with some of the relations that it reads replaced by a query (relation -> query)."""
    for relation, query in filters.items():
        text = text.replace(relation, f"({query})")
    return text


def read_once(text: str, relations: Iterable[str]) -> bool:
    """Whether each relation is read in one place only: read in two, a filter may be right for one of them alone."""
    return all(text.count(relation) == 1 for relation in relations)


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
