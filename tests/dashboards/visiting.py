"""Every page in the browser, gone to once for all that is asked of it."""

from collections.abc import MutableMapping

from browsing import VIEWPORT, watched_page
from listening import Heard, hear
from looking import Visit, visit
from playwright.sync_api import Browser, BrowserContext

from dashboards.pages import PAGES

Seen = tuple[Visit, Heard]


def see_every_page(known: MutableMapping[str, Seen], window: Browser | BrowserContext, url: str) -> None:
    """Look at each page and listen to it, unless that was done."""
    if known:
        return
    with watched_page(window) as page:
        page.goto(f"{url}/?periodo=2022-S1")
        for name in PAGES:
            seen = visit(page, name)
            page.set_viewport_size(VIEWPORT)
            known[name] = seen, hear(page)
