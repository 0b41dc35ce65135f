"""Who may come in: settings, list of the people, claims, and what is said to those who may not."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from desks import desk_of
from doors import ADDRESS, MEDA, NOW, PEOPLE, SETTINGS, claims, configure, kept
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.access import log, session
from dashboards.forms import attempt
from dashboards.server import APP, serve
from osservatorio.access.grants import Grant, Refusal, Why, grant_of
from osservatorio.access.people import NOBODY, read_people
from osservatorio.access.roles import Role, Scope
from osservatorio.access.secrets import CLIENT_FILE, COOKIE_FILE, keep_client_secret, read_secrets
from osservatorio.access.sign_in import SignIn, sign_in_of
from osservatorio.audit_check import verify
from osservatorio.commands.recording import record
from osservatorio.doctor import Patient, ask, checks
from osservatorio.errors import UserError
from osservatorio.home import Home

HOW = SignIn(ADDRESS, "http://localhost:8602", "osservatorio")


def _settings(tmp_path: Path, text: str) -> Home:
    home = configure(tmp_path)
    (tmp_path / "impostazioni.toml").write_text(text, "utf-8")
    return home


def test_without_settings_there_is_no_sign_in(tmp_path: Path) -> None:
    assert sign_in_of(Home(tmp_path)) is None


def test_settings_are_read_and_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = configure(tmp_path)
    how = sign_in_of(home)
    assert how is not None
    assert how.redirect_uri == f"{ADDRESS}/oauth2callback"
    assert how.metadata_url == "http://localhost:8602/.well-known/openid-configuration"
    assert (how.person, how.hours, how.host_name, how.is_https) == ("email", 10, "localhost", False)
    monkeypatch.setenv("OSSERVATORIO_ACCESSO_INDIRIZZO", "https://osservatorio.ambito.it/")
    changed = sign_in_of(home)
    assert changed is not None
    assert (changed.address, changed.is_https) == ("https://osservatorio.ambito.it", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[accesso]\nindirizzo = "https://a.it"\n', "configurato a metà.*«fornitore».*«cliente»"),
        (SETTINGS.format(address="http://a.it", provider="https://b.it"), "in chiaro.*https"),
        (SETTINGS.format(address="https://a.it/pagina", provider="https://b.it"), "non è un indirizzo"),
        (SETTINGS.format(address="https://a.it", provider="javascript:alert(1)"), "non è un indirizzo"),
        (SETTINGS.format(address="https://a:b@a.it", provider="https://b.it"), "non è un indirizzo"),
        ('[accesso]\nindirzzo = "https://a.it"\n', "«indirzzo».*forse «indirizzo»"),
        ("[accesso]\ndurata_ore = 1000\n", "numero intero da 1 a 72"),
        ('[accesso]\nruolo = "a b"\n', "il nome di un attributo"),
        (
            SETTINGS.format(address="https://a.it", provider="https://b.it")
            + '[accesso_ruoli]\nx = "capo"\n',
            "Il ruolo «capo» non esiste",
        ),
        (
            SETTINGS.format(address="https://a.it", provider="https://b.it")
            + '[accesso_ruoli]\nx = "governance"\n',
            "manca «ruolo»",
        ),
    ],
)
def test_wrong_or_half_settings_are_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        sign_in_of(_settings(tmp_path, text))


def test_a_sign_in_that_nobody_could_pass_is_told(tmp_path: Path) -> None:
    home = configure(tmp_path)
    (tmp_path / "accessi.csv").unlink()
    with pytest.raises(UserError, match="Nessuno potrebbe accedere"):
        sign_in_of(home)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("a@b.it;sindaco;", r"riga 2: Il ruolo «sindaco» non esiste\. Forse|riga 2: Il ruolo «sindaco»"),
        ("a@b.it;comune;Monza", r"riga 2: Il Comune «Monza» non è dell'Ambito"),
        ("a@b.it;comune;", "vuole anche il Comune"),
        ("a@b.it;governance;Meda", "vale per tutto l'Ambito"),
        ("a@b.it;governance;\n\nA@B.it ;assemblea;", "riga 4: «A@B.it» c'è già"),
        (";governance;", "manca la persona"),
    ],
)
def test_the_list_of_the_people_is_checked(tmp_path: Path, lines: str, message: str) -> None:
    (tmp_path / "accessi.csv").write_text(f"persona;ruolo;comune\n{lines}\n", "utf-8")
    with pytest.raises(UserError, match=message):
        read_people(Home(tmp_path))


def test_the_list_is_read_as_spreadsheets_save_it(tmp_path: Path) -> None:
    path = tmp_path / "accessi.csv"
    path.write_bytes("Ruolo,Persona,Comune\r\ncomune,Lucia@Meda.it,meda\r\n".encode("utf-8-sig"))
    assert read_people(Home(tmp_path)).scope(" lucia@meda.IT") == Scope(Role.MUNICIPALITY, MEDA)
    path.write_text("persona;compito\n", "utf-8")
    with pytest.raises(UserError, match="deve cominciare con la riga"):
        read_people(Home(tmp_path))
    assert read_people(Home(tmp_path / "altrove")) == NOBODY


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, Why.NOBODY),
        (claims("anna@ambito.it", is_logged_in="true"), Why.NOBODY),
        (claims("anna@ambito.it", email=None), Why.UNNAMED),
        (claims("anna@ambito.it", email=["anna@ambito.it"]), Why.UNNAMED),
        (claims("anna@ambito.it", email_verified=False), Why.UNVERIFIED),
        ({k: v for k, v in claims("anna@ambito.it").items() if k != "email_verified"}, Why.UNVERIFIED),
        (claims("anna@ambito.it", iat=None), Why.ENDED),
        (claims("anna@ambito.it", iat=int((NOW - timedelta(hours=10)).timestamp())), Why.ENDED),
        (claims("anna@ambito.it", iat=int((NOW + timedelta(hours=1)).timestamp())), Why.ENDED),
        (claims("ignoto@ambito.it"), Why.NO_ROLE),
        (claims("ignoto@ambito.it", ruolo="ufficio_di_piano"), Why.NO_ROLE),
    ],
)
def test_what_is_not_said_is_denied(tmp_path: Path, told: dict, why: Why) -> None:
    found = grant_of(told, HOW, read_people(configure(tmp_path)), NOW)
    assert isinstance(found, Refusal)
    assert found.why is why


def test_roles_come_from_the_provider_where_it_is_asked(tmp_path: Path) -> None:
    how = SignIn(
        ADDRESS,
        "https://b.it",
        "x",
        person="sub",
        role_claim="groups",
        town_claim="ente",
        roles={"UDP": Role.OFFICE, "Comuni": Role.MUNICIPALITY},
    )

    def scope(**told: object) -> Scope | str | None:
        found = grant_of(
            claims("x1", email_verified=False, **told), how, read_people(configure(tmp_path)), NOW
        )
        return found.scope if isinstance(found, Grant) else found.detail

    assert scope(groups=["altro", "UDP"]) == Scope(Role.OFFICE)
    assert scope(groups="Comuni", ente="Meda") == Scope(Role.MUNICIPALITY, MEDA)
    assert "vuole anche il Comune" in str(scope(groups=["Comuni"]))
    assert "non è dell'Ambito" in str(scope(groups=["Comuni"], ente="Monza"))
    assert "più di un ruolo" in str(scope(groups=["UDP", "Comuni"], ente="Meda"))
    assert "più di un Comune" in str(scope(groups=["Comuni"], ente=["Meda", "Seveso"]))
    assert scope(groups=["ufficio_di_piano"]) == "", "only the values that the settings name"
    listed = grant_of(claims("anna@ambito.it", groups="Comuni"), how, read_people(configure(tmp_path)), NOW)
    assert isinstance(listed, Grant)
    assert listed.scope == Scope(Role.OFFICE), "the list of the office counts before the provider"


def test_secrets_are_private_and_never_shown(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(UserError, match="keys sign-in"):
        read_secrets(home)
    keep_client_secret(home, "abc\n")
    keep_client_secret(home, "nuovo")
    first = read_secrets(home)
    assert first.client == "nuovo"
    assert read_secrets(home).cookie == first.cookie, "made once"
    assert first.cookie not in repr(first)
    assert "nuovo" not in repr(first)
    for name in (CLIENT_FILE, COOKIE_FILE):
        assert stat.S_IMODE(os.stat(home.keys / name).st_mode) == 0o600
    assert not list(tmp_path.rglob("secrets.toml"))
    with pytest.raises(UserError, match="senza spazi"):
        keep_client_secret(home, "due parole")


def test_without_a_sign_in_only_this_computer_is_answered(fake_home: Home, osservatorio) -> None:
    with pytest.raises(UserError, match=r"risponde solo da questo computer.*configura l'accesso"):
        serve(fake_home, host="0.0.0.0", open_browser=False)
    done = osservatorio(
        "dashboard", "--no-browser", "--indirizzo", "192.168.1.7", home=fake_home.root, check=False
    )
    assert done.returncode == 2
    assert "risponde solo da questo computer" in done.stderr
    assert "Traceback" not in done.stderr


def test_half_a_configuration_ends_the_command(tmp_path: Path, osservatorio) -> None:
    (tmp_path / "impostazioni.toml").write_text('[accesso]\ncliente = "x"\n', "utf-8")
    done = osservatorio("dashboard", "--no-browser", home=tmp_path, check=False)
    assert done.returncode == 2
    assert "configurato a metà" in done.stderr


def test_a_sign_in_without_its_secret_ends_the_server(tmp_path: Path) -> None:
    home = configure(tmp_path)
    (home.keys / CLIENT_FILE).unlink()
    with pytest.raises(UserError, match="Manca il segreto"):
        serve(home, open_browser=False, now=lambda: NOW)


def test_the_page_says_that_nobody_was_asked(app: AppTest) -> None:
    app.run()
    assert "risponde solo da questo computer" in app.sidebar.caption[0].value


@pytest.mark.parametrize(
    ("told", "title", "said"),
    [
        ({"is_logged_in": False}, "Osservatorio", "accedi con il tuo account"),
        (claims("ignoto@ambito.it"), "Nessun ruolo assegnato", "non hai ancora un ruolo"),
        (claims("anna@ambito.it", email_verified=False), "Accesso non completato", "non ha verificato"),
        (claims("anna@ambito.it", iat=1), "Osservatorio", "accesso è scaduto"),
    ],
)
def test_who_may_not_come_in_is_told_why(
    fake_home: Home, tmp_path: Path, told: dict, title: str, said: str
) -> None:
    with kept(tmp_path, fake_home):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = told
        app.run()
        assert not app.exception
        assert app.title[0].value == title
        shown = " ".join(element.value for element in [*app.markdown, *app.warning])
        assert said in shown
        assert [text.value for text in app.text] in ([], ["Ufficio di Piano, ufficio@ambito.it"])
        assert len(app.table) + len(app.metric) + len(app.caption) == 0
        assert [button.label for button in app.button] in (["Accedi"], ["Esci e accedi con un altro account"])


def test_a_sign_in_that_the_provider_did_not_complete_is_told(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = {"is_logged_in": False}
        app.query_params["accesso"] = "non_riuscito"
        app.run()
        assert "non è riuscito" in app.warning[0].value


def test_what_is_written_is_written_by_who_signed_in(
    fake_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[tuple[str, dict]] = []
    with kept(tmp_path, fake_home) as (keeper, _):
        source.use(fake_home, desk=desk_of(keeper.home, events))
        monkeypatch.setattr(session, "claims", lambda: claims("anna@ambito.it", name="Anna Verdi"))
        desk = source.desk()
        assert desk is not None
        desk.save_text(desk.job("semestrale", "2022-S1"), "commento_interventi", "Due sedi nuove.")
        ((event, facts),) = events
        assert (event, facts["person"], facts["autore"]) == ("report text", "anna@ambito.it", "Anna Verdi")
        # What a form does is asked again: it runs before the page, also for who is out by now.
        monkeypatch.setattr(session, "claims", lambda: claims("anna@ambito.it", iat=1))
        done: list[str] = []
        attempt("prova", lambda: done.append("scritto") or "")
        assert done == []


def test_a_list_that_breaks_while_pages_are_open_lets_nobody_in(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = claims("anna@ambito.it")
        assert app.run().metric
        (tmp_path / "accessi.csv").write_text(PEOPLE + "x@y.it;capo;\n", "utf-8")
        app.run()
        assert len(app.metric) + len(app.table) == 0
        assert "riga 7" in app.warning[0].value
        (tmp_path / "accessi.csv").write_text("persona;ruolo;comune\nanna@ambito.it;governance;\n", "utf-8")
        app.run()
        assert len(app.metric) + len(app.table) == 0, "the new role counts at once"
        assert "Governance" in app.warning[0].value


def test_who_signed_out_in_another_tab_is_out_here_too(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home) as (keeper, _):
        found = keeper.answer(claims("anna@ambito.it"))
        assert isinstance(found, Grant)
        keeper.end(found)
        assert isinstance(keeper.answer(claims("anna@ambito.it")), Refusal)
        again = keeper.answer(claims("anna@ambito.it", nonce="nuovo"))
        assert isinstance(again, Grant), "signing in again is another sign-in"


def test_a_working_list_is_told_to_the_log_once(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home) as (_, told):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = claims("lucia@meda.it")
        go_to(app, "regole").run()
        app.run()
    lists = [event for event in told if event[0] == log.LISTED]
    assert [facts["elenco"] for _, facts, _ in lists] == ["mart_rule_findings", "mart_deadlines"]
    for _, facts, person in lists:
        assert person == "lucia@meda.it"
        assert (facts["ruolo"], facts["comune"]) == ("comune", MEDA)
        assert facts["righe"].isdigit()


def test_a_row_that_was_opened_is_told_once_by_its_digest(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home) as (_, told):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = claims("lucia@meda.it")
        go_to(app, "regole").run()
        app.selectbox("rilievo").select_index(1).run()
        name = app.selectbox("rilievo").options[1].split(" · ")[0]
        app.run()
    opened = [(facts, person) for event, facts, person in told if event == log.OPENED]
    assert len(opened) == 1
    facts, person = opened[0]
    assert (facts["elenco"], facts["comune"], person) == ("mart_rule_findings", MEDA, "lucia@meda.it")
    assert facts["riga"] == app.query_params["rilievo"]
    assert name not in str(told)


def test_twenty_people_at_once_leave_a_log_that_holds(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home) as (keeper, _):
        home = keeper.home

        def keep(event: str, facts: dict[str, str], person: str | None) -> None:
            record(home, event, person=person, **facts)

        source.use(fake_home, keep)
        found = keeper.answer(claims("anna@ambito.it"))
        with ThreadPoolExecutor(20) as people:
            list(people.map(log.signed_in, [found] * 20))
    checked = verify(home)
    assert checked.is_intact
    assert [entry.user for entry in checked.entries] == ["anna@ambito.it"] * 20


def test_a_codice_fiscale_never_stands_in_the_log(fake_home: Home, tmp_path: Path) -> None:
    from osservatorio.audit import append

    with kept(tmp_path, fake_home) as (keeper, _):
        append(keeper.home, event="keys new", phase="fatto", at=NOW, user="u")
        name = session.name_in_log("tinit-rssmra80a01f205x")
        assert name.startswith("persona-")
        assert "rssmra" not in name
        assert session.name_in_log("tinit-rssmra80a01f205x") == name
        assert session.name_in_log("anna@ambito.it") == "anna@ambito.it"


def test_the_doctor_looks_at_the_sign_in(tmp_path: Path) -> None:
    def said(home: Home) -> tuple[str, str]:
        (finding, *_) = ask("Accesso", checks()["Accesso al cruscotto"], Patient(home, NOW))
        return finding.outcome, finding.message + (finding.remedy or "")

    assert said(Home(tmp_path))[0] == "ok"
    home = configure(tmp_path)
    outcome, words = said(home)
    assert outcome == "ok"
    assert "Ufficio di Piano 1, Comune 2" in words
    (home.keys / CLIENT_FILE).unlink()
    assert said(home)[0] == "errore"
    (tmp_path / "impostazioni.toml").unlink()
    outcome, words = said(home)
    assert outcome == "avviso"
    assert "non vale" in words


def test_the_source_lets_nobody_in_without_a_grant(fake_home: Home, tmp_path: Path) -> None:
    with kept(tmp_path, fake_home), pytest.raises(UserError, match="bisogna accedere"):
        source.release()
