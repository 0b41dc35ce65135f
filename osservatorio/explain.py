"""Following one figure: what it means, the rows it stands in, the SQL, the deliveries, and what it was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from osservatorio.explain_catalogue import Catalogue, Cell, Row, Words, quoted
from osservatorio.explain_figure import AMBITO, LONG_TABLE, PLACE, SERVICE, VALUE, find_cell
from osservatorio.explain_history import Step, history_of, is_same
from osservatorio.explain_sources import Sources, read_sources
from osservatorio.home import Home
from osservatorio.periods import SEMESTER, YEAR, Period, parse_period
from osservatorio.provenance import LISTED
from osservatorio.release import Release, open_release
from osservatorio.upstream import Origin, computing_model, extracts_behind, names_behind

# What the long table says of a value besides its row's names.
ASIDE = ("numerator", "denominator", "low", "high")


@dataclass(frozen=True)
class MartRow:
    """A row of a mart, its columns in words; `column` is where the figure stands in it."""

    mart: str
    column: str
    cells: list[tuple[Words, Any]]


@dataclass(frozen=True)
class Explanation:
    """A figure and all that it can be followed to.

    `indicator` is its row of the seed `indicators`, `measured` its row of the long table, where it is an indicator;
    `deliveries` are those of the manifest that it rests on, each with `codice_ente`; `history` ends with the release
    itself, `later` releases came after it.
    """

    manifest: dict[str, Any]
    period: Period
    cell: Cell
    words: Words
    indicator: Row | None
    measured: Row | None
    value: Any
    rows: list[MartRow]
    place_name: str
    service_name: str
    query: str
    sources: Sources
    extracts: list[str]
    deliveries: list[Row]
    history: list[Step]
    later: int


def explain(
    home: Home,
    period_code: str,
    code: str,
    *,
    comune: str | None = None,
    servizio: str | None = None,
    where: Sequence[str] = (),
    release_id: str | None = None,
) -> Explanation:
    """Explain a figure of a release (by default the one in use). Arguments and errors as `explain_figure.find_cell`."""
    period = parse_period(period_code)
    with open_release(home, release_id) as release:
        catalogue = Catalogue(release)
        cell, row = find_cell(catalogue, period, code, comune=comune, servizio=servizio, where=where)
        indicator, measured = _indicator(catalogue, cell, row, period)
        shown = _shown(catalogue, indicator, measured) if cell.mart == LONG_TABLE else None
        rows = [
            MartRow(
                at.mart, at.column, [(catalogue.words(at.mart, name), found) for name, found in of.items()]
            )
            for at, of in ((cell, row), *([shown] if shown else []))
        ]
        origin = _origin(catalogue, cell)
        manifest = release.manifest
        own = computing_model(manifest, origin.indicator) if origin.indicator else None
        extracts = extracts_behind(manifest, origin)
        history, later = history_of(home, cell, origin, release.id)
        return Explanation(
            manifest,
            period,
            cell,
            catalogue.words(cell.mart, cell.column),
            indicator,
            measured,
            row[cell.column],
            rows,
            str(row.get("municipality_name") or ""),
            str(row.get("service_name") or ""),
            _query(cell),
            read_sources(manifest, [*([own] if own else []), cell.mart], names_behind(manifest, origin)),
            extracts,
            _deliveries(release, extracts, cell.key.get(PLACE)),
            history,
            later,
        )


def _indicator(catalogue: Catalogue, cell: Cell, row: Row, period: Period) -> tuple[Row | None, Row | None]:
    """The indicator that a figure is, and its row of the long table; none for a figure that is no indicator."""
    if cell.mart == LONG_TABLE:
        code = cell.key["indicator_code"]
        return (catalogue.indicators[code], row) if cell.column == VALUE else (None, None)
    decided = ("period_type", "period", "year", PLACE, SERVICE)
    rest = [text for name, text in cell.key.items() if name not in decided and text not in catalogue.totals]
    for code, indicator in catalogue.indicators.items():
        if (indicator["source_mart"], indicator["source_column"]) != (cell.mart, cell.column):
            continue
        if not all(code.endswith(f"_{text}") for text in rest):
            continue
        key = {
            "indicator_code": code,
            "period_type": period.type,
            "period": period.code,
            PLACE: cell.key.get(PLACE, AMBITO),
            SERVICE: cell.key.get(SERVICE, next(iter(catalogue.services))),
        }
        found = catalogue.rows("main", LONG_TABLE, key)
        if found and is_same(found[0][VALUE], row[cell.column]):
            return indicator, found[0]
    return None, None


def _shown(catalogue: Catalogue, indicator: Row | None, measured: Row | None) -> tuple[Cell, Row] | None:
    """Where another mart shows the figure of an indicator, and that row of it; None when it cannot be told."""
    if indicator is None or measured is None or not indicator["source_column"]:
        return None
    mart, column = indicator["source_mart"], indicator["source_column"]
    names, columns = catalogue.key(mart), catalogue.columns.get(mart, {})
    known = {
        "period_type": str(measured["period_type"]),
        "period": str(measured["period"]),
        "year": str(measured["period"]) if measured["period_type"] == YEAR else "",
        PLACE: str(measured[PLACE]),
        SERVICE: str(measured[SERVICE]),
    }
    key = {name: known[name] for name in names if name in known}
    if "period" in columns and "period" not in names and measured["period_type"] == SEMESTER:
        key["period"] = known["period"]
    rows = catalogue.rows("main", mart, key)
    for name in [name for name in names if name not in known]:
        values = {str(row[name]) for row in rows}
        own = {value for value in values if indicator["indicator_code"].endswith(f"_{value}")}
        left = own or values & catalogue.totals or values
        rows = [row for row in rows if str(row[name]) in left]
    if len(rows) != 1 or not is_same(rows[0][column], measured[VALUE]):
        return None
    return Cell(mart, column, {name: str(rows[0][name]) for name in names}), rows[0]


def _origin(catalogue: Catalogue, cell: Cell) -> Origin:
    """Where a figure comes from: of the long table its indicator, of the rules' marts its rule."""
    code, rule = cell.key.get("indicator_code"), cell.key.get("rule_id")
    indicator = catalogue.indicators.get(code or "", {})
    return Origin(
        cell.mart,
        code,
        None if rule in catalogue.totals else rule,
        indicator.get("source_mart") if indicator.get("source_column") else None,
    )


