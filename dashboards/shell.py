"""What the server adds around Streamlit: an Italian page shell, the static files, the health route."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import osservatorio
from dashboards import source
from dashboards.access import session
from dashboards.pages import PAGES

ASSETS = Path(__file__).parent / "assets"
FONTS = Path(osservatorio.__file__).parent / "assets" / "fonts"
ICON = ASSETS / "icona.png"

# The address of the accessibility statement, which anybody may read.
STATEMENT = "/accessibilita"
_STATEMENT_TEXT = ASSETS / "accessibilita.md"
_FRAME = '<div class="scorre" role="region" tabindex="0" aria-label="Come è stata valutata">'
_STATEMENT_PAGE = """<!doctype html>
<html lang="it">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" type="image/png" href="/statici/icona.png" />
    <link rel="stylesheet" href="/statici/stile.css" />
    <title>Dichiarazione di accessibilità · Osservatorio</title>
  </head>
  <body class="documento">
    <main>
      <p><a href="/">Torna al cruscotto</a></p>
      {text}
    </main>
  </body>
</html>
"""

NO_SCRIPT = "<noscript><p>Per usare il cruscotto serve JavaScript: attivalo nel browser e ricarica la pagina.</p></noscript>"
HEAD = """<link rel="icon" type="image/png" href="/statici/icona.png" />
    <link rel="preload" href="/statici/caratteri/TitilliumWeb-regular.ttf" as="font" type="font/ttf" crossorigin />
    <link rel="stylesheet" href="/statici/stile.css" />
    <script src="/statici/italiano.js"></script>
    <script src="/statici/collegamenti.js"></script>
    <script src="/statici/accessibile.js"></script>
    <title>Osservatorio</title>"""

# The browser refuses anything that does not come from this server. Streamlit and Plotly need inline styles and eval.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)

# Headers that describe the page before it is rewritten.
_OF_THE_ORIGINAL = (b"accept-ranges", b"content-encoding", b"content-length", b"etag", b"last-modified")


def italian_shell(page: str) -> str:
    """Streamlit's page shell in Italian: language, title, icon, style and the text without JavaScript.

    A page that is in Italian already stays as it is.
    """
    if '<html lang="it">' in page:
        return page
    page = page.replace('<html lang="en">', '<html lang="it">')
    page = re.sub(r"<noscript>.*?</noscript>", NO_SCRIPT, page, flags=re.DOTALL)
    page = re.sub(r'<link rel="(?:shortcut icon|service-desc)"[^>]*>', "", page)
    page = re.sub(r"<!--(?:(?!-->).)*RFC 8631.*?-->", "", page, flags=re.DOTALL)
    page = re.sub(r'<link\s+rel="preload"\s+href="[^"]*SourceSans[^>]*>', "", page)
    return re.sub(r"<title>.*?</title>", HEAD, page)


class ItalianShell:
    """ASGI middleware that rewrites the HTML shell and sends the security headers with every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *SECURITY_HEADERS]}
                is_page = "text/html" in _header(message["headers"], b"content-type")
                if is_page and message["status"] == 200 and scope["method"] == "GET":
                    start = message
                    return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            is_packed = _header(start["headers"], b"content-encoding") == "gzip"
            page = italian_shell((gzip.decompress(body) if is_packed else body).decode("utf-8")).encode(
                "utf-8"
            )
            await send({**start, "headers": list(_resized(start["headers"], len(page)))})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, answer)


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


def _resized(headers: list[tuple[bytes, bytes]], length: int) -> Iterator[tuple[bytes, bytes]]:
    for key, value in headers:
        if key.lower() not in _OF_THE_ORIGINAL:
            yield key, value
    yield b"content-length", str(length).encode()


async def health(_: Request) -> JSONResponse:
    """200 with the release shown, 503 when there is none to show. Where people sign in, strangers are not told which."""
    release_id = source.published_id()
    answer: dict[str, Any] = {"stato": "attivo" if release_id else "nessuna pubblicazione"}
    if session.keeper() is None:
        answer["pubblicazione"] = release_id
    return JSONResponse(answer, status_code=200 if release_id else 503, headers={"cache-control": "no-store"})


async def first_page(request: Request) -> RedirectResponse:
    """Streamlit serves the first page at the root only: its name leads there, filters included."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


async def statement(_: Request) -> HTMLResponse:
    """The accessibility statement: a page that needs no script."""
    text = (
        MarkdownIt("commonmark", {"html": False}).enable("table").render(_STATEMENT_TEXT.read_text("utf-8"))
    )
    # On a phone a table scrolls in its frame, by keyboard too.
    text = text.replace("<table>", f"{_FRAME}<table>").replace("</table>", "</table></div>")
    return HTMLResponse(_STATEMENT_PAGE.format(text=text))


def routes() -> list[BaseRoute]:
    """Routes beside Streamlit's own."""
    return [
        Route(f"/{next(iter(PAGES))}", first_page, methods=["GET"]),
        Route("/salute", health, methods=["GET"]),
        Route(STATEMENT, statement, methods=["GET"]),
        Mount("/statici/caratteri", StaticFiles(directory=FONTS)),
        Mount("/statici", StaticFiles(directory=ASSETS)),
    ]


def middleware() -> list[Middleware]:
    from dashboards.access.guard import Guard

    return [Middleware(ItalianShell), Middleware(Guard)]
