"""A mark of a chart, a row of its table and the box make the same choice, on the pages whose charts lead somewhere."""

import re

import pytest
from looking import WAIT, settled
from playwright.sync_api import Locator, Page, expect

from dashboards.pages import PAGES

pytestmark = pytest.mark.browser

TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The page, the section whose chart is pressed, the name of the choice in the address, the box that makes it too.
CLICKS = [
    ("compartecipazione", "per_prestazione", "prestazione", "Prestazione"),
    ("governance", "per_livello", "livello", "Livello"),
    ("qualita", "righe_consegnate_e_righe_da_correggere_per_ente", "comune", "Comune"),
]


@pytest.mark.parametrize(("name", "section", "choice", "box"), CLICKS)
def test_a_mark_a_row_and_the_box_make_the_same_choice(
    page: Page, dashboard_url: str, name: str, section: str, choice: str, box: str
) -> None:
    page.goto(f"{dashboard_url}/{name}?periodo=2022-S2")
    settled(page, PAGES[name].title)
    combobox = page.get_by_role("combobox", name=box, exact=True)
    before = combobox.input_value()
    _press(page, _marks(page, section).nth(1))
    expect(page).to_have_url(re.compile(rf"[?&]{choice}=(?!ambito|tutt[ie]|2022-S2)[^&]+"), timeout=WAIT)
    settled(page, PAGES[name].title)
    by_mark = _chosen(page, choice)
    chosen = combobox.input_value()
    assert chosen != before, "the box shows what the mark chose"

    # The row with the same choice, from where one began.
    page.go_back()
    expect(combobox).to_have_value(before, timeout=WAIT)
    settled(page, PAGES[name].title)
    table = page.locator(f".st-key-riquadro_tabella_{section}")
    row = table.locator(f'a[href*="{choice}={by_mark}"]').first
    row.click()
    expect(page).to_have_url(re.compile(rf"[?&]{choice}={re.escape(by_mark)}(&|$)"), timeout=WAIT)
    settled(page, PAGES[name].title)
    expect(combobox).to_have_value(chosen, timeout=WAIT)

    # The box, from where one began.
    page.go_back()
    expect(combobox).to_have_value(before, timeout=WAIT)
    settled(page, PAGES[name].title)
    combobox.scroll_into_view_if_needed()
    page.evaluate(TWO_FRAMES)  # a list that opens while the page still scrolls shuts again
    combobox.click()
    page.get_by_role("option", name=chosen, exact=True).click()
    expect(page).to_have_url(re.compile(rf"[?&]{choice}={re.escape(by_mark)}(&|$)"), timeout=WAIT)
    settled(page, PAGES[name].title)
    page.go_back()
    expect(combobox).to_have_value(before, timeout=WAIT)


def _marks(page: Page, section: str) -> Locator:
    """The marks of the first series of a chart, in its order."""
    chart = page.locator(f"[class*=st-key-riquadro_grafico_][class*='_{section}']").first
    return chart.locator(".trace").first.locator(".point path")


def _chosen(page: Page, choice: str) -> str:
    found = re.search(rf"[?&]{choice}=([^&]+)", page.url)
    assert found
    return found[1]


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
