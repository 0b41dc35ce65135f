"""The lock of a home: one writing command at a time; the next one is told who holds it.

The operating system keeps the lock and lets it go when its holder ends, however it ends. The facts about the holder
lie in a file beside it and serve the message only: those of a holder that is gone are not believed.
"""

import getpass
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from osservatorio.audit import turn
from osservatorio.errors import UserError
from osservatorio.files import clear_unfinished, write_json
from osservatorio.home import Home
from osservatorio.italian import date_it
from osservatorio.keys import settle_rotation

LOCK_FILE = ".lock"
HOLDER_FILE = ".lock.json"


@dataclass(frozen=True)
class Holder:
    """The command that works in a home: its words after «osservatorio», and where it runs."""

    command: str
    user: str
    computer: str
    process: int


@contextmanager
def exclusive(home: Home, command: str) -> Iterator[None]:
    """Hold the home for one writing command, known by its words; what an interrupted one left is put right first.

    Raises UserError when another command holds the home.
    """
    home.prepare()
    with _hold(home, command):
        for folder in (home.root, home.releases, home.work):
            clear_unfinished(folder)
        with turn(home):  # commands that do not hold the home write the head of the log there
            clear_unfinished(home.keys)
        settle_rotation(home)
        yield


@contextmanager
def _hold(home: Home, command: str) -> Iterator[None]:
    """Hold the home while a command writes in it. Raises UserError, at once, when another command holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(home.root / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(
            f"Un altro comando sta lavorando nella cartella «{home.root}»{holder_words(home)}: "
            "aspetta che finisca e riprova."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise UserError(
            f"Non riesco a riservare a questo comando la cartella dei dati «{home.root}»: controlla i permessi, e che "
            "il disco su cui si trova accetti file riservati (certi dischi di rete non li accettano)."
        ) from error
    holder_file = home.root / HOLDER_FILE
    try:
        with suppress(OSError):  # without room for the facts the message has none
            write_json(holder_file, asdict(Holder(command, user_name(), platform.node(), os.getpid())))
        yield
    finally:
        with suppress(OSError):
            holder_file.unlink(missing_ok=True)
        lock.release()


def user_name() -> str:
    """The name that the operating system knows the person by."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a system without a name for this user
        name = str(os.getuid()) if hasattr(os, "getuid") else "sconosciuto"
    return name.encode("utf-8", "replace").decode()[:100]


def holder_words(home: Home) -> str:
    """Who holds the home, for the message; nothing when it is not known (it is starting, or has just ended)."""
    path = home.root / HOLDER_FILE
    try:
        holder = Holder(**json.loads(path.read_text("utf-8")))
        since = datetime.fromtimestamp(path.stat().st_mtime)
    except (OSError, ValueError, TypeError):
        return ""
    is_here = holder.computer == platform.node()
    if is_here and not _is_running(holder.process):
        return ""
    place = "" if is_here else f" sul computer «{holder.computer}»"
    return (
        f", «osservatorio {holder.command}», avviato da «{holder.user}»{place} il {date_it(since)} alle {since:%H:%M} "
        f"(processo {holder.process})"
    )


def _is_running(process: int) -> bool:
    """Whether a process of this computer is alive; taken to be so where asking would end it (Windows)."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return True
