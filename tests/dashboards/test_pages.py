"""Every page, on every kind of choice, without a browser."""

import re
from collections.abc import Callable

import duckdb
import pytest
import streamlit as st
from desks import desk_of
from fake_release import HOSTILE, SEED_TABLES, publish_fake_release
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.access.permissions import PROTECTED_PAGE
from dashboards.pages import PAGES
from dashboards.reading_aids import LIMITS, LIMITS_OF_ALL, LIMITS_OF_EXACT
from dashboards.server import APP
from dashboards.text import plain
from osservatorio.home import Home
from osservatorio.release import Release, current_release_id, manifest_path, release_path
from osservatorio.settings_file import FILE_NAME

CHOICES = [
    {"periodo": "2022-06", "comune": "seveso", "servizio": "adm"},
    {"periodo": "2022", "comune": "lazzate", "servizio": "direzione"},
    {"periodo": "1998-S1", "comune": "'; drop table mart_budget; --", "servizio": "<b>"},
]


def _open(app: AppTest, page: str) -> AppTest:
    return go_to(app, page).run()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of releases, nothing of which is kept yet."""
    told_of: list[str] = []
    for name in ("query", "rows"):
        plain_one = getattr(Release, name)

        def told(self: Release, sql: str, params: object = None, plain_one: Callable = plain_one) -> object:
            told_of.append(sql)
            return plain_one(self, sql, params)

        monkeypatch.setattr(Release, name, told)
    st.cache_resource.clear()
    st.cache_data.clear()
    return told_of


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_on_every_kind_of_choice_and_reads_no_facts(
    asked: list[str], app: AppTest, page: str
) -> None:
    """A page asks the marts, which are small whatever the scale; the simulator alone goes through a year's contributions."""
    _open(app, page)
    assert not app.exception
    assert len(asked) > 3 or page == PROTECTED_PAGE
    facts = {table for sql in asked for table in re.findall(r"\bcore\.\w+", sql)}
    assert facts == ({"core.fct_contribution_due"} if page == "compartecipazione" else set())
    if page != PROTECTED_PAGE:  # its figures are those of the register, not of the release
        origin = app.main.caption[0].value
        assert "31/10/2023" in origin
        assert "20231031\\-prova" in origin
    if page not in ("qualita", PROTECTED_PAGE):
        assert "2 avvisi" in app.expander[0].label
        assert any("Giussano" in text.value for text in app.expander[0].markdown)
    for choice in CHOICES:
        app.query_params.clear()
        for name, value in choice.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, choice
        assert app.title[0].value == PAGES[page].title
        assert PAGES[page].question in [text.value for text in app.markdown]
        assert app.table or app.info, "a page shows figures or says why there are none"


def test_a_period_that_has_not_ended_is_told(app: AppTest) -> None:
    app.query_params["periodo"] = "2023-S2"
    app.run()
    assert "periodo in corso" in app.main.caption[0].value
    assert all(not metric.delta for metric in app.metric), (
        "a part of a period is not compared with a whole one"
    )


def test_a_page_without_warnings_has_no_banner(own_home: Home) -> None:
    publish_fake_release(own_home, "senza-avvisi", warnings=False)
    source.use(own_home)
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert [expander.label for expander in app.expander] == ["Punti di forza e limiti di queste cifre"]


def test_the_choice_follows_from_page_to_page_and_is_in_the_address(app: AppTest) -> None:
    app.run()
    app.selectbox("filtro_comune").select("meda").run()
    app.selectbox("filtro_servizio").select("adm").run()
    app.segmented_control("filtro_tipo").select("year").run()
    expected = {"comune": "meda", "servizio": "adm", "periodo": "2023"}
    assert {name: app.query_params[name] for name in expected} == expected
    app.query_params.clear()  # as the browser's link to another page does
    app.switch_page("app_pages/reclami.py").run()
    assert {name: app.query_params[name] for name in expected} == expected
    assert app.selectbox("filtro_comune").value == "meda"


