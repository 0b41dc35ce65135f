"""Build the marts on Spark from the Parquet files of `osservatorio landing export`, one Ambito after the other.

Each Ambito has its own lists and settings in its folder, and is built with them.

    python -m dbt_project.spark.build --landing DIR --out DIR --as-of 2023-12-31 [--ambito CODE …] [--threads 2]

With `--threads` Spark runs on this machine; without, it is the one of `spark-submit`. The marts of an Ambito lie in
`DIR/marts/<mart>/ambito_code=<code>/`: the code is the first part of the key of every row.
"""

import argparse
import json
import os
import sys
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from osservatorio.landing_export import AMBITO, VARIABLES, YEAR, list_tables, tables

MARTS = "main"


def read_landing(session: Any, landing: str, ambito: str) -> None:
    """Let the names of the landing and of the lists mean those of one Ambito."""
    every = [*tables(), *list_tables()]
    for schema in sorted({schema for schema, _ in every}):
        session.sql(f"create schema if not exists `{schema}`")
    for schema, table in every:
        rows = read_table(session, landing, ambito, schema, table)
        rows.drop(AMBITO, YEAR).write.format("parquet").saveAsTable(f"`{schema}`.`{table}`")


def read_table(session: Any, landing: str, ambito: str, schema: str, table: str) -> Any:
    """The rows of one table of an Ambito, as a frame of Spark."""
    return session.read.parquet(f"{landing}/{AMBITO}={ambito}/{schema}/{table}")


def variables_of(session: Any, landing: str, ambito: str) -> dict[str, Any]:
    """The settings of an Ambito that change figures, by name."""
    rows = read_table(session, landing, ambito, *VARIABLES).collect()
    return {row["name"]: json.loads(row["value"]) for row in rows}


def ambiti_of(session: Any, landing: str) -> list[str]:
    """Codes of the Ambiti that the folder holds and that had a delivery, in order."""
    rows = session.read.parquet(f"{landing}/{AMBITO}=*/meta/deliveries").select(AMBITO).distinct().collect()
    return sorted(row[0] for row in rows)


def build_models(as_of: str, variables: dict[str, Any], target: str, threads: int) -> list[str]:
    """Run dbt over what the session holds. Returns the models that failed, each with its message."""
    from dbt.cli.main import dbtRunner

    from osservatorio.project_reading import PROJECT

    def tell(event: Any) -> None:
        if event.info.name == "NodeFinished":
            node = event.data.node_info
            print(f"{node.node_status:<8}{node.node_name}", file=sys.stderr)

    outcome = dbtRunner(callbacks=[tell]).invoke(
        [
            *("build", "--target", "spark", "--resource-type", "model"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", target, "--log-path", target, "--log-level-file", "none"),
            *("--vars", json.dumps({"as_of": as_of, **variables}), "--threads", str(threads)),
            *("--quiet", "--no-version-check", "--no-write-json", "--no-partial-parse"),
        ]
    )
    results = getattr(outcome.result, "results", None) or []
    failures = [f"{r.node.name}: {r.message}" for r in results if str(r.status) not in ("success", "pass")]
    if not outcome.success and not failures:
        failures = [f"dbt: {outcome.exception}"]
    return failures


def keep_marts(session: Any, out: str, ambito: str) -> list[str]:
    """Write the marts of the Ambito beside those of others, in place of its own of an earlier build."""
    marts = sorted(row["tableName"] for row in session.sql(f"show tables in {MARTS}").collect())
    for mart in marts:
        session.table(f"{MARTS}.{mart}").write.mode("overwrite").parquet(
            f"{out}/marts/{mart}/{AMBITO}={ambito}"
        )
    return marts


def clear_models(session: Any) -> None:
    """Forget the tables of the Ambito before."""
    for row in session.sql("show schemas").collect():
        if row[0] != "default":
            session.sql(f"drop schema `{row[0]}` cascade")


def build(
    landing: str,
    out: str,
    as_of: str,
    *,
    ambiti: list[str] | None = None,
    threads: int | None = None,
) -> dict[str, list[str]]:
    """Build the Ambiti asked for (all of the folder). Returns the failures by Ambito: none where its marts are there."""
    from dbt_project.spark.session import open_session, say_models_in_spark

    os.environ |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    failures: dict[str, list[str]] = {}
    with TemporaryDirectory(prefix="osservatorio-spark-") as folder:
        session = open_session(folder if threads else f"{out}/lavoro/{uuid4().hex}", threads=threads)
        say_models_in_spark(session)
        try:
            for ambito in ambiti or ambiti_of(session, landing):
                read_landing(session, landing, ambito)
                variables = variables_of(session, landing, ambito)
                failures[ambito] = build_models(as_of, variables, f"{folder}/dbt", threads or 4)
                if not failures[ambito]:
                    keep_marts(session, out, ambito)
                clear_models(session)
        finally:
            session.stop()
    return failures


def main() -> int:
    """The command. Exit code 1 where a model failed."""
    parser = argparse.ArgumentParser(prog="python -m dbt_project.spark.build", description=__doc__)
    parser.add_argument("--landing", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--ambito", action="append")
    parser.add_argument("--threads", type=int)
    given = parser.parse_args()
    failures = build(given.landing, given.out, given.as_of, ambiti=given.ambito, threads=given.threads)
    for ambito, failed in failures.items():
        print(f"{ambito}: {'fatto' if not failed else f'{len(failed)} tabelle non riuscite'}")
        for message in failed:
            print(f"  {message}")
    return 1 if any(failures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
