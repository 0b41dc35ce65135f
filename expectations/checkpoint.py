"""The checkpoint: every suite over a landing opened read-only, and the verdict that gates publication."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from expectations.checks import DATASET_SUITE, Check
from expectations.contract_suites import contract_checks
from expectations.dataset import Scope, dataset_checks
from expectations.docs import write_data_docs
from expectations.session import opened, session_over
from expectations.sql import META_SCHEMA
from expectations.thresholds import Thresholds
from expectations.verdict import Verdict
from osservatorio.contracts import load_contracts

MEMORY = "400MB"  # where nobody says how much


def run_checkpoint(
    landing: Path,
    docs_dir: Path,
    *,
    as_of: date | None = None,
    settings: Thresholds | None = None,
    memory: str = MEMORY,
) -> Verdict:
    """Check a landing, write the Data Docs to `docs_dir`, and say whether a release may be published.

    `as_of` is the day that figures refer to; without it, the latest extraction landed; `memory` is what the engine may
    take. Raises UserError when
    the landing cannot be opened; a check that cannot run is an error in the verdict.
    """
    with opened(landing, spill=docs_dir.with_name(f"{docs_dir.name}.tmp"), memory=memory) as connection:
        scope = Scope(as_of or _latest_extraction(connection), load_contracts(), settings or Thresholds())
        with session_over(connection, scope.as_of) as session:
            results = [result for name, checks in _suites(scope) for result in session.run(name, checks)]
            verdict = Verdict(scope.as_of, tuple(results))
            write_data_docs(session.context, docs_dir, verdict)
    return verdict


def _suites(scope: Scope) -> Iterator[tuple[str, list[Check]]]:
    """The deliveries as a whole, then each extract."""
    yield DATASET_SUITE, dataset_checks(scope)
    for extract, contract in scope.contracts.items():
        yield extract, contract_checks(contract)


def _latest_extraction(connection: duckdb.DuckDBPyConnection) -> date:
    row = connection.execute(
        f"select max(last_extraction) from {META_SCHEMA}.deliveries where outcome = 'landed'"
    ).fetchone()
    return row[0] if row and row[0] else date.min
