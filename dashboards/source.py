"""Which release the pages read: the one that the pointer named when their session began, until its person takes a newer
one. Pages never get more of it than the person of their session may see.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from threading import Lock

import streamlit as st

from dashboards import ambiti
from dashboards.access import session
from dashboards.access.permissions import Action
from dashboards.access.scoped import NotAllowedError, ScopedRelease
from osservatorio.access.roles import OFFICE, Scope
from osservatorio.ambiti.contents import ambiti_of, is_of_many
from osservatorio.ambiti.release import AmbitoRelease, ambito_release
from osservatorio.documents import Desk
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import Release, current_release_id, open_release, read_manifest
from osservatorio.settings import Settings

# Releases kept open: pages that started on an earlier one finish on it.
_KEPT_OPEN = 3
# Releases cut to what a person may see: ten municipalities and those without tables, for each release.
_KEPT_CUT = 36
# Ambiti of a release of many kept ready; a page that reads one that is let go ends on it.
_KEPT_AMBITI = 24
# The release that a session reads, in its state.
_READ = "pubblicazione_letta"
# Which Ambito of it the page shows, in the same.
_ON_SCREEN = "ambito_mostrato"
EVERY_AMBITO = "tutti"

# Records an event in the audit log: its name, its facts, the person (None: the user of this computer).
Recorder = Callable[[str, dict[str, str], str | None], None]


class Source:
    """The published release of one data home. Safe to share between sessions.

    `record` is told of what people do that the audit log keeps; at the `desk` people write for the reports.
    """

    def __init__(self, home: Home, record: Recorder | None = None, desk: Desk | None = None) -> None:
        self.home = home
        self.record = record
        self.desk = desk
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._cut: OrderedDict[tuple[str, str, str], ScopedRelease] = OrderedDict()
        self._ambiti: OrderedDict[tuple[str, str], AmbitoRelease] = OrderedDict()
        self._lock = Lock()
        self._cutting = Lock()

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
                release = open_release(self.home, wanted, of_many=True)
                self._open[release.id] = release
                wanted = release.id
            self._open.move_to_end(wanted)
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)[1].close()
            return self._open[wanted]

    def seen_by(self, scope: Scope, whole: Release | None = None, ambito: str | None = None) -> Release:
        """A release (the current one by default) as a scope may see it: the office all of it, others what is theirs; of a
        release of many the `ambito` alone. Raises NotAllowedError for an Ambito that is not of the scope."""
        release = whole or self.release()
        if is_of_many(release.manifest):
            if ambito is None or scope.ambito_code not in (None, ambito):
                raise NotAllowedError()
            release = self._of_ambito(release, ambito)
        if scope.role is OFFICE.role:
            return release
        with self._cutting:
            key = (release.id, ambito or "", scope.key)
            if key not in self._cut:
                self._cut[key] = ScopedRelease(release, scope)
            self._cut.move_to_end(key)
            while len(self._cut) > _KEPT_CUT:
                self._cut.popitem(last=False)[1].close()
            return self._cut[key]

    def _of_ambito(self, whole: Release, ambito: str) -> AmbitoRelease:
        with self._cutting:
            key = (whole.id, ambito)
            if key not in self._ambiti:
                self._ambiti[key] = ambito_release(whole, ambito)
            self._ambiti.move_to_end(key)
            while len(self._ambiti) > _KEPT_AMBITI:
                self._ambiti.popitem(last=False)
            return self._ambiti[key]

    def close(self) -> None:
        with self._cutting:
            self._ambiti.clear()
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()
        with self._cutting:
            while self._cut:
                self._cut.popitem()[1].close()


_source: Source | None = None


def use(home: Home, record: Recorder | None = None, desk: Desk | None = None) -> Source:
    """Serve this home from now on, in the whole process."""
    global _source
    if _source is not None:
        _source.close()
    _source = Source(home, record, desk)
    return _source


def release() -> Release:
    """The release that this session reads, as its person may see it: the one in use when it began, until `take_latest`.

    The home is the one in use (by default the one that `Home.locate` finds). Raises NotAllowedError for nobody.
    """
    found, scope = _read_whole(), session.scope()
    ambito = ambiti.chosen(found, scope)
    st.session_state[_ON_SCREEN] = ambito
    return _in_use().seen_by(scope, found, ambito)


def choose_ambito() -> None:
    """Show the choice of the Ambito, where the release that this session reads is of many and its person may choose."""
    found, scope = _read_whole(), session.scope()
    ambiti.show(found, scope, ambiti.chosen(found, scope))


def all_ambiti() -> Release:
    """The release of many that this session reads, whole. Raises NotAllowedError for who may not see every Ambito."""
    session.require(Action.COMPARE_AMBITI)
    st.session_state[_ON_SCREEN] = EVERY_AMBITO
    return _read_whole()


def _read_whole() -> Release:
    """The release that this session reads, whole; shown to nobody as it is. Raises NotAllowedError for nobody."""
    session.scope()
    found = _in_use().release(st.session_state.get(_READ))
    st.session_state[_READ] = found.id
    return found


def ambito_on_screen() -> str | None:
    """The code of the Ambito that the page of this session shows, `EVERY_AMBITO` for all; None in a release of one."""
    return st.session_state.get(_ON_SCREEN)


def has_many_ambiti() -> bool:
    """Whether the release in use is of many Ambiti."""
    try:
        return is_of_many(_in_use().release().manifest)
    except UserError:
        return False


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


def desk() -> Desk | None:
    """The desk of the reports, where whoever started the pages gave one: without it they only read.

    Raises NotAllowedError for a person who may not write for the reports.
    """
    session.require(Action.WRITE_REPORT)
    if _source is None or _source.desk is None:
        return None
    grant = session.grant()
    if grant is None:
        return _source.desk
    desk = _source.desk.by(grant.shown_name or grant.name)
    return replace(desk, recorded=partial(desk.recorded, person=session.name_in_log(grant.name)))


def home(action: Action = Action.COMPARE) -> Home:
    """The home in use: for what is told beside the release that is shown, its other releases or its register.

    Raises NotAllowedError for a person who may not do what it is wanted for.
    """
    session.require(action)
    return _in_use().home


def published() -> Release:
    """The release in use, whole (of many Ambiti, the first): for what is made ready before anybody asks, and shown to
    nobody. Raises UserError when none is published.
    """
    found = _in_use().release()
    return _in_use().seen_by(OFFICE, found, next(iter(ambiti_of(found.manifest)), None))


def prepare_report(release: Release, code: str) -> None:
    """Let the desk, where there is one, find out how far the first report of its list is for a period: it keeps what it
    composed. Nothing is shown, written or recorded."""
    if _source is None or _source.desk is None or release.ambito:
        return
    desk = _source.desk
    kind = next(iter(desk.kinds()))
    desk.readiness(release, desk.job(kind, code))


def reported_periods(release: Release) -> list[str]:
    """The periods of the first report of the desk's list, the latest first; none where there is no desk."""
    if _source is None or _source.desk is None or release.ambito:
        return []
    return [one.code for one in _source.desk.periods(release, next(iter(_source.desk.kinds())))]


def home_in_use() -> Home:
    """The home in use, for the same."""
    return _in_use().home


def office() -> Mapping[str, str]:
    """What the settings of the home say of the office, for everybody. Raises UserError when they cannot be read."""
    return Settings.of(_in_use().home).open_data


def _in_use() -> Source:
    return _source or use(Home.locate())


def record(event: str, facts: dict[str, str], person: str | None = None) -> None:
    """Let whoever started the pages know what a person did. Raises AuditError when it had to be recorded and was not."""
    if _source is not None and _source.record is not None:
        _source.record(event, facts, person)


def published_id() -> str | None:
    """The id of the release in use, which new sessions show, or None when there is none to show."""
    try:
        return _in_use().release().id
    except UserError:
        return None
