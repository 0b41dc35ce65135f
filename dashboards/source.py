"""Which release the pages read: the one that the pointer names, reopened when the pointer moves."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from osservatorio.documents import Desk
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import Release, current_release_id, open_release

# Releases kept open: pages that started on an earlier one finish on it.
_KEPT_OPEN = 3


Recorder = Callable[[dict[str, str]], None]


class Source:
    """The published release of one data home. Safe to share between sessions.

    `record` is told of every file that is downloaded; at the `desk` people write for the reports.
    """

    def __init__(self, home: Home, record: Recorder | None = None, desk: Desk | None = None) -> None:
        self.home = home
        self.record = record
        self.desk = desk
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._lock = Lock()

    def release(self) -> Release:
        """The current release, open read-only. Raises UserError when none is published."""
        wanted = current_release_id(self.home)
        with self._lock:
            if wanted is None or wanted not in self._open:
                release = open_release(self.home, wanted)
                self._open[release.id] = release
                wanted = release.id
            self._open.move_to_end(wanted)
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)[1].close()
            return self._open[wanted]

    def close(self) -> None:
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()


_source: Source | None = None


def use(home: Home, record: Recorder | None = None, desk: Desk | None = None) -> Source:
    """Serve this home from now on, in the whole process."""
    global _source
    if _source is not None:
        _source.close()
    _source = Source(home, record, desk)
    return _source


def release() -> Release:
    """The current release of the home in use (by default the one that `Home.locate` finds)."""
    return (_source or use(Home.locate())).release()


def desk() -> Desk | None:
    """The desk of the reports, where whoever started the pages gave one: without it they only read."""
    return _source.desk if _source is not None else None


def home() -> Home:
    """The home in use: for what is told of its releases, beside the one that is shown."""
    return (_source or use(Home.locate())).home


def record_download(facts: dict[str, str]) -> None:
    """Let whoever started the pages know that a file was downloaded: its page, table, kind, release and digest."""
    if _source is not None and _source.record is not None:
        _source.record(facts)


def published_id() -> str | None:
    """The id of the release that the pages show, or None when there is none to show."""
    try:
        return release().id
    except UserError:
        return None
