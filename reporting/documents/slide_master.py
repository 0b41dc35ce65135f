"""The deck before its first slide: wide pages, the colours and the typeface of the theme, two layouts in Italian.

Whoever opens the deck without the typeface gets the sans-serif that their program puts in its place: boxes leave room.
"""

from typing import TYPE_CHECKING, Any

from reporting.drawing import theme

if TYPE_CHECKING:
    from pptx.presentation import Presentation

CM = 360_000  # EMU
WIDTH, HEIGHT = 12_192_000, 6_858_000  # 16:9
MARGIN = int(1.5 * CM)
INNER = WIDTH - 2 * MARGIN
TITLE_BOX = (MARGIN, int(0.8 * CM), INNER, int(2.3 * CM))
FOOTER_BOX = (MARGIN, int(18.0 * CM), INNER - int(3 * CM), int(0.8 * CM))
NUMBER_BOX = (WIDTH - MARGIN - int(3 * CM), int(18.0 * CM), int(3 * CM), int(0.8 * CM))
COVER_TITLE_BOX = (int(2.5 * CM), int(5.0 * CM), WIDTH - int(5 * CM), int(4.2 * CM))
COVER_TEXT_BOX = (int(2.5 * CM), int(9.5 * CM), WIDTH - int(5 * CM), int(6.5 * CM))
BAR_HEIGHT = int(0.3 * CM)
LANGUAGE = "it-IT"
COVER, CONTENT = "Copertina", "Titolo e contenuto"
KEPT = {"Title Slide": COVER, "Title Only": CONTENT}
COLORS = {
    "dk1": theme.INK,
    "lt1": "#FFFFFF",
    "dk2": theme.MUTED,
    "lt2": "#EDF4FB",
    "accent1": theme.PRIMARY,
    "accent2": theme.COMPARISON,
    "accent3": "#008055",
    "accent4": "#995C00",
    "accent5": "#CC334D",
    "accent6": "#5C6F82",
    "hlink": theme.PRIMARY,
    "folHlink": theme.MUTED,
}
PROMPTS = {
    "title": "Fare clic per inserire il titolo",
    "ctrTitle": "Fare clic per inserire il titolo",
    "subTitle": "Fare clic per inserire il sottotitolo",
}
# Telling a program without the typeface what kind it is: sans-serif, of variable width.
TYPEFACE = {"typeface": theme.TYPEFACE, "panose": "00000500000000000000", "pitchFamily": "34", "charset": "0"}


def new_deck() -> "Presentation":
    """An empty deck with the house's theme and its two layouts."""
    from pptx import Presentation

    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    _leave_out(deck)
    _theme(deck)
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout.name in KEPT:
            layout.name = KEPT[layout.name]
        else:
            deck.slide_layouts.remove(layout)
    for page in (master, *deck.slide_layouts):
        _placeholders(page)
    for page in (deck.part._element, master.element, *(layout.element for layout in deck.slide_layouts)):
        for element in page.iter():
            if "lang" in element.attrib:
                element.set("lang", LANGUAGE)
    _master(master)
    _cover(layout_of(deck, COVER))
    return deck


def layout_of(deck: "Presentation", name: str) -> Any:
    """A layout by its Italian name."""
    return deck.slide_layouts.get_by_name(name)


def place(shape: Any, box: tuple[int, int, int, int]) -> None:
    shape.left, shape.top, shape.width, shape.height = box


def _leave_out(deck: "Presentation") -> None:
    """What the library's own empty deck says of its author: printer, preview, counts."""
    for owner in (deck.part, deck.part.package):
        rels = owner.rels if hasattr(owner, "rels") else owner._rels
        for key, rel in list(rels.items()):
            if rel.reltype.rsplit("/", 1)[-1] in ("printerSettings", "thumbnail", "extended-properties"):
                owner.drop_rel(key)


