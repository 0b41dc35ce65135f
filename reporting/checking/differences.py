"""What differs between two copies of a workbook or of a draft: which cells, rows and texts, in Italian.

What word processors work out by themselves (contents, page numbers) is no difference.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from posixpath import join, normpath
from typing import TYPE_CHECKING, NamedTuple

from reporting.checking.produced_files import Package
from reporting.documents.draft.typeface import R
from reporting.documents.draft.xml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKED_OUT = ("TOC", "PAGEREF", "PAGE", "NUMPAGES")  # fields whose text is the word processor's
MAX_LINES = 8000  # of a draft: ours have some hundreds
MAX_CELLS = 1_000_000
MAX_FIELDS = 20  # one in another
SHOWN = 80  # characters of a text
COVER = "Copertina"


class Line(NamedTuple):
    """A paragraph of a draft, or a row of a table with one text per cell, and where it stands."""

    cells: tuple[str, ...]
    place: str

    @property
    def text(self) -> str:
        return " | ".join(self.cells)


def differences(form: str, found: bytes, expected: bytes) -> list[str]:
    """What differs in the copy found. Raises ValueError for one that is not such a document, or is far too long."""
    try:
        if form == "xlsx":
            return list(_cell_differences(_cells(Package(found)), _cells(Package(expected))))
        if form == "docx":
            return list(_line_differences(_lines(Package(found)), _lines(Package(expected))))
    except KeyError as error:
        raise ValueError(f"missing part: {error}") from error
    return []


def _quoted(text: str) -> str:
    return f"«{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}»" if text else "niente"


def _cell_differences(
    found: dict[tuple[str, str], str], expected: dict[tuple[str, str], str]
) -> Iterator[str]:
    sheets, expected_sheets = ({sheet for sheet, _ in cells} for cells in (found, expected))
    yield from (f"Manca il foglio «{sheet}»." for sheet in sorted(expected_sheets - sheets))
    yield from (f"C'è un foglio in più: «{sheet}»." for sheet in sorted(sheets - expected_sheets))
    for sheet, cell in dict.fromkeys((*expected, *found)):
        if sheet in sheets and sheet in expected_sheets:
            now, before = found.get((sheet, cell), ""), expected.get((sheet, cell), "")
            if now != before:
                yield f"Foglio «{sheet}», cella {cell}: {_quoted(now)} al posto di {_quoted(before)}."


def _cells(package: Package) -> dict[tuple[str, str], str]:
    """The text of every cell that is not empty, by sheet and address; a formula is its own text."""
    workbook = package.xml("xl/workbook.xml")
    targets = {
        link.get("Id"): normpath(join("/xl", link.get("Target") or "")).lstrip("/")
        for link in package.xml("xl/_rels/workbook.xml.rels")
    }
    shared = _shared_strings(package)
    cells: dict[tuple[str, str], str] = {}
    for sheet in workbook.iter(f"{{{S}}}sheet"):
        for cell in package.xml(targets[sheet.get(f"{{{R}}}id")]).iter(f"{{{S}}}c"):
            if text := _cell_text(cell, shared):
                cells[sheet.get("name") or "", cell.get("r") or ""] = text
            if len(cells) > MAX_CELLS:
                raise ValueError("too many cells")
    return cells


def _shared_strings(package: Package) -> list[str]:
    if "xl/sharedStrings.xml" not in package.names:
        return []
    return [_string(item) for item in package.xml("xl/sharedStrings.xml").iter(f"{{{S}}}si")]


def _string(item: "_Element") -> str:
    return "".join(text.text or "" for text in item.iter(f"{{{S}}}t"))


def _cell_text(cell: "_Element", shared: Sequence[str]) -> str:
    formula, value = cell.find(f"{{{S}}}f"), cell.findtext(f"{{{S}}}v")
    if formula is not None:
        return f"={formula.text or ''}"
    if cell.get("t") == "inlineStr":
        return _string(cell)
    if value is None:
        return ""
    if cell.get("t") == "s":
        place = int(value)
        return shared[place] if 0 <= place < len(shared) else ""
    if cell.get("t", "n") == "n":
        return f"{float(value):.12g}"  # programs write the last digits in ways of their own
    return value


def _line_differences(found: list[Line], expected: list[Line]) -> Iterator[str]:
    matcher = SequenceMatcher(None, [line.cells for line in expected], [line.cells for line in found])
    for change, first, last, start, end in matcher.get_opcodes():
        old, new = expected[first:last], found[start:end]
        if change == "equal":
            continue
        for was, now in zip(old, new, strict=False):
            yield from _line_change(was, now)
        yield from (f"{line.place}: manca {_quoted(line.text)}." for line in old[len(new) :])
        yield from (f"{line.place}: è stato aggiunto {_quoted(line.text)}." for line in new[len(old) :])


def _line_change(was: Line, now: Line) -> Iterator[str]:
    if len(was.cells) == len(now.cells) > 1 and was.cells[0] == now.cells[0]:
        where = f"{was.place}, riga {_quoted(was.cells[0])}"
        for old, new in zip(was.cells, now.cells, strict=True):
            if old != new:
                yield f"{where}: {_quoted(new)} al posto di {_quoted(old)}."
    else:
        yield f"{was.place}: {_quoted(now.text)} al posto di {_quoted(was.text)}."


def _lines(package: Package) -> list[Line]:
    """The paragraphs and rows of a draft, in reading order."""
    names = {
        style.get(f"{{{W}}}styleId"): (_value(style, "name") or "").lower()
        for style in package.xml("word/styles.xml").iter(f"{{{W}}}style")
    }
    body = package.xml("word/document.xml").find(f"{{{W}}}body")
    lines, place, fields = [], COVER, _Fields()
    for block in _blocks(body if body is not None else ()):
        if block.tag == f"{{{W}}}p":
            text = fields.text(block)
            style = names.get(_value(block, "pPr/pStyle"), "")
            if style == "caption" or style.startswith("heading"):
                place = f"Sezione «{text}»" if style.startswith("heading") else text
            if text:
                lines.append(Line((text,), place))
        else:
            for row in block.iter(f"{{{W}}}tr"):
                cells = tuple(
                    " ".join(fields.text(part) for part in cell.iter(f"{{{W}}}p"))
                    for cell in row.iter(f"{{{W}}}tc")
                )
                lines.append(Line(cells, place))
        if len(lines) > MAX_LINES:
            raise ValueError("too many lines")
    return lines


def _value(element: "_Element", path: str) -> str | None:
    found = element.find("/".join(f"{{{W}}}{name}" for name in path.split("/")))
    return None if found is None else found.get(f"{{{W}}}val")


def _blocks(parent: "Sequence[_Element]") -> Iterator["_Element"]:
    """Paragraphs and tables, also those inside boxes to fill."""
    for child in parent:
        if child.tag in (f"{{{W}}}p", f"{{{W}}}tbl"):
            yield child
        elif child.tag == f"{{{W}}}sdt":
            for content in child.iterchildren(f"{{{W}}}sdtContent"):
                yield from _blocks(content)


class _Fields:
    """Reads the text of paragraphs, leaving out what stands in fields that the word processor works out."""

    def __init__(self) -> None:
        self._open: list[str] = []  # the instruction of each field that has begun and not ended

    def text(self, paragraph: "_Element") -> str:
        parts: list[str] = []
        for element in paragraph.iter():
            if element.tag == f"{{{W}}}fldChar":
                kind = element.get(f"{{{W}}}fldCharType")
                if kind == "begin":
                    self._open.append("")
                    if len(self._open) > MAX_FIELDS:
                        raise ValueError("fields within fields")
                elif kind == "end" and self._open:
                    self._open.pop()
            elif element.tag == f"{{{W}}}instrText" and self._open:
                self._open[-1] += element.text or ""
            elif element.tag == f"{{{W}}}t" and not self._is_worked_out():
                parts.append(element.text or "")
        return "".join(parts).strip()

    def _is_worked_out(self) -> bool:
        return any(instruction.split()[:1] in ([name] for name in WORKED_OUT) for instruction in self._open)
