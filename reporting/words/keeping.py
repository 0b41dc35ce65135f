"""What people write is kept: the file as it is now, and every version of it with its time and author.

<folder>/<name>                                   the words in use, as any editor leaves them
<folder>/.versioni/<name>/<moment>_<digest>.json  one per saved text, never changed

A file changed with an editor becomes a version when a command next looks (`pick_up`).
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically, write_json
from osservatorio.fiscal_code import UNSEEN, line_with_fiscal_code
from osservatorio.home import Home
from osservatorio.italian import number
from reporting.drawing.glyphs import without_controls

HISTORY = ".versioni"
MAX_LENGTH = 100_000  # characters: a longer text is a wrong file
BY_HAND = "file"  # changed with an editor, outside the program
UNKNOWN = "sconosciuto"
DIGITS = 16  # hexadecimal, of the digest in the name of a version
_MOMENT = "%Y%m%dT%H%M%S%f"
_VERSION = re.compile(r"\d{8}T\d{12}_[0-9a-f]{16}\.json")
_INVISIBLE = re.compile(f"[{UNSEEN}]+")
_LOCK, _LOCK_SECONDS = ".lock", 20


@dataclass(frozen=True)
class Mark:
    """Who saved a text, when, and through what («comando», «cruscotto», «file»)."""

    at: datetime
    author: str
    origin: str


@dataclass(frozen=True)
class Version:
    """A text as it was saved; an empty one was removed. `moment` puts versions in order, whatever the clock said."""

    name: str
    mark: Mark
    text: str
    moment: datetime

    @property
    def id(self) -> str:
        return digest_of(self.text)[:8]


def normal(text: str) -> str:
    """The text as it is kept: plain line ends, no mark at its beginning, one line end at its end; blank is empty."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip()
    return f"{lines}\n" if lines.strip() else ""


def one_line(text: str) -> str:
    """Words fit for a cell or a message: one line, nothing that cannot be seen."""
    return " ".join(_INVISIBLE.sub("", without_controls(text)).split())


def folder_of(home: Home, kind: str, period_code: str, slug: str = "") -> Path:
    """Where the texts of a report are, for the Ambito or for a municipality's edition."""
    return home.narratives / kind / "_".join(part for part in (period_code, slug) if part)


def digest_of(text: str) -> str:
    """Sixteen hexadecimal digits of a text as it is kept."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def read_kept(path: Path) -> str:
    """The words in use, empty without a file. Raises UserError when they cannot be read or may not be kept."""
    try:
        if path.stat().st_size > 4 * MAX_LENGTH:
            raise UserError(_too_long(path))
        return decoded(path.read_bytes(), path)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UserError(
            f"Il testo «{path}» non si legge ({reason_it(error)}): controlla i permessi del file."
        ) from error


def decoded(content: bytes, what: Path | str) -> str:
    """The text of a file's bytes, as it is kept. Raises UserError as `checked`, and for bytes that are not UTF-8."""
    try:
        return checked(content.decode("utf-8-sig"), what)
    except UnicodeDecodeError as error:
        raise UserError(
            f"Il testo «{what}» non è salvato in UTF-8, e gli accenti non si leggerebbero: riaprilo, scegli «Salva con "
            "nome», imposta la codifica «UTF-8» e salvalo al suo posto."
        ) from error


def checked(text: str, what: Path | str) -> str:
    """The text as it is kept. Raises UserError for one too long, or that holds a codice fiscale."""
    kept = normal(text.encode("utf-8", "replace").decode())
    if len(kept) > MAX_LENGTH:
        raise UserError(_too_long(what))
    if line := line_with_fiscal_code(kept):
        raise UserError(
            f"In «{what}», alla riga {line}, c'è qualcosa che somiglia a un codice fiscale: i rapporti non contengono "
            "identificativi delle persone. Toglilo e salva di nuovo."
        )
    return kept


def _too_long(what: Path | str) -> str:
    return f"Il testo «{what}» è troppo lungo: al massimo {number(MAX_LENGTH)} caratteri. Controlla che sia il file giusto."


