"""The pages in a real browser: nothing breaks, nothing is asked for outside, everything is in Italian."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fake_release import HOSTILE, build_fake_home, publish_fake_release
from looking import (
    ENGLISH,
    GOLDEN,
    OTHER_WIDTHS,
    READABLE,
    WAIT,
    Visit,
    compare_with_golden,
    serious,
    settled,
)
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader
from running import running
from visiting import Seen, see_every_page

from dashboards.pages import AMBITI, PAGES
from osservatorio.home import Home

pytestmark = pytest.mark.browser

WITHOUT_CHARTS = {"rapporti", "rilasci", "protette"}
WITHOUT_TABLES = {"protette"}  # the made-up home has no register of protected exports


@pytest.fixture(scope="module")
def visits(
    shared_window: BrowserContext, dashboard_url: str, seen_pages: dict[str, Seen]
) -> dict[str, Visit]:
    """Every page, looked at once."""
    see_every_page(seen_pages, shared_window, dashboard_url)
    return {name: visit for name, (visit, _) in seen_pages.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_italian_with_its_tables_and_charts(visits: dict[str, Visit], name: str) -> None:
    seen = visits[name]
    assert seen.language == "it"
    assert seen.window_title == f"{PAGES[name].title} · Osservatorio"
    assert seen.tables > 0 or name in WITHOUT_TABLES
    assert seen.drawings > 0 or name in WITHOUT_CHARTS
    assert seen.english == []
    assert seen.has_font


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault_of_accessibility(visits: dict[str, Visit], name: str) -> None:
    assert visits[name].violations == []


@pytest.mark.parametrize("name", PAGES)
def test_every_chart_is_told_in_words_and_has_a_table(visits: dict[str, Visit], name: str) -> None:
    for chart in visits[name].charts:
        assert chart["role"] == "figure"
        assert re.match(r"Grafico: .{20,}tabella", chart["words"]), chart
        assert chart["table"], chart
    assert len(visits[name].charts) == len({chart["words"] for chart in visits[name].charts})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_and_every_table_can_be_downloaded(visits: dict[str, Visit], name: str) -> None:
    buttons = [text.split("\n")[-1] for text in visits[name].actions]
    assert buttons.count("Stampa") == (name not in WITHOUT_TABLES)
    assert buttons.count("CSV") == buttons.count("XLSX") == visits[name].tables


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_of_320_pixels_shows_a_page_whole(visits: dict[str, Visit], name: str) -> None:
    assert visits[name].sideways[320] == [0, 0, []]


@pytest.mark.parametrize(
    ("name", "width"), [(name, width) for name, widths in OTHER_WIDTHS.items() for width in widths]
)
def test_narrow_screens_show_the_page_without_scrolling_sideways(
    visits: dict[str, Visit], name: str, width: int
) -> None:
    """Nothing is cut."""
    assert visits[name].sideways[width] == [0, 0, []]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_should(visits: dict[str, Visit], name: str, tmp_path: Path) -> None:
    compare_with_golden(name, visits[name].screenshot, tmp_path)


def test_the_golden_screenshots_stay_small() -> None:
    files = list(GOLDEN.glob("*.png"))
    assert {file.stem for file in files} == {*PAGES, AMBITI.name, "protette_con_tavole"}
    assert sum(file.stat().st_size for file in files) < 1_500_000


def test_what_is_on_screen_can_be_downloaded(page: Page, dashboard_url: str, tmp_path: Path) -> None:
    page.goto(f"{dashboard_url}/risorse?periodo=2022")
    settled(page, "Risorse")
    for suffix, start in (("csv", b"\xef\xbb\xbfAree dei servizi"), ("xlsx", b"PK")):
        with page.expect_download(timeout=WAIT) as download:
            page.get_by_role("button", name=suffix.upper(), exact=True).first.click()
        saved = tmp_path / download.value.suggested_filename
        download.value.save_as(saved)
        assert re.fullmatch(rf"osservatorio_risorse_aree_dei_servizi_20231031_prova\.{suffix}", saved.name)
        assert saved.read_bytes().startswith(start)


def test_a_row_of_a_table_leads_to_its_list_in_the_same_tab(page: Page, dashboard_url: str) -> None:
    page.goto(f"{dashboard_url}/regole?periodo=2022-S1")
    settled(page, "Regole e scadenze")
    page.get_by_role("link", name="R14.3", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("regola=R14.3"), timeout=WAIT)
    settled(page, "Regole e scadenze")
    found = page.locator(".st-key-riquadro_tabella_elenco_dei_rilievi td:nth-child(2)")
    expect(found.first).to_have_text("R14.3", timeout=WAIT)
    assert set(found.all_inner_texts()) == {"R14.3"}
    page.locator(".st-key-riquadro_tabella_elenco_dei_rilievi tbody a").first.click()
    expect(page.locator(".st-key-scheda_mart_rule_findings")).to_contain_text("Come rimediare", timeout=WAIT)
    assert len(page.context.pages) == 1
    page.go_back()
    expect(page.locator(".st-key-scheda_mart_rule_findings")).to_have_count(0, timeout=WAIT)


def test_the_simulator_moves_by_keyboard_and_stands_in_the_address(page: Page, dashboard_url: str) -> None:
    page.goto(f"{dashboard_url}/compartecipazione?periodo=2022")
    settled(page, "Compartecipazione")
    assert ENGLISH.findall(page.evaluate(READABLE)) == []
    page.get_by_role("slider", name="ISEE finale").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("simula_isee_finale=5"), timeout=WAIT)
    page.get_by_role("radio", name="In euro").click()
    amount = page.get_by_label("ISEE finale (euro)")
    amount.fill("31000")
    amount.press("Enter")
    expect(page).to_have_url(re.compile("euro_isee_finale=31000.00"), timeout=WAIT)
    settled(page, "Compartecipazione")
    assert ENGLISH.findall(page.evaluate(READABLE)) == []


def test_a_bar_a_row_and_the_box_make_the_same_choice(page: Page, dashboard_url: str) -> None:
    page.goto(f"{dashboard_url}/regole?periodo=2022-S1&rilievo=123456789abc")
    settled(page, "Regole e scadenze")
    chart = page.locator("[class*=st-key-riquadro_grafico_][class*=conformita_per_articolo]")
    drawn = chart.locator(".js-plotly-plot").evaluate("plot => plot.data[0].y[2]")
    code = drawn.split(" ·")[0].strip()
    _press(page, chart.locator(".point path").nth(2))
    expect(page).to_have_url(re.compile(rf"regola={re.escape(code)}(&|$)"), timeout=WAIT)
    settled(page, "Regole e scadenze")
    assert "rilievo=" not in page.url, "what was chosen in another list is let go"
    expect(page.get_by_role("combobox", name="Regola", exact=True)).to_have_value(
        re.compile(f"^{re.escape(code)} "), timeout=WAIT
    )
    row = page.locator(
        ".st-key-riquadro_tabella_conformita_per_articolo a", has_text=re.compile(rf"^{code}$")
    )
    assert f"regola={code}" in (row.get_attribute("href") or "")
    page.get_by_role("link", name="Casistica per Comune", exact=True).first.click()
    settled(page, "Casistica per Comune")
    _press(page, page.locator(".st-key-mappa .point").nth(2))
    expect(page).to_have_url(re.compile("comune=cogliate"), timeout=WAIT)
    settled(page, "Casistica per Comune")
    page.get_by_role("link", name="Seveso", exact=True).click()
    expect(page).to_have_url(re.compile("comune=seveso"), timeout=WAIT)


def _press(page: Page, mark: Locator) -> None:
    """Press a mark of a chart: Plotly hears of the pointer only after it has been seen over the mark."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)


