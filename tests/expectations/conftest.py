"""A small landing written from the contracts, and a way to spoil it and check it again.

Great Expectations takes seconds to load: only the process that comes to these tests does so, when it comes to them.
What needs it is imported where it is used, here and in the tests of this room.
"""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.__main__ import _load
from expectations.checks import DATASET_SUITE, Check, CheckResult
from expectations.verdict import Verdict
from osservatorio.contracts import Column, Contract, load_contracts
from osservatorio.reference import code_list, municipalities

SEMESTERS = [date(2022, 6, 30), date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31)]
BODIES = [code for code, town in municipalities().items() if town.is_associated]
ROWS = {"interventi": 60}  # ten acts a month for each body
OTHER_ROWS = 10
KINDS = {
    "id": "'k' || semester || '-' || i",
    "istat": "'108039'",
    "date": "date '2010-01-01'",
    "month": "date '2022-01-01'",
    "year": "2022",
    "flag": "false",
    "text": "'testo della riga'",
}


def _value(extract: str, column: Column) -> str:
    """SQL of a value that the contract allows, for row `i` of body `body` in semester `semester` (0, 1, …)."""
    if column.name == "codice_ente":
        return "body"
    if column.name == "data_estrazione":
        return "extracted"
    if column.name == "data_intervento":
        return "date_trunc('month', extracted) - to_months(cast(i % 6 as integer)) + to_days(cast(i // 6 as integer))"
    if column.name in ("comune_riferimento", "stato_record"):
        return "null"
    if column.reference:
        name = column.reference.column
        own = f"'k' || semester || '-' || (i % {OTHER_ROWS})"
        if not column.secret:
            return own
        return f"sha256('{name}' || {'body || ' if column.reference.same_body else ''}{own})"
    if column.secret:
        body = "" if extract == "operatori" else "body || "
        return f"sha256('{column.name}' || {body}'k' || semester || '-' || i)"
    if column.code_list:
        codes = ", ".join(f"'{code}'" for code in code_list(column.code_list))
        return f"[{codes}][1 + i % {len(code_list(column.code_list))}]"
    if column.kind in ("int", "decimal"):
        return str(10 if column.minimum is None else column.minimum + column.exclusive_minimum)
    return KINDS[column.kind]


def _write_landing(path: Path) -> None:
    """Every body delivers every extract each semester; nothing is in quarantine."""
    bodies = ", ".join(f"('{code}')" for code in BODIES)
    semesters = ", ".join(f"({number}, date '{day}')" for number, day in enumerate(SEMESTERS))
    with duckdb.connect() as con:
        con.execute(f"attach '{path}' as archive")
        for schema in ("landing", "held", "quarantine", "meta"):
            con.execute(f"create schema archive.{schema}")
        for extract, contract in load_contracts().items():
            columns = ", ".join(
                f"cast({_value(extract, c)} as {c.duckdb_type}) as {c.name}" for c in contract.columns
            )
            con.execute(
                f"""create table archive.landing.{extract} as
                select {columns}, concat_ws('-', '{extract}', body, semester) as delivery_id, i + 2 as source_row,
                    timestamp '2024-01-10 09:00:00' as loaded_at, semester + 1 as load_seq
                from (values {bodies}) bodies(body), (values {semesters}) semesters(semester, extracted),
                    range({ROWS.get(extract, OTHER_ROWS)}) numbers(i)"""
            )
            con.execute(
                f"""create table archive.held.{extract} as
                select *, null::varchar as source_file, false as waiting from archive.landing.{extract} limit 0"""
            )
        con.execute(
            """create table archive.quarantine.rows (delivery_id varchar, extract varchar, file varchar, "row" bigint,
            "column" varchar, rule varchar, message varchar, row_values json, load_seq bigint, loaded_at timestamp,
            state varchar)"""
        )
        counted = " union all ".join(
            f"select '{extract}' as extract, delivery_id, codice_ente, data_estrazione, load_seq, "
            f"count(*) as accepted from archive.landing.{extract} group by all"
            for extract in load_contracts()
        )
        con.execute(
            f"""create table archive.meta.deliveries as
            select delivery_id, extract, concat(extract, '__', codice_ente, '__', data_estrazione, '.csv') as file_name, delivery_id as sha256, 1::bigint as size_bytes,
                'csv' as format, 'utf-8' as encoding, ';' as separator, false as is_full_replacement, codice_ente,
                data_estrazione as first_extraction, data_estrazione as last_extraction, accepted as rows_read,
                accepted, 0::bigint as quarantined, 0::bigint as waiting, 0::bigint as purged, 'landed' as outcome,
                null::varchar as message, null::varchar as unknown_columns, 'chiave1' as key_id, load_seq,
                timestamp '2024-01-10 09:00:00' as loaded_at
            from ({counted})"""
        )


