"""What each Ambito brings: its own release, verified, with the shape of its tables and the fingerprint of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from osservatorio.ambiti.asked import Asked
from osservatorio.ambiti.code import AMBITO
from osservatorio.ambiti.contents import (
    FIGURES,
    SCHEMAS,
    Ambito,
    Columns,
    Interface,
    Table,
    ambito_of,
    is_of_many,
    record_marts,
)
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.fingerprint import table_columns
from osservatorio.integrity import check_tables
from osservatorio.release import current_release_id, release_path

LISTED_NAME = "total_municipality"  # the code list whose label is the name of the whole Ambito


@dataclass(frozen=True)
class Brought:
    """The verified release of an Ambito: its file, its tables that come along, its keys by mart, their fingerprints."""

    ambito: Ambito
    path: Path
    interface: Interface
    keys: Mapping[str, tuple[str, ...]]
    fingerprints: Mapping[Table, tuple[int, str]]


def bring(asked: Asked) -> Brought:
    """The release in use of a home, after checking its bytes and its figures.

    Raises UserError where there is none, it is not what was published, it is of many Ambiti or of an earlier version,
    or nobody says which Ambito it is of.
    """
    home = asked.home
    where = f"«{home.root}»"
    release_id = current_release_id(home) if home.root.is_dir() else None
    if release_id is None:
        raise UserError(
            f"In {where} non c'è nessuna pubblicazione: controlla il nome della cartella, oppure esegui lì «osservatorio "
            "run CARTELLA». Non è cambiato niente."
        )
    manifest, fingerprints = check_tables(home, release_id)
    if is_of_many(manifest):
        raise UserError(
            f"{where} contiene già le tavole di più Ambiti: indica le cartelle dei dati dei singoli Ambiti. Non è cambiato "
            "niente."
        )
    if not release_id.startswith(f"{manifest['as_of']}-{manifest['content_sha256'][:12]}"):
        raise UserError(
            f"In {where} la scheda della pubblicazione «{release_id}» è di un'altra: ripristinala dalla copia di sicurezza. "
            "Non è cambiato niente."
        )
    if not manifest.get("keys"):
        raise UserError(
            f"La pubblicazione «{release_id}» di {where} è di una versione precedente, che non diceva le chiavi delle tavole: "
            "esegui lì «osservatorio run CARTELLA». Non è cambiato niente."
        )
    keys = {mart: tuple(key) for mart, key in manifest["keys"].items()}
    path = release_path(home, release_id)
    with connect(path, read_only=True, threads=1) as con:
        interface = interface_of(con, left_out=record_marts(keys))
        code = asked.code or _lead(con)
        name = asked.name or _name(con)
    if not code:
        raise UserError(
            f"Non si sa di quale Ambito è {where}: il suo elenco dei Comuni non ha un capofila, o ne ha più d'uno. Scrivi il "
            f"codice davanti alla cartella, per esempio «108039={home.root.name}». Non è cambiato niente."
        )
    return Brought(
        ambito_of(manifest, code, name or code, content=manifest["content_sha256"]),
        path,
        interface,
        {mart: key for mart, key in keys.items() if (FIGURES, mart) in interface.tables},
        {table: fingerprints[table] for table in interface.tables},
    )


def interface_of(con: duckdb.DuckDBPyConnection, left_out: frozenset[str] = frozenset()) -> Interface:
    """The tables of the release in use on a connection that are for many Ambiti, without those `left_out`."""
    tables: dict[Table, Columns] = {
        (schema, table): tuple(column for column in columns if column[0] != AMBITO)
        for (schema, table), columns in table_columns(con).items()
        if schema in SCHEMAS and table not in left_out
    }
    return Interface(tables, macros_of(con))


def macros_of(con: duckdb.DuckDBPyConnection, catalogue: str | None = None) -> dict[str, str]:
    """The formulas that a release brings with it, as what makes them again."""
    found = con.execute(
        "select function_name, list_aggregate(parameters, 'string_agg', ', '), macro_definition "
        "from duckdb_functions() where database_name = coalesce(?, current_database()) and not internal "
        "and function_type = 'macro' order by function_name",
        [catalogue],
    ).fetchall()
    return {
        name: f"create macro {name}({parameters}) as ({definition})" for name, parameters, definition in found
    }


def _lead(con: duckdb.DuckDBPyConnection) -> str | None:
    """The code of the one lead municipality of the release's own list."""
    rows = con.execute("select municipality_code from seeds.municipalities where is_lead").fetchall()
    return str(rows[0][0]) if len(rows) == 1 else None


def _name(con: duckdb.DuckDBPyConnection) -> str | None:
    row = con.execute("select label from seeds.code_lists where code_list = ?", [LISTED_NAME]).fetchone()
    return str(row[0]) if row else None
