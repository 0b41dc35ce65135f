"""What a sheet's XML says that the reader of cells does not: errors, formulas without a value, how far cells lie."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.isolated.names import cell_name
from ingestion.refusal import RefusedFile

MAX_CELLS = 60_000_000  # of the rectangle that holds all cells, which the reader lays out in memory
ERROR = "error"
NO_VALUE = "no_value"
UNKNOWN_ERROR = "#"

# As an Italian Excel shows them; the file has the English names.
_ITALIAN_ERRORS = {
    "#N/A": "#N/D",
    "#VALUE!": "#VALORE!",
    "#REF!": "#RIF!",
    "#NAME?": "#NOME?",
    "#NULL!": "#NULLO!",
}
_ERRORS = {*_ITALIAN_ERRORS, "#DIV/0!", "#NUM!"}  # those that the reader of cells knows
_FAR = (
    "Ci sono celle piene lontanissime dai dati ({cells}): cancellare righe e colonne oltre la tabella, salvare e "
    "consegnare di nuovo il file."
)
_NAMELESS = (
    "La cartella di lavoro ha errori o formule senza valore in celle di cui non dice la posizione: aprirla con Excel, "
    "salvarla e consegnarla di nuovo."
)


@dataclass(frozen=True)
class FaultyCell:
    """A cell without a usable value: `row` and `column` from 0, `fault`, and `text` to show (an error's name)."""

    row: int
    column: int
    fault: str
    text: str

    @property
    def name(self) -> str:
        """The cell's name in Excel."""
        return cell_name(self.row, self.column)


@dataclass(frozen=True)
class SheetMarks:
    """What one pass over a sheet's XML found."""

    has_formulas: bool = False
    has_hidden_rows: bool = (
        False  # hidden by hand or by a filter: the reader of cells gives them like the others
    )
    faulty: list[FaultyCell] = field(default_factory=list)


def find_marks(xml: bytes, *, trust_values: bool) -> SheetMarks:
    """Look through a sheet's XML. Raises RefusedFile when its cells lie too far apart to be laid out.

    Without `trust_values` no formula has a usable value, whatever the file holds for it.
    """
    prefix = _prefix(xml)
    _check_extent(xml, prefix)
    has_formulas = b"<" + prefix + b"f>" in xml or bool(re.search(b"<" + prefix + rb"f[\s/]", xml))
    has_errors = b't="e"' in xml or b"t='e'" in xml
    has_hidden_rows = _has_hidden_rows(xml, prefix)
    if not has_formulas and not has_errors:
        return SheetMarks(has_hidden_rows=has_hidden_rows)
    faulty = [
        *(_errors(xml, prefix) if has_errors else ()),
        *(_without_value(xml, prefix, trust_values) if has_formulas else ()),
    ]
    return SheetMarks(has_formulas, has_hidden_rows, faulty)


def _has_hidden_rows(xml: bytes, prefix: bytes) -> bool:
    """Whether a row is hidden."""
    return b"hidden=" in xml and bool(
        re.search(b"<" + prefix + rb"""row\s[^>]*?\bhidden=["'](?:1|true)["']""", xml)
    )


def _prefix(xml: bytes) -> bytes:
    """The namespace prefix of the sheet's elements, with its colon; usually there is none."""
    found = re.search(rb"<([\w.-]+:)?worksheet[\s>]", xml)
    return (found[1] if found else None) or b""


def _check_extent(xml: bytes, prefix: bytes) -> None:
    """Cells far out make the rectangle of all cells enormous: first a quick look, then an exact one."""
    rows = max(map(int, re.findall(b"<" + prefix + rb'row\s[^>]*?\br="(\d{1,9})"', xml)), default=0)
    wide = set(re.findall(rb' r="([A-Z]{2,7})\d', xml))
    if rows * max(map(_column_number, wide), default=26) <= MAX_CELLS:
        return
    last, widest = (0, ""), (0, "")  # the lowest and the rightmost full cell: place, name
    for cell in re.finditer(b"<" + prefix + rb'c\s[^>]*?\br="([A-Z]{1,7})(\d{1,9})"[^>]*(?<!/)>', xml):
        name = (cell[1] + cell[2]).decode()
        last = max(last, (int(cell[2]), name))
        widest = max(widest, (_column_number(cell[1]), name))
    if last[0] * widest[0] > MAX_CELLS:
        raise RefusedFile(_FAR.format(cells=" e ".join(dict.fromkeys((last[1], widest[1])))))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _errors(xml: bytes, prefix: bytes) -> Iterator[FaultyCell]:
    """Cells that hold an error of Excel's."""
    pattern = b"<P:c\\b(?=[^>]*\\bt=[\"']e[\"'])([^>]*?)(?:/>|>(.*?)</P:c>)".replace(b"P:", prefix)
    value = re.compile(b"<P:v>([^<]*)<".replace(b"P:", prefix))
    for cell in re.finditer(pattern, xml, re.DOTALL):
        found = value.search(cell[2] or b"")
        text = html.unescape(found[1].decode("utf-8", "replace")) if found else ""
        known = text if text in _ERRORS else UNKNOWN_ERROR
        yield FaultyCell(*_place(cell[1]), ERROR, _ITALIAN_ERRORS.get(known, known))


def _without_value(xml: bytes, prefix: bytes, trust_values: bool) -> Iterator[FaultyCell]:
    """Formulas whose value was not saved. A text that is empty is a value."""
    pattern = rb"<P:c\b([^>]*)(?<!/)>\s*<P:f[\s/>](.*?)</P:c>".replace(b"P:", prefix)
    value = re.compile(rb"<P:v\b[^>]*>[^<]|<P:is\b".replace(b"P:", prefix))
    for cell in re.finditer(pattern, xml, re.DOTALL):
        kind = re.search(rb"""\bt=["'](\w+)["']""", cell[1])
        if kind and kind[1] == b"e":
            continue
        has_value = value.search(cell[2]) or (kind and kind[1] == b"str")
        if not has_value or not trust_values:
            yield FaultyCell(*_place(cell[1]), NO_VALUE, "=")


def _place(attributes: bytes) -> tuple[int, int]:
    place = re.search(rb"""\br=["']([A-Z]{1,7})(\d{1,9})["']""", attributes)
    if not place:
        raise RefusedFile(_NAMELESS)
    return int(place[2]) - 1, _column_number(place[1]) - 1
