"""ASGI middleware at the gate of the server: files, uploads and measures only for whoever signed in, and only theirs.

The pages guard themselves; here is what Streamlit gives to whoever knows the address. It also keeps the cookies strict,
and tells the audit log who came in and who left.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.access import cookies, log, returning, served, session
from dashboards.access.entrance import failed_address
from dashboards.access.permissions import Action, may_do
from dashboards.access.session import Doorkeeper
from osservatorio.access.grants import Grant, Refusal, Why
from osservatorio.access.sign_in import CALLBACK
from osservatorio.audit_head import AuditError
from osservatorio.errors import UserError

MEDIA = "/media"
METRICS = "/_stcore/metrics"
LOGIN, LOGOUT = "/auth/login", "/auth/logout"
# Streamlit's own addresses that hold nothing of the data: its programme, its signs of life, the way in and out.
_OPEN = ("/_stcore/health", "/_stcore/host-config", "/static")
_GUARDED = ("/_stcore", "/component", "/app/static")
_NO_STORE = (b"cache-control", b"no-store")
_SIGN_IN = "Per vedere questo contenuto bisogna accedere al cruscotto."
_NOT_YOURS = "Questo contenuto non è compreso nel tuo accesso."
_NOT_FOUND = "Questo file non c'è, o non è tra quelli che hai chiesto: scaricalo di nuovo dalla pagina."
_NO_PROVIDER = (
    "Il fornitore di identità non risponde: riprova tra poco e, se succede ancora, avvisa l'Ufficio di Piano."
)
_NOT_RECORDED = "L'accesso non si può registrare, perciò non si può completare: avvisa l'Ufficio di Piano."


class Guard:
    """Lets a request through when its cookie allows it. Without a sign-in there is nobody to tell apart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        keeper = session.keeper()
        if scope["type"] == "websocket":
            if keeper is not None and not _comes_from(scope, keeper.how.address):
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = _plain(scope["path"])
        if keeper is None:
            await self.app(scope, receive, _unstored(send) if _is_in(path, MEDIA) else send)
            return
        send = _hardening(send, keeper)
        if _is_in(path, MEDIA):
            await self._media(scope, receive, send, keeper)
        elif path == LOGIN:
            await self._to_provider(scope, receive, send)
        elif path == CALLBACK:
            await self._back_from_provider(scope, receive, send, keeper)
        elif path == LOGOUT:
            await self._leaving(scope, receive, send, keeper)
        elif any(_is_in(path, place) for place in _GUARDED) and not any(
            _is_in(path, place) for place in _OPEN
        ):
            await self._guarded(path, scope, receive, send, keeper)
        else:
            await self.app(scope, receive, send)

    async def _guarded(
        self, path: str, scope: Scope, receive: Receive, send: Send, keeper: Doorkeeper
    ) -> None:
        found = _who(scope, keeper)
        if not isinstance(found, Grant):
            await _refuse(401, _SIGN_IN)(scope, receive, send)
        elif _is_in(path, METRICS) and not may_do(found.scope.role, Action.READ_METRICS):
            await _refuse(403, _NOT_YOURS)(scope, receive, send)
        else:
            await self.app(scope, receive, _unstored(send))

    async def _media(self, scope: Scope, receive: Receive, send: Send, keeper: Doorkeeper) -> None:
        """A file is held until its content is known: it leaves only for a scope that it was made for."""
        found = _who(scope, keeper)
        wanted = scope["method"]
        if wanted not in ("GET", "HEAD"):
            await _refuse(405, _NOT_FOUND)(scope, receive, send)
            return
        whole = {**scope, "method": "GET", "headers": _without(scope["headers"], b"range", b"if-range")}
        start, body = await _whole_answer(self.app, whole, receive)
        is_granted = isinstance(found, Grant)
        if not is_granted and not (start["status"] == 200 and served.is_public(body)):
            await _refuse(401, _SIGN_IN)(scope, receive, send)
        elif is_granted and (start["status"] != 200 or not served.is_allowed(body, found.scope)):
            await _refuse(404, _NOT_FOUND)(scope, receive, send)
        else:
            headers = [*_without(start["headers"], _NO_STORE[0], b"accept-ranges"), _NO_STORE]
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if wanted == "HEAD" else body})

    async def _to_provider(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, body = await _whole_answer(self.app, scope, receive)
        if start["status"] >= 400:
            await _refuse(502, _NO_PROVIDER)(scope, receive, send)
            return
        start = _with_cookie(start, returning.kept(scope.get("query_string", b"")))
        await _unstored(send)(start)
        await send({"type": "http.response.body", "body": body})

    async def _back_from_provider(
        self, scope: Scope, receive: Receive, send: Send, keeper: Doorkeeper
    ) -> None:
        """Who comes back is recorded before the cookie is given; what cannot be recorded does not happen.

        They are brought to the view that they had opened, also where the sign-in was not completed: there to try again.
        """
        start, body = await _whole_answer(self.app, scope, receive)
        claims = cookies.claims_of(cookies.set_cookies(start["headers"]), keeper.how.address)
        sent = cookies.sent_cookies(scope["headers"])
        wanted = returning.told_by(sent)
        try:
            if claims:
                await run_in_threadpool(log.signed_in, _answered(keeper, claims))
                if wanted:
                    start = {**start, "headers": _leading_to(start["headers"], wanted)}
            elif scope.get("query_string"):
                await run_in_threadpool(log.failed)
                start = {**start, "headers": _leading_to(start["headers"], failed_address(wanted))}
        except AuditError:
            await _refuse(503, _NOT_RECORDED)(scope, receive, send)
            return
        if returning.COOKIE in sent:
            start = _with_cookie(start, returning.ended())
        await _unstored(send)(start)
        await send({"type": "http.response.body", "body": body})

    async def _leaving(self, scope: Scope, receive: Receive, send: Send, keeper: Doorkeeper) -> None:
        found = _who(scope, keeper)
        if isinstance(found, Grant):
            keeper.end(found)
            with suppress(AuditError):  # nobody is kept in because the log is full
                await run_in_threadpool(log.signed_out, found)
        await self.app(scope, receive, _unstored(send))


def _who(scope: Scope, keeper: Doorkeeper) -> Grant | Refusal:
    return _answered(keeper, cookies.claims_of(cookies.sent_cookies(scope["headers"]), keeper.how.address))


def _answered(keeper: Doorkeeper, claims: dict[str, Any]) -> Grant | Refusal:
    try:
        return keeper.answer(claims)
    except UserError as error:  # a list of the people that cannot be understood lets nobody in
        return Refusal(Why.NO_ROLE, detail=error.message)


async def _whole_answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """The answer of the application, held back: its start and its body."""
    start: Message = {"type": "http.response.start", "status": 500, "headers": []}
    body = bytearray()

    async def hold(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, hold)
    return start, bytes(body)


def _changing(
    send: Send, change: Callable[[cookies.Headers], cookies.Headers]
) -> Callable[[Message], Awaitable[None]]:
    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": change(list(message["headers"]))}
        await send(message)

    return changed


def _unstored(send: Send) -> Send:
    """Nothing of it stays in a cache."""
    return _changing(send, lambda headers: [*_without(headers, _NO_STORE[0]), _NO_STORE])


def _hardening(send: Send, keeper: Doorkeeper) -> Send:
    harden = partial(cookies.hardened, hours=keeper.how.hours, is_https=keeper.how.is_https)
    strict = [(b"strict-transport-security", b"max-age=31536000")] if keeper.how.is_https else []
    return _changing(
        send,
        lambda headers: [
            *((name, harden(value) if name.lower() == b"set-cookie" else value) for name, value in headers),
            *strict,
        ],
    )


def _refuse(status: int, words: str) -> Response:
    return PlainTextResponse(f"{words}\n", status_code=status, headers={"cache-control": "no-store"})


def _without(headers: cookies.Headers, *names: bytes) -> cookies.Headers:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _leading_to(headers: cookies.Headers, address: str) -> cookies.Headers:
    """The headers of a redirection, to another address of the dashboard."""
    return [(name, address.encode() if name.lower() == b"location" else value) for name, value in headers]


def _with_cookie(start: Message, cookie: bytes) -> Message:
    return {**start, "headers": [*start["headers"], (b"set-cookie", cookie)]}


def _comes_from(scope: Scope, address: str) -> bool:
    """Whether a page of the dashboard opens the connection: browsers always say where it is."""
    origins = [value for name, value in scope["headers"] if name.lower() == b"origin"]
    return origins == [address.encode("ascii", "replace")]


def _plain(path: str) -> str:
    """The address as any spelling of it would be read: decoded again, one slash between its parts, small letters."""
    return "/" + "/".join(part for part in unquote(path).lower().replace("\\", "/").split("/") if part)


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
