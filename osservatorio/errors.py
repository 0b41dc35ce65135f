"""Errors that end a command, with the message for the person who must act."""

import errno
import os

EXIT_DONE = 0
EXIT_WITHHELD = 1
EXIT_USAGE = 2


class UserError(Exception):
    """Bad usage or bad input: one Italian sentence that says what happened and what to do.

    The command line prints the message alone, without a traceback, and ends with exit code 2.
    """

    exit_code = EXIT_USAGE

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StageError(Exception):
    """A stage failed for a reason of ours (a test of the warehouse, a crashed check): nothing is published."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)
_REASONS = {
    errno.ENOSPC: "lo spazio sul disco è finito",
    errno.EDQUOT: "lo spazio concesso sul disco è finito",
    errno.EROFS: "il disco è in sola lettura",
    errno.EACCES: "permesso negato",
    errno.EPERM: "permesso negato",
    errno.ENOENT: "non esiste",
    errno.EEXIST: "esiste già",
    errno.ENOTDIR: "non è una cartella",
    errno.EISDIR: "è una cartella",
    errno.ENAMETOOLONG: "il nome è troppo lungo",
    errno.EFBIG: "il disco non accetta file così grandi",
    errno.EIO: "il disco dà errore",
    errno.EBUSY: "è in uso",
    errno.EMFILE: "troppi file aperti",
    errno.EADDRINUSE: "è già in uso",
    errno.EADDRNOTAVAIL: "non è di questo computer",
}


def reason_it(error: OSError) -> str:
    """Why the system refused, in Italian."""
    if error.errno is None:
        return str(error)
    return _REASONS.get(error.errno, f"errore di sistema {error.errno}")


def is_no_room(text: str) -> bool:
    """Whether the message of a library says that the disk is full."""
    return any(os.strerror(code) in text for code in NO_ROOM)


def disk_message(error: BaseException) -> str | None:
    """What to tell when the disk is full or does not let us write, also where a library says so; None otherwise."""
    if isinstance(error, OSError) and error.errno in (*NO_ROOM, *NOT_ALLOWED):
        place = f" sul file «{error.filename}»" if error.filename else ""
        return (
            f"Il sistema non permette di lavorare{place} ({reason_it(error)}): controlla spazio libero e permessi, "
            "poi riprova. Quanto già caricato per intero e quanto già pubblicato non è cambiato."
        )
    return no_room_message("durante il lavoro") if is_no_room(str(error)) else None


def no_room_message(when: str) -> str:
    """What to tell when the disk got full; `when` says during what."""
    return (
        f"Lo spazio sul disco dei dati è finito {when}: libera spazio e riprova. "
        "Quanto già caricato per intero e quanto già pubblicato non è cambiato."
    )
