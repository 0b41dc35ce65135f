"""Publishing many Ambiti together: an immutable release like any other, in a home of its own.

An Ambito that is given takes the place of its own rows of before; the others stay as they were. Nothing is changed where
one of them is refused.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from osservatorio.ambiti.asked import Asked
from osservatorio.ambiti.code import AMBITO
from osservatorio.ambiti.contents import (
    MANY,
    REGISTER,
    Ambito,
    Interface,
    ambiti_of,
    check_same_interface,
    is_of_many,
    told,
)
from osservatorio.ambiti.inputs import Brought, bring, interface_of
from osservatorio.ambiti.writing import write_candidate
from osservatorio.clock import publishing_time
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.fingerprint import file_digest
from osservatorio.home import Home
from osservatorio.integrity import check_release
from osservatorio.italian import join_words
from osservatorio.publish import put_in_place, seal, versions
from osservatorio.release import current_release_id, read_manifest, release_path
from osservatorio.settings import Settings
from osservatorio.worker import Progress

NO_KEY = "nessuna"  # in place of the id of a key: without records there are no pseudonyms
PASSED, WITH_WARNINGS = "superato", "superato_con_avvisi"
_STEP = "Verifica delle pubblicazioni"


@dataclass(frozen=True)
class Published:
    """What became of a publication: its id, whether it is new, all its Ambiti by code, the codes of those brought and of
    those taken out; `note` is what a person must know of the clock."""

    release_id: str
    is_new: bool
    ambiti: Mapping[str, Ambito]
    brought: tuple[str, ...]
    taken_out: tuple[str, ...]
    note: str | None = None


def publish_together(
    home: Home,
    asked: Sequence[Asked],
    *,
    taken_out: Sequence[str] = (),
    settings: Settings,
    now: datetime,
    progress: Progress | None = None,
) -> Published:
    """Publish the Ambiti asked for beside those that the home has already, without those to be `taken_out`.

    To be called with the home held. Raises UserError for a home of one Ambito, a release that cannot be verified, the
    same Ambito twice, tables of another version, an Ambito without a code; StageError where the proof fails.
    """
    before = _in_use(home)
    known = ambiti_of(before) if before else {}
    for code in taken_out:
        if code not in known:
            raise UserError(
                f"L'Ambito «{code[:60]}» non è nella pubblicazione in uso: «osservatorio ambiti list» dice quali ci sono."
            )
    brought = _bring_all(asked, progress)
    codes = {one.ambito.code for one in brought}
    kept = [one for code, one in known.items() if code not in codes and code not in taken_out]
    if not brought and not kept:
        raise UserError(
            "Non resterebbe nessun Ambito: una pubblicazione deve averne almeno uno. Non è cambiato niente."
        )
    moment = publishing_time(home, now)
    source, interface, keys = _shape(home, before, brought, kept)
    folder = home.work / "ambiti"
    shutil.rmtree(folder, ignore_errors=True)  # of a command that was stopped
    folder.mkdir(parents=True)
    try:
        candidate = folder / "release.duckdb"
        write_candidate(candidate, brought, kept, source, interface, settings, progress)
        everyone = sorted((*kept, *(one.ambito for one in brought)), key=lambda one: one.code)

        def manifest(facts: dict[str, Any]) -> dict[str, Any]:
            seal(candidate)
            return facts | _manifest(everyone, keys) | {"file_sha256": file_digest(candidate)}

        release_id, is_new = put_in_place(
            home,
            candidate,
            as_of=max(one.as_of for one in everyone),
            key_id=NO_KEY,
            created_at=moment.at,
            manifest=manifest,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Published(
        release_id,
        is_new,
        {one.code: one for one in everyone},
        tuple(sorted(codes)),
        tuple(code for code in known if code in taken_out and code not in codes),
        moment.note,
    )


def _in_use(home: Home) -> dict[str, Any] | None:
    """The manifest of the release in use; None where there is none. Raises UserError for a home of one Ambito."""
    if home.landing.exists():
        raise _of_one(home)
    release_id = current_release_id(home)
    if release_id is None:
        return None
    manifest = read_manifest(home, release_id)
    if not is_of_many(manifest):
        raise _of_one(home)
    return manifest


def _of_one(home: Home) -> UserError:
    return UserError(
        f"«{home.root}» è la cartella dei dati di un Ambito solo: le tavole di più Ambiti vanno in una cartella loro, da "
        "indicare con --home. Non è cambiato niente."
    )


def _bring_all(asked: Sequence[Asked], progress: Progress | None) -> list[Brought]:
    found: dict[str, tuple[Path, Brought]] = {}
    for done, one in enumerate(asked, 1):
        brought = bring(one)
        code, root = brought.ambito.code, one.home.root
        if code in found:
            raise UserError(
                f"L'Ambito «{code}» c'è due volte, in «{found[code][0]}» e in «{root}»: lasciane una; se sono Ambiti diversi, "
                "scrivi il codice di ciascuno davanti alla sua cartella. Non è cambiato niente."
            )
        found[code] = root, brought
        if progress:
            progress(_STEP, done, len(asked))
    return [brought for _, brought in found.values()]


def _shape(
    home: Home, before: dict[str, Any] | None, brought: Sequence[Brought], kept: Sequence[Ambito]
) -> tuple[Path | None, Interface, dict[str, list[str]]]:
    """The file that the kept come from, the tables that all have, their keys. Raises UserError where they differ."""
    if brought:
        first = brought[0]
        name, interface, keys = first.ambito.name, first.interface, dict(first.keys)
    if not (before and kept):
        path = None
    else:
        path = release_path(home, before["release_id"])
        check_release(home, before["release_id"])  # before its rows are taken over
        with connect(path, read_only=True, threads=1) as con:
            there = interface_of(con)
            register = set(con.execute(f"select * from meta.{REGISTER}").fetchall())
        if not {one.registered for one in kept} <= register:
            raise UserError(
                f"La scheda della pubblicazione «{before['release_id']}» non dice gli Ambiti che il suo file contiene: "
                f"ripristinala dalla copia di sicurezza in «{home.releases}», oppure pubblica di nuovo tutti gli Ambiti in "
                "un'altra cartella. Non è cambiato niente."
            )
        if not brought:
            return path, there, before["keys"]
        known = join_words([one.name for one in kept[:3]]) + (" e altri" if len(kept) > 3 else "")
        check_same_interface(name, interface, f"{known} (già pubblicati)", there)
    for one in brought[1:]:
        check_same_interface(one.ambito.name, one.interface, name, interface)
    return path, interface, {mart: [AMBITO, *key] for mart, key in keys.items()}


def _manifest(ambiti: Sequence[Ambito], keys: Mapping[str, list[str]]) -> dict[str, Any]:
    """What is told of the release beside the facts of every one."""
    return {
        "as_of": max(one.as_of for one in ambiti),
        "settings": {},
        "versions": versions(),
        "deliveries": [],
        "corrections": None,
        "models": {},
        "lineage": {},
        "keys": dict(keys),
        "graph": {},
        "verdict": _verdict(ambiti),
        MANY: [told(one) for one in ambiti],
    }


def _verdict(ambiti: Sequence[Ambito]) -> dict[str, Any]:
    """The checks of all together: counts added up, warnings with the name of the Ambito before them."""
    each = [(one, one.facts.get("verdict", {})) for one in ambiti]
    warnings = [
        {**warning, "message": f"{one.name}: {warning['message']}"}
        for one, verdict in each
        for warning in verdict.get("warnings", ())
    ]
    counts = {
        name: sum(int(verdict.get(name, 0)) for _, verdict in each)
        for name in ("checks", "passed", "failed", "errors")
    }
    return {
        **counts,
        "outcome": WITH_WARNINGS if warnings else PASSED,
        "publishable": True,
        "warnings": warnings,
    }
