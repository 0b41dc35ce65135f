"""Rotating the key of the pseudonyms: the landing is brought forward, then the new key takes the place of the old.

The order makes a crash harmless: the new key is on the disk before anything carries its id, the landing changes in
one step, and which of the two keys stays is told by the id that the landing carries (`keys.settle_rotation`).
"""

import json
import shutil
from dataclasses import dataclass

from osservatorio.beneficiaries import carry_over
from osservatorio.build import candidate_folder
from osservatorio.build_previous import forget_previous
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.keys import (
    Key,
    adopt_next_key,
    key_of,
    landing_key_id,
    lengthened,
    load_key,
    settle_rotation,
    write_next_key,
)
from osservatorio.settings import Settings
from osservatorio.worker import Progress


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: the key in use, the pseudonyms keyed once more, the releases that hold earlier ones.

    `is_new_key` is false when the landing was brought forward to the key that was there: it came from a backup of
    before a rotation.
    """

    key: Key
    is_new_key: bool
    pseudonyms: int
    tables: int
    earlier_releases: tuple[str, ...]


def rotate(home: Home, *, settings: Settings, progress: Progress | None = None) -> Rotation:
    """Rotate the home's key. For callers that hold the home.

    Raises UserError when there is no key, when the landing was filled under a key that is none of its own, or when a
    purge is unfinished, whose list of what to look for has pseudonyms of the present key.
    """
    from ingestion.rekeying import Rekeyed, rekey_landing

    if home.purge_plan.exists():
        raise UserError(
            "Un'eliminazione dei dati scaduti non è stata portata a termine: esegui prima «osservatorio purge», che la "
            "completa, poi ripeti «osservatorio keys rotate»."
        )
    settle_rotation(home)
    key = load_key(home)
    missing = _missing_secrets(key, landing_key_id(home))
    target = key if missing else lengthened(key)
    if not missing:
        write_next_key(home, target)
    secrets = missing or target.chain[-1:]
    carry_over(home, secrets)
    rekeyed = (
        rekey_landing(home, secrets, target.id, settings=settings, progress=progress)
        if home.landing.exists()
        else Rekeyed()
    )
    if not missing:
        adopt_next_key(home)
    shutil.rmtree(candidate_folder(home), ignore_errors=True)  # a build that was never published
    forget_previous(home)
    return Rotation(
        target, not missing, rekeyed.pseudonyms, rekeyed.tables, releases_under_other_keys(home, target)
    )


def _missing_secrets(key: Key, landed_under: str | None) -> tuple[bytes, ...]:
    """The secrets of the key that the landing does not know yet."""
    if landed_under is None:
        return ()
    for length in range(len(key.chain), 0, -1):
        if key_of(key.chain[:length]).id == landed_under:
            return key.chain[length:]
    raise UserError(
        "La chiave degli pseudonimi non è quella con cui sono stati caricati i dati finora: "
        "ripristina la chiave di prima, poi ripeti «osservatorio keys rotate»."
    )


def releases_under_other_keys(home: Home, key: Key) -> tuple[str, ...]:
    """The releases whose records have pseudonyms of another key, by their id."""
    manifests = [
        json.loads(path.read_text("utf-8")) for path in sorted(home.releases.glob("*.manifest.json"))
    ]
    return tuple(manifest["release_id"] for manifest in manifests if manifest["key_id"] != key.id)
