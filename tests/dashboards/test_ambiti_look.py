"""The page of the Ambiti side by side, as people see it: words, axe, narrow screens, a golden screenshot."""

from pathlib import Path

import pytest
from browsing import watched_page
from looking import Visit, compare_with_golden, settled, visit
from playwright.sync_api import BrowserContext
from running import running

from dashboards.pages import AMBITI, PAGES
from osservatorio.home import Home

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seen(shared_window: BrowserContext, both_ambiti: Home) -> Visit:
    """What is seen of the page over two Ambiti, the choice of the Ambito having been seen on the first page."""
    for url in running(both_ambiti):
        with watched_page(shared_window) as page:
            page.goto(url)
            settled(page, next(iter(PAGES.values())).title)
            assert page.get_by_role("combobox", name="Ambito").count() == 1
            found = visit(page, AMBITI.name)
    return found


def test_tables_and_charts_of_all_are_there_and_can_be_read_by_all(seen: Visit) -> None:
    assert seen.tables == 4
    assert len(seen.charts) == 2
    assert all(chart["words"] and chart["table"] for chart in seen.charts)
    assert seen.english == []
    assert seen.violations == []
    assert seen.sideways == {320: [0, 0, []]}


def test_it_looks_as_it_did(seen: Visit, tmp_path: Path) -> None:
    compare_with_golden("ambiti", seen.screenshot, tmp_path)
