"""The cookie that says who signed in, read as Streamlit reads it at the start of a session.

The two helpers of Streamlit are private: its version is pinned, and a test fails when they change.
"""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from streamlit.web.server.starlette.starlette_server_config import (
    SESSION_COOKIE_NAME,
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)
from streamlit.web.server.starlette.starlette_websocket import (
    _get_signed_cookie_with_chunks,
    _parse_decoded_user_cookie,
)

AUTH_COOKIES = (USER_COOKIE_NAME, TOKENS_COOKIE_NAME, SESSION_COOKIE_NAME)
Headers = list[tuple[bytes, bytes]]


def claims_of(cookies: Mapping[str, str], origin: str) -> dict[str, Any]:
    """The claims of a signed cookie of this server, whose address is `origin`; empty for a forged one or for none."""
    signed = _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
    return _parse_decoded_user_cookie(signed, origin) if signed else {}


def sent_cookies(headers: Headers) -> dict[str, str]:
    """The cookies that a request brings."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"cookie":
            for piece in value.decode("latin-1").split(";"):
                key, _, content = piece.strip().partition("=")
                found[key] = content.strip('"')
    return found


def set_cookies(headers: Headers) -> dict[str, str]:
    """The cookies that an answer sets, without those that it takes away."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"set-cookie":
            try:
                read = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            found |= {
                key: morsel.value for key, morsel in read.items() if morsel.value and morsel["max-age"] != "0"
            }
    return found


def hardened(value: bytes, *, hours: int, is_https: bool) -> bytes:
    """A cookie of Streamlit that lasts as long as a sign-in and, under https, never travels in the clear."""
    text = value.decode("latin-1")
    name = text.partition("=")[0]
    parts = text.split("; ")
    if name.startswith(AUTH_COOKIES):
        longest = f"{hours * 3600}"
        parts = [
            f"Max-Age={longest}"
            if part.lower().startswith("max-age=") and int(part[8:]) > int(longest)
            else part
            for part in parts
        ]
    if is_https and not any(part.lower() == "secure" for part in parts):
        parts.append("Secure")
    return "; ".join(parts).encode("latin-1")
