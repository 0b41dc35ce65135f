"""The page of the protected tables with tables in it, as people see it: words, axe, narrow screens, a golden screenshot."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from assembly_release import assembly_home
from browsing import ARGUMENTS
from looking import Visit, compare_with_golden, settled, visit
from playwright.sync_api import sync_playwright
from running import running

from dashboards.pages import PAGES
from osservatorio.commands.desk import desk_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seen(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """What is seen of the page after the pack of 2022 was made."""
    home = assembly_home(tmp_path_factory.mktemp("tavole") / "home")
    desk = desk_of(home, origin="cruscotto")
    desk.produce(desk.job("assemblea", "2022"), formats=("xlsx", "csv"))
    for url in running(home):
        with sync_playwright() as playwright:
            playwright.selectors.set_test_id_attribute("data-testid")
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = browser.new_context(locale="en-US").new_page()
            page.goto(url)
            settled(page, next(iter(PAGES.values())).title)
            yield visit(page, "protette")
            browser.close()


def test_tables_and_charts_of_what_left_are_there_and_can_be_read_by_all(seen: Visit) -> None:
    assert seen.tables >= 2
    assert seen.charts
    assert all(chart["words"] and chart["table"] for chart in seen.charts)
    assert seen.english == []
    assert seen.violations == []
    assert seen.sideways == {320: [0, 0, []]}


def test_it_looks_as_it_did(seen: Visit, tmp_path: Path) -> None:
    compare_with_golden("protette_con_tavole", seen.screenshot, tmp_path)
