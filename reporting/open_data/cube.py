"""The figures of a year, read from a release: every cell, with a zero where nobody is, and the names of all codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from osservatorio.errors import UserError
from osservatorio.periods import Period
from osservatorio.release import Release
from reporting import open_data_queries, queries
from reporting.disclosure.cells import Cell, Code, ProtectedSet, Table
from reporting.open_data.known import (
    AGE,
    COLUMNS,
    DIMENSIONS,
    PARTS,
    PERIOD,
    PRINTED,
    SERVICE,
    SEX,
    TOTALS,
    TOWN,
    Codes,
    scheme_of,
)
from reporting.whole_years import require_whole_year

MISSING = "non_indicato"
# The code lists of the labels of each dimension and of its total.
_LISTS = {TOWN: "total_municipality", SERVICE: "total_service", AGE: "total_age_band", SEX: "total_sex"}


@dataclass(frozen=True)
class Described:
    """A column as the release's seed describes it."""

    label: str
    definition: str


@dataclass(frozen=True)
class Cube:
    """The true figures of a year: to be rounded, never to be written.

    `given` has one table per part of the cube; `codes` gives the codes of each dimension in display order, totals first;
    `described` the columns of the mart.
    """

    year: int
    given: ProtectedSet
    codes: Mapping[str, tuple[str, ...]]
    described: Mapping[str, Described]

    def name(self, dimension: str, code: str) -> str:
        """The Italian name of a code."""
        return self.given.names.get((dimension, code), code)


def read_cube(release: Release, period: Period) -> Cube:
    """The figures of a year. Raises UserError where the release does not have it, or only a part of the year."""
    years = _years(release, period)
    cells = open_data_queries.cube_cells(release, period.start.year, (*COLUMNS.values(), *PRINTED.values()))
    names = _names(release)
    services = {row["service_code"]: row["area"] for row in open_data_queries.services_with_cases(release)}
    codes = Codes(
        years,
        [code for dimension, code in names if dimension == TOWN and code != TOTALS[TOWN]],
        services,
        _present(names, AGE, cells),
        _present(names, SEX, cells),
    )
    shown = {
        PERIOD: (period.code,),
        TOWN: (TOTALS[TOWN], *codes.towns),
        SERVICE: (TOTALS[SERVICE], *services),
        AGE: (TOTALS[AGE], *codes.ages),
        SEX: (TOTALS[SEX], *codes.sexes),
    }
    found = {tuple(str(cell[COLUMNS[key]]) for key in DIMENSIONS): cell for cell in cells}
    tables = tuple(_table(name, dimensions, shown, found) for name, dimensions in PARTS.items())
    described = {
        row["column_name"]: Described(row["label"], row["definition"])
        for row in queries.mart_columns(release)
        if row["mart"] == open_data_queries.CUBE
    }
    names |= {("", measure): described[column].label for measure, column in PRINTED.items()}
    return Cube(period.start.year, ProtectedSet(scheme_of(codes), tables, names), shown, described)


def _table(
    name: str,
    dimensions: tuple[str, ...],
    codes: Mapping[str, tuple[str, ...]],
    found: Mapping[tuple[str, ...], queries.Record],
) -> Table:
    """A part of the cube: every place by its dimensions, at the totals of the others."""
    inside = (PERIOD, *dimensions)
    cells = []
    for place in product(*(codes[key] for key in inside)):
        at = {**TOTALS, **dict(zip(inside, place, strict=True))}
        row = found.get(tuple(at[key] for key in DIMENSIONS))
        cells += [Cell(place, measure, row[column] if row else 0) for measure, column in PRINTED.items()]
    return Table(name, inside, tuple(cells), name)


def _years(release: Release, period: Period) -> list[int]:
    """The years of the cube. Raises UserError unless the period is one of them, and over."""
    if not open_data_queries.has_cube(release):
        raise UserError(
            f"La pubblicazione «{release.id}» è stata fatta da una versione che non preparava i dati aperti: "
            "esegui di nuovo «osservatorio run CARTELLA» e riprova."
        )
    years = open_data_queries.cube_years(release)
    require_whole_year(
        release, period, years, made="i dati aperti si fanno", partial="i dati sarebbero parziali"
    )
    return sorted(row["year"] for row in years)


def _names(release: Release) -> dict[Code, str]:
    """The names of codes, in display order, by dimension and code."""
    lists = queries.code_lists(release)
    names: dict[Code, str] = {}
    for key, of_total in _LISTS.items():
        names |= {(key, row["code"]): row["label"] for row in lists if row["code_list"] == of_total}
    names |= {(TOWN, row["municipality_code"]): row["name"] for row in queries.municipalities(release)}
    names |= {
        (SERVICE, row["service_code"]): row["name"] for row in open_data_queries.services_with_cases(release)
    }
    for key, code_list in ((AGE, "age_band"), (SEX, "sesso")):
        names |= {(key, row["code"]): row["label"] for row in lists if row["code_list"] == code_list}
        names |= {(key, row["code"]): row["label"] for row in lists if row["code_list"] == "missing"}
    return names


def _present(names: Mapping[Code, str], key: str, cells: list[queries.Record]) -> list[str]:
    """The codes of a dimension; «not given» only where it occurs."""
    used = {cell[COLUMNS[key]] for cell in cells}
    return [
        code
        for dimension, code in names
        if dimension == key and code != TOTALS[key] and (code != MISSING or code in used)
    ]
