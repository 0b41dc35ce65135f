"""The model runs: facts in, one table `deliver_<extract>` per extract out, all in SQL."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from osservatorio.contracts import Contract, load_contracts

SQL = Path(__file__).parent / "sql"
# The office that sends a row; the other columns of an extract's table are those of its contract, in its order.
SENDER = "sender"


def steps() -> list[Path]:
    """The files of the model, in order."""
    return sorted(SQL.glob("*.sql"))


def build_tables(con: duckdb.DuckDBPyConnection, advance: Callable[[], None]) -> None:
    """Run the model and fill `deliver_<extract>` for every contract, calling `advance` after each file."""
    for path in steps():
        con.execute(path.read_text("utf-8"))
        advance()
    for contract in load_contracts().values():
        _create_extract(con, contract)
        advance()


def _create_extract(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """The rows of one extract, in the contract's columns and types, sorted as the files will be."""
    query = (SQL / "extracts" / f"{contract.extract}.sql").read_text("utf-8")
    con.execute(f"create view rows_{contract.extract} as {query}")
    made = {row[0] for row in con.execute(f"describe rows_{contract.extract}").fetchall()}
    expected = {SENDER, *(column.name for column in contract.columns)}
    if made != expected:
        raise AssertionError(
            f"{contract.extract}: columns {sorted(made ^ expected)} differ from the contract"
        )
    columns = ", ".join(f"cast({c.name} as {c.duckdb_type}) as {c.name}" for c in contract.columns)
    keys = ", ".join(key for key in contract.key if key != "codice_ente")
    con.execute(
        f"create table deliver_{contract.extract} as select {SENDER}, {columns},"
        " cast(null as varchar) as spoiled_column, cast(null as varchar) as spoiled_value"
        f" from rows_{contract.extract} order by {SENDER}, data_estrazione, {keys}"
    )
