"""What becomes of rows whose values are known: which break a rule, what is wrong with them, and the count by file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.batch_files import Account
from ingestion.checking import CHECKED, TYPED, broken_query, is_waiting
from ingestion.conversion import text_of
from ingestion.entries import RULES, entries_query, rules_table
from ingestion.parsed import PlannedQueries
from ingestion.rules import BODY
from ingestion.tables import FLAW, FLAW_FOUND, ROW
from osservatorio.contracts import Contract

ROW_GROUP = 122_880  # rows that DuckDB stores together
WORDED = 20_000  # bad rows of a piece that are worded beforehand: more of them would fill the memory
EXTRACTED = "data_estrazione"


@dataclass(frozen=True)
class SetAside:
    """Bad rows as the table `checked` (masks, values, delivered texts), and what is wrong with them, where it is worded."""

    checked: pa.Table
    entries: pa.Table | None = None


@dataclass(frozen=True)
class Judged:
    """The rows of a piece and what becomes of them.

    `rows` are all of them, with their values and whether they are `accepted`; `broken` has the masks of the others.
    `set_aside` are these; None where there are none, or many: with their texts, and worded, they would fill the memory,
    and are made of `delivered` a slice at a time. `accounts` is the count by number of the file.
    """

    rows: pa.Table
    broken: pa.Table
    set_aside: SetAside | None
    delivered: pa.Table | None
    accounts: dict[int, Account]

    def slices(self, contract: Contract, count: int) -> Iterator[SetAside]:
        """The bad rows, up to `count` of them at a time where they are many."""
        if self.set_aside is not None:
            yield self.set_aside
            return
        for start in range(0, self.broken.num_rows, count):
            yield SetAside(_checked(contract, self.delivered, self.rows, self.broken.slice(start, count)))


class Judge:
    """Judges the rows of one extract. The tables of parents have to be loaded on its connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection, contract: Contract, loaded_at: datetime) -> None:
        self._contract = contract
        self._loading_date = {"loading_date": loaded_at.date()}
        self._planned = PlannedQueries(con)
        broken = broken_query(contract)
        self._broken = f"select *, {is_waiting(contract)} as waiting from ({broken}) order by row_no"
        self._entries = entries_query(contract, CHECKED)
        con.register(RULES, rules_table(contract))

    def judged(self, delivered: pa.Table, typed: pa.Table) -> Judged:
        """Rows (one chunk a column) as delivered and as typed values, with what becomes of them."""
        broken = self._result(TYPED, typed, self._broken, **self._loading_date)
        set_aside = None
        if 0 < broken.num_rows <= WORDED:
            checked = _checked(self._contract, delivered, typed, broken)
            set_aside = SetAside(checked, self._result(CHECKED, checked, self._entries))
        accepted, waits = _states(typed.num_rows, broken)
        names = [column.name for column in self._contract.columns]
        rows = typed.select(["file_no", ROW, *names]).append_column("accepted", pa.array(accepted))
        kept = delivered if broken.num_rows > WORDED else None
        return Judged(rows, broken, set_aside, kept, counted(typed, accepted, waits))

    def _result(self, name: str, table: pa.Table, query: str, **days: date) -> pa.Table:
        with self._planned.over(**{name: in_row_groups(table)}):
            return self._planned.result(query, **days)


def in_row_groups(table: pa.Table) -> pa.Table:
    """The same rows in as many chunks as the engine writes groups of, so that all its threads have one to work on."""
    return pa.Table.from_batches(table.to_batches(ROW_GROUP), table.schema)


def side_by_side(*tables: pa.Table) -> pa.Table:
    """Tables of the same rows as one."""
    return pa.table(
        [column for table in tables for column in table.columns],
        names=[name for table in tables for name in table.column_names],
    )


def _checked(contract: Contract, delivered: pa.Table, typed: pa.Table, broken: pa.Table) -> pa.Table:
    """The table `checked`: the broken rows with their masks, delivered texts and values.

    Side by side, and not joined in SQL by row number: DuckDB would lay out every number of the batch for it.
    """
    places = broken.column("row_no").combine_chunks()
    names = [column.name for column in contract.columns]
    texts = delivered.select([FLAW, FLAW_FOUND, *names]).take(places)
    texts = texts.rename_columns([FLAW, FLAW_FOUND, *(text_of(name).strip('"') for name in names)])
    return side_by_side(broken, texts, typed.select(names).take(places))


def _states(count: int, broken: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """What became of each row: whether it is accepted, and whether it waits."""
    accepted, waits = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    places = broken.column("row_no").to_numpy()
    accepted[places] = False
    waits[places] = broken.column("waiting").to_numpy()
    return accepted, waits


def counted(typed: pa.Table, accepted: np.ndarray, waits: np.ndarray) -> dict[int, Account]:
    """The count of rows (one chunk a column, those of a file together) by number of their file."""
    files = typed.column("file_no").chunk(0).to_numpy()
    bodies, days = typed.column(BODY).chunk(0), typed.column(EXTRACTED).chunk(0)
    names = bodies.dictionary.to_pylist()
    body = bodies.indices.fill_null(len(names)).to_numpy()
    starts = np.flatnonzero(np.diff(files, prepend=files[0] - 1)) if len(files) else []
    accounts: dict[int, Account] = {}
    for start, end in zip(starts, [*starts[1:], len(files)], strict=True):
        read, good, waiting = end - start, accepted[start:end], int(np.count_nonzero(waits[start:end]))
        days_of_good = days.slice(start, read).filter(pa.array(good))
        of_days = pc.min_max(days_of_good).as_py()
        present = np.flatnonzero(np.bincount(body[start:end], minlength=len(names))[: len(names)])
        landed = int(np.count_nonzero(good))
        account = Account(
            int(read),
            landed,
            int(read) - landed - waiting,
            waiting,
            frozenset(name for place in present if (name := names[place])),
            of_days["min"],
            of_days["max"],
        )
        accounts.setdefault(int(files[start]), Account()).add(account)
    return accounts
