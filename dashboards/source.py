"""Which release the pages read: the one that the pointer named when their session began, until its person takes a newer
one."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import streamlit as st

from osservatorio.documents import Desk
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import Release, current_release_id, open_release, read_manifest

# Releases kept open: pages that started on an earlier one finish on it.
_KEPT_OPEN = 3
# The release that a session reads, in its state.
_READ = "pubblicazione_letta"


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

    def release(self, read: str | None = None) -> Release:
        """The release `read` where it is still there, else the current one, open read-only.

        Raises UserError when none is published.
        """
        if read is not None:
            try:
                return self._opened(read)
            except UserError:
                pass
        return self._opened(current_release_id(self.home))

    def _opened(self, wanted: str | None) -> Release:
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
    """The release that this session reads: the one in use when it began, until `take_latest`."""
    found = _in_use().release(st.session_state.get(_READ))
    st.session_state[_READ] = found.id
    return found


def another_in_use(shown: str) -> tuple[str, bool] | None:
    """The id of the release in use where it is not the one shown, and whether it was made later; else None."""
    home = _in_use().home
    try:
        now = current_release_id(home)
        if now is None or now == shown:
            return None
        made = read_manifest(home, now).get("created_at") or ""
    except UserError:
        return None  # a pointer or a card that is being replaced: the next look tells
    try:
        return now, made >= (read_manifest(home, shown).get("created_at") or "")
    except UserError:
        return now, True


def take_latest() -> None:
    """Let this session read the release in use from now on."""
    st.session_state.pop(_READ, None)


def _in_use() -> Source:
    return _source or use(Home.locate())


def desk() -> Desk | None:
    """The desk of the reports, where whoever started the pages gave one: without it they only read."""
    return _source.desk if _source is not None else None


def home() -> Home:
    """The home in use: for what is told of its releases, beside the one that is shown."""
    return _in_use().home


def record_download(facts: dict[str, str]) -> None:
    """Let whoever started the pages know that a file was downloaded: its page, table, kind, release and digest."""
    if _source is not None and _source.record is not None:
        _source.record(facts)


def published_id() -> str | None:
    """The id of the release in use, which new sessions show, or None when there is none to show."""
    try:
        return _in_use().release().id
    except UserError:
        return None
