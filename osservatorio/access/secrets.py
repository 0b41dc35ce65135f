"""The two secrets of the sign-in, in the home's `keys/`: what the provider knows us by, and what signs the cookies."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field

from osservatorio.errors import UserError, reason_it
from osservatorio.files import read_secret, write_secret
from osservatorio.home import Home

CLIENT_FILE = "accesso_fornitore.key"
COOKIE_FILE = "accesso_sessioni.key"
ENV_CLIENT = "OSSERVATORIO_ACCESSO_SEGRETO"
COOKIE_BYTES = 32
LONGEST = 1000


@dataclass(frozen=True)
class Secrets:
    """`client`: given by the provider with the client's name. `cookie`: of this home alone."""

    client: str = field(repr=False)
    cookie: str = field(repr=False)


def read_client_secret(home: Home) -> str:
    """The provider's secret, from the environment or the home. Raises UserError when there is none."""
    given = os.environ.get(ENV_CLIENT, "").strip()
    if given:
        return _checked(given, f"La variabile {ENV_CLIENT}")
    path = home.keys / CLIENT_FILE
    try:
        return _checked(read_secret(path).strip(), f"Il file «{path}»")
    except FileNotFoundError:
        raise UserError(
            "Manca il segreto che il fornitore di identità ha assegnato a Osservatorio: registralo con «osservatorio "
            f"keys sign-in», oppure mettilo nella variabile {ENV_CLIENT}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"Il segreto del fornitore «{path}» non si legge: controlla i permessi o registralo di nuovo con "
            "«osservatorio keys sign-in»."
        ) from error


def read_secrets(home: Home) -> Secrets:
    """Both secrets; that of the cookies is made the first time. Raises UserError when the provider's is missing."""
    client = read_client_secret(home)
    path = home.keys / COOKIE_FILE
    try:
        if not path.exists():
            home.keys.mkdir(mode=0o700, exist_ok=True)
            with suppress(FileExistsError):  # another server of this home may be quicker
                write_secret(path, secrets.token_hex(COOKIE_BYTES) + "\n")
        cookie = read_secret(path).strip()
        if len(cookie) != 2 * COOKIE_BYTES or not bytes.fromhex(cookie):
            raise ValueError
    except (OSError, ValueError) as error:
        raise UserError(
            f"La chiave delle sessioni «{path}» non si legge: toglila e riprova; ne sarà fatta una nuova e tutti "
            "dovranno accedere di nuovo."
        ) from error
    return Secrets(client, cookie)


def keep_client_secret(home: Home, secret: str) -> None:
    """Put the provider's secret in place of the one before, readable by its owner only. Raises UserError."""
    checked = _checked(secret.strip(), "Il segreto")
    path = home.keys / CLIENT_FILE
    fresh = path.with_name(f"{path.name}.nuova")
    home.prepare()
    try:
        fresh.unlink(missing_ok=True)
        write_secret(fresh, checked + "\n")
        os.replace(fresh, path)
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere il segreto in «{home.keys}» ({reason_it(error)}): controlla i permessi."
        ) from error


def end_sessions(home: Home) -> bool:
    """Forget the key that signs the cookies: everybody has to sign in again. Whether there was one."""
    path = home.keys / COOKIE_FILE
    was_there = path.exists()
    path.unlink(missing_ok=True)
    return was_there


def _checked(secret: str, what: str) -> str:
    if (
        not secret
        or len(secret) > LONGEST
        or not secret.isascii()
        or not secret.isprintable()
        or " " in secret
    ):
        raise UserError(
            f"{what} non contiene un segreto valido: dev'essere di una riga, senza spazi e senza lettere accentate."
        )
    return secret
