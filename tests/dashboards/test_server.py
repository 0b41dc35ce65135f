"""The server: what it refuses, what it adds around Streamlit, what it never does."""

import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import streamlit
from running import free_port, get, start, wait

from dashboards import shell
from dashboards.server import serve
from dashboards.source import Source, use
from dashboards.theme import OPTIONS
from osservatorio.errors import UserError
from osservatorio.home import Home

DOCUMENTS = Path(__file__).parents[2] / "docs"
STREAMLIT_SHELL = Path(streamlit.__file__).parent / "static" / "index.html"


def test_nothing_published_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="esegui prima «osservatorio run CARTELLA»"):
        serve(Home(tmp_path), open_browser=False)


def test_a_busy_port_is_told_with_what_to_do(fake_home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"La porta {port} è già occupata.*--port"):
            serve(fake_home, port=port, open_browser=False)


@pytest.mark.parametrize(
    ("host", "port"),
    [("127.0.0.1", 0), ("127.0.0.1", 70000), ("non.esiste.invalid", 8599), ("192.0.2.1", 8599)],
)
def test_an_address_that_cannot_be_used_is_refused(fake_home: Home, host: str, port: int) -> None:
    with pytest.raises(UserError):
        serve(fake_home, host=host, port=port, open_browser=False)


def test_the_shell_of_streamlit_is_turned_into_italian() -> None:
    """Fails when a new version of Streamlit changes the page that we rewrite."""
    page = shell.italian_shell(STREAMLIT_SHELL.read_text("utf-8"))
    assert '<html lang="it">' in page
    assert "<title>Osservatorio</title>" in page
    assert "attivalo nel browser" in page
    for left in (
        "You need to enable JavaScript",
        "openapi.json",
        "<title>Streamlit",
        "SourceSans",
        'lang="en"',
    ):
        assert left not in page


def test_telemetry_file_watching_and_the_agent_interface_are_off() -> None:
    assert OPTIONS["browser.gatherUsageStats"] is False
    assert OPTIONS["server.fileWatcherType"] == "none"
    assert OPTIONS["server.enableAgentApi"] is False
    assert OPTIONS["server.enableStaticServing"] is False
    assert OPTIONS["client.showErrorDetails"] == "none"


def test_the_source_reopens_when_the_pointer_moves(own_home: Home) -> None:
    from fake_release import publish_fake_release

    source: Source = use(own_home)
    before = source.release()
    assert source.release() is before
    publish_fake_release(own_home, "dopo")
    after = source.release()
    assert after.id == "dopo"
    assert before.rows("select 1") == [(1,)], "pages that started before finish on their release"
    source.close()


def test_the_running_server_answers_in_italian_and_only_from_itself(dashboard_url: str) -> None:
    status, headers, page = get(dashboard_url)
    assert status == 200
    assert '<html lang="it">' in page
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert get(f"{dashboard_url}/reclami")[2] == page, "a link to a page opens the same shell"


def test_the_running_server_tells_its_health(dashboard_url: str) -> None:
    status, _, body = get(f"{dashboard_url}/salute", "application/json")
    assert status == 200
    assert body == '{"stato":"attivo","pubblicazione":"20231031-prova"}'


def test_the_statement_of_accessibility_needs_no_script_and_is_among_the_documents(
    dashboard_url: str,
) -> None:
    status, _, page = get(f"{dashboard_url}/accessibilita")
    assert status == 200
    assert '<html lang="it">' in page
    assert "<script" not in page
    for wanted in (
        "Stato di conformità",
        "Contenuti non accessibili",
        "Segnalazioni",
        "parzialmente conforme",
    ):
        assert wanted in page
    text = (shell.ASSETS / "accessibilita.md").read_text("utf-8")
    assert (DOCUMENTS / "accessibilita.md").read_text("utf-8") == text, "make dictionary copies it"


@pytest.mark.parametrize(
    "path",
    [
        "statici/accessibile.js",
        "statici/stile.css",
        "statici/italiano.js",
        "statici/collegamenti.js",
        "statici/icona.png",
        "statici/caratteri/TitilliumWeb-700.ttf",
    ],
)
def test_fonts_and_style_come_from_the_server_itself(dashboard_url: str, path: str) -> None:
    assert get(f"{dashboard_url}/{path}", "*/*")[0] == 200


@pytest.mark.parametrize(
    "path", ["statici/caratteri/..%2f..%2ferrors.py", "statici/stile.css/x", "media/nessuno.csv"]
)
def test_no_other_file_can_be_read(dashboard_url: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match=r"40[04]"):
        get(f"{dashboard_url}/{path}", "*/*")


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_any_other_address_is_the_italian_shell(dashboard_url: str, accept: str) -> None:
    assert '<html lang="it">' in get(f"{dashboard_url}/app/static/x", accept)[2]


def test_the_name_of_the_first_page_leads_to_it(dashboard_url: str) -> None:
    request = urllib.request.Request(f"{dashboard_url}/panoramica?comune=meda")
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.url == f"{dashboard_url}/?comune=meda"


def test_the_server_says_where_it_answers_and_closes_kindly(fake_home: Home) -> None:
    port = free_port()
    server = start(fake_home, port)
    try:
        wait(f"http://127.0.0.1:{port}", server)
        server.send_signal(2)
        out, err = server.communicate(timeout=20)
    finally:
        server.kill()
    assert f"http://127.0.0.1:{port}" in out
    assert "solo da questo computer" in out
    assert out.rstrip().endswith("Cruscotto chiuso.")
    assert err == ""
    assert server.returncode == 0
