"""A session of Spark in which dbt builds the models: nothing leaves the machine but to the cluster it is part of."""

from pathlib import Path
from typing import Any

from dbt.adapters.spark import session as dbt_session
from pyspark.sql import SparkSession

from dbt_project.spark.dialect import to_spark

# From here on a statement is in DuckDB's dialect (`macros/spark/materializations.sql`).
MARK = "/* in DuckDB's dialect */"

# What figures depend on, or that keeps a session to itself; wherever it runs.
ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
    # It loses a column that one part of a union has twice under two names (Spark 4.3).
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
}
# On one machine, for data of the size of one Ambito: plans are made and run at once, with no code compiled for them.
LOCAL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    # The virtual machine lives a minute: its best compiler costs more than it gives.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "1",
}


def open_session(folder: str, *, threads: int | None = None) -> SparkSession:
    """Open the session whose tables lie in `folder` (a path or an address that the cluster knows).

    With `threads` it is one of this machine alone; otherwise master and memory are those of `spark-submit`.
    """
    builder = SparkSession.builder.appName("osservatorio")
    settings = ALWAYS | {"spark.sql.warehouse.dir": f"{folder}/warehouse"}
    if threads is not None:
        builder = builder.master(f"local[{threads}]")
        settings |= LOCAL | {"spark.local.dir": f"{folder}/tmp"}
        Path(folder, "tmp").mkdir(parents=True, exist_ok=True)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def say_models_in_spark(session: SparkSession) -> None:
    """Let dbt's statements go through this session, those in DuckDB's dialect said in Spark's."""

    def columns_of(schema: str, table: str) -> dict[str, str]:
        fields = session.table(f"`{schema}`.`{table}`").schema.fields
        return {field.name: field.dataType.simpleString() for field in fields}

    class Cursor(dbt_session.Cursor):
        def execute(self, sql: str, *parameters: Any) -> None:
            before, mark, query = sql.partition(MARK)
            if not mark:
                super().execute(sql, *parameters)
                return
            session.sql(before + to_spark(query, columns_of))

    dbt_session.Cursor = Cursor  # what its connections make
