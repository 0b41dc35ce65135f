"""The key of the pseudonyms: kept in the home's `keys/` folder, outside the warehouse, never written elsewhere."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field

from osservatorio.errors import UserError
from osservatorio.home import Home

KEY_BYTES = 32
KEY_FILE = "pseudonimi.key"


@dataclass(frozen=True)
class Key:
    """A secret key and the public id stored beside what it made."""

    id: str
    secret: bytes = field(repr=False)


def _key_id(secret: bytes) -> str:
    """A public name of the key that reveals nothing of it."""
    return hashlib.sha256(b"osservatorio key id" + secret).hexdigest()[:12]


def load_key(home: Home) -> Key:
    """The home's key. Raises UserError when there is none or it is damaged (never an unkeyed fallback)."""
    path = home.keys / KEY_FILE
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise UserError(
            f"Manca la chiave degli pseudonimi in «{home.keys}»: creala una volta sola con "
            "«osservatorio keys new» e conservane una copia al sicuro."
        ) from None
    except (OSError, ValueError) as error:
        raise UserError(
            f"La chiave degli pseudonimi «{path}» non si legge: ripristina la copia di sicurezza "
            "(con una chiave diversa le persone già caricate non si riconoscerebbero più)."
        ) from error
    if len(secret) != KEY_BYTES:
        raise UserError(
            f"La chiave degli pseudonimi «{path}» è incompleta: ripristina la copia di sicurezza "
            "(con una chiave diversa le persone già caricate non si riconoscerebbero più)."
        )
    return Key(_key_id(secret), secret)


def new_key(home: Home) -> Key:
    """Create the home's key (file mode 0600). Raises UserError when one is already there."""
    home.prepare()
    path = home.keys / KEY_FILE
    secret = secrets.token_bytes(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UserError(
            f"La chiave degli pseudonimi esiste già in «{home.keys}»: non la sostituisco, "
            "perché le persone già caricate non si riconoscerebbero più."
        ) from None
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere la chiave in «{home.keys}» ({error.strerror}): controlla i permessi."
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Key(_key_id(secret), secret)
