"""What the audit log is told of people: sign-ins, refusals, sign-outs, files, working lists, their rows that were opened.

Never a figure, never an identifier: a row is told by the digest that stands in the address.
"""

import hashlib
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic

import streamlit as st

from dashboards import source
from dashboards.access import served, session
from dashboards.access.permissions import Action
from osservatorio.access.grants import Grant, Refusal
from osservatorio.access.roles import OFFICE, Scope

SIGNED_IN, REFUSED, FAILED = (
    "dashboard: accesso",
    "dashboard: accesso rifiutato",
    "dashboard: accesso non riuscito",
)
SIGNED_OUT, DOWNLOADED = "dashboard: uscita", "dashboard: scaricamento"
LISTED, OPENED = "dashboard: elenco", "dashboard: scheda"
_LONGEST = 200
_SECONDS_BETWEEN_FAILURES = 10
_SEEN = "elenchi_visti"

_lock = Lock()
_last_failure = float("-inf")


def signed_in(found: Grant | Refusal) -> None:
    """Somebody came back from the provider: they may come in, or the reason why they may not.

    Raises AuditError when that cannot be recorded: then they may not.
    """
    if isinstance(found, Grant):
        source.record(SIGNED_IN, _facts(found.scope), session.name_in_log(found.name))
    else:
        source.record(REFUSED, {"perché": str(found.why)}, session.name_in_log(found.name))


def failed() -> None:
    """A sign-in that the provider did not complete; one in ten seconds is told, or a stranger could fill the log."""
    global _last_failure
    with _lock:
        if monotonic() - _last_failure < _SECONDS_BETWEEN_FAILURES:
            return
        _last_failure = monotonic()
    source.record(FAILED, {}, session.NOBODY)


def signed_out(grant: Grant) -> None:
    source.record(SIGNED_OUT, _facts(grant.scope), session.name_in_log(grant.name))


def list_seen(page: str, mart: str, rows: int, filters: Mapping[str, str]) -> None:
    """A working list is on screen: told once for each choice of a session."""
    session.require(Action.READ_LIST)
    grant = session.grant()
    chosen = "; ".join(f"{name}: {value}" for name, value in filters.items())[:_LONGEST]
    seen = st.session_state.setdefault(_SEEN, set())
    if (page, mart, chosen) in seen:
        return
    seen.add((page, mart, chosen))
    facts = {"pagina": page, "elenco": mart, "righe": str(rows), "scelte": chosen}
    source.record(LISTED, {**_ambito(), **facts, **_facts_of(grant)}, _name_of(grant))


def row_seen(page: str, mart: str, digest: str) -> None:
    """A row of a working list is on screen with all that is known of it: told once for each row of a session."""
    session.require(Action.READ_LIST)
    grant = session.grant()
    seen = st.session_state.setdefault(_SEEN, set())
    if (page, mart, digest) in seen:
        return
    seen.add((page, mart, digest))
    facts = {"pagina": page, "elenco": mart, "riga": digest}
    source.record(OPENED, {**_ambito(), **facts, **_facts_of(grant)}, _name_of(grant))


def file_of(
    make: Callable[[], bytes], facts: Mapping[str, str], action: Action = Action.DOWNLOAD_TABLE
) -> Callable[[], bytes]:
    """What makes a file for the person of this session: when it is asked for it is made, recorded, and theirs to fetch.

    Raises NotAllowedError, now or then, for a person who may not have it; AuditError when it cannot be recorded.
    """
    session.require(action)
    grant, where = session.grant(), _ambito()

    def made() -> bytes:
        session.still(grant)
        content = make()
        told = {**where, **facts, "sha256": hashlib.sha256(content).hexdigest(), **_facts_of(grant)}
        source.record(DOWNLOADED, told, _name_of(grant))
        served.allow(content, grant.scope if grant is not None else OFFICE)
        return content

    return made


def _facts(scope: Scope) -> dict[str, str]:
    town = {"comune": scope.municipality_code} if scope.municipality_code else {}
    ambito = {"ambito": scope.ambito_code} if scope.ambito_code else {}
    return {"ruolo": str(scope.role), **town, **ambito}


def _ambito() -> dict[str, str]:
    """Which Ambito is on screen, where the release is of many."""
    code = source.ambito_on_screen()
    return {"ambito": code} if code else {}


def _facts_of(grant: Grant | None) -> dict[str, str]:
    return _facts(grant.scope) if grant is not None else {}


def _name_of(grant: Grant | None) -> str | None:
    return session.name_in_log(grant.name) if grant is not None else None
