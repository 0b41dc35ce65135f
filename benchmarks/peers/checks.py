"""The expectations of the contracts that Great Expectations has for a table and for a frame alike, over one of the two.

    python -m benchmarks.peers.checks duckdb LANDING TOLD
    python -m benchmarks.peers.checks pandas TABLES TOLD

`duckdb` is the product's own session: SQL over the landing. `pandas` reads each extract from Parquet into a frame and
gives Great Expectations the frame. The other checks of the product (shape of texts, references, rules over several
columns, deliveries as a whole) are queries, which a frame cannot be asked. Both leave the status of every check.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2023, 12, 31)  # only names the run


def shared_checks() -> dict[str, list[Any]]:
    """By extract: presence, codes, limits, length of texts, order of two columns."""
    from expectations import vocabulary
    from expectations.contract_suites import contract_checks
    from osservatorio.contracts import load_contracts

    return {
        name: [c for c in contract_checks(contract) if not isinstance(c.expectation, vocabulary.NoRows)]
        for name, contract in load_contracts().items()
    }


def on_duckdb(landing: Path) -> dict[str, str]:
    from expectations.session import opened, session_over

    with (
        opened(landing, spill=landing.with_name("spill")) as connection,
        session_over(connection, DAY) as session,
    ):
        return {
            result.check: str(result.status)
            for extract, checks in shared_checks().items()
            for result in session.run(extract, checks)
        }


def on_pandas(tables: Path) -> dict[str, str]:
    import great_expectations as gx
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from expectations.outcome import outcome_of
    from expectations.session import SILENT, _annotated

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("tables")
    found: dict[str, str] = {}
    for extract, checks in shared_checks().items():
        table = pq.read_table(tables / f"landing.{extract}.parquet")
        for place, field in enumerate(table.schema):
            if pa.types.is_decimal(field.type):
                table = table.set_column(place, field.name, pc.cast(table[field.name], pa.float64()))
        frame = table.to_pandas(date_as_object=False)
        asset = source.add_dataframe_asset(extract)
        batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(name=extract, expectations=[_annotated(check) for check in checks])
        by_id = {check.id: check for check in checks}
        for result in batch.validate(suite, result_format=SILENT).results:
            check = by_id[result.expectation_config.meta["check"]]
            found[check.id] = str(outcome_of(check, result).status)
    return found


def main(engine: str, place: str, told: str) -> None:
    import expectations.session  # noqa: F401 - the seconds of loading the library are those of a start

    started = time.perf_counter()
    statuses = {"duckdb": on_duckdb, "pandas": on_pandas}[engine](Path(place))
    content = {"work": time.perf_counter() - started, "statuses": statuses}
    Path(told).write_text(json.dumps(content))


if __name__ == "__main__":
    main(*sys.argv[1:])
