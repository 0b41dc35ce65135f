"""A real sign-in in a real browser, against a provider of identities that answers this computer only."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browsing import window
from doors import configure
from fake_release import build_fake_home
from looking import WAIT
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running import free_port, wait

from osservatorio.audit_check import verify
from osservatorio.home import Home

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Home]]:
    """A dashboard with a sign-in, its provider, and its home."""
    home = build_fake_home(tmp_path_factory.mktemp("accesso"))
    people = {"meda": "lucia@meda.it", "ufficio": "anna@ambito.it", "nessuno": "ignoto@ambito.it"}
    users = [User(sub=sub, claims={"email": email, "email_verified": True}) for sub, email in people.items()]
    port = free_port()
    with run_server_in_thread(user_claims=users) as provider:
        url = f"http://localhost:{port}"
        configure(home.root, url, f"http://localhost:{provider.server_port}")
        words = ["--home", str(home.root), "dashboard", "--no-browser", "--port", str(port)]
        server = subprocess.Popen(
            [sys.executable, "-m", "osservatorio.cli", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            wait(url, server)
            yield url, home
        finally:
            server.terminate()
            server.communicate(timeout=20)


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Two browsers of people: each loads once what the pages need, whoever sits before it."""
    opened = [window(browser), window(browser)]
    yield opened
    for one in opened:
        one.close()


@contextmanager
def _signed_in(context: BrowserContext, url: str, who: str, back: str = "") -> Iterator[Page]:
    """A page of somebody who has just signed in, where nobody was."""
    context.clear_cookies()
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Accedi").click(timeout=WAIT)
    page.wait_for_url("**/oauth2/authorize**", timeout=WAIT)
    page.locator(f"button[value={who}]").click()
    page.wait_for_url(re.compile(back or rf"^{re.escape(url)}/"), timeout=WAIT)
    yield page
    page.close()


def _status(url: str, cookies: Sequence[Mapping[str, Any]] = ()) -> int:
    """What an address answers to a browser's cookies, or to nobody's."""
    header = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers={"Cookie": header}), timeout=20
        ) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_people_see_what_is_theirs_and_fetch_only_their_files(
    windows: list[BrowserContext], dashboard: tuple[str, Home]
) -> None:
    url, home = dashboard
    with _signed_in(windows[0], url, "meda") as town, _signed_in(windows[1], url, "ufficio") as office:
        expect(town.get_by_role("heading", level=1)).to_have_text("Panoramica", timeout=WAIT)
        expect(town.get_by_test_id("stSidebar")).to_contain_text("Comune di Meda")
        expect(town.get_by_role("link", name="Rilasci")).to_have_count(0)
        town.goto(f"{url}/risorse?comune=seveso&periodo=2022")
        expect(town).to_have_url(re.compile("comune=meda"), timeout=WAIT)
        with town.expect_download(timeout=WAIT) as download:
            town.get_by_role("button", name="CSV", exact=True).first.click()
        file = download.value.url
        assert "Meda" in Path(download.value.path()).read_text("utf-8-sig")
        assert "/media/" in file
        assert _status(file, town.context.cookies()) == 200
        assert _status(file, office.context.cookies()) == 404, "made by another"
        assert _status(file) == 401, "nobody"
        assert _status(f"{url}/_stcore/metrics", town.context.cookies()) == 403
        assert _status(f"{url}/_stcore/metrics", office.context.cookies()) == 200
        town.goto(f"{url}/rilasci")
        expect(town.get_by_text("Questa pagina non è compresa nel tuo accesso")).to_be_visible(timeout=WAIT)
        cookies = {one["name"]: one for one in town.context.cookies()}
        assert cookies["_streamlit_user"]["httpOnly"]
        # A copy of the cookie is worth nothing once its owner has left.
        copied = town.context.cookies()
        town.get_by_role("button", name="Esci").click()
        town.wait_for_url("**/end_session**", timeout=WAIT)
        assert _status(file, copied) == 401
        expect(office.get_by_test_id("stSidebar")).to_contain_text("Ufficio di Piano", timeout=WAIT)
    lines = [json.loads(line) for line in home.audit_log.read_text("utf-8").splitlines()]
    told = [(line["event"], line["user"]) for line in lines if line["event"].startswith("dashboard: ")]
    assert ("dashboard: accesso", "lucia@meda.it") in told
    assert ("dashboard: scaricamento", "lucia@meda.it") in told
    assert ("dashboard: uscita", "lucia@meda.it") in told
    assert verify(home).is_intact


def test_who_has_no_role_is_told_whom_to_ask(
    windows: list[BrowserContext], dashboard: tuple[str, Home]
) -> None:
    url, home = dashboard
    with _signed_in(windows[0], url, "nessuno") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Nessun ruolo assegnato", timeout=WAIT)
        expect(page.get_by_text("ufficio@ambito.it")).to_be_visible()
        page.goto(f"{url}/casistica")
        expect(page.get_by_role("heading", level=1)).to_have_text("Nessun ruolo assegnato", timeout=WAIT)
    assert '"event":"dashboard: accesso rifiutato"' in home.audit_log.read_text("utf-8")


def test_a_link_opened_before_the_sign_in_leads_to_its_view(
    windows: list[BrowserContext], dashboard: tuple[str, Home]
) -> None:
    url, _ = dashboard
    link = f"{url}/reclami?periodo=2022-S2&comune=meda&servizio=adm"
    with _signed_in(windows[0], link, "ufficio", back=rf"^{re.escape(url)}/reclami\?") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Reclami", timeout=WAIT)
        expect(page.get_by_role("combobox", name="Comune")).to_have_value("Meda", timeout=WAIT)
        for choice in ("periodo=2022-S2", "comune=meda", "servizio=adm"):
            assert choice in page.url
        assert not any(one["name"] == "osservatorio_verso" for one in page.context.cookies())
