"""The styles of the draft: word/styles.xml.

Names that word processors know (heading 1, caption, toc 1 …) keep their own, so that menus show them in Italian.
"""

from lxml import etree

from reporting.documents.draft.table_style import normal_table, table_style
from reporting.documents.draft.xml import Element, W, colour, twips, w
from reporting.drawing.theme import INK, MUTED, PRIMARY, RULE, TONES
from reporting.model import Tone

LANGUAGE = "it-IT"
FALLBACKS = "Calibri"  # where the typeface is neither installed nor taken from the document
BULLET, STEP = 1, 2  # the lists, by their abstract number
WIDTH = 481.0  # points of a line
LINE, TIGHT_LINE = 222, 204  # of 240: the typeface brings much room of its own
TONE_STYLES = {tone: f"Avviso{tone.capitalize()}" for tone in Tone}
_TONE_NAMES = {
    Tone.INFO: "Avviso, informazione",
    Tone.SUCCESS: "Avviso, esito buono",
    Tone.WARNING: "Avviso, attenzione",
    Tone.DANGER: "Avviso, allarme",
}


def xml_part(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def styles() -> bytes:
    """word/styles.xml."""
    defaults = w(
        "docDefaults",
        w(
            "rPrDefault",
            w(
                "rPr",
                w(
                    "rFonts",
                    asciiTheme="minorHAnsi",
                    hAnsiTheme="minorHAnsi",
                    eastAsiaTheme="minorEastAsia",
                    cstheme="minorBidi",
                ),
                w("color", val=colour(INK)),
                w("sz", val=20),
                w("szCs", val=20),
                w("lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"),
            ),
        ),
        w("pPrDefault", w("pPr", w("spacing", before=0, after=120, line=LINE, lineRule="auto"))),
    )
    root = etree.Element(f"{{{W}}}styles", nsmap={"w": W})
    root.append(defaults)
    root.extend(
        [
            w("style", w("name", val="Normal"), w("qFormat"), type="paragraph", default=1, styleId="Normal"),
            w(
                "style",
                w("name", val="Default Paragraph Font"),
                w("uiPriority", val=1),
                w("semiHidden"),
                type="character",
                default=1,
                styleId="DefaultParagraphFont",
            ),
            w(
                "style",
                w("name", val="No List"),
                w("uiPriority", val=99),
                w("semiHidden"),
                type="numbering",
                default=1,
                styleId="NoList",
            ),
            normal_table(),
            _style("Title", "Title", size=30, bold=True, ink=PRIMARY, before=60, after=6, is_heading=True),
            _style("Subtitle", "Subtitle", size=16, ink=MUTED, after=30),
            _style("Ente", "Ente", size=13, bold=True, ink=PRIMARY, before=20, line=PRIMARY),
            _style(
                "Heading1",
                "heading 1",
                size=17,
                bold=True,
                ink=PRIMARY,
                before=26,
                after=9,
                level=0,
                is_heading=True,
                line=PRIMARY,
            ),
            _style(
                "Heading2",
                "heading 2",
                size=12.5,
                bold=True,
                ink=PRIMARY,
                before=16,
                after=6,
                level=1,
                is_heading=True,
            ),
            _style(
                "Heading3", "heading 3", size=10.5, bold=True, before=12, after=4, level=2, is_heading=True
            ),
            _style(
                "TOCHeading",
                "TOC Heading",
                size=17,
                bold=True,
                ink=PRIMARY,
                before=0,
                after=9,
                is_heading=True,
                line=PRIMARY,
            ),
            _style(
                "Titoletto",
                "Titolo fuori sommario",
                size=12.5,
                bold=True,
                ink=PRIMARY,
                before=16,
                after=6,
                is_heading=True,
            ),
            _style("TOC1", "toc 1", after=2, dots=True),
            _style("TableofFigures", "table of figures", size=8.5, after=0, tight=True, dots=True),
            _style("Caption", "caption", size=9.5, bold=True, before=14, after=4, keep=True),
            _style("ListBullet", "List Bullet", after=4, numbering=BULLET),
            _style("ListNumber", "List Number", after=4, numbering=STEP),
            _style("Header", "header", size=8, ink=MUTED, after=0, line=RULE),
            _style("Footer", "footer", size=8, ink=MUTED, after=0),
            _style("Cella", "Testo di tabella", size=8.5, after=0, tight=True),
            _style("Cifra", "Cifra di tabella", size=8.5, after=0, tight=True, align="right"),
            _style("Testata", "Intestazione di tabella", size=7.5, bold=True, ink=MUTED, after=0, tight=True),
            _style(
                "Gruppo",
                "Gruppo di tabella",
                size=8.5,
                bold=True,
                ink=PRIMARY,
                before=4,
                after=0,
                tight=True,
                keep=True,
            ),
            _style("Nota", "Nota di tabella", size=8, after=2, tight=True),
            _style("Fonte", "Fonte di tabella", size=8, ink=MUTED, after=2, tight=True),
            _style("Figura", "Grafico", after=2, keep=True, line_height=240),
            _style("DaCompletare", "Da completare", before=4, frame=TONES[Tone.WARNING][0]),
            *(_tone_style(tone) for tone in Tone),
            _character("Hyperlink", "Hyperlink", w("color", val=colour(PRIMARY)), w("u", val="single")),
            _character("PlaceholderText", "Placeholder Text", w("color", val=colour(MUTED))),
            table_style(),
        ]
    )
    return xml_part(root)


def _style(
    style_id: str,
    name: str,
    *,
    size: float = 0,
    bold: bool = False,
    ink: str = "",
    before: float | None = None,
    after: float | None = None,
    level: int | None = None,
    is_heading: bool = False,
    keep: bool = False,
    tight: bool = False,
    line_height: int = 0,
    align: str = "",
    line: str = "",
    frame: str = "",
    dots: bool = False,
    numbering: int = 0,
) -> Element:
    """A paragraph style: sizes and spaces in points, `line` the colour of a rule below, `frame` of one around.

    `line_height` is in 240ths of a line; a picture needs a whole one.
    """
    height = line_height or (TIGHT_LINE if tight or size >= 16 else 0)
    spacing = {
        **({} if before is None else {"before": twips(before)}),
        **({} if after is None else {"after": twips(after)}),
        **({"line": height, "lineRule": "auto"} if height else {}),
    }
    sides = ("top", "left", "bottom", "right") if frame else ("bottom",)
    borders = [
        w(
            side,
            val="dashed" if frame else "single",
            sz=8,
            space=6 if frame else 3,
            color=colour(frame or line),
        )
        for side in sides
    ]
    paragraph_properties = w(
        "pPr",
        w("keepNext") if is_heading or keep else None,
        w("keepLines") if is_heading else None,
        w("numPr", w("numId", val=numbering)) if numbering else None,
        w("pBdr", *borders) if line or frame else None,
        w("tabs", w("tab", val="right", leader="dot", pos=twips(WIDTH))) if dots else None,
        w("suppressAutoHyphens") if is_heading or tight else None,
        w("spacing", **spacing) if spacing else None,
        w("ind", left=120, right=120) if frame else None,
        w("contextualSpacing") if numbering else None,
        w("jc", val=align) if align else None,
        w("outlineLvl", val=level) if level is not None else None,
    )
    run_properties = w(
        "rPr",
        w("b") if bold else None,
        w("bCs") if bold else None,
        w("color", val=colour(ink)) if ink else None,
        *([w("sz", val=round(size * 2)), w("szCs", val=round(size * 2))] if size else []),
    )
    return w(
        "style",
        w("name", val=name),
        w("basedOn", val="Normal"),
        w("next", val="Normal") if is_heading else None,
        w("qFormat"),
        paragraph_properties if len(paragraph_properties) else None,
        run_properties if len(run_properties) else None,
        type="paragraph",
        styleId=style_id,
        **({} if name[0].islower() or style_id in _KNOWN else {"customStyle": 1}),
    )


_KNOWN = ("Title", "Subtitle", "TOCHeading", "ListBullet", "ListNumber")


def _tone_style(tone: Tone) -> Element:
    stroke, ground = TONES[tone]
    return w(
        "style",
        w("name", val=_TONE_NAMES[tone]),
        w("basedOn", val="Normal"),
        w("qFormat"),
        w(
            "pPr",
            w("keepLines"),
            w("pBdr", w("left", val="single", sz=24, space=8, color=colour(stroke))),
            w("shd", val="clear", color="auto", fill=colour(ground)),
            w("spacing", before=0, after=0),
            w("ind", left=200),
        ),
        type="paragraph",
        customStyle=1,
        styleId=TONE_STYLES[tone],
    )


def _character(style_id: str, name: str, *properties: Element) -> Element:
    return w("style", w("name", val=name), w("rPr", *properties), type="character", styleId=style_id)
