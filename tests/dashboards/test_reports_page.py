"""The page of the reports: what is missing, the texts and their versions, the proposals, the files."""

from collections.abc import Iterator

import pytest
from desks import desk_of
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.server import APP
from osservatorio.documents import Desk
from osservatorio.home import Home
from osservatorio.periods import YEAR
from reporting.cover import document
from reporting.kinds import KINDS, Kind
from reporting.model import numbered
from reporting.sections.proposte import proposte

PAGE = "rapporti"
COMMENT = "testo_semestrale_2022-S1__commento_interventi"


@pytest.fixture
def events() -> list[tuple[str, dict]]:
    return []


@pytest.fixture
def desk(own_home: Home, events: list) -> Desk:
    return desk_of(own_home, events)


@pytest.fixture
def page(own_home: Home, desk: Desk) -> Iterator[AppTest]:
    source.use(own_home, desk=desk)
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["periodo"] = "2022-S1"
    yield go_to(app, PAGE).run()
    source.use(own_home).close()


def press(app: AppTest, label: str, place: int = 0) -> AppTest:
    return [button for button in app.button if button.label == label][place].click().run()


def told(app: AppTest) -> str:
    words = " ".join(box.value for kind in (app.error, app.success, app.warning, app.info) for box in kind)
    return words.replace("\\", "").replace("\N{WORD JOINER}", "")


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_page_says_what_is_missing(page: AppTest):
    assert not page.exception
    assert metrics(page) == {
        "Dati del periodo": "Completi",
        "Testi scritti": "0 su 2",
        "File aggiornati": f"0 su {len(KINDS['semestrale'].formats)}",
    }
    assert "il testo «Commento del partner agli interventi»" in told(page)
    assert page.selectbox("rapporto_periodo_semestrale").value == "2022-S1", "the period of the address"


def test_a_saved_text_is_a_version_and_is_recorded(page: AppTest, desk: Desk, events: list):
    page.text_input("chi_scrive").input("Carla Verdi").run()
    page.text_area(COMMENT).input("Due **sedi** nuove.")
    press(page, "Salva il testo")
    assert "Testo salvato, versione" in told(page)
    assert metrics(page)["Testi scritti"] == "1 su 2"
    job = desk.job("semestrale", "2022-S1")
    (version,) = desk.history(job, "commento_interventi")
    assert (version.text, version.mark.author) == ("Due **sedi** nuove.\n", "Carla Verdi")
    (event,) = events
    assert event[0] == "report text"
    assert event[1]["da"] == "cruscotto"
    assert "sedi" not in str(event)
    page.text_area(COMMENT).input("Altro")
    press(page, "Salva il testo")
    page.selectbox(f"versione_{COMMENT.removeprefix('testo_')}_2").select("0").run()
    press(page, "Riprendi questa versione")
    assert page.text_area(COMMENT).value == "Due **sedi** nuove.\n"


def test_a_codice_fiscale_is_refused_and_the_words_stay_in_the_box(page: AppTest, desk: Desk, events: list):
    page.text_area(COMMENT).input("Il minore RSSMRA80A01H501U")
    press(page, "Salva il testo")
    assert "codice fiscale" in told(page)
    assert page.text_area(COMMENT).value == "Il minore RSSMRA80A01H501U"
    assert desk.text(desk.job("semestrale", "2022-S1"), "commento_interventi") == ""
    assert events == []


def test_what_somebody_else_saved_is_not_overwritten(page: AppTest, desk: Desk):
    job = desk.job("semestrale", "2022-S1")
    page.text_area(COMMENT).input("Di chi guarda la pagina")
    desk.save_text(job, "commento_interventi", "Di un altro")
    press(page, "Salva il testo")
    assert "cambiato nel frattempo" in told(page)
    assert desk.text(job, "commento_interventi") == "Di un altro\n"
    press(page, "Ricarica il testo in uso")
    assert page.text_area(COMMENT).value == "Di un altro\n"


def test_a_box_that_nobody_touched_follows_the_file(page: AppTest, desk: Desk):
    desk.save_text(desk.job("semestrale", "2022-S1"), "commento_interventi", "Di un altro")
    page.run()
    assert page.text_area(COMMENT).value == "Di un altro\n"


def test_a_file_that_cannot_be_read_says_how_to_mend(page: AppTest, desk: Desk):
    path = desk.text_path(desk.job("semestrale", "2022-S1"), "commento_interventi")
    path.parent.mkdir(parents=True)
    path.write_bytes("perché".encode("cp1252"))
    page.run()
    assert not page.exception
    assert "codifica «UTF-8»" in told(page)
    press(page, "Produci i file")
    assert not page.exception
    assert "codifica «UTF-8»" in told(page)