def test_the_foot_of_every_page_tells_how_to_read_it_and_whom_to_ask(own_home: Home) -> None:
    (own_home.root / FILE_NAME).write_text(
        '[dati_aperti]\nufficio = "Ufficio <b>minori</b>"\ncontatto = "minori@comune.it"\n', "utf-8"
    )
    source.use(own_home, desk=desk_of(own_home))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert LIMITS.keys() == PAGES.keys()
    for page in [name for name in PAGES if name != PROTECTED_PAGE]:  # no pack was ever made here
        app.switch_page(f"app_pages/{page}.py").run()
        assert app.expander[-1].label == "Punti di forza e limiti di queste cifre", page
        limits = app.expander[-1].markdown[-1].value
        assert limits.count("\n- ") + 1 == len(LIMITS[page]) + len((*LIMITS_OF_ALL, *LIMITS_OF_EXACT)), page
        updated, contact = (caption.value for caption in app.main.caption[-2:])
        assert updated.startswith("**Aggiornamento.** Dati al 31/10/2023, pubblicazione"), page
        assert plain("Ufficio <b>minori</b>, minori@comune.it") in contact, page
        assert "(/accessibilita)" in contact, page


def test_an_address_that_no_release_knows_gives_the_first_view(app: AppTest) -> None:
    app.query_params["comune"] = "milano"
    app.run()
    assert app.query_params["comune"] == "ambito"
    assert app.selectbox("filtro_periodo").value == "2023-S1", "the last semester that has ended"


def test_a_page_shows_the_nearest_choice_and_says_so(app: AppTest) -> None:
    app.query_params["periodo"] = "2022-08"
    _open(app, "risorse")
    assert "agosto 2022 si mostra anno 2022" in app.info[0].value
    app.query_params["servizio"] = "direzione"
    _open(app, "casistica")
    assert any("non prende in carico minori" in info.value for info in app.info)
    assert app.query_params["servizio"] == "direzione", "the choice itself is not lost"


def test_a_new_release_is_offered_and_the_one_on_screen_stays_until_it_is_taken(own_home: Home) -> None:
    source.use(own_home)
    shown = current_release_id(own_home) or ""
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.button(key="stampa").disabled
    assert not [button for button in app.button if button.key == "novita_mostra"]
    publish_fake_release(own_home, "nuova")
    app.run()
    app.switch_page("app_pages/reclami.py").run()
    assert plain(shown) in app.caption[0].value, "what is on screen stays"
    assert "nuova" in app.info[0].value
    app.button(key="novita_mostra").click().run()
    assert "pubblicazione **nuova**" in app.caption[0].value
    assert not [button for button in app.button if button.key == "novita_mostra"]
    fresh = AppTest.from_file(str(APP), default_timeout=60).run()
    assert "pubblicazione **nuova**" in fresh.caption[0].value, "who opens the pages now reads the new one"
    assert not app.exception


def test_a_release_that_is_gone_gives_way_to_the_one_in_use(own_home: Home) -> None:
    source.use(own_home)
    shown = current_release_id(own_home) or ""
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    publish_fake_release(own_home, "nuova")
    source.use(own_home)  # as another process, which has not opened it yet
    release_path(own_home, shown).unlink()
    manifest_path(own_home, shown).unlink()
    app.run()
    assert "pubblicazione **nuova**" in app.main.caption[0].value
    assert not app.exception


def test_without_a_release_the_page_says_what_to_do(tmp_path) -> None:
    source.use(Home(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    assert "osservatorio run CARTELLA" in app.warning[0].value.replace("\\", "")


def test_a_release_of_an_earlier_version_says_what_it_lacks(own_home: Home) -> None:
    path = release_path(own_home, current_release_id(own_home) or "")
    with duckdb.connect(str(path)) as con:
        con.execute("drop table mart_isee_simulation")
    source.use(own_home)
    app = _open(AppTest.from_file(str(APP), default_timeout=60), "compartecipazione")
    assert not app.exception
    assert "versione precedente" in app.info[-1].value


def test_text_of_the_data_is_never_markup(own_home: Home) -> None:
    publish_fake_release(own_home, "ostile", hostile=True)
    source.use(own_home)
    app = AppTest.from_file(str(APP), default_timeout=60)
    _open(app, "casistica")
    assert not app.exception
    names = app.table[0].value.iloc[:, 0].tolist()
    (name,) = (name for name in names if "Meda" in name)
    assert name.removeprefix("[").rsplit("](?", 1)[0] == HOSTILE
    assert not any(HOSTILE in part.value for part in app.html)


def test_the_made_up_release_has_the_columns_of_the_real_one(release: Release) -> None:
    """Pages use the columns of the made-up release; they must be columns that the warehouse describes."""
    made_up = release.rows(
        "select table_name, column_name from information_schema.columns where table_name like 'mart_%' "
        "and table_schema = 'main'"
    )
    described = release.rows("select mart, column_name from seeds.mart_columns")
    assert set(made_up) - set(described) == set()
    assert "mart_columns" in SEED_TABLES
