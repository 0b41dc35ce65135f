"""The dashboard's server: one process, on the loopback address unless told otherwise."""

import errno
import logging
import os
import socket
import threading
import warnings
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osservatorio.access.sign_in import LOOPBACK
from osservatorio.errors import UserError, reason_it
from osservatorio.home import Home

if TYPE_CHECKING:
    from dashboards.access.session import Doorkeeper
    from dashboards.source import Recorder
    from osservatorio.access.sign_in import SignIn
    from osservatorio.documents import Desk

APP = Path(__file__).parent / "app.py"
EVERY_ADDRESS = ("0.0.0.0", "::", "")


def serve(
    home: Home,
    *,
    port: int = 8501,
    host: str = "127.0.0.1",
    open_browser: bool = True,
    record: "Recorder | None" = None,
    desk: "Desk | None" = None,
    now: Callable[[], datetime] | None = None,
) -> None:
    """Serve the current release of `home` until interrupted (Ctrl+C).

    `record` is told of what people do that the audit log keeps; without a `desk` nothing can be written for the reports;
    `now` is the clock that a sign-in runs out by, which a home with a sign-in cannot do without.
    Raises UserError when nothing is published yet, the address cannot be taken, the sign-in is wrong or half configured,
    and for another address than this computer's where there is no sign-in.
    """
    from dashboards import source
    from dashboards.access import session
    from osservatorio.access.sign_in import sign_in_of

    how = sign_in_of(home)
    if how is None and host not in LOOPBACK:
        raise UserError(
            f"Senza un accesso configurato il cruscotto risponde solo da questo computer: togli «{host}», oppure "
            "configura l'accesso (manuale, «Chi vede che cosa»)."
        )
    if how is not None and now is None:
        raise ValueError("a sign-in runs out by a clock")
    secrets = _open_doors(home, session.Doorkeeper(home, how, now) if how and now else None)
    release = source.use(home, record, desk).release()
    _check_address(host, port)
    url = how.address if how else f"http://{_shown(host)}:{port}"
    print(_welcome(release.id, url, how), flush=True)
    _quiet_server_log()
    try:
        _application(url if open_browser else None, secrets).run(config=_options(host, port, how))
    except KeyboardInterrupt:
        pass
    finally:
        session.keep(None)
        source.use(home).close()
    print("Cruscotto chiuso.", flush=True)


def _open_doors(home: Home, keeper: "Doorkeeper | None") -> dict[str, Any] | None:
    """Let people in as is configured. Returns what Streamlit has to know: in memory, never in a file."""
    from dashboards.access import served, session
    from dashboards.shell import ASSETS
    from osservatorio.access.secrets import read_secrets

    for picture in sorted(ASSETS.glob("*.png")):  # they stand on the page where people sign in
        served.publish(picture.read_bytes())
    secrets = read_secrets(home) if keeper else None
    session.keep(keeper)
    if keeper is None or secrets is None:
        return None
    how = keeper.how
    return {
        "auth": {
            "redirect_uri": how.redirect_uri,
            "cookie_secret": secrets.cookie,
            "client_id": how.client_id,
            "client_secret": secrets.client,
            "server_metadata_url": how.metadata_url,
        }
    }


def _application(url: str | None, secrets: dict[str, Any] | None) -> "object":
    """The ASGI application; opens the browser on `url` once the server answers."""
    import streamlit as st

    from dashboards import shell, warming
    from dashboards.failures import on_script_error

    @asynccontextmanager
    async def opening(_: object) -> AsyncIterator[None]:
        warming.start()
        if url:
            threading.Timer(0.5, webbrowser.open, (url,)).start()
        yield
        warming.end()

    return st.App(
        APP,
        secrets=secrets,
        lifespan=opening,
        routes=shell.routes(),
        middleware=shell.middleware(),
        on_script_error=on_script_error,
    )


def _options(host: str, port: int, how: "SignIn | None") -> dict[str, object]:
    from dashboards.theme import OPTIONS

    # Other sites may not reach the dashboard through a name of theirs (DNS rebinding).
    named = [] if host in EVERY_ADDRESS else [host]
    allowed = [*LOOPBACK, *named, *([how.host_name] if how else [])]
    options = {**OPTIONS, "server.address": host, "server.port": port, "server.allowedHosts": allowed}
    if how is None:
        return options
    return {
        **options,
        # A proxy may tell its own name: the page comes from the address where people sign in, and from no other.
        "server.corsAllowedOrigins": [how.address],
        # Said here so that nothing else can say otherwise: who somebody is comes from the signed cookie alone.
        "server.trustedUserHeaders": {},
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "global.developmentMode": False,
    }


def _check_address(host: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise UserError(
            f"La porta {port} non esiste: scegli un numero tra 1 e 65535, per esempio --port 8502."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            if os.name != "nt":  # as the server does; on Windows it would hide a busy port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror as error:
        raise UserError(
            f"L'indirizzo «{host}» non è riconosciuto: usa 127.0.0.1 oppure l'indirizzo IP di questo computer."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(
                f"La porta {port} è già occupata, forse da un altro cruscotto aperto: "
                f"chiudi quello oppure scegli un'altra porta, per esempio --port {port % 65535 + 1}."
            ) from error
        raise UserError(
            f"Non posso usare l'indirizzo {host} con la porta {port} ({reason_it(error)}): "
            "scegli una porta sopra 1024 e un indirizzo di questo computer, per esempio 127.0.0.1."
        ) from error


def _shown(host: str) -> str:
    if host in EVERY_ADDRESS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _welcome(release_id: str, url: str, how: "SignIn | None") -> str:
    reach = (
        "Chi lo apre deve accedere, e vede ciò che il suo ruolo permette."
        if how
        else "Senza un accesso configurato: risponde solo da questo computer."
    )
    return (
        f"Cruscotto dell'Osservatorio: {url}\n"
        f"Pubblicazione mostrata: {release_id}. {reach}\n"
        "Per chiudere premi Ctrl+C."
    )


def _quiet_server_log() -> None:
    """Leave only warnings and errors in the server's log (a filter outlives uvicorn's own configuration)."""
    # The library of the sign-in tells its programmers, at each start, of a change that is still to come.
    warnings.filterwarnings("ignore", message="The httpx module is deprecated")
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
    # What is kept for all sessions is also read outside of any: files that are asked for, what is made ready.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(
        lambda record: record.levelno > logging.WARNING
    )
