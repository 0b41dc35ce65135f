"""The report model: what a report says, with no word about how it is drawn.

PDF and workbook are both written from these objects, so a figure cannot differ between them. Cells
hold plain values; `reporting.formats` turns a value into text from the format of its column.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Literal, TypeGuard

if TYPE_CHECKING:
    from reporting.disclosure.cells import PublishedTable
    from reporting.disclosure.scheme import Scheme


class Withheld(Enum):
    """The value of a cell that may not be shown: never a zero, never an empty cell, and nothing can be made of it."""

    CELL = "withheld"


WITHHELD: Literal[Withheld.CELL] = Withheld.CELL
Value = str | int | float | Decimal | date | bool | Withheld | None


def is_known(value: Value) -> TypeGuard[str | int | float | Decimal | date | bool]:
    """Whether a cell has a value that readers see: neither missing nor withheld."""
    return value is not None and value is not WITHHELD


class Format(StrEnum):
    """How a column is shown. The values are those of the `format` column of the seed mart_columns."""

    TEXT = "testo"
    INTEGER = "intero"
    DECIMAL = "decimale"
    PERCENT = "percentuale"  # the value is a share between 0 and 1
    EURO = "euro"
    DATE = "data"
    CODE = "codice"
    FLAG = "si_no"


@dataclass(frozen=True)
class Column:
    """A column of a table. `key` is unique in its table; `definition` is the sentence that readers need.

    `term` is what the definition explains: the label, or for the columns of a matrix the measure in its cells.
    """

    key: str
    label: str
    format: Format
    definition: str
    term: str
    weight: float = 1.0  # share of the page's width, relative to the other columns


def text_column(
    key: str, label: str, weight: float, definition: str = "", form: Format = Format.TEXT
) -> Column:
    """A column of words that no mart has: a fact of the manifest, a note."""
    return Column(key, label, form, definition, label, weight)


@dataclass(frozen=True)
class Row:
    """A row of a table: the codes that identify it and one value per column."""

    key: tuple[str, ...]
    values: tuple[Value, ...]
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose rows come from marts of the release; total rows stand last.

    `sheet` names its sheet in the workbook. `group` names a column whose repeated values become headings
    of groups in print. A table with `in_print` False stands in the workbook only. `indicators` are the codes
    under which its figures stand in mart_indicators. `origin` says where its rows come from when it is not the release.
    `period` is the code of the one period that its figures are about, empty where they are about several.
    """

    key: str
    title: str
    sheet: str
    marts: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    group: str | None = None
    note: str = ""
    in_print: bool = True
    indicators: tuple[str, ...] = ()
    origin: str = ""
    number: str = ""
    period: str = ""

    def position(self, column: str) -> int:
        """Where a column stands. Raises KeyError when the table has no such column."""
        for position, candidate in enumerate(self.columns):
            if candidate.key == column:
                return position
        raise KeyError(f"table {self.key} has no column {column}")

    def value(self, row: str | tuple[str, ...], column: str) -> Value:
        """One figure, by the codes of its row and the key of its column; None when there is no such row."""
        wanted = (row,) if isinstance(row, str) else row
        position = self.position(column)
        return next((line.values[position] for line in self.rows if line.key == wanted), None)

    @property
    def body(self) -> tuple[Row, ...]:
        """The rows that are not totals."""
        return tuple(row for row in self.rows if not row.is_total)


class ChartKind(StrEnum):
    BARS = "bars"  # horizontal bars, one or two series
    COLUMNS = "columns"  # vertical columns, one or two series
    LINES = "lines"  # one line per series
    INTERVALS = "intervals"  # a point with its interval: series are (value, low, high)


@dataclass(frozen=True)
class Chart:
    """A drawing of columns of a table: it has no figures of its own.

    `alt` says what the chart shows, for those who cannot see it. `group` keeps only the rows whose group
    column has that value, `first` so many of them from the top.
    """

    key: str
    title: str
    kind: ChartKind
    table: str
    category: str
    series: tuple[str, ...]
    alt: str
    group: str | None = None
    names: tuple[str, ...] = ()  # of the series, where the labels of their columns would not do
    first: int | None = None
    number: str = ""

    def series_name(self, table: Table, column: str) -> str:
        """What the legend calls a series."""
        if self.names:
            return self.names[self.series.index(column)]
        return table.columns[table.position(column)].label


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


class Tone(StrEnum):
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True)
class Callout:
    """A framed notice. The tone is also said in words by the title: colour alone says nothing."""

    tone: Tone
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the summary, from a total row of a mart, with the one of the same semester a year before."""

    mart: str
    column: Column
    value: Value
    before: Value = None
    note: str = ""


@dataclass(frozen=True)
class KeyFigures:
    items: tuple[KeyFigure, ...]
    before_label: str


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Run:
    """A stretch of somebody's words in one hand: plain, strong or emphasised."""

    text: str
    is_strong: bool = False
    is_emphasis: bool = False


class LineKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    BULLET = "bullet"
    STEP = "step"  # an item of a numbered list


@dataclass(frozen=True)
class Line:
    """A paragraph, heading or list item of a narrative."""

    runs: tuple[Run, ...]
    kind: LineKind = LineKind.PARAGRAPH

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Narrative:
    """What the partner or the office says in its own words; without lines it is still to be written.

    `key` names the text among those of its report, `prompt` says what it should tell. Not `is_text` where the words
    are not a text of their own (the proposals): the prompt says how they are written.
    """

    key: str
    title: str
    prompt: str
    lines: tuple[Line, ...] = ()
    is_text: bool = True

    @property
    def is_missing(self) -> bool:
        return not self.lines


Block = Paragraph | Bullets | Callout | KeyFigures | Heading | Narrative | Table | Chart


def present(*blocks: Block | None) -> tuple[Block, ...]:
    """The blocks that have something to show: a section leaves out what is missing, and texts without a word."""
    return tuple(block for block in blocks if block and not (isinstance(block, Paragraph) and not block.text))


@dataclass(frozen=True)
class Section:
    """A section of the report. An appendix is lettered, a section numbered, the summary neither.

    `lead` is what the summary says of it, empty when it says nothing.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""
    is_appendix: bool = False
    is_summary: bool = False
    number: str = ""

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True)
class Fact:
    """A line of the cover: what, and its value."""

    label: str
    text: str


@dataclass(frozen=True)
class Slide:
    """A slide of the report's deck: one message, which is its title, and the one block that bears it out.

    Charts draw tables of the report. `note` is a sentence under the block.
    """

    title: str
    block: KeyFigures | Chart | Table | Bullets
    note: str = ""


@dataclass(frozen=True)
class ProtectedTables:
    """The tables that a protected report is made of, as they leave, and what readers know of them."""

    known: "Scheme"
    tables: "tuple[PublishedTable, ...]"


class Layout(StrEnum):
    """How a printed report is set."""

    DOCUMENT = "document"  # cover and contents, then sections that follow one another
    BRIEF = "brief"  # a band at the top, each section on a page of its own, then the appendices


@dataclass(frozen=True)
class Report:
    """A whole report, ready to be written in any format.

    `key` is its kind; `edition` the municipality that it is about, empty for the whole Ambito, and
    `edition_slug` the same for names of files; `words_version` stands for what people wrote in it, empty for nothing.
    `slides` are its deck, where it has one; `protected` what its figures come from, where they are protected.
    """

    key: str
    title: str
    subtitle: str
    organisation: str
    period_code: str
    period_label: str
    release_id: str
    as_of: date
    facts: tuple[Fact, ...]
    notices: tuple[Callout, ...]
    keywords: tuple[str, ...]
    description: str
    sections: tuple[Section, ...]
    edition: str = ""
    edition_slug: str = ""
    words_version: str = ""
    layout: Layout = Layout.DOCUMENT
    slides: tuple[Slide, ...] = ()
    protected: ProtectedTables | None = None

    @property
    def stem(self) -> str:
        """The name of its files, without the suffix: «semestrale_2022-S1», «semestrale_2022-S1_meda»."""
        return "_".join(part for part in (self.key, self.period_code, self.edition_slug) if part)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for section in self.sections for table in section.tables)

    @property
    def narratives(self) -> tuple[Narrative, ...]:
        """The texts that people write, in reading order."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Narrative)
        )

    def table(self, key: str) -> Table:
        """A table by its key. Raises KeyError when the report has none of that name."""
        for table in self.tables:
            if table.key == key:
                return table
        raise KeyError(f"the report has no table {key}")


def numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Number sections (1, 2 … then A, B …), tables and charts (1.1, 1.2 …), in reading order."""
    digits, letters = iter(range(1, 100)), iter("ABCDEFGHIJ")
    result = []
    for section in sections:
        number = "" if section.is_summary else next(letters) if section.is_appendix else str(next(digits))
        result.append(replace(section, number=number, blocks=tuple(_number_blocks(section.blocks, number))))
    return tuple(result)


def _number_blocks(blocks: tuple[Block, ...], section: str) -> Iterator[Block]:
    tables = charts = 0
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            yield replace(block, number=f"{section}.{tables}")
        elif isinstance(block, Chart):
            charts += 1
            yield replace(block, number=f"{section}.{charts}")
        else:
            yield block
