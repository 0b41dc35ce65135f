"""A batch of deliveries of one extract: checked in one pass, landed or set aside, and counted, in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.batch_files import Account, FileOfBatch, files_table
from ingestion.checking import (
    CHECKED,
    DELIVERED,
    ENTRIES,
    FILES,
    TYPED,
    is_accepted,
    is_waiting,
    mask_names,
    rechecked_query,
)
from ingestion.closing import close_rechecked, take_up_spoilt
from ingestion.conversion import text_of
from ingestion.entries import RULES, entries_insert, entries_query, rules_table
from ingestion.judging import Judged, SetAside, in_row_groups
from ingestion.layout import HELD, SCHEMA
from ingestion.parsed import ParsedQueries, PlannedQueries
from ingestion.tables import FLAW, FLAW_FOUND
from osservatorio.contracts import Contract

SET_ASIDE = "set_aside"  # rows of a piece like those of `checked`, which is a table of rows that waited
SLICE = 40_000  # bad rows whose messages are made at once


class RowChecker:
    """Lands the rows of one extract. Raw text is only ever in memory: in Arrow and in temporary tables."""

    def __init__(self, con: duckdb.DuckDBPyConnection, contract: Contract, loaded_at: datetime) -> None:
        self._con = con
        self._parsed = ParsedQueries(con)
        self._planned = PlannedQueries(con)
        self.contract = contract
        self._loaded_at = loaded_at
        self._loading_date = {"loading_date": loaded_at.date()}
        con.register(RULES, rules_table(contract))

    def land(self, files: Sequence[FileOfBatch], judged: Judged) -> None:
        """Append the good rows of a piece to the landing and the others to the quarantine.

        To be called inside a transaction. Raises AssertionError when a row would be neither landed nor set aside.
        """
        held = errors = 0
        with self._over({FILES: files_table(files)}):
            for part in judged.slices(self.contract, SLICE):
                with self._over({SET_ASIDE: part.checked}):
                    held += self._append_planned(_held_query(self.contract, SET_ASIDE))
                    errors += self._append_entries(part)
            with self._over({TYPED: judged.rows}):
                # Planned anew, which takes little for it: how it is written goes by the threads that there are now.
                landed = self._append(_landing_query(self.contract, TYPED))
        self._check(judged, landed, held, errors)

    def forget(self) -> None:
        """To be called when the transaction was undone, and rows of other files come."""
        self._planned.forget()

    def _append_entries(self, part: SetAside) -> int:
        if part.entries is None:
            return self._append_planned(
                entries_insert(self.contract, f"({entries_query(self.contract, SET_ASIDE)})")
            )
        with self._over({ENTRIES: part.entries}):
            return self._append_planned(entries_insert(self.contract))

    def land_again(self, files: Sequence[FileOfBatch]) -> dict[int, Account]:
        """Check rows that are held, given as the table `delivered` with text and typed value of every column.

        The good ones are appended to the landing, and to the quarantine goes what is wrong with those that wait no
        longer; the count by file. Raises AssertionError when a row is not accounted for.
        """
        contract = self.contract
        rows = f"(select *, {is_accepted(contract)} as accepted, {is_waiting(contract)} as waiting from {CHECKED}) as rows"
        with self._over({FILES: files_table(files)}), self._rechecked():
            accounts = self._count(rows)
            landed = self._append(_landing_query(contract, rows))
            take_up_spoilt(self._con, contract)
            self._append_rechecked(
                _rechecked_texts(contract),
                f"not ({is_accepted(contract)} or {is_waiting(contract)})",
            )
            close_rechecked(self._con, contract, self._loaded_at)
        if landed != sum(account.accepted for account in accounts.values()):
            raise AssertionError(f"{contract.extract}: {landed} waiting rows landed, {accounts} counted")
        return accounts

    def _over(self, tables: dict[str, pa.Table]) -> AbstractContextManager[None]:
        """Arrow tables under names of SQL."""
        return self._planned.over(**{name: in_row_groups(table) for name, table in tables.items()})

    @contextmanager
    def _rechecked(self) -> Iterator[None]:
        """The temporary table `checked` of all the rows of `delivered`."""
        self._con.execute(
            f"create or replace temp table {CHECKED} as {rechecked_query(self.contract)}", self._loading_date
        )
        yield
        self._con.execute(f"drop table {CHECKED}")

    def _append_rechecked(self, rows: str, which: str) -> None:
        entries = entries_query(self.contract, rows, f"row_no between $first and $last and {which}")
        for slice_ in self._slices(which):
            self._append(entries_insert(self.contract, f"({entries})"), **slice_)

    def _append_planned(self, query: str) -> int:
        """Run an `insert` over tables of a piece; how many rows it added."""
        (count,) = self._planned.execute(query, loaded_at=self._loaded_at).fetchone() or (0,)
        return int(count)

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

    def _check(self, judged: Judged, landed: int, held: int, errors: int) -> None:
        """Promise 1: rows read = accepted + quarantined + waiting, and every broken rule is written down."""
        masks = [judged.broken.column(mask).to_numpy() for mask in mask_names(self.contract)]
        broken = sum(int(np.bitwise_count(mask).sum()) for mask in masks)
        delivered, accounts = judged.rows.num_rows, judged.accounts.values()
        read = sum(account.rows_read for account in accounts)
        accepted = sum(account.accepted for account in accounts)
        set_aside = sum(account.quarantined + account.waiting for account in accounts)
        if (read, accepted, set_aside, broken) != (delivered, landed, held, errors) or read != landed + held:
            raise AssertionError(
                f"{self.contract.extract}: {delivered} rows delivered, {read} checked; {accepted} accepted, "
                f"{landed} landed; {set_aside} set aside, {held} held; {broken} rules broken, {errors} errors"
            )


def _rechecked_texts(contract: Contract) -> str:
    """SQL: the rows of `checked` with the texts of `delivered`."""
    texts = ", ".join((FLAW, FLAW_FOUND, *(text_of(column.name) for column in contract.columns)))
    return f"(select {CHECKED}.*, {texts} from {CHECKED} join {DELIVERED} using (row_no))"


def _landing_query(contract: Contract, rows: str) -> str:
    return f"""
        insert into {SCHEMA}.{contract.extract}
        {_stored_columns(contract, rows)}
        where accepted"""


def _held_query(contract: Contract, rows: str) -> str:
    return f"""
        insert into {HELD}.{contract.extract}
        {_stored_columns(contract, rows, "files.name", "waiting")}"""


def _stored_columns(contract: Contract, rows: str, *more: str) -> str:
    names = [column.name for column in contract.columns]
    provenance = ("delivery_id", "source_row", "$loaded_at::timestamp", "load_seq")
    return f"""
        select {", ".join((*names, *provenance, *more))}
        from {rows}
        join {FILES} as files on files.number = file_no"""
