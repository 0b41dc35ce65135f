"""A dashboard in a process of its own, and requests to it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from osservatorio.home import Home

PROGRAM = (
    "import sys; from pathlib import Path; from osservatorio.home import Home; from dashboards.server import serve; "
    "from osservatorio.commands.desk import desk_of; home = Home(Path(sys.argv[1])); "
    "from dashboards import watching; watching.EVERY = float(sys.argv[3]); "
    "serve(home, port=int(sys.argv[2]), open_browser=False, desk=desk_of(home, origin='cruscotto'))"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def start(home: Home, port: int, every: float = 20) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(home.root), str(port), str(every)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def wait(url: str, server: subprocess.Popen[str], seconds: float = 60) -> None:
    """Return when the dashboard answers; fail when it ends or stays silent."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert server.poll() is None, server.communicate()[1]
        try:
            get(f"{url}/salute", "application/json")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the dashboard does not answer at {url}")


def running(home: Home, every: float = 20) -> Iterator[str]:
    """Serve a home; yields the address, then stops the server. Pages look for a newer release after so many seconds."""
    port = free_port()
    server = start(home, port, every)
    try:
        wait(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=20)


def get(url: str, accept: str = "text/html") -> tuple[int, dict[str, str], str]:
    """Status, headers (lower case) and text of an answer."""
    request = urllib.request.Request(url, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, headers, answer.read().decode("utf-8", "replace")
