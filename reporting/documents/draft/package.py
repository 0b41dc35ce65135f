"""The package of the draft: parts in, bytes out, the same for the same parts."""

from datetime import datetime, time
from io import BytesIO
from typing import TYPE_CHECKING

from reporting.documents.draft import parts
from reporting.documents.draft.styles import LANGUAGE, styles
from reporting.documents.draft.typeface import R, embedded_fonts, font_table
from reporting.documents.draft.xml import W
from reporting.documents.office_files import archive, without_times
from reporting.documents.stamp import office_keywords
from reporting.model import Report

if TYPE_CHECKING:
    from docx.document import Document

OFFICE = "application/vnd.openxmlformats-officedocument"
WORD = f"{OFFICE}.wordprocessingml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OVERRIDES = {
    "/word/document.xml": f"{WORD}.document.main+xml",
    "/word/styles.xml": f"{WORD}.styles+xml",
    "/word/numbering.xml": f"{WORD}.numbering+xml",
    "/word/settings.xml": f"{WORD}.settings+xml",
    "/word/fontTable.xml": f"{WORD}.fontTable+xml",
    "/word/theme/theme1.xml": f"{OFFICE}.theme+xml",
    "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
_DOCUMENT_PARTS = {
    "styles": "styles.xml",
    "numbering": "numbering.xml",
    "settings": "settings.xml",
    "fontTable": "fontTable.xml",
    "theme": "theme/theme1.xml",
}


def empty_document() -> "Document":
    """A document with the look of the drafts and nothing in it."""
    from docx import Document

    return Document(BytesIO(archive(_skeleton())))


def set_properties(document: "Document", report: Report) -> None:
    """What the file says of itself, dated with the reference date."""
    properties = document.core_properties
    moment = datetime.combine(report.as_of, time())
    properties.title = f"{report.title} – {report.period_label}"
    properties.subject = report.description
    properties.author = properties.last_modified_by = report.organisation
    properties.keywords = office_keywords(report)
    properties.language = LANGUAGE
    properties.created = properties.modified = moment
    properties.revision = 1


def package_bytes(document: "Document") -> bytes:
    """The finished file. Its entries bear no moment, so equal documents are equal files."""
    buffer = BytesIO()
    document.save(buffer)
    return without_times(buffer.getvalue())


def _skeleton() -> dict[str, bytes]:
    fonts = embedded_fonts().values()
    main = {name: (f"{R}/{name}", target) for name, target in _DOCUMENT_PARTS.items()}
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            {
                "document": (f"{R}/officeDocument", "word/document.xml"),
                "core": (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            }
        ),
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
        ).encode(),
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body/></w:document>'.encode(),
        "word/_rels/document.xml.rels": _relationships(main),
        "word/styles.xml": styles(),
        "word/numbering.xml": parts.numbering(),
        "word/settings.xml": parts.settings(),
        "word/theme/theme1.xml": parts.theme(),
        "word/fontTable.xml": font_table(),
        "word/_rels/fontTable.xml.rels": _relationships(
            {font.part: (f"{R}/font", font.part) for font in fonts}
        ),
        **{f"word/{font.part}": font.content for font in fonts},
    }


def _content_types() -> bytes:
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "odttf": f"{OFFICE}.obfuscatedFont",
    }
    lines = [f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in defaults.items()]
    lines += [f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in _OVERRIDES.items()]
    return f'<Types xmlns="{PACKAGE}/content-types">{"".join(lines)}</Types>'.encode()


def _relationships(targets: dict[str, tuple[str, str]]) -> bytes:
    lines = [
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.values(), 1)
    ]
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'.encode()
