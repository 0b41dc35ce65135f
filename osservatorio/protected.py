"""The protected tables for screens: what whoever has no right to exact figures may see, as the Assembly's pack left.

Pages ask here; the figures come from the register of the protected exports and from nowhere else. The documents are those
that the audit log vouches for: a file that was changed after it was produced is not handed on.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.produced_reports import DONE, FILE, FOLDER, MARK
from osservatorio.release import read_manifest, release_path

Place = tuple[str, ...]

PACK = "assemblea"  # the report whose tables screens show


@dataclass(frozen=True)
class Dimension:
    """A way in which a table divides its figures: its codes and their names, in order, and the code of the total."""

    key: str
    label: str
    codes: Mapping[str, str]
    total: str | None = None


@dataclass(frozen=True)
class Measure:
    """A figure of a table, as the release describes it; `format` is one of the seed `mart_columns`."""

    key: str
    label: str
    definition: str
    format: str


@dataclass(frozen=True)
class Cell:
    """What may be seen of a figure: its value, or that it is withheld; neither where nothing is to be shown."""

    value: int | float | None
    is_withheld: bool = False


@dataclass(frozen=True)
class ProtectedTable:
    """A table as it left. `frame` divides it into years or surveys; `cells` are by place (frame, dimensions) and measure."""

    key: str
    title: str
    topic: str
    frame: Dimension
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    cells: Mapping[tuple[Place, str], Cell]

    def cell(self, measure: str, *place: str) -> Cell | None:
        return self.cells.get((place, measure))


@dataclass(frozen=True)
class Export:
    """An export of the Assembly's pack that is in the register; `as_of` is the reference date of its figures."""

    year: str
    release_id: str
    at: datetime
    as_of: date

    @property
    def id(self) -> str:
        """The release that it was made from."""
        return self.release_id


@dataclass(frozen=True)
class ProtectedTables:
    """The tables of an export. `sign` stands for a withheld cell and `meaning` explains it; `threshold` is the fewest
    minors that a shown figure is about."""

    export: Export
    tables: tuple[ProtectedTable, ...]
    threshold: int
    sign: str
    meaning: str
    withheld: int
    cells: int


@dataclass(frozen=True)
class Document:
    """A file of a protected report, as the audit log knows it."""

    path: Path
    kind: str
    name: str
    period_code: str
    format: str
    sha256: str


def exports(home: Home) -> list[Export]:
    """The last export of each year, the latest year first. Raises LedgerError when the register cannot be trusted."""
    from reporting.protected.protecting import registered_exports

    if not home.disclosure.is_dir():  # nothing ever left: there is no register to be trusted or not
        return []
    found = {}
    for year, release_id, at in registered_exports(home, PACK):
        if release_path(home, release_id).exists():  # one whose release was purged cannot be shown
            as_of = date.fromisoformat(read_manifest(home, release_id)["as_of"])
            found[year] = Export(year, release_id, datetime.fromisoformat(at), as_of)
    return [found[year] for year in sorted(found, reverse=True)]


def protected_tables(home: Home, export: Export) -> ProtectedTables:
    """The tables of an export. Raises UserError and LedgerError as `produce.protected_view`."""
    from reporting.produce import protected_screen

    return protected_screen(home, export)


def documents(home: Home, release_ids: frozenset[str]) -> list[Document]:
    """The files of protected reports made from these releases that are still as they were produced.

    A file made before its kind was protected has exact figures: only those that the register knew of are handed on.
    Raises LedgerError when the register cannot be trusted.
    """
    from reporting.kinds import KINDS

    protected = {key: kind.name for key, kind in KINDS.items() if kind.is_protected}
    since = _protected_since(home, protected)
    found: dict[Path, Document] = {}
    for folder, made_at, names in _produced(home):
        for name, digest in names.items():
            match = FILE.fullmatch(name)
            if match and not match["slug"] and folder in release_ids:
                first = since.get((match["kind"], match["period"][:4], folder))
                if first is None or made_at < first:
                    continue
                path = home.reports / folder / name
                found[path] = Document(
                    path,
                    match["kind"],
                    protected[match["kind"]],
                    match["period"],
                    path.suffix.removeprefix("."),
                    digest,
                )
    sound = [document for document in found.values() if _is_as_produced(document)]
    return sorted(sound, key=lambda one: (one.period_code, one.path.name), reverse=True)


def content_of(document: Document) -> bytes:
    """The file, which must be as it was produced. Raises UserError for one that was changed or taken away."""
    from hashlib import sha256

    try:
        content = document.path.read_bytes()
    except OSError:
        content = b""
    if sha256(content).hexdigest() != document.sha256:
        raise UserError(
            f"Il documento «{document.path.name}» non è più come è stato prodotto: chiedi all'Ufficio di Piano di "
            "produrlo di nuovo."
        )
    return content


def _is_as_produced(document: Document) -> bool:
    from osservatorio.fingerprint import file_digest

    try:
        return file_digest(document.path) == document.sha256
    except OSError:
        return False


def _protected_since(home: Home, kinds: Iterable[str]) -> dict[tuple[str, str, str], datetime]:
    """When each export (kind, year, release) was first in the register, to the second, as the audit log tells moments."""
    from reporting.protected.protecting import registered_exports

    if not home.disclosure.is_dir():
        return {}
    since: dict[tuple[str, str, str], datetime] = {}
    for kind in kinds:
        for year, release_id, at in registered_exports(home, kind):
            since.setdefault((kind, year, release_id), datetime.fromisoformat(at).replace(microsecond=0))
    return since


def _produced(home: Home) -> list[tuple[str, datetime, dict[str, str]]]:
    """Folder, moment and digests of the files of each report that was produced, the oldest first."""
    try:
        lines = home.audit_log.read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        if MARK not in line:
            continue
        try:
            entry = json.loads(line)
            facts = dict(entry["facts"])
            made_at = datetime.fromisoformat(entry["at"])
        except (ValueError, KeyError, TypeError):
            continue
        folder = facts.pop(FOLDER, None)
        if entry.get("phase") == DONE and isinstance(folder, str):
            digests = {name: value for name, value in facts.items() if isinstance(value, str)}
            found.append((folder, made_at, digests))
    return found
