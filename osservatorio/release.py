"""Reading a published release: the only data that dashboards and reports ever see."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from osservatorio.ambiti.contents import is_of_many
from osservatorio.database import catalogue_name, connect, use
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.interruption import end_query_when_interrupted

if TYPE_CHECKING:
    import pandas as pd

    from osservatorio.ambiti.contents import Ambito


class Release:
    """One release, open read-only. Queries run on cursors of their own, so threads may share it.

    `ambito` is which one of a release of many it is cut to; None for a release of one, and for that of many.
    """

    ambito: "Ambito | None" = None

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest
        self._connection = connect(path, read_only=True)
        with self._connection.cursor() as fresh:
            row = fresh.execute("select current_database()").fetchone()
        self._must_be_told = row != (catalogue_name(path),)

    @property
    def id(self) -> str:
        return self.manifest["release_id"]

    @property
    def as_of(self) -> date:
        """The reference date of every figure."""
        return date.fromisoformat(self.manifest["as_of"])

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> "pd.DataFrame":
        """Run a query with bound parameters; one row per row, one column per column."""
        with self.cursor() as cursor:
            return cursor.execute(sql, params or []).df()

    def rows(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a query with bound parameters; plain tuples, for callers that need no data frame."""
        with self.cursor() as cursor:
            return cursor.execute(sql, params or []).fetchall()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own on the release, for who needs more than a query; to be closed by the caller."""
        cursor = self._connection.cursor()
        if (
            self._must_be_told
        ):  # an encrypted release, which is attached: a cursor of a plain one begins in it
            use(cursor, self.path)
        end_query_when_interrupted(cursor)
        return cursor

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Release":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class CutRelease(Release, ABC):
    """A part of a release, in a database of its own that `_lay_out` fills. Safe to share between sessions."""

    def __init__(self, path: Path, manifest: dict[str, Any], memory: str) -> None:
        self.path = path
        self.manifest = manifest
        self._connection = connect(None, memory_limit=memory, threads=1)
        try:
            self._lay_out(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor on the part, where the rest is not to be found."""
        cursor = self._connection.cursor()
        end_query_when_interrupted(cursor)
        return cursor

    def query(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> "pd.DataFrame":
        """As `Release.query`; what was left out is refused in words."""
        try:
            return super().query(sql, params)
        except duckdb.CatalogException as error:
            raise self._explained(error) from error

    def rows(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """As `Release.rows`; what was left out is refused in words."""
        try:
            return super().rows(sql, params)
        except duckdb.CatalogException as error:
            raise self._explained(error) from error

    @abstractmethod
    def _lay_out(self, con: duckdb.DuckDBPyConnection) -> None:
        """Fill the database with the part, and shut every way to the rest."""

    @abstractmethod
    def _explained(self, error: duckdb.CatalogException) -> Exception:
        """What to raise for something that is not there: a UserError where it was left out, else the error."""


def current_release_id(home: Home) -> str | None:
    """The id that the pointer names, or None when nothing was published yet."""
    try:
        return json.loads(home.current.read_text("utf-8"))["release_id"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"Il file «{home.current}» non si legge: esegui di nuovo «osservatorio run CARTELLA» per ripristinarlo."
        ) from error


def release_path(home: Home, release_id: str) -> Path:
    return home.releases / f"{release_id}.duckdb"


def manifest_path(home: Home, release_id: str) -> Path:
    return home.releases / f"{release_id}.manifest.json"


def read_manifest(home: Home, release_id: str) -> dict[str, Any]:
    """The manifest of a release. Raises UserError when the release is not there."""
    path = manifest_path(home, release_id)
    if path.parent != home.releases or not path.exists():
        raise UserError(
            f"La pubblicazione «{release_id}» non esiste: «osservatorio releases list» elenca quelle disponibili."
        )
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"La scheda della pubblicazione «{release_id}» non si legge: ripristinala dalla copia di sicurezza."
        ) from error


def refuse_home_of_many(home: Home) -> None:
    """Raises UserError where a home holds the figures of many Ambiti: deliveries of one do not go there."""
    try:
        release_id = current_release_id(home)
        found = release_id is not None and is_of_many(read_manifest(home, release_id))
    except UserError:  # a pointer or a card that cannot be read is mended by publishing
        return
    if found:
        raise UserError(
            f"«{home.root}» contiene le tavole di più Ambiti: le consegne si caricano nella cartella dei dati di ciascuno, da "
            "indicare con --home; poi «osservatorio ambiti publish» ne rinnova qui le tavole."
        )


def open_release(home: Home, release_id: str | None = None, *, of_many: bool = False) -> Release:
    """Open the release named, or the current one. Raises UserError when there is none, and for one of many Ambiti where
    the caller does not know of them: it would take their rows for those of one."""
    chosen = release_id or current_release_id(home)
    if chosen is None:
        raise UserError(
            f"Non c'è ancora nessuna pubblicazione in «{home.root}»: esegui prima «osservatorio run CARTELLA»."
        )
    manifest = read_manifest(home, chosen)
    if is_of_many(manifest) and not of_many:
        raise UserError(
            f"La pubblicazione «{chosen}» contiene le tavole di più Ambiti: rapporti, esportazioni e spiegazioni delle cifre si "
            "fanno nella cartella dei dati di ciascuno, da indicare con --home."
        )
    return Release(release_path(home, chosen), manifest)
