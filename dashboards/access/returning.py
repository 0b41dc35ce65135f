"""Where a person is brought after the sign-in: to the view whose address they had opened before it.

The address goes with them to the provider and back in a cookie. Whoever can write a cookie or a link could write another
address there, so none is followed as it is: from what is told only a page of ours and its choices are made again.
"""

import base64
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.user_info import generate_login_redirect_url

from dashboards.pages import AMBITI, PAGES
from osservatorio.access.sign_in import CALLBACK

COOKIE, PARAMETER = "osservatorio_verso", "verso"
# The outcome of a sign-in, which is no choice of a page.
OUTCOME = "accesso"
# Seconds that a person has for the sign-in; after them it leads to the first page.
_LASTS = 900
_LONGEST = 1500
_MOST_CHOICES = 60
_NAME = re.compile(r"[a-z0-9_]{1,60}")


def sign_in(page: str) -> None:
    """As `st.login`, from a page (its name; the first one has none) to the same view of it."""
    context = get_script_run_ctx()
    if context is None:
        return
    message = ForwardMsg()
    here = address_of(page, st.query_params.to_dict())
    message.auth_redirect.url = f"{generate_login_redirect_url('default')}&{PARAMETER}={quote(here, safe='')}"
    context.enqueue(message)


def address_of(page: str, choices: Mapping[str, str]) -> str:
    """The address within this server of a page with its choices; without them where they are too long."""
    known = {name: value for name, value in choices.items() if _NAME.fullmatch(name) and name != OUTCOME}
    whole = f"/{page}?{urlencode(known)}" if known else f"/{page}"
    return whole if len(whole) <= _LONGEST else f"/{page}"


def address_in(told: str) -> str | None:
    """The address of a page of ours that is told, made again from its parts; None where it tells of anything else."""
    path, _, query = told.partition("?")
    page = path.removeprefix("/")
    if len(told) > _LONGEST or (page and page not in PAGES and page != AMBITI.name):
        return None
    try:
        return address_of(page, dict(parse_qsl(query, max_num_fields=_MOST_CHOICES)))
    except ValueError:
        return None


def kept(query: bytes) -> bytes:
    """The cookie that keeps the address told in the query of the way to the provider; one that ends where none is told."""
    told = dict(parse_qsl(query.decode("latin-1"))).get(PARAMETER, "")
    found = address_in(told) if told else None
    if found is None:
        return ended()
    value = base64.urlsafe_b64encode(found.encode()).decode().rstrip("=")
    return _cookie(value, _LASTS)


def ended() -> bytes:
    """The cookie that takes the address away."""
    return _cookie("", 0)


def told_by(cookies: Mapping[str, str]) -> str | None:
    """The address that the cookies of a request keep; None for none, and for what nobody here has written."""
    value = cookies.get(COOKIE, "")
    if not value or len(value) > 2 * _LONGEST:
        return None
    try:
        told = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
    return address_in(told)


def _cookie(value: str, seconds: int) -> bytes:
    return f"{COOKIE}={value}; Path={CALLBACK}; Max-Age={seconds}; HttpOnly; SameSite=Lax".encode("ascii")
