"""The file of a release of many Ambiti: their rows one Ambito after the other, and the proof that they are theirs."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from osservatorio.ambiti.code import AMBITO
from osservatorio.ambiti.contents import REGISTER, REGISTERED, Ambito, Interface, Table
from osservatorio.ambiti.inputs import Brought
from osservatorio.database import attach, connect
from osservatorio.errors import StageError
from osservatorio.fingerprint import table_fingerprint
from osservatorio.interruption import stop_if_asked
from osservatorio.settings import Settings
from osservatorio.worker import Progress

_FROM = "da_unire"
_STEP = "Unione degli Ambiti"


def write_candidate(
    candidate: Path,
    brought: Sequence[Brought],
    kept: Sequence[Ambito],
    before: Path | None,
    interface: Interface,
    settings: Settings,
    progress: Progress | None = None,
) -> None:
    """Write the Ambiti `brought` from their own releases and those `kept` from the release `before`, by code.

    Raises StageError where a row that was brought is not found again as it was.
    """
    ordered = sorted((*brought, *kept), key=_code)
    with connect(
        candidate, memory_limit=settings.memory_limit, threads=settings.threads
    ) as con:  # closing it brings its log into the file
        for statement in _definitions(interface, ordered):
            con.execute(statement)
        for done, one in enumerate(ordered, 1):
            stop_if_asked()
            if isinstance(one, Brought):
                _copy(con, one.path, interface.tables, f"'{one.ambito.code}' as {AMBITO}, *")
            elif before is not None:
                _copy(con, before, interface.tables, "*", one.code)
            if progress:
                progress(_STEP, done, len(ordered))
        values = ", ".join("?" for _ in REGISTERED)
        for one in ordered:
            ambito = one.ambito if isinstance(one, Brought) else one
            con.execute(f"insert into meta.{REGISTER} values ({values})", list(ambito.registered))
        for one in brought:
            _prove(con, one)
        con.execute("checkpoint")


def _code(one: Brought | Ambito) -> str:
    return one.ambito.code if isinstance(one, Brought) else one.code


def _definitions(interface: Interface, ordered: Sequence[Brought | Ambito]) -> Iterator[str]:
    for schema in sorted({schema for schema, _ in interface.tables} - {"main"}):
        yield f"create schema {schema}"
    for (schema, table), columns in sorted(interface.tables.items()):
        named = ", ".join(f"{_quote(name)} {kind}" for name, kind in ((AMBITO, "varchar"), *columns))
        yield f"create table {schema}.{_quote(table)} ({named})"
    yield from interface.macros.values()
    named = ", ".join(f"{AMBITO if name == 'code' else name} varchar" for name in REGISTERED)
    yield "create schema meta"
    yield f"create table meta.{REGISTER} ({named})"


def _copy(
    con: duckdb.DuckDBPyConnection, path: Path, tables: Iterable[Table], what: str, code: str | None = None
) -> None:
    """Add the rows of an Ambito, in the order in which its release has them; `code` picks them out of those of many."""
    attach(con, path, _FROM, read_only=True)
    where = f" where {AMBITO} = ?" if code else ""
    con.execute("begin")
    for schema, table in sorted(tables):
        name = f"{schema}.{_quote(table)}"
        con.execute(f"insert into {name} select {what} from {_FROM}.{name}{where}", [code] if code else [])
    con.execute("commit")
    con.execute(f"detach {_FROM}")


def _prove(con: duckdb.DuckDBPyConnection, one: Brought) -> None:
    """The rows of an Ambito, without its code, are those of its own release."""
    code = one.ambito.code
    for (schema, table), columns in one.interface.tables.items():
        found = table_fingerprint(con, schema, table, list(columns), (AMBITO, code))
        if found != one.fingerprints[schema, table]:
            raise StageError(
                f"Le righe di «{one.ambito.name}» ({code}) nella tavola «{table}» non sono quelle della sua pubblicazione: "
                "non si pubblica. Ripeti il comando; se succede ancora, segnalalo a chi mantiene Osservatorio."
            )


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
