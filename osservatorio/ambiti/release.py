"""One Ambito of a release of many, read as if the release were its own.

Its marts are views that pick its rows, which lie together; its lists are small, and copied. No query has to name the
Ambito, so none can forget it: a name without a catalogue never means a table of all.
"""

from collections.abc import Mapping
from typing import Any

import duckdb

from osservatorio.ambiti.code import AMBITO
from osservatorio.ambiti.contents import FIGURES, Ambito, ambiti_of
from osservatorio.ambiti.inputs import macros_of
from osservatorio.database import attach
from osservatorio.errors import UserError
from osservatorio.release import CutRelease, Release

MANY_CATALOGUE = "tutti_gli_ambiti"
_MEMORY = "400MB"
_LISTS = "seeds"
RECORDS = "core"
_OF_MANY = ("release_id", "created_at", "content_sha256")


class NotHereError(UserError):
    """What was asked for is in the home of the Ambito alone: records do not come along into a release of many."""

    def __init__(self) -> None:
        super().__init__(RECORDS_ELSEWHERE)


RECORDS_ELSEWHERE = (
    "Qui ci sono le cifre di più Ambiti e non le singole registrazioni: gli elenchi riga per riga restano all'Ambito. Chiedili "
    "all'Ufficio di Piano dell'Ambito, che li vede nel proprio cruscotto."
)


class AmbitoRelease(CutRelease):
    """The release of many, cut to one Ambito. For a table of records it raises NotHereError."""

    def __init__(self, whole: Release, ambito: Ambito) -> None:
        self.ambito = ambito
        super().__init__(whole.path, manifest_of(whole.manifest, ambito), _MEMORY)

    def _lay_out(self, con: duckdb.DuckDBPyConnection) -> None:
        attach(con, self.path, MANY_CATALOGUE, read_only=True)
        con.execute(f"create schema {_LISTS}")
        for schema, table in tables_of(con, MANY_CATALOGUE):
            rows = f'select * exclude ({AMBITO}) from {MANY_CATALOGUE}.{schema}."{table}" where {AMBITO} = '
            if schema == FIGURES:  # a code holds letters, digits and strokes alone
                con.execute(f"create view \"{table}\" as {rows}'{self.ambito.code}'")
            else:
                con.execute(f'create table {schema}."{table}" as {rows}?', [self.ambito.code])
        for statement in macros_of(con, MANY_CATALOGUE).values():
            con.execute(statement)
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")

    def _explained(self, error: duckdb.CatalogException) -> Exception:
        """A mart or a schema that is not there is one of records; anything else is a mistake of ours."""
        text = str(error)
        return NotHereError() if "mart_" in text or RECORDS in text else error


def ambito_release(whole: Release, code: str) -> AmbitoRelease:
    """The release of many as that of one of its Ambiti. Raises UserError for a code that it does not have."""
    found = ambiti_of(whole.manifest).get(code)
    if found is None:
        raise UserError(f"L'Ambito «{code[:60]}» non è in questa pubblicazione: scegline un altro.")
    return AmbitoRelease(whole, found)


def tables_of(con: duckdb.DuckDBPyConnection, catalogue: str) -> list[tuple[str, str]]:
    """Schema and name of the tables by Ambito of a release of many."""
    return con.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = ? and table_schema in (?, ?) order by all",
        [catalogue, FIGURES, _LISTS],
    ).fetchall()


def manifest_of(manifest: Mapping[str, Any], ambito: Ambito) -> dict[str, Any]:
    """What is told of one Ambito of a release: the publication is that of all, the day and the checks are its own."""
    facts = ambito.facts
    return {
        **{name: manifest[name] for name in _OF_MANY if name in manifest},
        "as_of": ambito.as_of,
        "settings": facts.get("settings", {}),
        "versions": facts.get("versions", {}),
        "deliveries": [],
        "verdict": facts.get("verdict", {}),
    }
