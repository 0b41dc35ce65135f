"""A batch of deliveries of one extract: checked in one pass, landed or set aside, and counted, in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.batch_files import Account, FileOfBatch, files_table
from ingestion.checking import (
    CHECKED,
    DELIVERED,
    FILES,
    TYPED,
    broken_query,
    is_accepted,
    is_waiting,
    mask_names,
    rechecked_query,
)
from ingestion.closing import close_rechecked, take_up_spoilt
from ingestion.conversion import text_of
from ingestion.entries import RULES, entries_query, rules_table
from ingestion.layout import HELD, SCHEMA
from ingestion.parsed import ParsedQueries
from ingestion.preparation import Prepared, side_by_side
from ingestion.tables import FLAW, FLAW_FOUND
from osservatorio.contracts import Contract

ROW_GROUP = 122_880  # rows that DuckDB stores together
SLICE = 40_000  # bad rows whose messages are made at once


class RowChecker:
    """Lands the rows of one extract. Raw text is only ever in memory: in Arrow and in temporary tables."""

    def __init__(self, con: duckdb.DuckDBPyConnection, contract: Contract, loaded_at: datetime) -> None:
        self._con = con
        self._parsed = ParsedQueries(con)
        self.contract = contract
        self._loaded_at = loaded_at
        self._loading_date = {"loading_date": loaded_at.date()}
        con.register(RULES, rules_table(contract))

    def land(self, files: Sequence[FileOfBatch], prepared: Prepared) -> dict[int, Account]:
        """Check rows, append the good ones to the landing and the others to the quarantine; the count by file.

        To be called inside a transaction. Raises AssertionError when a row would be neither landed nor set aside.
        """
        delivered, typed = prepared.delivered, prepared.typed
        with self._registered({FILES: files_table(files)}):
            with self._registered({TYPED: typed}):
                broken = self._broken()
            outcome = side_by_side(typed, _states(delivered.num_rows, broken))
            with self._registered(
                {TYPED: outcome, CHECKED: _set_aside(self.contract, delivered, typed, broken)}
            ):
                accounts = self._count(TYPED)
                # What one thread alone works on comes first, while other pieces are read and prepared: by the end of
                # the writing, which takes all threads, these are ready and wait.
                held = self._append(_held_query(self.contract, CHECKED))
                errors = self._append_errors(CHECKED, f"not {is_accepted(self.contract)}")
                landed = self._append(_landing_query(self.contract, TYPED))
                self._check(delivered.num_rows, landed, held, errors, accounts)
        return accounts

    def land_again(self, files: Sequence[FileOfBatch]) -> dict[int, Account]:
        """Check rows that are held, given as the table `delivered` with text and typed value of every column.

        The good ones are appended to the landing, and to the quarantine goes what is wrong with those that wait no
        longer; the count by file. Raises AssertionError when a row is not accounted for.
        """
        contract = self.contract
        rows = f"(select *, {is_accepted(contract)} as accepted, {is_waiting(contract)} as waiting from {CHECKED}) as rows"
        with self._registered({FILES: files_table(files)}), self._rechecked():
            accounts = self._count(rows)
            landed = self._append(_landing_query(contract, rows))
            take_up_spoilt(self._con, contract)
            self._append_errors(
                _rechecked_texts(contract),
                f"not ({is_accepted(contract)} or {is_waiting(contract)})",
            )
            close_rechecked(self._con, contract, self._loaded_at)
        if landed != sum(account.accepted for account in accounts.values()):
            raise AssertionError(f"{contract.extract}: {landed} waiting rows landed, {accounts} counted")
        return accounts

    @contextmanager
    def _registered(self, tables: dict[str, pa.Table]) -> Iterator[None]:
        """Arrow tables under names of SQL."""
        for name, table in tables.items():
            self._con.register(name, in_row_groups(table))
        yield
        for name in tables:
            self._con.unregister(name)

    @contextmanager
    def _rechecked(self) -> Iterator[None]:
        """The temporary table `checked` of all the rows of `delivered`."""
        self._con.execute(
            f"create or replace temp table {CHECKED} as {rechecked_query(self.contract)}", self._loading_date
        )
        yield
        self._con.execute(f"drop table {CHECKED}")

    def _broken(self) -> pa.Table:
        """The rows of `typed` that break some rule, in order, with their masks; `waiting`: only for want of a parent."""
        query = f"select *, {is_waiting(self.contract)} as waiting from ({broken_query(self.contract)}) order by row_no"
        return self._con.sql(self._parsed[query], params=self._loading_date).to_arrow_table()

    def _append_errors(self, rows: str, which: str) -> int:
        query = entries_query(self.contract, rows, which)
        return sum(self._append(query, **slice_) for slice_ in self._slices(which))

    def _append(self, query: str, **parameters: object) -> int:
        """Run an `insert`; how many rows it added."""
        (count,) = self._con.execute(
            self._parsed[query], {"loaded_at": self._loaded_at, **parameters}
        ).fetchone() or (0,)
        return int(count)

    def _slices(self, which: str) -> list[dict[str, int]]:
        """Ranges of row numbers with about `SLICE` such rows each: messages of a whole bad batch would fill the memory."""
        ends = self._con.execute(
            f"""select max(row_no) as last
            from (
                select row_no, (row_number() over (order by row_no) - 1) // {SLICE} as slice
                from {CHECKED} where {which}
            )
            group by slice order by last"""
        ).fetchall()
        lasts = [last for (last,) in ends]
        return [{"first": first + 1, "last": last} for first, last in zip([-1, *lasts], lasts, strict=False)]

    def _count(self, rows: str) -> dict[int, Account]:
        accounts: dict[int, Account] = {}
        found = self._con.execute(
            f"""select file_no, count(*), count(*) filter (accepted),
                count(*) filter (not accepted and not waiting), count(*) filter (waiting), codice_ente,
                min(data_estrazione) filter (accepted), max(data_estrazione) filter (accepted)
            from {rows}
            group by file_no, codice_ente"""
        ).fetchall()
        for number, read, accepted, quarantined, waiting, body, first, last in found:
            bodies = frozenset([body] if body else ())
            account = Account(read, accepted, quarantined, waiting, bodies, first, last)
            accounts.setdefault(number, Account()).add(account)
        return accounts

    def _check(
        self, delivered: int, landed: int, held: int, errors: int, accounts: dict[int, Account]
    ) -> None:
        """Promise 1: rows read = accepted + quarantined + waiting, and every broken rule is written down."""
        masks = " + ".join(f"bit_count({mask})" for mask in mask_names(self.contract))
        ((broken,),) = self._con.execute(f"select coalesce(sum({masks}), 0) from {CHECKED}").fetchall()
        read = sum(account.rows_read for account in accounts.values())
        accepted = sum(account.accepted for account in accounts.values())
        set_aside = sum(account.quarantined + account.waiting for account in accounts.values())
        if (read, accepted, set_aside, broken) != (delivered, landed, held, errors) or read != landed + held:
            raise AssertionError(
                f"{self.contract.extract}: {delivered} rows delivered, {read} checked; {accepted} accepted, "
                f"{landed} landed; {set_aside} set aside, {held} held; {broken} rules broken, {errors} errors"
            )


def in_row_groups(table: pa.Table) -> pa.Table:
    """The same rows in as many chunks as the engine writes groups of, so that all its threads have one to work on."""
    return pa.Table.from_batches(table.to_batches(ROW_GROUP), table.schema)


def _set_aside(contract: Contract, delivered: pa.Table, typed: pa.Table, broken: pa.Table) -> pa.Table:
    """The table `checked`: the broken rows with their masks, delivered texts and values.

    Side by side, and not joined in SQL by row number: DuckDB would lay out every number of the batch for it.
    """
    places = broken.column("row_no").combine_chunks()
    names = [column.name for column in contract.columns]
    texts = delivered.select([FLAW, FLAW_FOUND, *names]).take(places)
    texts = texts.rename_columns([FLAW, FLAW_FOUND, *(text_of(name).strip('"') for name in names)])
    return side_by_side(broken, texts, typed.select(names).take(places))


def _rechecked_texts(contract: Contract) -> str:
    """SQL: the rows of `checked` with the texts of `delivered`."""
    texts = ", ".join((FLAW, FLAW_FOUND, *(text_of(column.name) for column in contract.columns)))
    return f"(select {CHECKED}.*, {texts} from {CHECKED} join {DELIVERED} using (row_no))"


def _states(count: int, broken: pa.Table) -> pa.Table:
    """What became of each row: `accepted`, or else `waiting` or not."""
    accepted, waits = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    places = broken.column("row_no").to_numpy()
    accepted[places] = False
    waits[places] = broken.column("waiting").to_numpy()
    return pa.table({"accepted": accepted, "waiting": waits})


def _landing_query(contract: Contract, rows: str) -> str:
    return f"""
        insert into {SCHEMA}.{contract.extract}
        {_stored_columns(contract, rows)}
        where accepted"""


def _held_query(contract: Contract, rows: str) -> str:
    return f"""
        insert into {HELD}.{contract.extract}
        {_stored_columns(contract, rows, "waiting")}"""


def _stored_columns(contract: Contract, rows: str, *more: str) -> str:
    names = [column.name for column in contract.columns]
    provenance = ("delivery_id", "files.name", "source_row", "$loaded_at", "load_seq")
    return f"""
        select {", ".join((*names, *provenance, *more))}
        from {rows}
        join {FILES} as files on files.number = file_no"""
