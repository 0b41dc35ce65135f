"""One visit to a page in a browser, and all that is looked at in it: opening a page again for each question is slow."""

import io
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from dashboards.failures import UNEXPECTED
from dashboards.pages import AMBITI, PAGES

WAIT = 30_000
GOLDEN = Path(__file__).parent / "golden"
# Renew the golden screenshots instead of comparing with them.
RENEW = os.environ.get("RENEW_SCREENSHOTS") == "1"
# What a golden screenshot shows: the page from its top, as wide as a small laptop.
WIDTH, HEIGHT = 1000, 2000
NARROW = {"width": 320, "height": 844}
# Other screens that the fullest page is looked at on; all are enlarged to 200% besides (`listening`).
OTHER_WIDTHS = {"panoramica": (1024, 768)}
# A pixel differs when a channel moves by more than the palette does; so many may, for the edges of letters.
_CHANNEL = 56
_MOST_DIFFERENT = 0.0005
_COLORS = 64

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# What is drawn in charts is hidden from screen readers, and of the colours of its words axe says nothing: it leaves them out
# at the end of all its work.
WITHOUT_DRAWINGS = "{ exclude: [['.main-svg > *']] }"
# What only a narrow screen shows: tables that scroll, controls that are pushed together.
NARROW_RULES = ("scrollable-region-focusable", "target-size", "region", "nested-interactive")

# Words that Streamlit's own controls would show if one of ours were left in English.
ENGLISH = re.compile(
    r"\b(Choose|options?|Running|Stop|Rerun|Deploy|Settings|Search|Download|Fullscreen|Sidebar|Help for|Collapse|Expand|Open|"
    r"Loading|Navigate|Scrollable|App pages|Skip|Select|Press|Enter|Show|Hide|Copy|Sort|View|Close|Drag|Browse|Upload|Clear|"
    r"Connecting|Reset|Zoom|Autoscale|Toggle|Please|Screen|Record|Value|Edit|Remove|Submit|Yes|Cancel|Previous|Next|Back|"
    r"Result|results|Page|Made with|Manage|About|Print|Help|Increment|Decrement|Menu button|Main menu|Warning|Error)\b"
)
READABLE = """() => [document.body.innerText, ...[...document.querySelectorAll('*')].flatMap(
    e => ['aria-label', 'title', 'placeholder', 'alt', 'aria-description', 'aria-roledescription'].map(
        a => e.getAttribute(a)).filter(Boolean))].join('\\n')"""
# Charts without words or without a table after them in their section.
CHARTS = """() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].map(c => ({
    words: c.getAttribute('aria-label') || '', role: c.getAttribute('role'),
    table: [...document.querySelectorAll('table')].some(
        t => c.compareDocumentPosition(t) & Node.DOCUMENT_POSITION_FOLLOWING)}))"""
SIDEWAYS = """() => {
    const main = document.querySelector('.stMain');
    const clipped = [...main.querySelectorAll('button, input, h1, h2, h3, [data-testid=stCaptionContainer], .stSelectbox')]
        .filter(e => !e.closest('table') && e.getBoundingClientRect().width > 0 &&
            e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map(e => e.tagName + ' ' + (e.getAttribute('aria-label') || e.innerText).slice(0, 40));
    return [document.documentElement.scrollWidth - document.documentElement.clientWidth, main.scrollWidth - main.clientWidth,
        clipped]; }"""


@dataclass(frozen=True)
class Visit:
    """What was seen on a page."""

    language: str
    window_title: str
    tables: int
    drawings: int
    has_font: bool
    english: list[str]
    charts: list[dict[str, Any]]
    actions: list[str]
    violations: list[str]
    sideways: dict[int, list[Any]]
    screenshot: bytes


