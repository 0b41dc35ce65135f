"""The proposals of a year: who, by when, what became of them; and what the report says of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.release import open_release
from reporting.context import Context
from reporting.model import Heading, Narrative, Section
from reporting.sections.proposte import proposte
from reporting.text import MISSING_TEXT
from reporting.words.keeping import Mark, versions
from reporting.words.narratives import narratives_of
from reporting.words.proposals import proposals_path, read_proposals, roles, states
from reporting.words.proposing import add_proposal, proposals_of, update_proposal

MARK = Mark(datetime(2022, 2, 1, 9, tzinfo=UTC), "Anna Rossi", "comando")
DAY = date(2022, 2, 1)
FIELDS = {"text": "Ridurre gli annullamenti", "owner": "comune_capofila", "deadline": date(2022, 6, 30)}


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path)


def add(home: Home, year: str = "2021", **fields):
    return add_proposal(home, year, MARK, day=DAY, **{**FIELDS, **fields})


def test_a_proposal_is_kept_with_its_states(place: Home):
    first = add(place, reason="Sono il  12%\ndegli interventi", aspect="R14.3")
    assert (first.id, first.last.state, first.last.day) == ("P2021-01", next(iter(states())), DAY)
    assert first.reason == "Sono il 12% degli interventi"
    assert add(place, text="Un'altra: «sì», [no]").id == "P2021-02"
    update_proposal(place, "2021", "p2021-01", MARK, state="in_corso", day=date(2022, 3, 1))
    update_proposal(place, "2021", "P2021-01", MARK, day=date(2022, 4, 1), note="Metà dei servizi")
    done = update_proposal(
        place,
        "2021",
        "P2021-01",
        MARK,
        state="attuata",
        day=date(2022, 5, 1),
        note="Tutti",
        owner="referente_comunale",
    )
    assert [step.state for step in done.steps] == ["aperta", "in_corso", "in_corso", "attuata"]
    assert done.is_ended
    assert done.owner == "referente_comunale"
    assert proposals_of(place, "2021")[0] == done
    assert len(versions(proposals_path(place, "2021"))) == 5


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "  "}, "manca «testo»"),
        ({"text": "x" * 1001}, "troppo lungo"),
        ({"owner": "sindaco"}, "comune_capofila"),
        ({"aspect": "../x"}, "«aspetto» non va bene"),
        ({"deadline": date(1, 1, 1)}, "non è una data"),
        ({"reason": "RSSMRA80A01H501U"}, "codice fiscale"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(place: Home, fields: dict, says: str):
    with pytest.raises(UserError, match=says):
        add(place, **fields)
    assert proposals_of(place, "2021") == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"state": "attuata"}, "vuole una nota"),
        ({"state": "fatta", "note": "x"}, "in_corso"),
        ({"note": "x", "day": date(2022, 1, 1)}, "prima di quello che lo precede"),
        ({}, "che cosa cambiare"),
    ],
)
def test_an_update_that_cannot_be_accepted_changes_nothing(place: Home, change: dict, says: str):
    before = add(place)
    with pytest.raises(UserError, match=says):
        update_proposal(place, "2021", "P2021-01", MARK, **{"day": DAY, **change})
    assert proposals_of(place, "2021") == (before,)


def test_an_unknown_proposal_or_year_is_told(place: Home):
    add(place)
    with pytest.raises(UserError, match="scegli fra P2021-01"):
        update_proposal(place, "2021", "P2021-07", MARK, day=DAY, note="x")
    with pytest.raises(UserError, match="2022-S1» non lo è"):
        proposals_of(place, "2022-S1")


@pytest.mark.parametrize(
    "text",
    [
        "- id: [",
        "proposte: 3",
        "- 3",
        "- {id: P1, testo: sì, ruolo: comune_capofila, scadenza: 2022-02-31, stati: []}",
        "- {id: P1, testo: no, ruolo: comune_capofila, scadenza: 2022-06-30, stati: [{stato: aperta, data: 2022-01-01}]}",
        "- {id: P1, titolo: x}",
        "- {id: P1, testo: x, ruolo: comune_capofila, scadenza: domani, stati: [{stato: aperta, data: 2022-01-01}]}",
        "- {id: P1, testo: x, ruolo: comune_capofila, scadenza: 2022-06-30}",
        "[" * 5000,
        "- &a [*a]",
        "!!python/object/apply:os.system [ls]",
        "- {id: 'a/../b', testo: x}",
    ],
)
def test_a_file_that_people_spoilt_is_told(text: str):
    with pytest.raises(UserError, match=r"proposte\.yaml"):
        read_proposals(text, "proposte.yaml")


def test_two_proposals_never_have_one_code(place: Home):
    add(place)
    text = proposals_path(place, "2021").read_text("utf-8")
    with pytest.raises(UserError, match="due proposte «P2021-01»"):
        read_proposals(text + text, "proposte.yaml")


def test_every_role_and_state_has_its_words():
    assert next(iter(states())) == "aperta"
    assert any(state.is_end for state in states().values())
    assert all(code.label and (code.plural or name in roles()) for name, code in (states() | roles()).items())


# In the report


def section(home: Home, year: str = "2022") -> Section:
    with open_release(home) as release:
        period = parse_period(year)
        words = narratives_of(home, "valutazione", year)
        return proposte(Context(release, period, period.year_before, True, words=words))


def texts(found: Section) -> str:
    return " ".join(getattr(block, "text", "") for block in found.blocks)


def test_without_proposals_the_report_says_that_they_are_missing(home: Home):
    found = section(home)
    missing = [block for block in found.blocks if isinstance(block, Narrative)]
    assert [(block.key, block.is_missing, block.is_text) for block in missing] == [("proposte", True, False)]
    assert found.tables == ()
    assert "non risultano proposte" in texts(found)


def test_what_became_of_the_proposals_of_the_year_before(home_with: Callable):
    home = home_with(lambda release: None)
    for deadline in (date(2022, 6, 30), date(2022, 9, 29), date(2023, 6, 30)):
        add(home, deadline=deadline)
    update_proposal(home, "2021", "P2021-01", MARK, state="attuata", day=date(2022, 5, 1), note="Fatto")
    add(home, "2022", text="Una sola")
    found = section(home)
    now, before = found.tables
    assert [row.key for row in now.rows] == [("P2022-01",)]
    assert before.value("P2021-01", "note") == "Fatto"
    assert before.value("P2021-01", "since") == date(2022, 5, 1)
    assert before.value("P2021-02", "note") == MISSING_TEXT
    assert "Delle 3 proposte dell'anno 2021, 2 sono aperte e 1 è attuata." in texts(found)
    assert "termine era passato senza una conclusione per P2021-02." in texts(found)
    untold = [block for block in found.blocks if isinstance(block, Narrative)]
    assert [block.key for block in untold] == ["esiti_proposte"]
    assert "P2021-02 e P2021-03" in untold[0].prompt
    assert any(isinstance(block, Heading) and "2021" in block.text for block in found.blocks)
    assert "1 proposta migliorativa" in found.lead


def test_the_proposals_are_part_of_the_version_of_the_words(place: Home):
    assert narratives_of(place, "valutazione", "2022").version == ""
    add(place, "2021")
    first = narratives_of(place, "valutazione", "2022").version
    add(place, "2022")
    second = narratives_of(place, "valutazione", "2022").version
    assert len({"", first, second}) == 3
    assert narratives_of(place, "semestrale", "2022-S1").version == ""
    then = narratives_of(place, "valutazione", "2022", version=first)
    assert (len(then.proposals), len(then.proposals_before)) == (0, 1)
