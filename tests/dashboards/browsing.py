"""A browser for tests, and pages that tell what they ask for outside and which errors they report."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-lcd-text",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
]
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
# Streamlit looks for its own root below the address of each page, and finds it one step up.
PROBE = re.compile(r"/_stcore/(health|host-config)$")
# What a fragment that runs by itself says when its turn comes while the page is being left.
LEAVING = "Cannot send rerun backMessage when disconnected from server."


@contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-testid")
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


def window(browser: Browser) -> BrowserContext:
    """A browser of somebody's own; what its pages have loaded once they need not load and compile again."""
    return browser.new_context(viewport=VIEWPORT, locale="en-US", accept_downloads=True)


@dataclass(frozen=True)
class Shared:
    """A browser that is open, with a window for all who need no other."""

    browser: Browser
    window: BrowserContext
    end: ExitStack


_shared: list[Shared] = []


def shared(chromium: str) -> Shared:
    """The browser that is open; a new one where there is none."""
    if not _shared:
        end = ExitStack()
        browser = end.enter_context(launched(chromium))
        _shared.append(Shared(browser, window(browser), end))
    return _shared[0]


def close_shared() -> None:
    while _shared:
        _shared.pop().end.close()


@contextmanager
def watched_page(browser: Browser | BrowserContext) -> Iterator[Page]:
    """A page that fails the test when it asks for something outside the server or reports an error of ours.

    Of a browser, in a window of its own; or one more in a window that is there.
    """
    own = window(browser) if isinstance(browser, Browser) else None
    opened = (own or browser).new_page()
    opened.set_viewport_size(VIEWPORT)
    outside: list[str] = []
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        probe = PROBE.search(message.location.get("url", ""))
        if message.type == "error" and not probe and message.text != LEAVING:
            errors.append(message.text)

    opened.on("request", lambda request: outside.append(request.url))
    opened.on("websocket", lambda socket: outside.append(socket.url))
    opened.on("console", note)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    if own:
        own.close()
    allowed = re.compile(r"^(http|ws)://127\.0\.0\.1:\d+/|^(data|blob):")
    assert [url for url in outside if not allowed.match(url)] == []
    assert errors == []