def _theme(deck: "Presentation") -> None:
    from lxml import etree
    from pptx.opc.constants import RELATIONSHIP_TYPE as RT

    part = deck.slide_master.part.part_related_by(RT.THEME)
    root = etree.fromstring(part.blob)
    names = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    root.set("name", "Osservatorio")
    for name, color in COLORS.items():
        (slot,) = root.xpath(f"//a:clrScheme/a:{name}", namespaces=names)
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, f"{{{names['a']}}}srgbClr", val=color.lstrip("#"))
    for latin in root.xpath("//a:fontScheme/*/a:latin", namespaces=names):
        for name, value in TYPEFACE.items():
            latin.set(name, value)
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _placeholders(page: Any) -> None:
    """No date; prompts in Italian; footer and number where all slides have them."""
    boxes = {"ftr": FOOTER_BOX, "sldNum": NUMBER_BOX, "title": TITLE_BOX}
    for shape in list(page.placeholders):
        kind = shape.element.ph.get("type", "body")
        if kind == "dt":
            shape.element.getparent().remove(shape.element)
            continue
        if kind in PROMPTS:
            shape.text_frame.text = PROMPTS[kind]
        if kind in boxes:
            place(shape, boxes[kind])
            shape.text_frame.margin_left = 0


def _master(master: Any) -> None:
    title = master.element.find(".//{*}titleStyle/{*}lvl1pPr")
    title.set("algn", "l")
    style = title.find("{*}defRPr")
    style.set("sz", "2800")
    style.set("b", "1")
    style.find(".//{*}schemeClr").set("val", "accent1")
    for shape in master.placeholders:
        kind = shape.element.ph.get("type", "body")
        if kind == "body":
            place(shape, (MARGIN, int(3.4 * CM), INNER, int(13.5 * CM)))
            levels = ("uno", "due", "tre", "quattro", "cinque")
            for paragraph, level in zip(shape.text_frame.paragraphs, levels, strict=False):
                paragraph.runs[0].text = f"Testo di livello {level}"
        if kind == "ftr":
            shape.element.find(".//{*}lvl1pPr").set("algn", "l")
        if kind in ("ftr", "sldNum"):
            small = shape.element.find(".//{*}defRPr")
            small.set("sz", "1000")
            color = small.find(".//{*}schemeClr")
            color.set("val", "tx2")
            for tint in list(color):
                color.remove(tint)
    # Behind the title, decorative: on the slides nothing of it is to be read.
    master.shapes.element.insert(2, _band())


def _band() -> Any:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="20" name="Banda"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{WIDTH}" cy="{BAR_HEIGHT}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        "<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _cover(layout: Any) -> None:
    """White on the primary colour, without the master's band."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.text import MSO_ANCHOR

    layout.element.set("showMasterSp", "0")
    layout.background.fill.solid()
    layout.background.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    for shape in layout.placeholders:
        kind = shape.element.ph.get("type", "body")
        is_title = kind == "ctrTitle"
        if kind in ("ctrTitle", "subTitle"):
            place(shape, COVER_TITLE_BOX if is_title else COVER_TEXT_BOX)
            shape.text_frame.margin_left = 0
            shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if is_title else MSO_ANCHOR.TOP
            size = 4000 if is_title else 1800
            _replace_list_style(shape, size, is_bold=is_title)
        else:
            shape.element.getparent().remove(shape.element)


def _replace_list_style(shape: Any, size: int, *, is_bold: bool) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    old = shape.element.find(".//{*}lstStyle")
    new = parse_xml(
        f'<a:lstStyle {nsdecls("a")}><a:lvl1pPr marL="0" indent="0" algn="l"><a:buNone/>'
        f'<a:defRPr sz="{size}" b="{int(is_bold)}"><a:solidFill><a:schemeClr val="bg1"/></a:solidFill></a:defRPr>'
        "</a:lvl1pPr></a:lstStyle>"
    )
    old.getparent().replace(old, new)
