"""The page of the protected tables with tables in it, as people see it: words, axe, narrow screens, a golden screenshot."""

from pathlib import Path

import pytest
from browsing import watched_page
from looking import Visit, compare_with_golden, settled, visit
from playwright.sync_api import BrowserContext
from running import running

from dashboards.pages import PAGES
from osservatorio.home import Home

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seen(shared_window: BrowserContext, pack_of_2022: Home) -> Visit:
    """What is seen of the page after the pack of 2022 was made."""
    for url in running(pack_of_2022):
        with watched_page(shared_window) as page:
            page.goto(url)
            settled(page, next(iter(PAGES.values())).title)
            found = visit(page, "protette")
    return found


def test_tables_and_charts_of_what_left_are_there_and_can_be_read_by_all(seen: Visit) -> None:
    assert seen.tables >= 2
    assert seen.charts
    assert all(chart["words"] and chart["table"] for chart in seen.charts)
    assert seen.english == []
    assert seen.violations == []
    assert seen.sideways == {320: [0, 0, []]}


def test_it_looks_as_it_did(seen: Visit, tmp_path: Path) -> None:
    compare_with_golden("protette_con_tavole", seen.screenshot, tmp_path)
