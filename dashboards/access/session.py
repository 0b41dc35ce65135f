"""Who sits before the page: the person of the session that runs, and what they may do.

Without a configured sign-in the pages answer this computer only, and whoever sits at it is the office.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import streamlit as st

from dashboards.access.permissions import AMBITI_PAGE, Action, may_do, may_open, sees_all_ambiti
from dashboards.access.scoped import NotAllowedError
from osservatorio.access.grants import Grant, Refusal, Why, grant_of
from osservatorio.access.people import People, people_path, read_people
from osservatorio.access.roles import OFFICE, Role, Scope
from osservatorio.access.sign_in import SignIn
from osservatorio.audit_head import read_key
from osservatorio.fiscal_code import mask_fiscal_codes
from osservatorio.home import Home

NOBODY = "nessuno"
_LONGEST_NAME = 200


@dataclass
class Doorkeeper:
    """Who may come in to a home: how people sign in, the list of the people, the sign-ins that were ended, the clock."""

    home: Home
    how: SignIn
    now: Callable[[], datetime]
    _seen: tuple[int, int] | None = None
    _people: People | None = None
    _ended: dict[str, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def people(self) -> People:
        """The list of the people, read again when the file changes. Raises UserError when it cannot be understood."""
        try:
            found = people_path(self.home).stat()
            now: tuple[int, int] | None = (found.st_mtime_ns, found.st_size)
        except OSError:
            now = None
        with self._lock:
            if self._people is None or now != self._seen:
                self._people, self._seen = read_people(self.home), now
            return self._people

    def answer(self, claims: Mapping[str, Any]) -> Grant | Refusal:
        """What the claims of a person give. Raises UserError when the list of the people cannot be understood."""
        found = grant_of(claims, self.how, self.people(), self.now())
        if isinstance(found, Grant) and found.sign_in in self._ended:  # signed out in another tab
            return Refusal(Why.NOBODY, found.name)
        return found

    def pseudonym(self, name: str) -> str:
        """What the audit log calls a person whose name must not stand in it: the same each time, and nothing to others."""
        key = read_key(self.home)
        if key is None:  # before the first line of the log
            return "persona"
        return f"persona-{hmac.new(key, f'persona:{name}'.encode(), hashlib.sha256).hexdigest()[:16]}"

    def is_good(self, grant: Grant) -> bool:
        """Whether a grant has neither run out nor been ended."""
        return grant.sign_in not in self._ended and self.now() < grant.until

    def end(self, grant: Grant) -> None:
        """A person signed out: their cookie is worth nothing any more, nor is any copy of it."""
        with self._lock:
            now = self.now()
            self._ended = {one: until for one, until in self._ended.items() if until > now}
            self._ended[grant.sign_in] = grant.until


_keeper: Doorkeeper | None = None


def keep(keeper: Doorkeeper | None) -> None:
    """Let people in as this doorkeeper says from now on, in the whole process; None: no sign-in."""
    global _keeper
    _keeper = keeper


def keeper() -> Doorkeeper | None:
    return _keeper


def claims() -> dict[str, Any]:
    """What the provider said of the person of this session; `is_logged_in` is false for nobody."""
    return dict(st.user.to_dict())


def answer() -> Grant | Refusal | None:
    """The grant of the person of this session, or why there is none; None where there is no sign-in."""
    return _keeper.answer(claims()) if _keeper is not None else None


def grant() -> Grant | None:
    """The grant of the person of this session; None where there is no sign-in. Raises NotAllowedError for anybody else."""
    found = answer()
    if isinstance(found, Refusal):
        raise NotAllowedError("Per vedere questi dati bisogna accedere.")
    return found


def still(found: Grant | None) -> None:
    """Raises NotAllowedError when a grant of before does not hold any more."""
    if (found is None) != (_keeper is None) or (found is not None and not _keeper.is_good(found)):
        raise NotAllowedError("Il tuo accesso è scaduto: ricarica la pagina e accedi di nuovo.")


def scope() -> Scope:
    """What the person of this session sees. Raises NotAllowedError for nobody."""
    found = grant()
    return found.scope if found is not None else OFFICE


def may(action: Action) -> bool:
    """Whether the person of this session may do something."""
    if action is Action.COMPARE_AMBITI and not sees_all_ambiti(scope()):
        return False
    return may_do(scope().role, action)


def may_see(page: str) -> bool:
    return may_open(scope().role, page) and (page != AMBITI_PAGE or sees_all_ambiti(scope()))


def require(action: Action) -> None:
    """Raises NotAllowedError when the person of this session may not do something."""
    if not may(action):
        raise NotAllowedError(f"Il tuo accesso non permette di {action}.")


def require_page(page: str) -> None:
    """Raises NotAllowedError when the person of this session may not open a page."""
    if not may_see(page):
        raise NotAllowedError("Il tuo accesso non comprende questa pagina.")


def is_office() -> bool:
    return scope().role is Role.OFFICE


def name_in_log(name: str) -> str:
    """How the audit log names a person: as the list of the people does; a codice fiscale becomes a pseudonym."""
    if mask_fiscal_codes(name) == name:
        return name[:_LONGEST_NAME] or NOBODY
    return _keeper.pseudonym(name) if _keeper is not None else NOBODY
