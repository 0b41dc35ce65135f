"""How far a report is, what is due and by when."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from report_release import AS_OF, RELEASE_ID

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import YEAR, Period, parse_period
from osservatorio.reference import Municipality, find_municipality
from osservatorio.release import Release, open_release
from osservatorio.settings import Settings
from reporting.due.calendar import State, calendar
from reporting.due.origin import words_of_file
from reporting.due.readiness import Data, FileState, editions_of, readiness
from reporting.kinds import KINDS, Kind
from reporting.model import Report
from reporting.produce import produce, report_of
from reporting.words.keeping import Mark, save
from reporting.words.narratives import Narratives, text_path

KIND = KINDS["semestrale"]
PERIOD = parse_period("2022-S1")
KEYS = ("commento_interventi", "difficolta")
MARK = Mark(datetime(2022, 9, 1, 12, tzinfo=UTC), "Anna Rossi", "comando")


@pytest.fixture
def own_home(home_with: Callable) -> Home:
    return home_with(lambda release: None)


@pytest.fixture
def release(own_home: Home) -> Iterator[Release]:
    with open_release(own_home) as opened:
        yield opened


@pytest.fixture(scope="module", autouse=True)
def recipes_once() -> Iterator[None]:
    """Every test has the same release: what a recipe asks for is worked out once for the same words."""
    made: dict[tuple, Report] = {}

    def once(release: Release, kind: Kind, period: Period, town: Municipality | None, words: Narratives):
        asked = (kind.key, period, town, *sorted(words.texts.items()))
        if asked not in made:
            made[asked] = report_of(release, kind, period, town, words)
        return made[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reporting.due.readiness.report_of", once)
        yield


def write(home: Home, key: str, words: str = "Parole") -> None:
    save(text_path(home, "semestrale", "2022-S1", key), words, MARK)


def states(home: Home, release: Release) -> set[FileState]:
    return {file.state for file in readiness(home, release, KIND, PERIOD).files}


def test_a_report_from_nothing_to_ready(own_home: Home, release: Release):
    report = readiness(own_home, release, KIND, PERIOD)
    assert report.data is Data.COMPLETE
    assert [(text.key, text.state) for text in report.texts] == [(key, "da scrivere") for key in KEYS]
    assert states(own_home, release) == {FileState.MISSING}
    assert len(report.missing) == 3

    for key in KEYS:
        write(own_home, key)
    report = readiness(own_home, release, KIND, PERIOD)
    assert report.waiting == ()
    assert report.texts[0].saved == MARK
    assert not report.is_ready

    produce(own_home, "semestrale", "2022-S1")
    report = readiness(own_home, release, KIND, PERIOD)
    assert report.is_ready
    assert report.missing == ()
    assert [words_of_file(file.path) for file in report.files] == [report.words_version] * len(KIND.formats)

    write(own_home, KEYS[0], "Altre parole")
    assert states(own_home, release) == {FileState.OLD_WORDS}
    report = readiness(own_home, release, KIND, PERIOD)
    assert report.missing == (
        f"una nuova produzione in {join_words([name.upper() for name in KIND.formats])}",
    )


def test_files_of_another_release_are_told(own_home: Home, release: Release):
    produced = produce(own_home, "semestrale", "2022-S1")
    (own_home.reports / RELEASE_ID).rename(own_home.reports / "2021-12-31-prima")
    report = readiness(own_home, release, KIND, PERIOD)
    assert {file.state for file in report.files} == {FileState.OTHER_RELEASE}
    assert {file.release_id for file in report.files} == {"2021-12-31-prima"}
    assert {file.format for file in report.files} == set(produced.files)


def test_a_file_that_says_nothing_is_not_taken_for_current(own_home: Home, release: Release):
    folder = own_home.reports / RELEASE_ID
    folder.mkdir(parents=True, exist_ok=True)
    for name in KIND.formats:
        (folder / f"semestrale_2022-S1.{name}").write_bytes(b"PK\x03\x04 non un rapporto")
    assert states(own_home, release) == {FileState.OLD_WORDS}


def test_a_text_that_cannot_be_used_and_one_that_nobody_asks_for(own_home: Home, release: Release):
    path = text_path(own_home, "semestrale", "2022-S1", "difficolta")
    path.parent.mkdir(parents=True)
    path.write_bytes("Perché".encode("cp1252"))
    path.with_name("appunti.md").write_text("Appunti", "utf-8")
    report = readiness(own_home, release, KIND, PERIOD)
    assert [text.state for text in report.texts] == ["da scrivere", "da correggere"]
    assert "UTF-8" in report.texts[1].problem
    assert report.unused == ("appunti.md",)
    assert "(da correggere)" in report.missing[1]


def test_proposals_that_cannot_be_read_are_told(own_home: Home, release: Release, monkeypatch):
    year = Kind("valutazione", "Valutazione", YEAR, "lett. c)", KIND.recipe)
    for name in ("2021", "2022"):
        folder = own_home.narratives / "valutazione" / name
        folder.mkdir(parents=True)
        (folder / "proposte.yaml").write_text("- id: [", "utf-8")
    monkeypatch.setattr("reporting.due.readiness.expected_texts", lambda *given: ())
    report = readiness(own_home, release, year, parse_period("2022"))
    assert len(report.problems) == 2
    assert "la correzione delle proposte" in report.missing
    assert not report.is_ready


def test_a_period_that_is_running_or_not_in_the_release(own_home: Home, release: Release):
    assert readiness(own_home, release, KIND, parse_period("2022-S2")).data is Data.PARTIAL
    missing = readiness(own_home, release, KIND, parse_period("2025-S1"))
    assert missing.data is Data.MISSING
    assert missing.texts == ()
    assert missing.as_json()["dati"] == "mancanti"


def test_editions_that_were_begun(own_home: Home):
    meda, seveso = find_municipality("meda"), find_municipality("seveso")
    assert editions_of(own_home, KIND, PERIOD) == []
    save(text_path(own_home, "semestrale", "2022-S1", "difficolta", meda.slug), "Parole", MARK)
    (own_home.reports / "x").mkdir(parents=True)
    (own_home.reports / "x" / "semestrale_2022-S1_seveso.pdf").touch()
    assert editions_of(own_home, KIND, PERIOD) == [meda, seveso]


# The calendar


def due_by_period(home: Home, release: Release, today: date, deadlines=None):
    found = calendar(home, release, today, deadlines or {})
    return {due.report.period.code: due for due in found if due.report.kind.key == "semestrale"}


def test_what_is_due_and_by_when(own_home: Home, release: Release):
    today = date(2023, 2, 10)
    due = due_by_period(own_home, release, today)
    assert list(due) == ["2021-S1", "2021-S2", "2022-S1", "2022-S2", "2023-S1"]
    assert due["2022-S1"].day == date(2022, 7, 30)
    assert due["2022-S1"].state is State.NO_TEXTS
    assert due["2022-S1"].is_late
    assert due["2022-S2"].state is State.NO_DATA, "the release stops before its end"
    assert due["2023-S1"].state is State.RUNNING
    assert not due["2023-S1"].is_late
    assert release.as_of == AS_OF


def test_the_last_day_is_in_time(own_home: Home, release: Release):
    assert not due_by_period(own_home, release, date(2022, 7, 30))["2022-S1"].is_late
    assert due_by_period(own_home, release, date(2022, 7, 31))["2022-S1"].is_late
    assert due_by_period(own_home, release, date(2022, 6, 30))["2022-S1"].state is State.RUNNING


def test_from_texts_to_ready_in_the_calendar(own_home: Home, release: Release):
    today = date(2022, 7, 15)
    for key in KEYS:
        write(own_home, key)
    assert due_by_period(own_home, release, today)["2022-S1"].state is State.TO_PRODUCE
    produce(own_home, "semestrale", "2022-S1")
    assert due_by_period(own_home, release, date(2023, 1, 1))["2022-S1"].state is State.READY
    assert not due_by_period(own_home, release, date(2023, 1, 1))["2022-S1"].is_late
    write(own_home, KEYS[0], "Altre")
    assert due_by_period(own_home, release, today)["2022-S1"].state is State.TO_REPEAT


def test_the_days_of_the_home(own_home: Home, release: Release):
    (own_home.root / "impostazioni.toml").write_text("[scadenze]\nsemestrale = 45\n", "utf-8")
    days = Settings.of(own_home).deadlines
    due = due_by_period(own_home, release, date(2022, 9, 1), days)["2022-S1"]
    assert (due.day, due.days) == (date(2022, 8, 14), 45)
    with pytest.raises(UserError, match="forse «semestrale»"):
        calendar(own_home, release, date(2022, 9, 1), {"semestrali": 3})


@pytest.mark.parametrize("value", ["-1", "367", '"presto"', "1.5"])
def test_days_that_cannot_be(own_home: Home, value: str):
    (own_home.root / "impostazioni.toml").write_text(f"[scadenze]\nsemestrale = {value}\n", "utf-8")
    with pytest.raises(UserError, match="da 0 a 366"):
        Settings.of(own_home)
