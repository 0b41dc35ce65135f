"""The page of the Ambiti side by side, as people see it: words, axe, narrow screens, a golden screenshot."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ambiti_by_hand import move_elsewhere, publish_both, publish_one
from browsing import ARGUMENTS
from looking import Visit, compare_with_golden, settled, visit
from playwright.sync_api import sync_playwright
from running import running

from dashboards.pages import AMBITI, PAGES
from osservatorio.home import Home

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seen(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """What is seen of the page over two Ambiti, the choice of the Ambito having been seen on the first page."""
    root = tmp_path_factory.mktemp("ambiti")
    home = Home(root / "insieme")
    homes = [publish_one(root / "primo"), publish_one(root / "secondo", move_elsewhere, as_of="2023-09-30")]
    publish_both(home, homes)
    for url in running(home):
        with sync_playwright() as playwright:
            playwright.selectors.set_test_id_attribute("data-testid")
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = browser.new_context(locale="en-US").new_page()
            page.goto(url)
            settled(page, next(iter(PAGES.values())).title)
            assert page.get_by_role("combobox", name="Ambito").count() == 1
            yield visit(page, AMBITI.name)
            browser.close()


def test_tables_and_charts_of_all_are_there_and_can_be_read_by_all(seen: Visit) -> None:
    assert seen.tables == 4
    assert len(seen.charts) == 2
    assert all(chart["words"] and chart["table"] for chart in seen.charts)
    assert seen.english == []
    assert seen.violations == []
    assert seen.sideways == {320: [0, 0, []]}


def test_it_looks_as_it_did(seen: Visit, tmp_path: Path) -> None:
    compare_with_golden("ambiti", seen.screenshot, tmp_path)