def test_files_are_made_from_the_release_on_screen(page: AppTest, own_home: Home, events: list):
    press(page, "Produci i file")
    assert not page.exception
    assert "Prodotti semestrale_2022-S1.pdf" in told(page)
    made = own_home.reports / source.release().id
    assert {path.suffix.lstrip(".") for path in made.iterdir()} == set(KINDS["semestrale"].formats)
    assert events[-1][0] == "report semestrale"
    assert "semestrale_2022-S1.pdf" in events[-1][1]
    page.text_area(COMMENT).input("Parole nuove")
    press(page, "Salva il testo")
    assert "producili di nuovo" in told(page)


def test_the_edition_of_a_municipality(page: AppTest, desk: Desk):
    page.selectbox("filtro_comune").select("meda").run()
    page.text_area(COMMENT.replace("2022-S1_", "2022-S1_meda")).input("Per Meda")
    press(page, "Salva il testo")
    assert (desk.home.narratives / "semestrale" / "2022-S1_meda" / "commento_interventi.md").exists()


def test_the_pack_of_the_assembly_is_of_the_ambito_whatever_the_municipality(page: AppTest, desk: Desk):
    page.selectbox("filtro_comune").select("meda").run()
    page.selectbox("rapporto_tipo").select("assemblea").run()
    assert not page.exception
    assert metrics(page)["File aggiornati"] == f"0 su {len(KINDS['assemblea'].formats)}"
    page.text_area("testo_assemblea_2022__proposte").input("Confermare le soglie.")
    press(page, "Salva il testo")
    assert (desk.home.narratives / "assemblea" / "2022" / "proposte.md").exists()
    press(page, "Produci i file")
    assert not page.exception
    assert "chiave" in told(page)  # this home has none: nothing can be registered, so nothing is written
    assert not list(desk.home.reports.rglob("assemblea*"))


def test_a_page_without_a_desk_only_reads(own_home: Home):
    source.use(own_home)
    app = go_to(AppTest.from_file(str(APP), default_timeout=60), PAGE).run()
    assert not app.exception
    assert "osservatorio dashboard" in told(app)
    assert not app.text_area


# The proposals


@pytest.fixture
def evaluation(monkeypatch: pytest.MonkeyPatch, page: AppTest) -> AppTest:
    def recipe(context):
        return document(
            context, "valutazione", "Valutazione", numbered((proposte(context),)), about="delle attività"
        )

    kind = Kind("valutazione", "Valutazione complessiva", YEAR, "lett. c)", recipe)
    monkeypatch.setitem(KINDS, "valutazione", kind)
    page.run()
    page.selectbox("rapporto_tipo").select("valutazione").run()
    return page.selectbox("rapporto_periodo_valutazione").select("2022").run()


def test_proposals_are_added_and_followed(evaluation: AppTest, desk: Desk, events: list):
    page = evaluation
    assert "Per l'anno 2022 non ci sono ancora proposte" in told(page)
    page.text_area("proposta_nuova_2022_testo").input("Meno <b>attese</b>")
    page.text_input("proposta_nuova_2022_scadenza").input("31/02/2023")
    press(page, "Aggiungi la proposta")
    assert "La data «31/02/2023» non è riconosciuta" in told(page)
    page.text_input("proposta_nuova_2022_scadenza").input("28/02/2023")
    press(page, "Aggiungi la proposta")
    assert "P2022-01" in told(page)
    assert page.text_area("proposta_nuova_2022_testo").value == ""
    page.selectbox("proposta_aggiornata_stato").select("attuata")
    press(page, "Registra")
    assert "vuole una nota" in told(page)
    page.text_area("proposta_aggiornata_nota").input("Fatto")
    press(page, "Registra")
    (proposal,) = desk.proposals("2022")
    assert [step.state for step in proposal.steps] == ["aperta", "attuata"]
    assert proposal.text == "Meno <b>attese</b>"
    assert [event for event, _ in events] == ["report proposals add", "report proposals update"]


def test_a_spoilt_file_of_proposals_is_told(evaluation: AppTest, desk: Desk):
    folder = desk.home.narratives / "valutazione" / "2022"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "proposte.yaml").write_text("- id: [", "utf-8")
    evaluation.run()
    assert not evaluation.exception
    assert "proposte.yaml" in told(evaluation)
