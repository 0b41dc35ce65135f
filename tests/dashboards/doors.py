"""A home where people sign in, the claims of each, and the cookies that say so."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboards import source
from dashboards.access import served, session
from osservatorio.access.roles import OFFICE, Role, Scope
from osservatorio.access.sign_in import sign_in_of
from osservatorio.home import Home

NOW = datetime(2023, 11, 6, 9, tzinfo=UTC)
ADDRESS = "http://localhost:8601"
MEDA, SEVESO = "108030", "108040"
SETTINGS = """
[accesso]
indirizzo = "{address}"
fornitore = "{provider}"
cliente = "osservatorio"
contatto = "Ufficio di Piano, ufficio@ambito.it"
"""
PEOPLE = """persona;ruolo;comune
anna@ambito.it;ufficio_di_piano;
lucia@meda.it;comune;Meda
piero@seveso.it;comune;108040
ugo@ambito.it;governance;
sindaco@ambito.it;assemblea;
"""
OF_ROLE = {
    Role.OFFICE: "anna@ambito.it",
    Role.MUNICIPALITY: "lucia@meda.it",
    Role.GOVERNANCE: "ugo@ambito.it",
    Role.ASSEMBLY: "sindaco@ambito.it",
}
SCOPES = {
    Role.OFFICE: OFFICE,
    Role.MUNICIPALITY: Scope(Role.MUNICIPALITY, MEDA),
    Role.GOVERNANCE: Scope(Role.GOVERNANCE),
    Role.ASSEMBLY: Scope(Role.ASSEMBLY),
}


def configure(root: Path, address: str = ADDRESS, provider: str = "http://localhost:8602") -> Home:
    """Write the settings and the list of the people into a home."""
    (root / "impostazioni.toml").write_text(SETTINGS.format(address=address, provider=provider), "utf-8")
    (root / "accessi.csv").write_text(PEOPLE, "utf-8")
    (root / "keys").mkdir(exist_ok=True)
    (root / "keys" / "accesso_fornitore.key").write_text("segreto-di-prova\n", "ascii")
    return Home(root)


def claims(who: str, **others: Any) -> dict[str, Any]:
    """What the provider says of a person who has just signed in."""
    told = {
        "is_logged_in": True,
        "iss": "http://localhost:8602",
        "sub": who,
        "email": who,
        "email_verified": True,
        "iat": int(NOW.timestamp()) - 60,
        "nonce": f"n-{who}",
    }
    return told | others


def cookie(told: dict[str, Any], secret: str | None = None, origin: str = ADDRESS) -> str:
    """The header of a browser that brings these claims in a signed cookie."""
    payload = json.dumps({**told, "origin": origin})
    signed = create_signed_value(secret or get_cookie_secret(), USER_COOKIE_NAME, payload).decode()
    return f"{USER_COOKIE_NAME}={signed}"


@contextmanager
def kept(people: Path, served_home: Home) -> Iterator[tuple[session.Doorkeeper, list[tuple]]]:
    """The pages of a home, behind the door that the settings in another folder describe; and what the log is told."""
    home = configure(people)
    how = sign_in_of(home)
    assert how is not None
    told: list[tuple] = []
    keeper = session.Doorkeeper(home, how, lambda: NOW)
    source.use(served_home, lambda *event: told.append(event))
    session.keep(keeper)
    served.forget()
    try:
        yield keeper, told
    finally:
        session.keep(None)
        served.forget()
        source.use(served_home).close()
