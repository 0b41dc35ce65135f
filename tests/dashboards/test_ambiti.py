"""A dashboard over many Ambiti: the choice, and that nobody reaches an Ambito that is not theirs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ambiti_by_hand import FIRST, MARK, SECOND, SECOND_NAME
from doors import claims, cookie, kept
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from test_access_guard import FILE, ask
from test_access_matrix import _everything

from dashboards import queries, source
from dashboards.access import log, served, session
from dashboards.access.permissions import NOT_TOGETHER
from dashboards.access.scoped import NotAllowedError
from dashboards.pages import AMBITI, PAGES
from dashboards.server import APP
from dashboards.text import plain
from osservatorio.access.grants import Refusal, Why, grant_of
from osservatorio.access.people import read_people
from osservatorio.access.roles import OFFICE, Role, Scope, scope_of
from osservatorio.access.sign_in import SignIn
from osservatorio.ambiti.release import RECORDS_ELSEWHERE, AmbitoRelease
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.reference import municipalities

REGION, FIRST_OFFICE, SECOND_OFFICE = "regione@ente.it", "anna@primo.it", "bruno@secondo.it"
FIRST_TOWN, SECOND_TOWN, ASTRAY, UNNAMED = "lucia@meda.it", "sara@altrove.it", "ada@dove.it", "ugo@comune.it"
PEOPLE = f"""persona;ruolo;comune;ambito
{REGION};ufficio_di_piano;;
{FIRST_OFFICE};ufficio_di_piano;;{FIRST}
{SECOND_OFFICE};ufficio_di_piano;;{SECOND}
{FIRST_TOWN};comune;Meda;{FIRST}
{SECOND_TOWN};comune;909030;{SECOND}
{ASTRAY};ufficio_di_piano;;mai-visto
{UNNAMED};comune;Meda;
"""
OF_FIRST = frozenset(f"{town.name}" for town in municipalities().values() if town.name not in ("Seregno",))


@pytest.fixture
def both(both_ambiti: Home) -> Home:
    return both_ambiti


@contextmanager
def behind_door(folder: Path, home: Home) -> Iterator[list[tuple]]:
    with kept(folder, home) as (keeper, told):
        (folder / "accessi.csv").write_text(PEOPLE, "utf-8")
        keeper._people = None
        yield told


@pytest.fixture
def door(tmp_path: Path, both: Home) -> Iterator[list[tuple]]:
    with behind_door(tmp_path, both) as told:
        yield told


@pytest.fixture
def app(both: Home) -> Iterator[AppTest]:
    """The dashboard of this computer over both Ambiti, not run yet."""
    source.use(both)
    yield AppTest.from_file(str(APP), default_timeout=60)
    source.use(both).close()


def at(who: str, page: str, **choices: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.user = claims(who)
    for name, value in choices.items():
        app.query_params[name] = value
    app._page_hash = calc_hash(page)
    return app.run()


def towns_of_first(text: str) -> set[str]:
    """The municipalities of the first Ambito that a text tells of; those of the second have the same names and a mark."""
    text = re.sub(r"\\*u003cbr\\*u003e", " ", text)  # where a chart breaks a name
    for town in sorted(OF_FIRST, key=len, reverse=True):
        text = text.replace(f"{MARK} {town}", "")
    return {town for town in OF_FIRST if town in text}


def labels(app: AppTest) -> list[str]:
    return [box.label for box in app.selectbox]


def test_an_ordinary_home_has_no_choice_and_no_page_of_the_ambiti(fake_home: Home) -> None:
    source.use(fake_home)
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["ambito"] = SECOND
    app.run()
    assert not app.exception
    assert "Ambito" not in labels(app)
    app._page_hash = calc_hash(AMBITI.name)
    app.run()
    assert AMBITI.title not in [title.value for title in app.title]


def test_the_choice_is_shared_by_the_pages_and_the_address_decides(app: AppTest) -> None:
    app.run()
    assert "Ambito" in labels(app)
    assert app.query_params["ambito"] == [FIRST] or app.query_params["ambito"] == FIRST
    box = next(box for box in app.selectbox if box.label == "Ambito")
    box.select(SECOND).run()
    assert MARK in _everything(app)
    app._page_hash = calc_hash("casistica")
    app.query_params.clear()
    app.run()
    assert MARK in _everything(app)
    app.query_params["ambito"] = FIRST
    app.run()
    assert MARK not in _everything(app).replace(SECOND_NAME, "")
    app.query_params["ambito"] = "mai-visto"
    app.run()
    assert not app.exception
    assert MARK not in _everything(app).replace(SECOND_NAME, "")


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_of_the_ambito_chosen_alone_or_says_why_not(app: AppTest, page: str) -> None:
    """Either Ambito first: what the one has left in what is kept never shows for the other."""
    app._page_hash = calc_hash(page)
    for code in (SECOND, FIRST):
        app.query_params["ambito"] = code
        app.query_params["periodo"] = "2022"
        app.run()
        assert not app.exception, page
        if page in NOT_TOGETHER:
            assert plain(NOT_TOGETHER[page]) in [info.value for info in app.info]
            continue
        text = _everything(app).replace(SECOND_NAME, "")
        if code == FIRST:
            assert MARK not in text
        else:
            assert not towns_of_first(text)
        if page in ("regole", "governance", "compartecipazione"):
            assert plain(RECORDS_ELSEWHERE) in [info.value for info in app.info]


def test_the_overview_counts_deadlines_without_their_list(app: AppTest, both: Home) -> None:
    app.query_params["ambito"] = SECOND
    app.run()
    release = source.use(both).seen_by(OFFICE, None, SECOND)
    counts = queries.deadline_counts(release, municipality_code=queries.ALL_MUNICIPALITIES)
    assert counts.overdue.sum() > 0
    told = [link.proto.label for link in app.get("page_link")]
    assert any(f"{int(counts.overdue.sum())} scadenze passate" in label for label in told)


OF_ONE = {FIRST_OFFICE: FIRST, SECOND_OFFICE: SECOND, FIRST_TOWN: FIRST, SECOND_TOWN: SECOND}


@pytest.mark.parametrize("page", ["panoramica", "casistica", "qualita", "risorse"])
def test_a_person_of_one_ambito_stays_in_it_whatever_the_address_asks(door: list[tuple], page: str) -> None:
    for code in (FIRST, SECOND):
        at(REGION, page, ambito=code)  # what is kept for all sessions holds both already
    for who, own in OF_ONE.items():
        app = at(who, page, ambito=other_than(own), periodo="2022")
        assert not app.exception
        assert app.title[0].value == PAGES[page].title
        assert "Ambito" not in labels(app)
        assert app.query_params["ambito"] in (own, [own])
        text = _everything(app)
        if own == FIRST:
            assert MARK not in text
        else:
            assert MARK in text
            assert not towns_of_first(text)


@pytest.mark.parametrize(("who", "own"), OF_ONE.items())
def test_nor_whatever_the_session_has_kept(door: list[tuple], who: str, own: str) -> None:
    app = at(who, "casistica")
    app.session_state["ambito_scelto"] = other_than(own)
    app.query_params.clear()
    app.run()
    assert app.query_params["ambito"] in (own, [own])


def other_than(own: str) -> str:
    return SECOND if own == FIRST else FIRST


@pytest.mark.parametrize(
    ("who", "says"), [(ASTRAY, "in questa pubblicazione non"), (UNNAMED, "non dice di quale Ambito")]
)
def test_a_person_of_no_ambito_that_is_there_sees_nothing(door: list[tuple], who: str, says: str) -> None:
    app = at(who, "casistica", ambito=FIRST)
    assert says in " ".join(warning.value for warning in app.warning)
    assert len(app.table) + len(app.metric) + len(app.selectbox) == 0


def test_a_person_of_an_ambito_sees_nothing_where_the_home_is_of_one(tmp_path: Path, fake_home: Home) -> None:
    with behind_door(tmp_path, fake_home):
        app = at(FIRST_OFFICE, "casistica")
        assert "contiene uno solo" in " ".join(warning.value for warning in app.warning)
        assert len(app.table) + len(app.metric) == 0


def test_the_page_of_all_is_for_who_sees_them_all(door: list[tuple]) -> None:
    app = at(REGION, AMBITI.name, periodo="2022")
    assert not app.exception
    assert app.title[0].value == AMBITI.title
    text = _everything(app)
    assert SECOND_NAME in text
    assert "Ambito di Seregno" in text
    (one,) = [table.value for table in app.table if "Pochi casi" in table.value.columns]
    whole = queries.indicators_of_all(source.use(source.home_in_use()).release(), "2022")
    first = whole[whole.indicator_code == whole.indicator_code.iloc[0]]
    assert list(first.ambito_code) == [FIRST, SECOND]
    assert set(first.municipality_code) == {queries.ALL_MUNICIPALITIES}
    assert list(one.Ambito) == [SECOND_NAME, "Ambito di Seregno"]  # the highest value first
    (wide,) = [table.value for table in app.table if "Con pochi casi" in table.value.columns]
    of_topic = whole[(whole.ambito_code == FIRST) & (whole.topic_name == first.topic_name.iloc[0])]
    assert of_topic.is_small.sum() > 0
    assert list(wide["Con pochi casi"]) == [str(of_topic.is_small.sum())] * 2
    for who in (FIRST_OFFICE, SECOND_OFFICE, FIRST_TOWN):
        app = at(who, AMBITI.name)
        assert AMBITI.title not in [title.value for title in app.title]
        assert not (SECOND_NAME in _everything(app) and "Ambito di Seregno" in _everything(app))
    with pytest.raises(NotAllowedError):
        source.use(source.home_in_use()).seen_by(Scope(Role.OFFICE, None, FIRST), None, SECOND)


def test_the_layer_of_the_queries_refuses_another_ambito_and_none(both: Home) -> None:
    served_home = source.use(both)
    for scope in (Scope(Role.OFFICE, None, FIRST), Scope(Role.MUNICIPALITY, "108030", FIRST)):
        for wanted in (SECOND, None):
            with pytest.raises(NotAllowedError):
                served_home.seen_by(scope, None, wanted)
    with pytest.raises(NotAllowedError):
        served_home.seen_by(OFFICE)
    assert isinstance(served_home.seen_by(OFFICE, None, FIRST), AmbitoRelease)


def test_what_is_kept_is_kept_apart_by_ambito(both: Home) -> None:
    served_home = source.use(both)
    first, second = (served_home.seen_by(OFFICE, None, code) for code in (FIRST, SECOND))
    assert first.id == second.id
    found = [
        queries.caseload(one, period="2022", municipality_code="AMBITO").minors_at_end.sum()
        for one in (first, second, first)
    ]
    assert found[0] == found[2] != found[1]
    whole = queries.caseload_of_all(served_home.release(), "2022")
    assert list(whole.ambito_code) == [FIRST, SECOND]


def test_a_file_is_recorded_with_its_ambito_and_goes_to_its_scope_alone(
    door: list[tuple], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(FIRST_OFFICE, "casistica", periodo="2022")
    assert not app.exception
    grants = {who: session.keeper().answer(claims(who)) for who in (FIRST_OFFICE, SECOND_OFFICE, REGION)}
    monkeypatch.setattr(session, "grant", lambda: grants[FIRST_OFFICE])
    monkeypatch.setattr(session, "scope", lambda: grants[FIRST_OFFICE].scope)
    monkeypatch.setattr(source, "ambito_on_screen", lambda: FIRST)
    content = log.file_of(lambda: b"righe del primo", {"pagina": "Casistica"})()
    event, facts, person = door[-1]
    assert (event, facts["ambito"], person) == (log.DOWNLOADED, FIRST, FIRST_OFFICE)
    assert served.is_allowed(content, grants[FIRST_OFFICE].scope)
    assert not served.is_allowed(content, grants[SECOND_OFFICE].scope)
    assert not served.is_allowed(content, grants[REGION].scope)


def test_the_gate_hands_a_file_to_the_cookie_of_its_ambito_alone(door: list[tuple]) -> None:
    served.allow(FILE, Scope(Role.OFFICE, None, FIRST))
    for who, status in ((FIRST_OFFICE, 200), (SECOND_OFFICE, 404), (FIRST_TOWN, 404), (SECOND_TOWN, 404)):
        found, _, body = ask("/media/abc.csv", cookie(claims(who)))
        assert found == status, who
        assert (body == FILE) == (status == 200)


def test_scopes_of_ambiti_are_told_apart_and_read_from_the_list(tmp_path: Path) -> None:
    (tmp_path / "accessi.csv").write_text(PEOPLE, "utf-8")
    people = read_people(Home(tmp_path))
    assert people.scope(REGION) == OFFICE
    assert people.scope(SECOND_TOWN) == Scope(Role.MUNICIPALITY, "909030", SECOND)
    keys = [scope.key for scope in people.scopes.values()]
    assert len(set(keys)) == len(keys)
    assert people.scope(FIRST_TOWN).label == f"Comune di Meda, Ambito {FIRST}"
    (tmp_path / "accessi.csv").write_text("persona;ruolo;comune;ambito\na@b.it;ufficio_di_piano;;A B\n")
    with pytest.raises(UserError, match="riga 2: «A B»"):
        read_people(Home(tmp_path))
    with pytest.raises(UserError):
        scope_of("comune", "909030")


def test_the_claim_of_the_ambito_must_be_there_where_it_is_asked_for() -> None:
    how = SignIn("http://localhost", "x", "y", role_claim="ruolo", town_claim="comune", ambito_claim="ambito")
    told = claims(FIRST_OFFICE, ruolo="ufficio_di_piano")
    from doors import NOW

    from osservatorio.access.people import NOBODY

    assert grant_of({**told, "ambito": SECOND}, how, NOBODY, NOW).scope == Scope(Role.OFFICE, None, SECOND)
    for wrong in (
        {},
        {"ambito": ""},
        {"ambito": [FIRST, SECOND]},
        {"ambito": "Non un codice"},
        {"ambito": 7},
    ):
        refused = grant_of({**told, **wrong}, how, NOBODY, NOW)
        assert isinstance(refused, Refusal)
        assert refused.why is Why.NO_ROLE
