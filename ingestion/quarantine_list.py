"""What is in quarantine, for `quarantine`: counted by body, file and rule, and entry by entry as a stream.

An entry is one error of one row. It is open (to be mended by the sender), waiting (for the record that it refers to),
or closed: landed by itself, or replaced by a later delivery.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import duckdb

from ingestion.closing import LANDED, LIVE, OPEN, REPLACED, WAITING
from ingestion.rule_texts import Texts, sentence
from ingestion.rules import Rule, catalogue
from osservatorio.contracts import Column, load_contracts

ALL_STATES = (OPEN, WAITING, LANDED, REPLACED)
FETCHED_AT_ONCE = 5_000
NO_BODY = ""  # a file in which no row says whose it is

# The body that the list goes to: whose the file is, else the body that the row names, where the file has records of
# that body, else the only body of the file.
_LOCATED = f"""
    located as (
        select errors.*, deliveries.rows_read, deliveries.loaded_at as delivered_at,
            coalesce(
                deliveries.sender,
                case when list_contains(string_split(deliveries.codice_ente, ','), errors.row_values ->> 'codice_ente')
                    then errors.row_values ->> 'codice_ente' end,
                case when not contains(deliveries.codice_ente, ',') then deliveries.codice_ente end,
                '{NO_BODY}') as body
        from quarantine.rows as errors
        left join meta.deliveries as deliveries
            on deliveries.delivery_id = errors.delivery_id and deliveries.outcome = 'landed'
        where list_contains($states::varchar[], errors.state)
    )"""
_ENTRY = """body as codice_ente, file, "row", "column", rule, extract, delivery_id, state, found, message,
    delivered_at, closed_at, closed_by"""


@dataclass(frozen=True)
class Entry:
    """One error of one row, as kept."""

    codice_ente: str
    file: str
    row: int
    column: str | None
    rule: str
    extract: str
    delivery_id: str
    state: str
    found: str | None
    message: str
    delivered_at: datetime
    closed_at: datetime | None
    closed_by: str | None

    @property
    def texts(self) -> Texts:
        """The texts of its rule; of a rule that the contracts no longer have, the message alone."""
        rule = known_rule(self.extract, self.rule)
        return (
            rule.texts
            if rule
            else Texts(self.message.rstrip("."), "", self.message.rstrip("."), self.message)
        )

    @property
    def label(self) -> str | None:
        """The Italian name of its column."""
        column = known_column(self.extract, self.column)
        return column.label if column else self.column

    def as_row(self) -> dict[str, Any]:
        """The entry as plain values, with what is expected and how to mend it."""
        texts = self.texts
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "rule": self.rule,
            "message": self.message,
            "found": self.found,
            "expected": sentence(texts.expected),
            "remedy": sentence(texts.remedy),
            "state": self.state,
            "codice_ente": self.codice_ente,
            "extract": self.extract,
            "delivery_id": self.delivery_id,
            "delivered_at": self.delivered_at.isoformat(timespec="seconds") if self.delivered_at else None,
            "closed_at": self.closed_at.isoformat(timespec="seconds") if self.closed_at else None,
            "closed_by": self.closed_by,
        }


@dataclass(frozen=True)
class FileCount:
    """The rows of one delivery that one body has in quarantine; `errors` are those of the rows `to_mend`."""

    codice_ente: str
    file: str
    delivery_id: str
    extract: str
    delivered_at: datetime
    rows_read: int
    to_mend: int
    errors: int
    waiting: int
    settled: int


@dataclass(frozen=True)
class Mended:
    """Rows of an earlier delivery that later ones brought again (`mended`), and those still to be mended (`left`)."""

    file: str
    extract: str
    mended: int
    left: int


@dataclass(frozen=True)
class RuleCount:
    """How many times the rows of one delivery of one body break one rule, in one state."""

    codice_ente: str
    delivery_id: str
    extract: str
    column: str | None
    rule: str
    state: str
    errors: int


@lru_cache(maxsize=1024)
def known_rule(extract: str, rule: str) -> Rule | None:
    """A rule of the present contracts."""
    contract = load_contracts().get(extract)
    return next((one for one in catalogue(contract) if one.id == rule), None) if contract else None


def known_column(extract: str, name: str | None) -> Column | None:
    """A column of the present contracts."""
    contract = load_contracts().get(extract)
    return next((column for column in contract.columns if column.name == name), None) if contract else None


def count_by_file(con: duckdb.DuckDBPyConnection, states: Sequence[str] = ALL_STATES) -> list[FileCount]:
    """What each body has in quarantine, by file in the order of loading."""
    query = f"""
        with {_LOCATED}
        select body, any_value(file), delivery_id, any_value(extract), any_value(delivered_at), any_value(rows_read),
            count(distinct "row") filter (state = '{OPEN}'), count(*) filter (state = '{OPEN}'),
            count(distinct "row") filter (state = '{WAITING}'),
            count(distinct "row") filter (state in ('{LANDED}', '{REPLACED}'))
        from located group by body, delivery_id
        order by body, min(load_seq), delivery_id"""
    return [FileCount(*row) for row in con.execute(query, {"states": list(states)}).fetchall()]


def mended_since(con: duckdb.DuckDBPyConnection, load_seq: int) -> list[Mended]:
    """The earlier deliveries whose entries were closed by the deliveries landed from this number on."""
    query = f"""
        with later as (
            select delivery_id from meta.deliveries where outcome = 'landed' and load_seq >= $load_seq
        ),
        by_row as (
            select delivery_id, any_value(file) as file, any_value(extract) as extract, "row",
                min(load_seq) as load_seq, bool_or(state = '{OPEN}') as is_open,
                bool_or(state = '{REPLACED}' and closed_by in (from later) and closed_by <> delivery_id)
                    as is_mended
            from quarantine.rows
            where delivery_id in (
                select delivery_id from quarantine.rows
                where state = '{REPLACED}' and closed_by in (from later) and closed_by <> delivery_id
            )
            group by delivery_id, "row"
        )
        select any_value(file), any_value(extract), count(*) filter (is_mended), count(*) filter (is_open)
        from by_row
        group by delivery_id having bool_or(is_mended)
        order by min(load_seq)"""
    return [Mended(*row) for row in con.execute(query, {"load_seq": load_seq}).fetchall()]


def count_by_rule(con: duckdb.DuckDBPyConnection, states: Sequence[str] = LIVE) -> list[RuleCount]:
    """How often each rule is broken in each file, the most frequent first."""
    query = f"""
        with {_LOCATED}
        select body, delivery_id, extract, "column", rule, state, count(*) as errors
        from located group by all
        order by errors desc, body, delivery_id, "column" nulls first, rule, state"""
    return [RuleCount(*row) for row in con.execute(query, {"states": list(states)}).fetchall()]


def examples(
    con: duckdb.DuckDBPyConnection, per_rule: int, states: Sequence[str] = LIVE
) -> dict[tuple[str, str, str, str], list[Entry]]:
    """The first entries of each (body, delivery, rule, state)."""
    query = f"""
        with {_LOCATED}
        select {_ENTRY} from located
        qualify row_number() over (partition by body, delivery_id, rule, state order by "row") <= $per_rule
        order by body, delivery_id, rule, "row" """
    grouped: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in _stream(con, query, {"states": list(states), "per_rule": per_rule}):
        key = (entry.codice_ente, entry.delivery_id, entry.rule, entry.state)
        grouped.setdefault(key, []).append(entry)
    return grouped


def entries(
    con: duckdb.DuckDBPyConnection,
    states: Sequence[str] = LIVE,
    *,
    codice_ente: str | None = None,
    limit: int | None = None,
) -> Iterator[Entry]:
    """The entries, by body, delivery in the order of loading, and row; of one body alone where it is given.

    They are streamed: to be read through before the connection is used for anything else.
    """
    query = f"""
        with {_LOCATED}
        select {_ENTRY} from located
        where $body is null or body = $body
        order by body, load_seq, "row", "column" nulls first, rule, state
        {f"limit {limit:d}" if limit is not None else ""}"""
    yield from _stream(con, query, {"states": list(states), "body": codice_ente})


def _stream(con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any]) -> Iterator[Entry]:
    cursor = con.execute(query, parameters)
    while rows := cursor.fetchmany(FETCHED_AT_ONCE):
        for row in rows:
            yield Entry(*row)


def file_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The names of the files landed, by delivery."""
    found = con.execute("select delivery_id, file_name from meta.deliveries where outcome = 'landed'")
    return dict(found.fetchall())


def quarantine_rows(con: duckdb.DuckDBPyConnection, states: Sequence[str] = LIVE) -> list[dict[str, Any]]:
    """The entries as plain values."""
    return [entry.as_row() for entry in entries(con, states)]
