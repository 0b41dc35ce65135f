"""A batch of deliveries of one extract: checked in one pass, landed or set aside, and counted, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.checking import CHECKED, DELIVERED, checked_query, is_accepted, is_waiting, mask_names
from ingestion.conversion import text_of
from ingestion.landing import SCHEMA
from ingestion.pseudonyms import pads
from ingestion.refusal import FISCAL_CODE, MASKED, MAX_SHOWN
from ingestion.rules import FLAW_FOUND, catalogue
from ingestion.tables import FLAW, ROW
from ingestion.tables import FLAW_FOUND as FLAW_FOUND_COLUMN
from osservatorio.contracts import Contract
from osservatorio.keys import Key

FILES = "files"  # the deliveries of a batch: file_no, delivery_id, file_name, load_seq
RULES = "rules"
SLICE = 40_000  # bad rows whose messages are made at once
MAX_KEPT = 500  # characters kept of a value set aside: as many as the longest text of a contract
_CONTROL = r"[\x00-\x1f\x7f]+"
_OWN_COLUMNS = {ROW, FLAW, FLAW_FOUND_COLUMN, "file_no"}


@dataclass
class Account:
    """The count of one delivery's rows, and what they say of the delivery."""

    rows_read: int = 0
    accepted: int = 0
    waiting: int = 0
    bodies: frozenset[str] = frozenset()
    first_extraction: date | None = None
    last_extraction: date | None = None

    @property
    def quarantined(self) -> int:
        return self.rows_read - self.accepted

    def add(self, other: "Account") -> None:
        """Add the count of more rows of the same delivery."""
        self.rows_read += other.rows_read
        self.accepted += other.accepted
        self.waiting += other.waiting
        self.bodies |= other.bodies
        firsts = [day for day in (self.first_extraction, other.first_extraction) if day]
        lasts = [day for day in (self.last_extraction, other.last_extraction) if day]
        self.first_extraction = min(firsts, default=None)
        self.last_extraction = max(lasts, default=None)


@dataclass(frozen=True)
class FileOfBatch:
    """A delivery of the batch, under the number that its rows carry."""

    number: int
    delivery_id: str
    name: str
    load_seq: int


class RowChecker:
    """Lands the rows of one extract. Raw text is only ever in memory: in Arrow and in temporary tables."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, key: Key, loaded_at: datetime
    ) -> None:
        self._con = con
        self._contract = contract
        self._loaded_at = loaded_at
        self._parameters: dict[str, object] = {"loading_date": loaded_at.date()}
        if any(column.secret for column in contract.columns):
            self._parameters |= pads(key)
        con.register(RULES, _rules_table(contract))

    def land(
        self, files: Sequence[FileOfBatch], tables: Sequence[tuple[int, pa.Table]]
    ) -> dict[int, Account]:
        """Check rows, append the good ones to the landing and the others to the quarantine; the count by file.

        `tables` are (file number, rows as the readers give them). To be called inside a transaction. Raises
        AssertionError when a row would be neither landed nor set aside.
        """
        con = self._con
        delivered = _delivered_table(tables)
        con.register(DELIVERED, delivered)
        con.register(FILES, pa.Table.from_pylist([vars(file) for file in files]))
        con.execute(
            f"create or replace temp table {CHECKED} as {checked_query(self._contract)}", self._parameters
        )
        accounts = self._count()
        landed = self._append(_landing_query(self._contract))
        errors = sum(
            self._append(_quarantine_query(self._contract), **slice_) for slice_ in self._bad_slices()
        )
        self._check(delivered.num_rows, landed, errors, accounts)
        con.execute(f"drop table {CHECKED}")
        con.unregister(DELIVERED)
        con.unregister(FILES)
        return accounts

    def _append(self, query: str, **parameters: object) -> int:
        """Run an `insert`; how many rows it added."""
        (count,) = self._con.execute(query, {"loaded_at": self._loaded_at, **parameters}).fetchone() or (0,)
        return int(count)

    def _bad_slices(self) -> list[dict[str, int]]:
        """Ranges of row numbers with about `SLICE` bad rows each: messages of a whole bad batch would fill the memory."""
        ends = self._con.execute(
            f"""select max(row_no) as last
            from (
                select row_no, (row_number() over (order by row_no) - 1) // {SLICE} as slice
                from {CHECKED} where not ({is_accepted(self._contract)})
            )
            group by slice order by last"""
        ).fetchall()
        lasts = [last for (last,) in ends]
        return [{"first": first + 1, "last": last} for first, last in zip([-1, *lasts], lasts, strict=False)]

    def _count(self) -> dict[int, Account]:
        rows = self._con.execute(
            f"""select file_no, count(*), count(*) filter (accepted), count(*) filter (waiting),
                list(distinct codice_ente) filter (codice_ente is not null),
                min(data_estrazione) filter (accepted), max(data_estrazione) filter (accepted)
            from (
                select *, {is_accepted(self._contract)} as accepted, {is_waiting(self._contract)} as waiting
                from {CHECKED}
            )
            group by file_no"""
        ).fetchall()
        return {
            number: Account(read, accepted, waiting, frozenset(bodies or ()), first, last)
            for number, read, accepted, waiting, bodies, first, last in rows
        }

    def _check(self, delivered: int, landed: int, errors: int, accounts: dict[int, Account]) -> None:
        """Promise 1: rows read = rows accepted + rows quarantined, and every broken rule is written down."""
        masks = " + ".join(f"bit_count({mask})" for mask in mask_names(self._contract))
        (broken,) = self._con.execute(f"select coalesce(sum({masks}), 0) from {CHECKED}").fetchone() or (0,)
        read = sum(account.rows_read for account in accounts.values())
        accepted = sum(account.accepted for account in accounts.values())
        if (read, accepted, broken) != (delivered, landed, errors):
            raise AssertionError(
                f"{self._contract.extract}: {delivered} rows delivered, {read} checked; {accepted} accepted, "
                f"{landed} landed; {broken} rules broken, {errors} quarantine rows"
            )


def _delivered_table(tables: Sequence[tuple[int, pa.Table]]) -> pa.Table:
    """The rows of all files under one number per row, the contract's columns named as delivered text."""
    parts = [
        table.append_column("file_no", pa.array(np.full(table.num_rows, number, dtype=np.int32)))
        for number, table in tables
    ]
    rows = pa.concat_tables(parts).combine_chunks()
    texts = [name if name in _OWN_COLUMNS else text_of(name).strip('"') for name in rows.column_names]
    return rows.rename_columns(texts).append_column("row_no", pa.array(np.arange(rows.num_rows)))


