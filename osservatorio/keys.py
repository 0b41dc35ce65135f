"""The key of the pseudonyms: kept in the home's `keys/` folder, outside the warehouse, never written elsewhere.

A key is a chain of secrets, one per line of its file, the oldest first: a pseudonym is
HMAC(s_n, … HMAC(s_2, HMAC(s_1, text))). Rotating adds a secret, so that what was pseudonymised without it can be
brought forward without the originals: HMAC(s_new, old pseudonym). A key is known by its id, which reveals nothing.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from osservatorio.database import connect
from osservatorio.encryption import can_encrypt, new_archive_key
from osservatorio.errors import UserError, reason_it
from osservatorio.files import is_open_to_others, read_secret, sync_folder, write_secret
from osservatorio.home import Home

KEY_BYTES = 32
KEY_FILE = "pseudonimi.key"
NEXT_FILE = "pseudonimi.key.nuova"  # beside the key only while a rotation is under way


@dataclass(frozen=True)
class Key:
    """The secrets of the pseudonyms (the first, and those that rotations added) and the id stored beside what they made."""

    id: str
    secret: bytes = field(repr=False)
    added: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def chain(self) -> tuple[bytes, ...]:
        return (self.secret, *self.added)


def key_of(chain: Sequence[bytes]) -> Key:
    """The key made of these secrets. Its public id is the digest of them all."""
    identity = hashlib.sha256(b"osservatorio key id" + b"".join(chain)).hexdigest()[:12]
    return Key(identity, chain[0], tuple(chain[1:]))


def lengthened(key: Key) -> Key:
    """The same key with one more secret."""
    return key_of((*key.chain, secrets.token_bytes(KEY_BYTES)))


def load_key(home: Home) -> Key:
    """The home's key. Raises UserError when there is none or it is damaged (never an unkeyed fallback).

    Where a rotation was interrupted, it is the key that the landing carries.
    """
    if not (home.keys / KEY_FILE).exists() and (landed_under := landing_key_id(home)):
        raise _lost(home, landed_under)
    key = _read_key(home.keys / KEY_FILE)
    if is_open_to_others(home.keys):
        with contextlib.suppress(OSError):
            home.keys.chmod(0o700)
    following = _next_key(home)
    return following if following and landing_key_id(home) == following.id else key


def _next_key(home: Home) -> Key | None:
    """The key of a rotation under way, if there is one; half a file was written before anything carried its id."""
    with contextlib.suppress(UserError):
        return _read_key(home.keys / NEXT_FILE)
    return None


def _read_key(path: Path) -> Key:
    advice = (
        "ripristina la copia di sicurezza (con una chiave diversa le persone già caricate non si "
        "riconoscerebbero più)."
    )
    try:
        chain = [bytes.fromhex(line) for line in read_secret(path).split()]
    except FileNotFoundError:
        raise UserError(
            f"Manca la chiave degli pseudonimi in «{path.parent}»: creala una volta sola con "
            "«osservatorio keys new» e conservane una copia al sicuro."
        ) from None
    except (OSError, ValueError) as error:
        raise UserError(f"La chiave degli pseudonimi «{path}» non si legge: {advice}") from error
    if not chain or any(len(secret) != KEY_BYTES for secret in chain):
        raise UserError(f"La chiave degli pseudonimi «{path}» è incompleta: {advice}")
    return key_of(chain)


def _lost(home: Home, key_id: str) -> UserError:
    return UserError(
        f"Manca la chiave degli pseudonimi con cui sono stati caricati i dati, la {key_id}: ripristina dalla copia di "
        f"sicurezza «{home.keys / KEY_FILE}» (con una chiave nuova le persone già caricate non si riconoscerebbero più)."
    )


def landing_key_id(home: Home) -> str | None:
    """The id of the key under which rows were landed; None when none was."""
    if not home.landing.exists():
        return None
    with connect(home.landing, read_only=True) as con, contextlib.suppress(duckdb.CatalogException):
        row = con.execute(
            "select key_id from meta.deliveries where outcome = 'landed' order by load_seq desc limit 1"
        ).fetchone()
        return row[0] if row else None
    return None  # a landing whose tables were never made


def new_key(home: Home, *, encrypted: bool = True) -> Key:
    """Create the home's keys (file mode 0600): that of the pseudonyms and, where the installation can encrypt and
    nothing was landed yet, that of the archives. Raises UserError when the key is already there, or when data were
    landed under one that is not there any more.
    """
    home.prepare()
    if not (home.keys / KEY_FILE).exists() and (landed_under := landing_key_id(home)):
        raise _lost(home, landed_under)
    key = key_of([secrets.token_bytes(KEY_BYTES)])
    try:
        write_secret(home.keys / KEY_FILE, _text(key))
        if encrypted and can_encrypt() and not home.landing.exists():
            new_archive_key(home)
    except FileExistsError:
        raise UserError(
            f"La chiave degli pseudonimi esiste già in «{home.keys}»: non la sostituisco, "
            "perché le persone già caricate non si riconoscerebbero più. "
            "Per cambiarla senza perdere i dati c'è «osservatorio keys rotate»."
        ) from None
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere la chiave in «{home.keys}» ({reason_it(error)}): controlla i permessi."
        ) from error
    return key


def _text(key: Key) -> str:
    return "".join(f"{secret.hex()}\n" for secret in key.chain)


def write_next_key(home: Home, key: Key) -> None:
    """Put the key of a rotation beside the present one, safe on the disk, before anything carries its id."""
    path = home.keys / NEXT_FILE
    try:
        path.unlink(missing_ok=True)
        write_secret(path, _text(key))
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere la nuova chiave in «{home.keys}» ({reason_it(error)}): controlla i permessi."
        ) from error


def adopt_next_key(home: Home) -> None:
    """The key of the rotation takes the place of the one before, in one step."""
    os.replace(home.keys / NEXT_FILE, home.keys / KEY_FILE)
    sync_folder(home.keys)


def settle_rotation(home: Home) -> bool:
    """End a rotation that was interrupted: the key that the landing carries stays, the other one goes.

    Whether there was anything to end. For callers that hold the home: no rotation may be under way.
    """
    if not (home.keys / NEXT_FILE).exists():
        return False
    if load_key(home) == _next_key(home):
        adopt_next_key(home)
    else:
        (home.keys / NEXT_FILE).unlink()
    return True