def save(path: Path, text: str, mark: Mark, based_on: str | None = None) -> Version | None:
    """Put a text in use and keep it as a version; None when it is the one in use already. Empty, it is removed.

    `based_on` is the text that the author started from: raises UserError when somebody else has changed it since,
    and for a text that may not be kept.
    """
    kept = checked(text, path.name)
    with turn(path.parent):
        now = read_kept(path)
        pick_up(path, mark.at)
        if based_on is not None and normal(based_on) != now:
            raise UserError(_changed_meanwhile(path))
        if kept == now:
            return None
        try:
            if kept:
                write_atomically(path, kept.encode())
            else:
                path.unlink(missing_ok=True)
            return _keep(path, kept, mark)
        except OSError as error:
            raise UserError(
                f"Il testo «{path}» non si può scrivere ({reason_it(error)}): controlla i permessi e lo spazio libero."
            ) from error


def _changed_meanwhile(path: Path) -> str:
    mark = last_mark(path)
    who = f" da «{mark.author}» il {mark.at:%d/%m/%Y alle %H:%M}" if mark else ""
    return (
        f"Il testo «{path.name}» è stato cambiato nel frattempo{who}: copia altrove quello che hai scritto, "
        "ricarica e uniscilo al nuovo."
    )


def pick_up(path: Path, at: datetime) -> Version | None:
    """Keep as a version what was changed by hand since the last one; None when nothing was. Raises as `read_kept`."""
    if not is_new(path):
        return None
    return _keep(path, read_kept(path), Mark(at, _owner(path), BY_HAND))


def is_new(path: Path) -> bool:
    """Whether the words in use are not those of the last version. Raises as `read_kept`."""
    text, last = read_kept(path), _last_digest(path)
    return digest_of(text) != last and not (last is None and not text)


def versions(path: Path) -> list[Version]:
    """Every version of a text, the oldest first. Raises UserError for one that was damaged."""
    return [_read_version(path.name, file) for file in _files(path)]


def last_mark(path: Path) -> Mark | None:
    """Who saved the words in use, and when; None when nobody did. Raises UserError for a damaged version."""
    files = _files(path)
    return _read_version(path.name, files[-1]).mark if files else None


def _read_version(name: str, file: Path) -> Version:
    try:
        content = json.loads(file.read_text("utf-8"))
        mark = Mark(datetime.fromisoformat(content["at"]), content["author"], content["origin"])
        version = Version(name, mark, content["text"], _moment(file))
        if digest_of(version.text) == file.stem.rpartition("_")[2]:
            return version
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise UserError(
        f"La versione «{file}» è danneggiata: ripristinala dalla copia di sicurezza, oppure eliminala."
    )


def kept_names(folder: Path, suffix: str) -> list[str]:
    """The names of the files of a folder, in use or in its history only."""
    found = [*_listed(folder), *_listed(folder / HISTORY)]
    return sorted({path.name for path in found if path.suffix == suffix and not path.name.startswith(".")})


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """While nobody else saves in a folder. Raises UserError when the wait is too long or it cannot be written."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK, timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        raise UserError(f"Qualcun altro sta salvando in «{folder}»: aspetta e riprova.") from None
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere in «{folder}» ({reason_it(error)}): controlla i permessi e lo spazio libero."
        ) from error


def _keep(path: Path, text: str, mark: Mark) -> Version:
    """Write a version, later than every other whatever the clock says."""
    files = _files(path)
    at = mark.at.astimezone(UTC)
    if files:
        at = max(at, _moment(files[-1]) + timedelta(microseconds=1))
    author = one_line(mark.author.encode("utf-8", "replace").decode())[:100] or UNKNOWN
    kept = Mark(mark.at, author, mark.origin)
    file = _folder(path) / f"{at.strftime(_MOMENT)}_{digest_of(text)}.json"
    content = {"at": kept.at.isoformat(), "author": kept.author, "origin": kept.origin, "text": text}
    write_json(file, content)
    return Version(path.name, kept, text, at)


def _moment(file: Path) -> datetime:
    return datetime.strptime(file.name.partition("_")[0], _MOMENT).replace(tzinfo=UTC)


def _last_digest(path: Path) -> str | None:
    files = _files(path)
    return files[-1].stem.rpartition("_")[2] if files else None


def _files(path: Path) -> list[Path]:
    return sorted(file for file in _listed(_folder(path)) if _VERSION.fullmatch(file.name))


def _folder(path: Path) -> Path:
    return path.parent / HISTORY / path.name


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _owner(path: Path) -> str:
    with suppress(OSError, KeyError, NotImplementedError):
        return path.owner()
    return UNKNOWN