class Landing:
    """A landing that a test may change. Results are by check, without the suite's name in front."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def change(self, *statements: str) -> "Landing":
        with duckdb.connect() as con:
            con.execute(f"attach '{self.path}' as archive")
            con.execute("use archive.meta")
            for statement in statements:
                con.execute(statement)
        return self

    def set_aside(self, delivery: str, rows: int, state: str = "open") -> "Landing":
        """Put more rows of a delivery in quarantine, as if they had been read with it."""
        extract = delivery.split("-")[0]
        return self.change(
            f"""insert into archive.held.{extract} by name
            select delivery_id, file_name as source_file, 1000 + quarantined + i as source_row, load_seq, loaded_at,
                false as waiting
            from deliveries, range({rows}) numbers(i) where delivery_id = '{delivery}'""",
            f"""insert into archive.quarantine.rows
            select delivery_id, extract, file_name, 1000 + quarantined + i, 'tipo', 'tipo.elenco', 'Valore non in elenco.',
                json_object('codice_ente', codice_ente), load_seq, loaded_at, '{state}'
            from deliveries, range({rows}) numbers(i) where delivery_id = '{delivery}'""",
            f"""update deliveries set rows_read = rows_read + {rows}, quarantined = quarantined + {rows}
            where delivery_id = '{delivery}'""",
        )

    def suite(self, extract: str, only: str | None = None) -> dict[str, CheckResult]:
        """The results of the suite of an extract, or of one of its checks."""
        from expectations.contract_suites import contract_checks

        return self._run(extract, contract_checks(load_contracts()[extract]), only)

    def dataset(self, as_of: date = SEMESTERS[-1], only: str | None = None) -> dict[str, CheckResult]:
        """The results of all dataset checks, or of one."""
        from expectations.dataset import Scope, dataset_checks

        return self._run(DATASET_SUITE, dataset_checks(Scope(as_of, load_contracts())), only)

    def check(self, name: str, as_of: date = SEMESTERS[-1]) -> CheckResult:
        """The result of one dataset check."""
        return self.dataset(as_of, only=name)[name]

    def _run(self, suite: str, checks: list[Check], only: str | None) -> dict[str, CheckResult]:
        from expectations.session import opened, session_over

        wanted = [check for check in checks if only in (None, check.id.removeprefix(f"{suite}."))]
        with (
            opened(self.path, self.path.with_suffix(".tmp")) as connection,
            session_over(connection, SEMESTERS[-1]) as session,
        ):
            results = session.run(suite, wanted)
        return {result.check.removeprefix(f"{suite}."): result for result in results}


@pytest.fixture(scope="session", autouse=True)
def library() -> None:
    """Great Expectations as the process of the checks loads it."""
    _load()


@pytest.fixture
def contract_checks() -> Callable[[Contract], list[Check]]:
    from expectations.contract_suites import contract_checks

    return contract_checks


@pytest.fixture
def opened() -> Callable[..., AbstractContextManager[duckdb.DuckDBPyConnection]]:
    from expectations.session import opened

    return opened


@pytest.fixture(scope="session")
def clean_landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing where nothing is wrong; tests only read it."""
    path = tmp_path_factory.mktemp("landing") / "landing.duckdb"
    _write_landing(path)
    return path


@pytest.fixture
def landing(clean_landing: Path, tmp_path: Path) -> Landing:
    """A copy of the clean landing, to spoil."""
    return Landing(Path(shutil.copy(clean_landing, tmp_path / "landing.duckdb")))


@pytest.fixture
def spoil(landing: Landing) -> Callable[..., Landing]:
    """Change the landing with SQL: `spoil("delete from archive.landing.minori")`."""
    return landing.change


@pytest.fixture(scope="session")
def clean_run(clean_landing: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, Path]:
    """The verdict over the clean landing and the folder of its Data Docs."""
    from expectations.checkpoint import run_checkpoint

    docs = tmp_path_factory.mktemp("clean") / "data_docs"
    return run_checkpoint(clean_landing, docs), docs


@pytest.fixture(scope="session")
def clean_dataset(clean_landing: Path) -> dict[str, CheckResult]:
    return Landing(clean_landing).dataset()
