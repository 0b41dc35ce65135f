"""One Great Expectations session over one landing: suites in, our outcomes out."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.datasource.fluent.interfaces import Batch

from expectations.checks import DATASET_SUITE, Check, CheckResult
from expectations.dialect import landing_url
from expectations.outcome import outcome_of, suite_error
from expectations.sql import ARCHIVE, LANDING_SCHEMA, META_SCHEMA
from osservatorio.database import DEFAULT_MEMORY_LIMIT, attach, connect, spill_to

# Counts without a single value of a record; the rows of a dataset expectation are facts about deliveries.
SILENT = "BOOLEAN_ONLY"
COUNTED = {"result_format": "BASIC", "partial_unexpected_count": 0}
WITH_ROWS = {"result_format": "COMPLETE", "partial_unexpected_count": 0}

# A check that cannot run is in the verdict; its traceback does not belong on the screen of an office.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)


@contextmanager
def opened(
    landing: Path, spill: Path, *, memory: str = DEFAULT_MEMORY_LIMIT
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The landing attached read-only to a database in memory, which may spill to the folder `spill`.

    Raises UserError when the landing cannot be opened.
    """
    with connect(None, memory_limit=memory) as connection:
        spill_to(connection, spill, beside=landing)
        attach(connection, landing, ARCHIVE, read_only=True)
        yield connection


class Session:
    """A context without a project on disk, over one open landing."""

    def __init__(self, url: str, as_of: date) -> None:
        # Without these defaults the context would make a folder of its own for documentation.
        stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
        config = DataContextConfig(
            store_backend_defaults=stores,
            analytics_enabled=False,
            progress_bars={"globally": False, "metric_calculations": False},
        )
        self.context = gx.get_context(mode="ephemeral", project_config=config)
        # No clock: a run is known by the day that figures refer to.
        self._run_id = RunIdentifier(run_name=as_of.isoformat(), run_time=as_of.isoformat())
        self._source = self.context.data_sources.add_sql("landing", connection_string=url)

    def run(self, suite: str, checks: Sequence[Check]) -> list[CheckResult]:
        """The results of a suite's checks, in their order. A suite that cannot run is an error of each."""
        try:
            batch = self._batch(suite)
            expectations = gx.ExpectationSuite(name=suite, expectations=[_annotated(c) for c in checks])
            result_format: Any = WITH_ROWS if suite == DATASET_SUITE else SILENT
            validation = batch.validate(expectations, result_format=result_format)
            if suite != DATASET_SUITE and not validation.success:  # rare: then it is worth counting
                validation = batch.validate(expectations, result_format=COUNTED)
        except Exception as error:  # whatever it is, it must end in the verdict
            return [suite_error(check, error) for check in checks]
        self._keep(validation)
        return _results(checks, validation)

    def _batch(self, suite: str) -> Batch:
        schema, table = (META_SCHEMA, "deliveries") if suite == DATASET_SUITE else (LANDING_SCHEMA, suite)
        asset = self._source.add_table_asset(suite, table_name=table, schema_name=schema)
        return asset.add_batch_definition_whole_table("tutte le righe").get_batch()

    def _keep(self, validation: ExpectationSuiteValidationResult) -> None:
        """Into the context's store (in memory), where the Data Docs find which pages to write.

        Without the results of its expectations: the pages tell our outcomes, and writing those of a suite out and
        reading them again takes the store as long as the checks themselves.
        """
        suite = ExpectationSuiteIdentifier(name=validation.suite_name)
        key = ValidationResultIdentifier(
            expectation_suite_identifier=suite, run_id=self._run_id, batch_identifier=validation.batch_id
        )
        page = ExpectationSuiteValidationResult(
            success=bool(validation.success),
            results=[],
            suite_name=validation.suite_name,
            meta={**validation.meta, "run_id": self._run_id},
        )
        self.context.validation_results_store.store_validation_results(page, key, suite)


def _annotated(check: Check) -> Any:
    """The expectation with the check's id, severity and Italian notes."""
    expectation = check.expectation
    expectation.severity = check.severity.value
    expectation.notes = [check.message, check.what_to_do]
    expectation.meta = {"check": check.id}
    return expectation


def _results(checks: Sequence[Check], validation: ExpectationSuiteValidationResult) -> list[CheckResult]:
    """Great Expectations gives results in an order of its own, and may leave one out: that is an error."""
    by_check = {result.expectation_config.meta["check"]: result for result in validation.results}
    return [
        outcome_of(check, by_check[check.id])
        if check.id in by_check
        else suite_error(check, LookupError("Great Expectations gave no result"))
        for check in checks
    ]


@contextmanager
def session_over(connection: duckdb.DuckDBPyConnection, as_of: date) -> Iterator[Session]:
    """A session over a connection of `opened`."""
    with landing_url(connection) as url:
        yield Session(url, as_of)