def settled(page: Page, title: str) -> None:
    """Wait until the page has run, drawn everything and shown this title."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=WAIT)
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton]')"
        " && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => c.querySelector('.main-svg'))",
        timeout=WAIT,
        polling=100,  # and not at each frame, which would be drawn for it
    )
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text(UNEXPECTED).count() == 0


def visit(page: Page, name: str) -> Visit:
    """Go to a page through the menu and look at it."""
    return narrowed(page, name, as_it_is(page, name))


def as_it_is(page: Page, name: str) -> dict[str, Any]:
    """Go to a page through the menu and look at it on a small laptop, where it is left."""
    info = {**PAGES, AMBITI.name: AMBITI}[name]
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=info.title, exact=True).click()
    settled(page, info.title)
    page.mouse.move(WIDTH - 1, 1)
    page.evaluate("document.fonts.ready")
    screenshot = page.screenshot(
        animations="disabled", mask=[page.get_by_label("Chi scrive", exact=True)], mask_color="#808080"
    )
    seen = page.evaluate(READABLE)
    return {
        "violations": serious(page),
        "screenshot": screenshot,
        "language": page.locator("html").get_attribute("lang") or "",
        "window_title": page.title(),
        "tables": page.locator(".tabella").count(),
        "drawings": page.locator(".js-plotly-plot .main-svg").count(),
        "has_font": page.evaluate("document.fonts.check('700 16px \"Titillium Web\"')"),
        "english": ENGLISH.findall(seen),
        "charts": page.evaluate(CHARTS),
        "actions": page.locator(".stMain button").all_inner_texts(),
    }


def narrowed(page: Page, name: str, found: dict[str, Any]) -> Visit:
    """Look at the page that is open, of which that was found, on narrow screens too."""
    sideways = {}
    for width in (*OTHER_WIDTHS.get(name, ()), NARROW["width"]):
        page.set_viewport_size(NARROW | {"width": width})
        page.wait_for_timeout(150)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        sideways[width] = page.evaluate(SIDEWAYS)
    violations = [*found.pop("violations"), *serious(page, NARROW_RULES)]
    return Visit(**found, violations=violations, sideways=sideways)


def serious(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe holds against the page that is serious or critical; of some rules only, when given."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    # Style sheets would be read again for one rule only, which is an experimental one and does not run.
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate(
        f"axe.run({WITHOUT_DRAWINGS}, {json.dumps(options)}).then(found => found.violations)"
    )
    return [
        f"{one['id']} ({one['impact']}), {len(one['nodes'])} volte: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def compare_with_golden(name: str, screenshot: bytes, folder: Path) -> None:
    """Fail where a screenshot is not the golden one of its page; a picture of the difference is left in `folder`."""
    now = Image.open(io.BytesIO(screenshot)).convert("RGB")
    path = GOLDEN / f"{name}.png"
    if RENEW:
        GOLDEN.mkdir(exist_ok=True)
        # Few colours, the rare ones too: a palette by frequency would lose that of a logo.
        few = now.quantize(_COLORS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    assert path.exists(), f"no golden screenshot of «{name}»: make it with RENEW_SCREENSHOTS=1"
    golden = Image.open(path).convert("RGB")
    assert now.size == golden.size, (now.size, golden.size)
    channels = ImageChops.difference(now, golden).split()
    moved = [channel.point(lambda value: 255 * (value > _CHANNEL)) for channel in channels]
    apart = ImageChops.lighter(ImageChops.lighter(moved[0], moved[1]), moved[2])
    share = apart.histogram()[255] / (now.width * now.height)
    if share > _MOST_DIFFERENT:
        beside = Image.new("RGB", (now.width * 3, now.height))
        for place, picture in enumerate((golden, now, apart.convert("RGB"))):
            beside.paste(picture, (now.width * place, 0))
        saved = folder / f"{name}_golden_now_difference.png"
        beside.save(saved)
        raise AssertionError(
            f"«{name}» does not look as it did: {share:.2%} of its pixels differ (the golden one, the page now and the "
            f"difference are in {saved}). Where it should look so: RENEW_SCREENSHOTS=1 pytest tests/dashboards/test_browser.py"
        )
