"""How people sign in: the section `[accesso]` of the home's settings, or the environment.

Without any of it there is no sign-in, and the dashboard answers this computer only. Half of it is an error.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from osservatorio.access.people import people_path, read_people
from osservatorio.access.roles import Role, role_of
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.settings import ACCESS, ACCESS_ROLES, Settings

ENV_PREFIX = "OSSERVATORIO_ACCESSO_"
ADDRESS, PROVIDER, CLIENT = "indirizzo", "fornitore", "cliente"
REQUIRED = (ADDRESS, PROVIDER, CLIENT)
METADATA = "/.well-known/openid-configuration"
CALLBACK = "/oauth2callback"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EMAIL = "email"
_WHAT = {
    ADDRESS: "l'indirizzo con cui si apre il cruscotto",
    PROVIDER: "l'indirizzo del fornitore di identità",
    CLIENT: "il nome di Osservatorio presso il fornitore (client id)",
}


@dataclass(frozen=True)
class SignIn:
    """Where people sign in and what of them is read.

    `address` is where the browser finds the dashboard, without a final slash; `person`, `role_claim`, `town_claim`
    and `ambito_claim` are names of claims; `roles` gives the role that each value of the role's claim stands for; `hours` is how long a
    sign-in lasts; `contact` whom to ask for a role.
    """

    address: str
    provider: str
    client_id: str
    person: str = EMAIL
    role_claim: str | None = None
    town_claim: str | None = None
    ambito_claim: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    hours: int = 10
    contact: str = "Ufficio di Piano"

    @property
    def metadata_url(self) -> str:
        return self.provider if self.provider.endswith(METADATA) else self.provider.rstrip("/") + METADATA

    @property
    def redirect_uri(self) -> str:
        return self.address + CALLBACK

    @property
    def host_name(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")


def sign_in_of(home: Home) -> SignIn | None:
    """How people sign in to the dashboard of a home; None where nothing of it is set.

    Raises UserError for a setting that is wrong or missing, and where nobody could ever get a role.
    """
    settings = Settings.of(home)
    given = dict(settings.access)
    for name in REQUIRED:
        if value := os.environ.get(ENV_PREFIX + name.upper(), "").strip():
            given[name] = value
    if not given and not settings.access_roles:
        return None
    missing = [name for name in REQUIRED if not given.get(name)]
    if missing:
        raise UserError(
            f"L'accesso al cruscotto è configurato a metà: in [{ACCESS}] di «impostazioni.toml» manca "
            f"{join_words([f'«{name}» ({_WHAT[name]})' for name in missing])}."
        )
    address, provider = str(given[ADDRESS]).rstrip("/"), str(given[PROVIDER])
    _check_url(ADDRESS, address, with_path=False)
    _check_url(PROVIDER, provider, with_path=True)
    roles = {value: role_of(role) for value, role in settings.access_roles.items()}
    if roles and not given.get("ruolo"):
        raise UserError(
            f"In [{ACCESS_ROLES}] ci sono ruoli del fornitore, ma in [{ACCESS}] manca «ruolo»: scrivi il nome "
            "dell'attributo in cui il fornitore li mette."
        )
    listed = read_people(home).scopes  # a list with a mistake is told now, not when somebody comes
    if not given.get("ruolo") and not listed:
        raise UserError(
            f"Nessuno potrebbe accedere al cruscotto: scrivi chi può nell'elenco «{people_path(home)}», oppure in "
            f"[{ACCESS}] il nome dell'attributo «ruolo» del fornitore."
        )
    return SignIn(
        address=address,
        provider=provider,
        client_id=str(given[CLIENT]),
        person=str(given.get("persona", EMAIL)),
        role_claim=given.get("ruolo"),  # type: ignore[arg-type]
        town_claim=given.get("comune"),  # type: ignore[arg-type]
        ambito_claim=given.get("ambito"),  # type: ignore[arg-type]
        roles=roles,
        hours=int(given.get("durata_ore", SignIn.hours)),
        contact=str(given.get("contatto", SignIn.contact)),
    )


def _check_url(name: str, url: str, *, with_path: bool) -> None:
    """An address in the clear is for this computer alone: cookies and secrets travel there. Raises UserError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_right = (
        host
        and re.fullmatch(r"[\w.:-]+", host)
        and parts.scheme in ("http", "https")
        and not (parts.username or parts.password or parts.query or parts.fragment)
        and (with_path or parts.path in ("", "/"))
    )
    if not is_right:
        raise UserError(
            f"In [{ACCESS}] «{name}» non è un indirizzo che si possa usare: «{url[:100]}». Scrivi {_WHAT[name]}, per "
            "esempio https://osservatorio.ambito.it."
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise UserError(
            f"In [{ACCESS}] «{name}» comincia con http: le credenziali passerebbero in chiaro. Usa un indirizzo https."
        )
