"""A link opened before the sign-in leads to its view after it, and nothing else that a link or a cookie tells is followed."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from doors import claims, kept
from hypothesis import given
from hypothesis import strategies as st
from test_access_guard import ask

from dashboards.access import returning
from dashboards.pages import PAGES
from osservatorio.home import Home

VIEW = "/casistica?periodo=2022-S1&comune=meda"
HOSTILE = (
    "https://altrove.it/",
    "//altrove.it/casistica",
    "/\\altrove.it",
    "\\\\altrove.it",
    "/casistica/../..//altrove.it",
    "/casistica@altrove.it",
    "javascript:alert(1)",
    "/oauth2callback?code=1",
    "/auth/logout",
    "/non_esiste?periodo=2022",
    "casistica//altrove.it",
    "/%2f%2faltrove.it",
    "x" * 2000,
)


@pytest.fixture
def door(tmp_path: Path, fake_home: Home) -> Iterator[tuple]:
    with kept(tmp_path, fake_home) as found:
        yield found


def cookie_of(address: str) -> str:
    value = base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")
    return f"{returning.COOKIE}={value}"


def set_by(headers: dict[str, list[str]]) -> str:
    return next(value for value in headers["set-cookie"] if value.startswith(returning.COOKIE))


def test_the_address_goes_to_the_provider_and_back(door: tuple) -> None:
    query = f"provider=x&{returning.PARAMETER}={quote(VIEW, safe='')}"
    kept_address = set_by(ask("/auth/login", query=query)[1])
    assert kept_address == f"{cookie_of(VIEW)}; Path=/oauth2callback; Max-Age=900; HttpOnly; SameSite=Lax"
    back = kept_address.partition(";")[0]
    _, headers, _ = ask("/oauth2callback", back, query="code=1", told=claims("lucia@meda.it"))
    assert headers["location"] == [VIEW]
    assert "Max-Age=0" in set_by(headers)


def test_a_sign_in_that_failed_leads_to_the_same_view_to_try_again(door: tuple) -> None:
    _, headers, _ = ask("/oauth2callback", cookie_of(VIEW), query="error=access_denied")
    assert headers["location"] == [f"{VIEW}&accesso=non_riuscito"]
    assert returning.address_in(headers["location"][0]) == VIEW, "the failure does not come along"


@pytest.mark.parametrize("told", HOSTILE)
def test_another_address_is_not_followed(door: tuple, told: str) -> None:
    query = f"provider=x&{returning.PARAMETER}={quote(told, safe='')}"
    assert "Max-Age=0" in set_by(ask("/auth/login", query=query)[1])
    _, headers, _ = ask("/oauth2callback", cookie_of(told), query="code=1", told=claims("lucia@meda.it"))
    assert headers["location"] == ["/"]


@pytest.mark.parametrize("value", ["%%%", "é".encode().hex(), "A", "_" * 4000, "////"])
def test_a_cookie_that_nobody_here_has_written_is_let_go(door: tuple, value: str) -> None:
    sent = f"{returning.COOKIE}={value}"
    _, headers, _ = ask("/oauth2callback", sent, query="code=1", told=claims("lucia@meda.it"))
    assert headers["location"] == ["/"]


@given(st.text(max_size=200))
def test_whatever_is_told_only_a_page_of_ours_is_made_of_it(told: str) -> None:
    found = returning.address_in(told)
    if found is not None:
        path, _, query = found.partition("?")
        assert path.removeprefix("/") in ("", *PAGES)
        assert found.isascii()
        assert not set(query) & set("\r\n\t #/\\:;<>\"'")
        assert returning.address_in(found) == found


def test_choices_that_are_too_long_are_left_out() -> None:
    assert returning.address_of("casistica", {"comune": "m" * 3000}) == "/casistica"
    assert returning.address_of("", {"Nome strano": "1", "accesso": "non_riuscito"}) == "/"