FOCUSED = """() => { const e = document.activeElement; return (e.getAttribute('aria-label') || e.innerText || e.tagName).trim(); }"""


def open_by_keyboard(page: Page, box: Locator) -> None:
    """Open a list with the arrow key; again where what was just closed took the focus back."""
    for _ in range(5):
        box.focus()
        page.keyboard.press("ArrowDown")
        with suppress(AssertionError):
            expect(page.get_by_role("option").first).to_be_visible(timeout=2_000)
            return
    raise AssertionError("the list does not open")


def test_the_keyboard_reaches_everything_and_on_paper_there_is_nothing_to_press(
    page: Page, dashboard_url: str, tmp_path: Path
) -> None:
    """It is never caught, and chooses; what was chosen and the day stand on the paper."""
    page.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    page.goto(f"{dashboard_url}/reclami?periodo=2022-S1")
    settled(page, "Reclami")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Vai al contenuto"
    page.keyboard.press("Enter")
    reached: list[str] = []
    for _ in range(150):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        if reached[-1] == "Dichiarazione di accessibilità":
            break
    told = "\n".join(reached)
    for wanted in (
        "Comune",
        "Servizio",
        "Periodo",
        "Stampa",
        "Definizioni",
        "CSV",
        "XLSX",
        "Seveso",
        "1º sem. 2022",
        "Dichiarazione",
    ):
        assert wanted in told, (wanted, reached)
    definitions = page.get_by_role("button", name="Definizioni").first
    definitions.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Reclami ricevuti nel periodo.").first).to_be_visible(timeout=WAIT)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Reclami ricevuti nel periodo.").first).to_be_hidden(timeout=WAIT)
    town = page.get_by_role("combobox", name="Comune")
    open_by_keyboard(page, town)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("comune=ambito"), timeout=WAIT)
    settled(page, "Reclami")
    page.get_by_role("button", name="Stampa", exact=True).click()
    assert page.evaluate("window.printed") == 1
    page.pdf(path=tmp_path / "reclami.pdf", prefer_css_page_size=True)
    paper = PdfReader(tmp_path / "reclami.pdf")
    text = " ".join(" ".join(sheet.extract_text().split()) for sheet in paper.pages)
    chosen = town.input_value()
    assert f"periodo: Primo semestre 2022; comune: {chosen}; servizio: Tutti i servizi." in text
    assert re.search(r"Stampato il \d\d/\d\d/\d{4}\.", text)
    assert "20231031-prova" in text
    assert "Categorie e gravità" in text
    for pressed in ("CSV", "XLSX", "Stampa ", "Panoramica", "Semestre", "Vai al contenuto"):
        assert pressed not in text, pressed
    assert 2 <= len(paper.pages) <= 8
    assert abs(float(paper.pages[0].mediabox.width) - 595) < 2


