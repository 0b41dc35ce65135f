"""The dashboard's server: one process, on the loopback address unless told otherwise."""

import errno
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from osservatorio.errors import UserError, reason_it
from osservatorio.home import Home

if TYPE_CHECKING:
    from dashboards.source import Recorder
    from osservatorio.documents import Desk

APP = Path(__file__).parent / "app.py"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::", "")


def serve(
    home: Home,
    *,
    port: int = 8501,
    host: str = "127.0.0.1",
    open_browser: bool = True,
    record_download: "Recorder | None" = None,
    desk: "Desk | None" = None,
) -> None:
    """Serve the current release of `home` until interrupted (Ctrl+C).

    `record_download` is told of every file that is downloaded; without a `desk` nothing can be written for the reports.
    Raises UserError when nothing is published yet or the address cannot be taken.
    """
    from dashboards import source

    release = source.use(home, record_download, desk).release()
    _check_address(host, port)
    url = f"http://{_shown(host)}:{port}"
    print(_welcome(release.id, url, host), flush=True)
    _quiet_server_log()
    try:
        _application(url if open_browser else None).run(config=_options(host, port))
    except KeyboardInterrupt:
        pass
    finally:
        source.use(home).close()
    print("Cruscotto chiuso.", flush=True)


def _application(url: str | None) -> "object":
    """The ASGI application; opens the browser on `url` once the server answers."""
    import streamlit as st

    from dashboards import shell
    from dashboards.failures import on_script_error

    @asynccontextmanager
    async def opening(_: object) -> AsyncIterator[None]:
        if url:
            threading.Timer(0.5, webbrowser.open, (url,)).start()
        yield

    return st.App(
        APP,
        lifespan=opening,
        routes=shell.routes(),
        middleware=shell.middleware(),
        on_script_error=on_script_error,
    )


def _options(host: str, port: int) -> dict[str, object]:
    from dashboards.theme import OPTIONS

    # Other sites may not reach the dashboard through a name of theirs (DNS rebinding).
    allowed = [] if host in EVERY_ADDRESS else [*LOOPBACK, host]
    return {**OPTIONS, "server.address": host, "server.port": port, "server.allowedHosts": allowed}


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


def _welcome(release_id: str, url: str, host: str) -> str:
    if host in LOOPBACK:
        reach = "Risponde solo da questo computer."
    else:
        reach = "Attenzione: risponde a chiunque raggiunga questo computer in rete, senza chiedere l'accesso."
    return (
        f"Cruscotto dell'Osservatorio: {url}\n"
        f"Pubblicazione mostrata: {release_id}. {reach}\n"
        "Per chiudere premi Ctrl+C."
    )


def _quiet_server_log() -> None:
    """Leave only warnings and errors in the server's log (a filter outlives uvicorn's own configuration)."""
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
