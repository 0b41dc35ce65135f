"""The typeface inside the draft: word/fontTable.xml and the obfuscated files that it names.

ISO/IEC 29500-4, «Font Embedding»: the first 32 bytes of a font are XORed with the bytes of a key, reversed. The
fonts are under the Open Font License, which lets documents carry them.
"""

from dataclasses import dataclass
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree

from reporting.documents.draft.styles import FALLBACKS, xml_part
from reporting.documents.draft.xml import W, w
from reporting.drawing.theme import FONTS, TYPEFACE

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FACES = {
    "embedRegular": "TitilliumWeb-regular.ttf",
    "embedBold": "TitilliumWeb-700.ttf",
    "embedItalic": "TitilliumWeb-italic.ttf",
    "embedBoldItalic": "TitilliumWeb-700italic.ttf",
}
OBFUSCATED = 32  # bytes


@dataclass(frozen=True)
class EmbeddedFont:
    """A face as the package holds it: its place, its key and its bytes."""

    part: str
    key: UUID
    content: bytes


@cache
def embedded_fonts() -> dict[str, EmbeddedFont]:
    """The faces by the element of the font table that names them."""
    fonts = {}
    for number, (element, file) in enumerate(FACES.items(), 1):
        key = uuid5(NAMESPACE_URL, file)  # of the file's name: the same in every document
        content = (FONTS / file).read_bytes()
        fonts[element] = EmbeddedFont(f"fonts/font{number}.odttf", key, obfuscated(content, key))
    return fonts


def obfuscated(content: bytes, key: UUID) -> bytes:
    """The font with its first bytes XORed; doing it twice gives the font again."""
    mask = key.bytes[::-1] * 2
    return bytes(a ^ b for a, b in zip(content, mask, strict=False)) + content[OBFUSCATED:]


def font_table() -> bytes:
    """word/fontTable.xml: what to use where the typeface is missing, and its faces inside the package."""
    root = etree.Element(f"{{{W}}}fonts", nsmap={"w": W, "r": R})
    font = w(
        "font",
        w("altName", val=FALLBACKS),
        w("charset", val="00"),
        w("family", val="swiss"),
        w("pitch", val="variable"),
        name=TYPEFACE,
    )
    for number, (element, face) in enumerate(embedded_fonts().items(), 1):
        embed = w(element, fontKey=f"{{{str(face.key).upper()}}}")
        embed.set(f"{{{R}}}id", f"rId{number}")
        font.append(embed)
    root.append(font)
    return xml_part(root)