def test_the_statement_of_accessibility_can_be_read_by_anybody(page: Page, dashboard_url: str) -> None:
    page.set_viewport_size({"width": 320, "height": 844})
    page.goto(f"{dashboard_url}/accessibilita")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dichiarazione di accessibilità")
    assert page.title() == "Dichiarazione di accessibilità · Osservatorio"
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Torna al cruscotto").click()
    settled(page, "Panoramica")
    assert (
        page.get_by_role("link", name="Dichiarazione di accessibilità").get_attribute("href")
        == "/accessibilita"
    )


@pytest.fixture(scope="module")
def own_dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Home]]:
    """A dashboard that looks for a newer release each second, and its home, which its tests may change."""
    home = build_fake_home(tmp_path_factory.mktemp("proprio"), release_id="propria")
    for url in running(home, every=1):
        yield url, home


def test_a_text_is_written_the_report_is_made_and_downloaded(
    page: Page, own_dashboard: tuple[str, Home], tmp_path: Path
) -> None:
    url, home = own_dashboard
    page.goto(f"{url}/rapporti?periodo=2022-S1")
    settled(page, "Rapporti ed esportazioni")
    page.get_by_label("Commento del partner agli interventi", exact=True).fill("Due **sedi** nuove.")
    page.get_by_role("button", name="Salva il testo").first.click()
    expect(page.get_by_text("Testo salvato, versione")).to_be_visible(timeout=WAIT)
    assert ENGLISH.findall(page.evaluate(READABLE)) == []
    page.get_by_role("button", name="Produci i file").click()
    expect(page.get_by_text("Prodotti semestrale_2022-S1.pdf")).to_be_visible(timeout=WAIT)
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Scarica PDF").click()
    assert download.value.suggested_filename == "semestrale_2022-S1.pdf"
    download.value.save_as(tmp_path / "rapporto.pdf")
    assert (tmp_path / "rapporto.pdf").read_bytes().startswith(b"%PDF")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (home.narratives / "semestrale" / "2022-S1" / "commento_interventi.md").read_text(
        "utf-8"
    ) == "Due **sedi** nuove.\n"


def test_a_newer_release_is_offered_by_itself_and_its_markup_is_shown_as_text(
    page: Page, own_dashboard: tuple[str, Home]
) -> None:
    url, home = own_dashboard
    page.goto(f"{url}/casistica?periodo=2022-S1")
    settled(page, "Casistica per Comune")
    publish_fake_release(home, "ostile", hostile=True)
    expect(page.get_by_text("È disponibile una pubblicazione più recente")).to_be_visible(timeout=WAIT)
    assert page.get_by_role("rowheader", name="Meda", exact=True).count() > 0, "the old one stays readable"
    assert serious(page, ("color-contrast", "button-name", "region")) == []
    page.get_by_role("button", name="Mostra l'altra pubblicazione").click()
    expect(page.get_by_text("pubblicazione ostile").first).to_be_visible(timeout=WAIT)
    settled(page, "Casistica per Comune")
    assert page.get_by_text("È disponibile una pubblicazione più recente").count() == 0
    shown = [text.replace("\u2060", "") for text in page.locator(".tabella :is(th, td)").all_inner_texts()]
    assert HOSTILE in shown
    assert page.locator(".tabella :is(img, b, strong, .katex)").count() == 0
    links = page.locator(".tabella a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links
    assert all(link.startswith("?") for link in links)
    assert page.locator(".js-plotly-plot text", has_text="<b onmouseover").count() > 0
