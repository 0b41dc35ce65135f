"""Being asked to stop: Ctrl+C, a polite kill, a terminal that closes. The command ends as after an error, cleaning up.

A library may turn the interruption into an error of its own, or drop it and go on (DuckDB does both: it drops what is
raised while it imports a module that it can do without). What was received is remembered: the command asks for it
before a step that stays. A query under way is told to end: DuckDB waits for its own threads, which would finish their
part first.
"""

import signal
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:  # a command that opens no archive does not load the library
    from duckdb import DuckDBPyConnection

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
FIRST_EXIT_CODE = 128  # plus the signal's number, as shells say it

_received: list[int] = []
_connections: "WeakSet[DuckDBPyConnection]" = WeakSet()


def watch_for_interruption() -> None:
    """From now on the requests to stop raise KeyboardInterrupt. For the main thread of a command."""
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` asks
            signal.signal(number, _interrupt)


def end_query_when_interrupted(con: "DuckDBPyConnection") -> None:
    """From now on a request to stop ends what the connection is doing; each cursor is a connection of its own."""
    _connections.add(con)


def interrupted_by() -> int | None:
    """The signal that asked the command to stop, if one did."""
    return _received[0] if _received else None


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt when the command was asked to stop and is still at work: a library dropped the request.

    For the places where stopping costs nothing: before a commit, a rename, the next stage.
    """
    if _received:
        raise KeyboardInterrupt


def _interrupt(number: int, _: FrameType | None) -> None:
    _received.append(number)
    for con in _known_connections():
        with suppress(
            Exception
        ):  # one that was closed and is still there: the others must be told all the same
            con.interrupt()
    raise KeyboardInterrupt


def _known_connections() -> "list[DuckDBPyConnection]":
    while True:
        with suppress(RuntimeError):  # another thread opened one meanwhile
            return list(_connections)
