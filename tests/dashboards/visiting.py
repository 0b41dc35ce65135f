"""Every page in the browser, gone to once for all that is asked of it."""

from collections.abc import MutableMapping

from browsing import watched_page
from listening import Heard, hear, hear_enlarged
from looking import HEIGHT, WIDTH, Visit, as_it_is, narrowed
from playwright.sync_api import BrowserContext

from dashboards.pages import PAGES

Seen = tuple[Visit, Heard]


def see_every_page(known: MutableMapping[str, Seen], window: BrowserContext, url: str) -> None:
    """Look at each page and listen to it, unless that was done.

    In the order in which charts are drawn anew least: each time the screen has another width they all are.
    """
    if known:
        return
    with watched_page(window) as page:
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.goto(f"{url}/?periodo=2022-S1")
        for name in PAGES:
            found = as_it_is(page, name)
            told = hear(page)
            known[name] = narrowed(page, name, found), hear_enlarged(page, told)
