"""The build before: the release that came of it, and what was not published of it, kept for the next to start from.

`work/previous` holds the tables that no release has (`scratch.duckdb`) and what is known of all of them
(`known.json`). It may be deleted at any time: the next build then makes everything again. The release is never
written: a build works on a copy.
"""

import json
import shutil
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from errno import ENOSPC
from pathlib import Path
from typing import Any

from osservatorio.build_parts import Known
from osservatorio.errors import UserError
from osservatorio.files import write_json
from osservatorio.fingerprint import file_digest
from osservatorio.home import Home
from osservatorio.italian import date_it, number
from osservatorio.release import read_manifest, release_path

SCRATCH = "scratch.duckdb"
KNOWN = "known.json"
# A table renewed in place leaves gaps in its file: after so many builds everything is written anew.
MOST_RENEWALS = 12

NEVER_BUILT = "non c'è una costruzione precedente da cui partire"
DAMAGED = "le tabelle della costruzione precedente non ci sono più o non sono integre"
OTHER_PROJECT = "sono cambiati il programma, gli elenchi o le impostazioni"
EARLIER_DATE = "la data di riferimento è anteriore a quella della costruzione precedente"
OTHER_DELIVERIES = "le consegne già viste sono state eliminate o hanno un'altra chiave"
MANY_RENEWALS = f"dopo {MOST_RENEWALS} aggiornamenti le tabelle si riscrivono per intero"
AS_ASKED = "richiesto con --da-capo"
GONE_WRONG = "l'aggiornamento non è riuscito"
BY_DBT = "non c'è ancora un piano di costruzione per questo programma e queste impostazioni"


def how_it_was_built(how: dict[str, Any]) -> str:
    """What a build did, in one line (Italian); nothing of one that does not tell."""
    if not how:
        return ""
    if not how["renewed"]:
        return f"Tabelle costruite da capo: {how['why']}."
    made, renewed, kept = (number(how["counts"].get(name, 0)) for name in ("made", "renewed", "kept"))
    return (
        f"Tabelle aggiornate partendo dalla costruzione precedente (dati al {date_it(date.fromisoformat(how['since']))}): "
        f"rifatte {made}, aggiornate in parte {renewed}, rimaste com'erano {kept}."
    )


class AllAnew(Exception):
    """Everything has to be made again; the reason (Italian) is what the person reads."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Warehouse:
    """What is known of a build: of which project and settings (`plan`), at which date, and of every relation."""

    plan: str
    as_of: str
    renewals: int = 0
    known: dict[str, Known] = field(default_factory=dict)
    release_id: str = ""
    release_sha256: str = ""
    scratch_sha256: str = ""

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> "Warehouse":
        content = json.loads(path.read_text("utf-8"))
        known = {
            name: Known(facts["text"], {int(part): mark for part, mark in facts["parts"].items()})
            for name, facts in content.pop("known").items()
        }
        return cls(known=known, **content)


def previous_folder(home: Home) -> Path:
    return home.work / "previous"


def forget_previous(home: Home) -> None:
    """Make everything again the next time."""
    shutil.rmtree(previous_folder(home), ignore_errors=True)


def keep_for_the_next(home: Home, candidate: Path, release_id: str) -> None:
    """Once a candidate is published, keep what the next build starts from.

    Stopped on the way, or where something is missing, the next build makes everything again.
    """
    built, folder = candidate / KNOWN, previous_folder(home)
    scratch = candidate / SCRATCH
    if not built.exists() or not scratch.exists():
        return
    warehouse = replace(
        Warehouse.read(built),
        release_id=release_id,
        release_sha256=read_manifest(home, release_id)["file_sha256"],
        scratch_sha256=file_digest(scratch),
    )
    folder.mkdir(exist_ok=True)
    (folder / KNOWN).unlink(missing_ok=True)  # before what it tells of
    scratch.replace(folder / SCRATCH)
    warehouse.write(folder / KNOWN)


def take_previous(home: Home, candidate: Path, plan: str, as_of: str) -> tuple[Warehouse, Path]:
    """Copy the build before into the folder of the candidate. Returns what is known of it, and its release.

    Raises AllAnew when it cannot be started from.
    """
    folder = previous_folder(home)
    if not (folder / KNOWN).exists():
        raise AllAnew(NEVER_BUILT)
    try:
        before = Warehouse.read(folder / KNOWN)
        release = release_path(home, before.release_id)
        if before.plan != plan:
            raise AllAnew(OTHER_PROJECT)
        if as_of < before.as_of:
            raise AllAnew(EARLIER_DATE)
        if before.renewals >= MOST_RENEWALS:
            raise AllAnew(MANY_RENEWALS)
        if read_manifest(home, before.release_id)["file_sha256"] != before.release_sha256:
            raise AllAnew(DAMAGED)
        for source, expected, name in (
            (release, before.release_sha256, "release.duckdb"),
            (folder / SCRATCH, before.scratch_sha256, SCRATCH),
        ):
            shutil.copyfile(source, candidate / name)  # its mode is a new file's: the release is read-only
            if file_digest(candidate / name) != expected:
                raise AllAnew(DAMAGED)
    except (OSError, ValueError, KeyError, TypeError, UserError) as error:
        if (
            isinstance(error, OSError) and error.errno == ENOSPC
        ):  # no room: making everything again takes as much
            raise
        raise AllAnew(DAMAGED) from error
    return before, release
