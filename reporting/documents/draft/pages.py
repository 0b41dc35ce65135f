"""The pages of the draft: upright or on their side, with release and page number at the foot."""

from typing import TYPE_CHECKING

from reporting.documents.draft.typeface import R
from reporting.documents.draft.xml import Element, field, paragraph, run, tab, twips, w
from reporting.documents.layout import PAGE, TURNED
from reporting.documents.printed import running_foot, running_head
from reporting.model import Report

if TYPE_CHECKING:
    from docx.document import Document

SHORT_SIDE, LONG_SIDE = 11906, 16838  # A4, in twips
MARGINS = {
    "top": 1360,
    "right": 1134,
    "bottom": 1247,
    "left": 1134,
    "header": 680,
    "footer": 620,
    "gutter": 0,
}


class Pages:
    """Gives each section of the document its size, its header and its footer; the first page has neither."""

    def __init__(self, document: "Document", report: Report) -> None:
        self._part = document.part
        self._report = report
        self._references: dict[bool, tuple[str, str]] = {}
        self._has_first = False

    def section_properties(self, *, is_wide: bool = False) -> Element:
        """The properties of the section that ends here."""
        width, height = (LONG_SIDE, SHORT_SIDE) if is_wide else (SHORT_SIDE, LONG_SIDE)
        header, footer = self._header_and_footer(is_wide)
        is_first, self._has_first = not self._has_first, True
        size = {"w": width, "h": height, **({"orient": "landscape"} if is_wide else {})}
        return w(
            "sectPr",
            _reference("headerReference", header),
            _reference("footerReference", footer),
            w("type", val="nextPage"),
            w("pgSz", **size),
            w("pgMar", **MARGINS),
            w("titlePg") if is_first else None,
        )

    def end_of_section(self, *, is_wide: bool = False) -> Element:
        """The paragraph that ends a section: what follows starts on a page of another kind."""
        properties = (
            w("spacing", before=0, after=0, line=20, lineRule="exact"),
            self.section_properties(is_wide=is_wide),
        )
        return paragraph("Normal", properties=properties)

    def _header_and_footer(self, is_wide: bool) -> tuple[str, str]:
        if is_wide not in self._references:
            width = TURNED if is_wide else PAGE
            header_part, header = self._part.add_header_part()
            footer_part, footer = self._part.add_footer_part()
            head = paragraph(
                "Header",
                run(running_head(self._report)),
                tab(),
                run(self._report.organisation),
                properties=(_right_tab(width),),
            )
            foot = paragraph(
                "Footer",
                run(running_foot(self._report)),
                tab(),
                run("pagina "),
                *field("PAGE", "1"),
                run(" di "),
                *field("NUMPAGES", "1"),
                properties=(_right_tab(width),),
            )
            for part, content in ((header_part, head), (footer_part, foot)):
                for left_over in list(part.element):
                    part.element.remove(left_over)
                part.element.append(content)
            self._references[is_wide] = (header, footer)
        return self._references[is_wide]


def _right_tab(width: float) -> Element:
    return w("tabs", w("tab", val="right", pos=twips(width)))


def _reference(tag: str, relationship: str) -> Element:
    reference = w(tag, type="default")
    reference.set(f"{{{R}}}id", relationship)
    return reference
