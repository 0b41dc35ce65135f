"""The pages as a screen reader gets them from Chromium, and enlarged: nothing without a name, nothing lost, nothing covered."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from listening import CONTROLS, PICTURES, Heard, tree
from looking import WAIT, settled
from playwright.sync_api import BrowserContext, Page, expect
from visiting import Seen, see_every_page

from dashboards.pages import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def heard(shared_window: BrowserContext, dashboard_url: str, seen_pages: dict[str, Seen]) -> dict[str, Heard]:
    see_every_page(seen_pages, shared_window, dashboard_url)
    return {name: heard for name, (_, heard) in seen_pages.items()}


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_and_the_page_is_italian(heard: dict[str, Heard], name: str) -> None:
    told = heard[name].tree
    controls = [node for node in told if node.role in CONTROLS]
    assert len(controls) > 10
    assert [node for node in controls if not node.name] == []
    assert set(heard[name].languages) == {"it"}
    assert told[0].name == f"{PAGES[name].title} · Osservatorio"
    assert [node.role for node in told].count("main") == 1


@pytest.mark.parametrize("name", PAGES)
def test_headings_are_in_order(heard: dict[str, Heard], name: str) -> None:
    headings = [node for node in heard[name].tree if node.role == "heading"]
    levels = [int(node.properties["level"]) for node in headings]
    assert headings[0].name == PAGES[name].title
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert all(node.name for node in headings)


@pytest.mark.parametrize("name", PAGES)
def test_charts_and_tables_say_what_they_are(heard: dict[str, Heard], name: str) -> None:
    told = heard[name].tree
    pictures = [node for node in told if node.role in PICTURES]
    assert [node for node in pictures if not node.name] == []
    charts = [node for node in pictures if node.name.startswith("Grafico: ")]
    assert len(charts) == heard[name].charts
    tables = [node for node in told if node.role == "table"]
    assert all(node.name.startswith("Tabella: ") for node in tables)
    heads = [node for node in told if node.role == "columnheader"]
    assert len(heads) >= len(tables)
    assert all(node.name for node in heads), "a column that is not told"
    assert all("table" in node.inside for node in heads)


@pytest.mark.parametrize("name", PAGES)
def test_at_200_percent_nothing_is_lost_or_covered(heard: dict[str, Heard], name: str) -> None:
    """As a browser enlarges a screen of 1280 pixels (WCAG 1.4.4 and 1.4.10)."""
    found = heard[name]
    assert Counter(found.enlarged_texts) == Counter(found.texts)
    assert found.enlarged_faults == []
    assert found.sideways == [0, 0, []]


@pytest.mark.parametrize("name", PAGES)
def test_with_the_text_alone_at_200_percent_nothing_is_lost_or_covered(
    heard: dict[str, Heard], name: str
) -> None:
    found = heard[name]
    assert Counter(found.larger_text) == Counter(found.texts)
    assert found.larger_text_faults == []


def test_a_choice_changes_the_figures_and_the_address_goes_along_and_is_told(
    page: Page, dashboard_url: str
) -> None:
    """What did not change is not told."""
    page.goto(f"{dashboard_url}/casistica?periodo=2022-S1&servizio=adm")
    settled(page, "Casistica per Comune")
    told = page.locator("#annuncio")
    page.wait_for_timeout(600)
    expect(told).to_have_text("")
    (region,) = [
        node for node in tree(page.context.new_cdp_session(page)) if node.properties.get("live") == "polite"
    ]
    assert region.role == "status"
    before = page.get_by_test_id("stMetricValue").first.inner_text()
    page.get_by_role("combobox", name="Comune").click()
    page.get_by_role("option", name="Seveso", exact=True).click()
    expect(page).to_have_url(re.compile("comune=seveso"), timeout=WAIT)
    expect(told).to_have_text(re.compile(r"^Cifre aggiornate\. Filtri: .*comune: Seveso"), timeout=WAIT)
    settled(page, "Casistica per Comune")
    assert page.get_by_test_id("stMetricValue").first.inner_text() != before
    page.get_by_role("link", name="Reclami", exact=True).click()
    expect(told).to_have_text(re.compile(r"^Pagina «Reclami»\. Filtri: .*comune: Seveso"), timeout=WAIT)
    settled(page, "Reclami")
    expect(page).to_have_url(re.compile(r"/reclami\?.*comune=seveso"), timeout=WAIT)
    page.evaluate("document.querySelector('#annuncio').textContent = 'niente'")
    page.get_by_role("button", name="Definizioni").first.click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(700)
    expect(told).to_have_text("niente")
    for _ in range(2):  # the page may have written its choices into an address of their own
        page.go_back()
        page.wait_for_timeout(1500)
        if "/casistica" in page.url:
            break
    settled(page, "Casistica per Comune")
    assert "comune=seveso" in page.url
