"""Elements of WordprocessingML: texts and numbers become XML through these, so no data can become markup."""

from typing import Any

from lxml import etree

from reporting.drawing.glyphs import without_controls

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TWIPS = 20  # in a point
Element = Any


def w(tag: str, *children: Element | None, **attributes: object) -> Element:
    """An element of the main namespace with its attributes; children that are None are left out."""
    element = etree.Element(
        f"{{{W}}}{tag}", {f"{{{W}}}{name}": str(value) for name, value in attributes.items()}
    )
    element.extend(child for child in children if child is not None)
    return element


def run(text: str, *properties: Element, style: str = "") -> Element:
    """A run of text; control characters, which no XML may hold, become spaces."""
    content = w("t")
    content.text = without_controls(text)
    content.set(SPACE, "preserve")
    named = [w("rStyle", val=style)] if style else []
    known = [*named, *properties]
    return w("r", w("rPr", *known) if known else None, content)


def bold_run(text: str) -> Element:
    return run(text, w("b"), w("bCs"))


def tab() -> Element:
    return w("r", w("tab"))


def paragraph(style: str, *content: Element, properties: tuple[Element, ...] = ()) -> Element:
    """A paragraph in a named style."""
    return w("p", w("pPr", w("pStyle", val=style), *properties), *content)


def field(instruction: str, shown: str = "", *properties: Element) -> list[Element]:
    """A field that the word processor works out, with what to show until it does."""
    code = w("instrText")
    code.text = f" {instruction} "
    code.set(SPACE, "preserve")
    return [
        w("r", w("fldChar", fldCharType="begin")),
        w("r", code),
        w("r", w("fldChar", fldCharType="separate")),
        *([run(shown, *properties)] if shown else []),
        w("r", w("fldChar", fldCharType="end")),
    ]


def bookmarked(name: str, number: int, *content: Element) -> list[Element]:
    """Content that links and fields of the document can point at."""
    return [w("bookmarkStart", id=number, name=name), *content, w("bookmarkEnd", id=number)]


def linked(anchor: str, *content: Element) -> Element:
    """Content that leads to a bookmark of the document."""
    return w("hyperlink", *content, anchor=anchor, history=1)


def colour(value: str) -> str:
    """«#0066CC» as WordprocessingML writes it."""
    return value.removeprefix("#")


def twips(points: float) -> int:
    return round(points * TWIPS)
