"""The tables that readers get: each is a rounded part of the cube at the totals of the dimensions that it leaves out."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from osservatorio.inert import inert
from reporting.disclosure.cells import PublishedTable
from reporting.disclosure.rounding import derived
from reporting.open_data.cube import Cube
from reporting.open_data.known import AGE, COLUMNS, PARTS, PERIOD, PRINTED, SERVICE, SEX, TOTALS, TOWN

# Dimensions whose code says nothing to a reader: a column for the code, one for the name, and the name's in the mart.
NAMED = {TOWN: ("codice_comune", "municipality_name"), SERVICE: ("codice_servizio", "service_name")}
YEAR = "anno"


@dataclass(frozen=True)
class OpenTable:
    """A table of the open data: the name of its file, what it is about, its dimensions besides the year, and the part of
    the cube that it comes from.
    """

    name: str
    title: str
    dimensions: tuple[str, ...]
    part: str

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one row from another."""
        return (YEAR, *(NAMED[key][0] if key in NAMED else key for key in self.dimensions))


BY_SERVICE, BY_AGE = PARTS
TABLES = (
    OpenTable("comuni", "Minori in carico per Comune", (TOWN,), BY_SERVICE),
    OpenTable("servizi", "Minori in carico per servizio", (SERVICE,), BY_SERVICE),
    OpenTable(BY_SERVICE, "Minori in carico per Comune e servizio", (TOWN, SERVICE), BY_SERVICE),
    OpenTable("eta_sesso", "Minori in carico per fascia d'età e sesso", (AGE, SEX), BY_AGE),
    OpenTable(BY_AGE, "Minori in carico per Comune, fascia d'età e sesso", (TOWN, AGE, SEX), BY_AGE),
)


@dataclass(frozen=True)
class Column:
    """A column of a file: its name, what it means, whether it is a count, and the codes that it may hold."""

    name: str
    label: str
    definition: str
    is_count: bool = False
    codes: tuple[str, ...] = ()


def columns_of(table: OpenTable, cube: Cube) -> list[Column]:
    """The columns of a table's file, in their order, with labels and definitions from the release's seed."""
    columns = [_column(cube, YEAR, COLUMNS[PERIOD])]
    for key in table.dimensions:
        if key in NAMED:
            code, name = NAMED[key]
            columns.append(_column(cube, code, COLUMNS[key], codes=cube.codes[key]))
            columns.append(_column(cube, key, name))
        else:
            columns.append(_column(cube, key, COLUMNS[key], codes=cube.codes[key]))
    return columns + [_column(cube, measure, column, is_count=True) for measure, column in PRINTED.items()]


def _column(
    cube: Cube, name: str, column: str, *, is_count: bool = False, codes: tuple[str, ...] = ()
) -> Column:
    described = cube.described[column]
    return Column(name, described.label, described.definition, is_count, codes)


def csv_of(table: OpenTable, cube: Cube, rounded: Sequence[PublishedTable]) -> bytes:
    """A table as CSV: UTF-8, commas, one row per place, the counts side by side."""
    whole = next(part for part in rounded if part.key == table.part)
    part = derived(cube.given.known, whole, (PERIOD, *table.dimensions), table.name)
    rows: dict[tuple[str, ...], dict[str, int]] = {}
    for cell in part.cells:
        rows.setdefault(cell.place, {})[cell.measure] = int(cell.value or 0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns_of(table, cube)])
    for place, counts in rows.items():
        codes = dict(zip(part.dimensions, place, strict=True))
        line = [codes[PERIOD]]
        for key in table.dimensions:
            line.append(inert(codes[key]))
            if key in NAMED:
                line.append(inert(cube.name(key, codes[key])))
        writer.writerow([*line, *(counts[measure] for measure in PRINTED)])
    return text.getvalue().encode()


def totals_in_words(cube: Cube, table: OpenTable) -> list[str]:
    """The codes that stand for a total in a table, with their names: «AMBITO (Ambito di Seregno)»."""
    return [f"{TOTALS[key]} ({cube.name(key, TOTALS[key])})" for key in table.dimensions]