def _query(cell: Cell) -> str:
    """A statement that reads the figure from the file of the release."""
    names = [cell.column, *(ASIDE if (cell.mart, cell.column) == (LONG_TABLE, VALUE) else ())]
    conditions = "\n    and ".join(
        f"{quoted(name) if not name.isidentifier() else name} = {_literal(value)}"
        for name, value in cell.key.items()
    )
    return f"select {', '.join(names)}\nfrom {cell.mart}\nwhere {conditions}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _deliveries(release: Release, extracts: Sequence[str], municipality: str | None) -> list[Row]:
    """The deliveries that a figure rests on, in the order of extract, extraction and file.

    Of a municipality, those whose rows count for it (or for all: reference data).
    """
    bodies = dict(release.rows(f"select delivery_id, codice_ente from {LISTED} where rule = 'TUTTE'"))
    place = None if municipality in (None, AMBITO) else municipality
    found = [
        {**delivery, "codice_ente": bodies.get(delivery["delivery_id"])}
        for delivery in release.manifest["deliveries"]
        if delivery["extract"] in extracts and _counts(delivery, place)
    ]
    return sorted(found, key=lambda d: (d["extract"], d["last_extraction"] or "", d["file"]))


def _counts(delivery: Row, place: str | None) -> bool:
    moves = delivery.get("moves")
    if moves is None:  # reference data, and manifests of earlier versions
        concerned = delivery.get("municipalities")
        return place is None or concerned is None or place in concerned
    return bool(moves) if place is None else place in moves
