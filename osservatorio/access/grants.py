"""What a person who signed in may see: from the claims of the provider to a scope, or to the reason why there is none.

What is not said is denied: without a name, a moment, a role that is known, nobody sees anything.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from osservatorio.access.people import People, name_of
from osservatorio.access.roles import Scope, scope_of
from osservatorio.access.sign_in import EMAIL, SignIn
from osservatorio.errors import UserError

LONGEST_NAME = 254  # of an e-mail address
CLOCKS_APART = timedelta(minutes=5)


class Why(StrEnum):
    """Why somebody may not come in, in the words of the audit log."""

    NOBODY = "nessun accesso"
    UNNAMED = "persona non riconoscibile"
    UNVERIFIED = "indirizzo di posta non verificato"
    ENDED = "accesso scaduto"
    NO_ROLE = "nessun ruolo"


@dataclass(frozen=True)
class Grant:
    """A person who signed in: `name` as the list has it, what they see, which sign-in it is and until when."""

    name: str
    scope: Scope
    sign_in: str
    until: datetime
    shown_name: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why there is no grant; `name` where the person is known, `detail` says in Italian what is wrong with a role."""

    why: Why
    name: str = ""
    detail: str = ""


def grant_of(claims: Mapping[str, Any], how: SignIn, people: People, now: datetime) -> Grant | Refusal:
    """The grant that claims of the provider give now. The list of the people counts before the provider's roles."""
    if claims.get("is_logged_in") is not True:
        return Refusal(Why.NOBODY)
    name = claims.get(how.person)
    if not isinstance(name, str) or not (0 < len(name.strip()) <= LONGEST_NAME) or not name.isprintable():
        return Refusal(Why.UNNAMED)
    if how.person == EMAIL and claims.get("email_verified") not in (True, "true"):
        return Refusal(Why.UNVERIFIED, name_of(name))
    begun = _moment(claims.get("iat"))
    if begun is None or begun > now + CLOCKS_APART or now >= begun + timedelta(hours=how.hours):
        return Refusal(Why.ENDED, name_of(name))
    try:
        scope = people.scope(name) or _claimed(claims, how)
    except UserError as error:
        return Refusal(Why.NO_ROLE, name_of(name), error.message)
    if scope is None:
        return Refusal(Why.NO_ROLE, name_of(name))
    shown = claims.get("name")
    return Grant(
        name_of(name),
        scope,
        sign_in_id(claims),
        begun + timedelta(hours=how.hours),
        shown.strip()[:100] if isinstance(shown, str) and shown.isprintable() else "",
    )


def sign_in_id(claims: Mapping[str, Any]) -> str:
    """What tells one sign-in from any other, without telling whose it is."""
    parts = [str(claims.get(name, "")) for name in ("iss", "sub", "iat", "nonce", "jti", "sid")]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _claimed(claims: Mapping[str, Any], how: SignIn) -> Scope | None:
    """The scope that the provider tells. Raises UserError for roles that contradict each other or lack a town."""
    if how.role_claim is None:
        return None
    told = claims.get(how.role_claim)
    values = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    known = {value: how.roles.get(value) for value in values if isinstance(value, str)}
    if not how.roles:  # then the provider uses the names of the roles themselves
        known = {value: value for value in known if value}
    roles = {str(role) for role in known.values() if role}
    if not roles:
        return None
    if len(roles) > 1:
        raise UserError("Il fornitore di identità dà più di un ruolo alla stessa persona: ne serve uno solo.")
    role = roles.pop()
    town = _only(claims, how.town_claim, "un Comune")
    ambito = _only(claims, how.ambito_claim, "un Ambito")
    if how.ambito_claim and not ambito:  # who sees them all is in the list of the people, by name
        raise UserError(
            "Il fornitore di identità non dice di quale Ambito sei: chiedi che lo aggiunga al tuo account, oppure di essere "
            "nell'elenco degli accessi."
        )
    return scope_of(role, town if role == "comune" else "", ambito)


def _only(claims: Mapping[str, Any], name: str | None, what: str) -> str:
    """The one value of a claim; empty for none. Raises UserError for more than one."""
    told = claims.get(name) if name else ""
    values = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    if len(values) > 1:
        raise UserError(f"Il fornitore di identità dà più di {what} alla stessa persona: ne serve uno solo.")
    return str(values[0]) if values else ""
