"""A PostgreSQL server of one's own: made in a folder, reached through a socket in it, gone with it.

The settings are those that somebody who knows the server gives it for this work on two processors: results that can be
made again need no guarantee against a fall of the machine, so nothing waits for the disk.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

OWNERS = ("postgres", "nobody")  # the server refuses to run as root
DATABASE = "osservatorio"
USER = "osservatorio"
WAIT = 30.0  # seconds for the server to answer
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "work_mem": "128MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "timezone": "UTC",
}


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None where there is no server."""
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


def make(folder: Path) -> None:
    """A new cluster in `folder`, which must not exist; its texts are compared by their bytes, as DuckDB's."""
    bin_folder = programs()
    if bin_folder is None:
        raise SystemExit("PostgreSQL is not installed")
    folder.mkdir()
    if owner := _owner():
        shutil.chown(folder, owner)
    initialise = [bin_folder / "initdb", "-D", folder / "data", "-U", USER, "--auth=trust", "--encoding=UTF8"]
    _run([*initialise, "--locale=C.UTF-8", "--lc-collate=C", "--no-sync"], folder)
    with running(folder, database="postgres") as connection:
        connection.cursor().execute(f"create database {DATABASE}")


@contextmanager
def running(folder: Path, database: str = DATABASE) -> Iterator[Any]:
    """The server while it runs, as a child of this process, and a connection that commits by itself."""
    bin_folder = programs()
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [bin_folder / "postgres", "-D", folder / "data", "-k", folder, *settings]
    server = subprocess.Popen(command, cwd=folder, user=_owner(), stderr=subprocess.DEVNULL)
    try:
        connection = _connected(folder, database, server)
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()
    finally:
        server.send_signal(signal.SIGINT)  # open connections are ended
        server.wait()


def _connected(folder: Path, database: str, server: "subprocess.Popen[bytes]") -> Any:
    until = time.monotonic() + WAIT
    while True:
        try:
            return psycopg2.connect(host=str(folder), user=USER, dbname=database)
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _run(command: list[Any], folder: Path) -> None:
    subprocess.run(command, cwd=folder, user=_owner(), check=True, stdout=subprocess.DEVNULL)


def _owner() -> str | None:
    """Who owns the server: an account without rights where this process is root's, otherwise whoever runs it."""
    if os.geteuid() != 0:
        return None
    for name in OWNERS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise SystemExit("no account that could own the server")
