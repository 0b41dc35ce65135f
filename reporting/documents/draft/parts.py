"""The other parts of the draft that its documents share: lists, settings, theme."""

from lxml import etree

from reporting.documents.draft.styles import BULLET, LANGUAGE, STEP, xml_part
from reporting.documents.draft.xml import Element, W, colour, w
from reporting.drawing.theme import INK, MUTED, PRIMARY, RULE, TONES, TYPEFACE
from reporting.model import Tone


def numbering() -> bytes:
    """word/numbering.xml: a list of bullets and one of steps."""
    root = etree.Element(f"{{{W}}}numbering", nsmap={"w": W})
    root.append(_list(BULLET, "bullet", "•"))
    root.append(_list(STEP, "decimal", "%1."))
    root.append(w("num", w("abstractNumId", val=BULLET), numId=BULLET))
    root.append(w("num", w("abstractNumId", val=STEP), numId=STEP))
    return xml_part(root)


def restarted_steps(number: int) -> Element:
    """A list of steps of its own, which begins again from 1."""
    again = w("lvlOverride", w("startOverride", val=1), ilvl=0)
    return w("num", w("abstractNumId", val=STEP), again, numId=number)


def _list(number: int, form: str, mark: str) -> Element:
    level = w(
        "lvl",
        w("start", val=1),
        w("numFmt", val=form),
        w("lvlText", val=mark),
        w("lvlJc", val="left"),
        w("pPr", w("ind", left=360, hanging=260)),
        ilvl=0,
    )
    return w("abstractNum", w("multiLevelType", val="singleLevel"), level, abstractNumId=number)


def settings() -> bytes:
    """word/settings.xml: Italian hyphenation, fields worked out on opening, the typeface inside the document."""
    root = etree.Element(f"{{{W}}}settings", nsmap={"w": W})
    compatibility = w(
        "compat",
        w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15),
    )
    root.extend(
        [
            w("embedTrueTypeFonts"),
            w("autoHyphenation", val="true"),
            w("consecutiveHyphenLimit", val=3),
            w("characterSpacingControl", val="doNotCompress"),
            w("updateFields", val="true"),
            compatibility,
            w("themeFontLang", val=LANGUAGE),
            w("decimalSymbol", val=","),
            w("listSeparator", val=";"),
        ]
    )
    return xml_part(root)


def theme() -> bytes:
    """word/theme/theme1.xml: the palette and Titillium Web as the typeface of headings and text."""
    tones = [PRIMARY, *(stroke for tone, (stroke, _) in TONES.items() if tone is not Tone.INFO), MUTED, INK]
    accents = "".join(
        f'<a:accent{place}><a:srgbClr val="{colour(value)}"/></a:accent{place}>'
        for place, value in enumerate(tones, 1)
    )
    face = f'<a:latin typeface="{TYPEFACE}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Osservatorio"><a:themeElements>'
        f'<a:clrScheme name="Osservatorio"><a:dk1><a:srgbClr val="{colour(INK)}"/></a:dk1>'
        '<a:lt1><a:srgbClr val="FFFFFF"/></a:lt1>'
        f'<a:dk2><a:srgbClr val="{colour(MUTED)}"/></a:dk2><a:lt2><a:srgbClr val="{colour(RULE)}"/></a:lt2>'
        f'{accents}<a:hlink><a:srgbClr val="{colour(PRIMARY)}"/></a:hlink>'
        f'<a:folHlink><a:srgbClr val="{colour(MUTED)}"/></a:folHlink></a:clrScheme>'
        f'<a:fontScheme name="Osservatorio"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont>'
        '</a:fontScheme><a:fmtScheme name="Osservatorio">'
        f"<a:fillStyleLst>{fill * 3}</a:fillStyleLst>"
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements></a:theme>"
    ).encode()
