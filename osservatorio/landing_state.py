"""What the stages need to know of the landing: up to when it reaches, and its state as a token."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home

# The time of loading says nothing of the content: a file refused again changes nothing else.
_NOT_CONTENT = ("loaded_at",)


def reference_date(home: Home, as_of: date | None) -> str:
    """The date that figures refer to: the one asked for, else the latest extraction landed.

    Raises UserError when nothing was landed, or nothing was accepted of what was.
    """
    if not home.landing.exists():
        raise UserError("Non è stato ancora caricato nulla: esegui prima «osservatorio run CARTELLA».")
    if as_of:
        return as_of.isoformat()
    (latest,) = _rows(
        home, "select max(last_extraction) from meta.deliveries where outcome = 'landed' and accepted > 0"
    )[0]
    if latest is None:
        raise UserError(
            "Nessuna riga consegnata è stata accettata: correggi i file segnalati da «osservatorio quarantine» "
            "e consegnali di nuovo."
        )
    return latest.isoformat()


def last_loading(home: Home) -> datetime | None:
    """When the last delivery was loaded (local time, without offset); None when none was."""
    return _rows(home, "select max(loaded_at) from meta.deliveries")[0][0] if home.landing.exists() else None


def landing_state(home: Home) -> str:
    """A token of what is landed: the same as long as the account of deliveries is the same."""
    columns = [
        name
        for (name,) in _rows(
            home,
            "select column_name from duckdb_columns() where database_name = current_database() "
            "and schema_name = 'meta' and table_name = 'deliveries' order by column_name",
        )
        if name not in _NOT_CONTENT
    ]
    rows = _rows(home, f"select {', '.join(columns)} from meta.deliveries order by all")
    return hashlib.sha256(json.dumps([columns, rows], default=str).encode()).hexdigest()


def _rows(home: Home, query: str) -> Sequence[tuple[Any, ...]]:
    with connect(home.landing, read_only=True) as con:
        return con.execute(query).fetchall()
