"""A release as a person may see it: a database of its own that holds the rows allowed and nothing else.

Every query of the pages runs on it, so a query that forgets a filter finds no row of another, and a query on a table
that is not allowed fails. The office reads the release itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from dashboards.access.permissions import TABLES, Rule
from osservatorio.access.roles import Role, Scope
from osservatorio.ambiti.code import AMBITO
from osservatorio.ambiti.contents import Ambito
from osservatorio.database import attach
from osservatorio.errors import UserError
from osservatorio.release import CutRelease, Release

_WHOLE = "pubblicazione_intera"
_MEMORY = "200MB"
# What everybody reads of the manifest, and what a municipality reads beside.
_NAMED = ("release_id", "as_of")
_OF_TOWN = ("created_at", "content_sha256", "settings", "versions")
_COUNTS = ("outcome", "checks", "failed")


class NotAllowedError(UserError):
    """What was asked for is not for this person."""

    def __init__(self, message: str = "Il tuo accesso non permette di vedere questi dati.") -> None:
        super().__init__(message)


class ScopedRelease(CutRelease):
    """A release cut to a scope: its rows are copied, then the release is let go. For a table that the scope does not have
    it raises NotAllowedError."""

    def __init__(self, whole: Release, scope: Scope) -> None:
        self.scope = scope
        self.ambito = whole.ambito
        super().__init__(whole.path, manifest_for(whole.manifest, scope), _MEMORY)

    def _lay_out(self, con: duckdb.DuckDBPyConnection) -> None:
        """Copy what the scope may see; the names of the tables left out are kept."""
        scope = self.scope
        attach(con, self.path, _WHOLE, read_only=True)
        there = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables where table_catalog = ?",
            [_WHOLE],
        ).fetchall()
        names = {name for (name,) in there}
        con.execute("create schema core; create schema seeds")
        allowed = {name: rule for name, rule in _allowed(scope) if name in names}
        for name, rule in allowed.items():
            select, values = _select(con, name, rule, scope, self.ambito)
            con.execute(f"create table {name} as {select}", values)
        for statement in _macros(con):
            con.execute(statement)
        con.execute(f"detach {_WHOLE}")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        self._denied = frozenset(name.partition(".")[2] for name in names - allowed.keys())

    def _explained(self, error: duckdb.CatalogException) -> Exception:
        """Asked for something that the release has and this scope has not, or for something that nobody has."""
        words = str(error).replace("!", " ").replace('"', " ").replace(".", " ").split()
        return NotAllowedError() if self._denied.intersection(words) else error


def _allowed(scope: Scope) -> Iterator[tuple[str, Rule]]:
    if scope.role is Role.MUNICIPALITY:
        yield from ((name, rule) for name, rule in TABLES.items() if rule.is_public or rule.own_by)


def _select(
    con: duckdb.DuckDBPyConnection, name: str, rule: Rule, scope: Scope, ambito: Ambito | None
) -> tuple[str, list[str]]:
    """The rows of a table that a municipality reads, those of its Ambito where the release is of many. Names are those of
    the table of permissions; the codes are bound."""
    known = {column for column, *_ in con.execute(f"describe {_WHOLE}.{name}").fetchall()}
    hidden = [column for column in rule.hidden if column in known]
    emptied = ", ".join(f"case when false then {column} end as {column}" for column in hidden)
    replaced = f" replace ({emptied})" if hidden else ""
    dropped = f" exclude ({AMBITO})" if ambito else ""
    select = f"select *{dropped}{replaced} from {_WHOLE}.{name} where {rule.where}"
    values: list[str] = []
    if ambito:
        select, values = f"{select} and {AMBITO} = ?", [ambito.code]
    if rule.own_by is None:
        return select, values
    return f"{select} and {rule.own_by} = ?", [*values, str(scope.municipality_code)]


def _macros(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The formulas that a release brings with it, to be made again."""
    found = con.execute(
        "select function_name, list_aggregate(parameters, 'string_agg', ', '), macro_definition "
        "from duckdb_functions() where database_name = ? and not internal and function_type = 'macro'",
        [_WHOLE],
    ).fetchall()
    return [f"create macro {name}({parameters}) as ({definition})" for name, parameters, definition in found]


def manifest_for(manifest: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """What a scope may know of how a release was made."""
    if scope.role is Role.OFFICE:
        return dict(manifest)
    if scope.role is not Role.MUNICIPALITY:
        return {name: manifest[name] for name in _NAMED}
    town = scope.municipality_code
    verdict = manifest.get("verdict") or {}
    return {
        **{name: manifest[name] for name in (*_NAMED, *_OF_TOWN) if name in manifest},
        "deliveries": [
            delivery
            for delivery in manifest.get("deliveries", [])
            if delivery.get("municipalities") == [town]
        ],
        "verdict": {
            **{name: verdict[name] for name in _COUNTS if name in verdict},
            "warnings": [
                warning for warning in verdict.get("warnings", []) if warning.get("codice_ente") == town
            ],
            # Which checks there were and how they ended; what they found counts the rows of all.
            "results": [
                {**check, "observed": None, "unexpected": None} for check in verdict.get("results", [])
            ],
        },
    }
