"""A page as a screen reader gets it, and what is lost or covered when it is enlarged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from browsing import VIEWPORT
from looking import SIDEWAYS
from playwright.sync_api import CDPSession, Page

# Roles of what can be operated: each must say what it does.
CONTROLS = frozenset(
    [
        "button",
        "checkbox",
        "combobox",
        "link",
        "listbox",
        "menuitem",
        "option",
        "radio",
        "searchbox",
        "slider",
        "spinbutton",
        "switch",
        "tab",
        "textbox",
    ]
)
PICTURES = frozenset(("figure", "image", "img", "graphics-document"))

# Texts that people read or press, in their order; those in tables and charts are looked at elsewhere.
TEXTS = """() => [...document.querySelectorAll(
    '.stMain :is(h1, h2, h3, button, summary, label, [data-testid=stCaptionContainer] p, [data-testid=stMetricLabel] p, ' +
    '[data-testid=stMetricValue], [data-testid=stMetricDelta], [data-testid=stPageLink] p)')]
    .filter(e => e.checkVisibility() && e.innerText.trim())
    .map(e => e.innerText.trim().replace(/\\s+/g, ' '))"""
# Texts that are cut, and pairs that cover each other, by the boxes of the texts themselves. A text in a frame that scrolls
# is not lost.
FAULTS = """() => {
    const inFrame = '.tabella, [data-testid=stPlotlyChart], .st-key-novita';
    const seen = [...document.querySelectorAll('.stMain :is(h1, h2, h3, p, li, input, [data-testid=stMetricValue], '
        + '.tabella, [data-testid=stPlotlyChart]), [data-testid=stSidebarNavLink] span')]
        .filter(e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.parentElement.closest(inFrame))
        .map(e => {
            const whole = e.matches('input, [data-testid], .tabella'), range = document.createRange();
            range.selectNodeContents(e);
            return { e, box: (whole ? e : range).getBoundingClientRect(),
                text: (e.getAttribute('aria-label') || e.innerText || e.tagName).trim().slice(0, 50) };
        })
        .filter(({ box }) => box.width > 1 && box.height > 1);
    const faults = [], edge = document.documentElement.clientWidth + 1;
    for (const { e, box, text } of seen) {
        if (box.right > edge) faults.push(`beyond the edge: ${text}`);
        for (let up = e; up && !up.matches('.stMain, .stSidebar, input, .tabella, [data-testid=stPlotlyChart]');
            up = up.parentElement) {
            const frame = up.getBoundingClientRect(), style = getComputedStyle(up);
            const hides = [style.overflowX, style.overflowY].map(how => how === 'hidden' || how === 'clip');
            if ((hides[0] && box.right > frame.right + 2) || (hides[1] && box.bottom > frame.bottom + 3)) {
                faults.push(`cut: ${text}`);
                break;
            }
        }
    }
    for (let one = 0; one < seen.length; one++) for (let two = one + 1; two < seen.length; two++) {
        const a = seen[one], b = seen[two];
        if (a.e.contains(b.e) || b.e.contains(a.e)) continue;
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (wide > 3 && high > 4) faults.push(`covered: ${a.text} / ${b.text}`);
    }
    return faults; }"""


@dataclass(frozen=True)
class Node:
    """A node of the accessibility tree that is told: its role, name and level, and what else is said of it."""

    role: str
    name: str
    properties: dict[str, Any]
    inside: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What was heard of a page as it is: its tree, its languages, how many charts, its texts."""

    tree: list[Node]
    languages: list[str]
    charts: int
    texts: list[str]


@dataclass(frozen=True)
class Heard(Told):
    """And its texts when it is enlarged, and what went wrong then."""

    enlarged_texts: list[str]
    enlarged_faults: list[str]
    sideways: list[Any]
    larger_text: list[str]
    larger_text_faults: list[str]


def hear(page: Page) -> Told:
    """The page that is open, as it is."""
    cdp = page.context.new_cdp_session(page)
    still(page)
    told = Told(
        tree(cdp),
        page.evaluate("[...document.querySelectorAll('[lang]')].map(e => e.lang)"),
        page.get_by_test_id("stPlotlyChart").count(),
        page.evaluate(TEXTS),
    )
    cdp.detach()
    return told


def hear_enlarged(page: Page, told: Told) -> Heard:
    """The page of which that was heard, with the text alone at 200% on a screen of 1280 pixels, and then the whole of it.

    What shows it next chooses the size of its screen.
    """
    page.set_viewport_size(VIEWPORT)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    still(page)
    larger, larger_faults = page.evaluate(TEXTS), page.evaluate(FAULTS)
    cdp = page.context.new_cdp_session(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    enlarged(page, cdp, VIEWPORT["width"], VIEWPORT["height"], 2)
    found = Heard(
        told.tree,
        told.languages,
        told.charts,
        told.texts,
        page.evaluate(TEXTS),
        page.evaluate(FAULTS),
        page.evaluate(SIDEWAYS),
        larger,
        larger_faults,
    )
    cdp.send("Emulation.clearDeviceMetricsOverride")
    cdp.detach()
    return found


def tree(cdp: CDPSession) -> list[Node]:
    """The accessibility tree of Chromium in its order, without what it leaves out; `inside` are the roles around a node."""
    nodes = {node["nodeId"]: node for node in cdp.send("Accessibility.getFullAXTree")["nodes"]}
    first = next(node for node in nodes.values() if not node.get("parentId"))
    return list(_told(first, nodes, ()))


def _told(node: dict[str, Any], nodes: dict[str, dict[str, Any]], inside: tuple[str, ...]) -> Iterator[Node]:
    role = str(node.get("role", {}).get("value", ""))
    if not node.get("ignored"):
        properties = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        yield Node(role, str(node.get("name", {}).get("value", "")).strip(), properties, inside)
        inside = (*inside, role)
    for child in node.get("childIds", []):
        if child in nodes:
            yield from _told(nodes[child], nodes, inside)


def enlarged(page: Page, cdp: CDPSession, width: int, height: int, times: int) -> None:
    """Enlarge the page as a browser does on a screen of this size: fewer pixels of CSS, each as many times as large."""
    cdp.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": width // times, "height": height // times, "deviceScaleFactor": times, "mobile": False},
    )
    still(page)


def still(page: Page) -> None:
    """Wait until what changed size has been drawn again."""
    page.wait_for_timeout(400)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