def _rules_table(contract: Contract) -> pa.Table:
    """The catalogue as a table to join masks with."""
    return pa.table(
        {
            "rule_id": [rule.id for rule in catalogue(contract)],
            "column_name": pa.array([rule.column for rule in catalogue(contract)], pa.string()),
            "word": pa.array([rule.word for rule in catalogue(contract)], pa.int32()),
            "bit": pa.array([rule.value for rule in catalogue(contract)], pa.uint64()),
            "message": [rule.message for rule in catalogue(contract)],
            "shown": pa.array([list(rule.shown) for rule in catalogue(contract)], pa.list_(pa.string())),
        }
    )


def _landing_query(contract: Contract) -> str:
    names = ", ".join(column.name for column in contract.columns)
    return f"""
        insert into {SCHEMA}.{contract.extract}
        select {names}, delivery_id, files.name, source_row, $loaded_at, load_seq
        from {CHECKED}
        join {FILES} as files on files.number = {CHECKED}.file_no
        where {is_accepted(contract)}"""


def _quarantine_query(contract: Contract) -> str:
    """One row per rule broken. Values are shown on one line, cut short, without any codice fiscale."""
    open_columns = [column.name for column in contract.columns if not column.secret]
    names = ", ".join(f"'{name}'" for name in open_columns)
    texts = ", ".join(text_of(name) for name in open_columns)
    masks = mask_names(contract)
    mask_of_rule = " ".join(f"when {word} then {mask}" for word, mask in enumerate(masks))
    return f"""
        insert into quarantine.rows
        with bad as (
            select row_no, file_no, {", ".join(masks)} from {CHECKED}
            where row_no between $first and $last and not ({is_accepted(contract)})
        ),
        texts as (
            select row_no, source_row, flaw, coalesce(flaw_found, '') as flaw_found,
                list_transform(
                    list_filter(list_zip([{names}], [{texts}]), lambda pair: pair[2] is not null),
                    lambda pair: {{
                        'key': pair[1],
                        'value': left(regexp_replace(pair[2], '{FISCAL_CODE}', '{MASKED}', 'gi'), {MAX_KEPT})}}) as kept
            from {DELIVERED}
            where row_no in (select row_no from bad)
        ),
        shown as (
            select *, map_from_entries(list_transform(kept, lambda pair: {{
                'key': pair.key, 'value': trim(regexp_replace(pair.value, '{_CONTROL}', ' ', 'g'))}})) as shown_values
            from texts
        )
        select files.delivery_id, '{contract.extract}', files.name, source_row, rules.column_name, rules.rule_id,
            replace(
                list_reduce(
                    rules.shown,
                    lambda message, name: replace(
                        message,
                        '{{' || name || '}}',
                        case when length(shown_values[name]) > {MAX_SHOWN}
                            then left(shown_values[name], {MAX_SHOWN - 1}) || '…'
                            else coalesce(shown_values[name], 'vuoto')
                        end),
                    rules.message),
                '{FLAW_FOUND}', flaw_found),
            case when flaw is null then to_json(map_from_entries(kept)) end,
            files.load_seq, $loaded_at
        from bad
        join {RULES} as rules on (case rules.word {mask_of_rule} end) & rules.bit <> 0
        join shown using (row_no)
        join {FILES} as files on files.number = bad.file_no
        order by bad.row_no"""
