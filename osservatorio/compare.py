"""What differs between two releases: the figures, the circumstances, and the deliveries that can have moved them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from osservatorio import compare_figures as figures
from osservatorio.compare_figures import AFTER, BEFORE, CHANGED, GONE, NEW, TOTAL, Column, Figure
from osservatorio.database import attach, connect
from osservatorio.errors import UserError
from osservatorio.fingerprint import table_fingerprint
from osservatorio.home import Home
from osservatorio.provenance import DeliveryChange, changed_deliveries
from osservatorio.reference import code_list
from osservatorio.release import read_manifest, release_path

DELIVERY_KEY = "delivery_id"


@dataclass(frozen=True)
class Circumstance:
    """Something other than deliveries that two releases differ in: `kind`, its name, and its value in each."""

    kind: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class MartComparison:
    """How many figures of a mart differ, the first of them (or all), and whose deliveries can have moved them.

    `moved_by`: ids of deliveries by municipality (AMBITO: the totals, and figures that name no municipality).
    """

    mart: str
    title: str
    changed: int
    new: int
    gone: int
    figures: list[Figure]
    moved_by: dict[str, list[str]]

    @property
    def total(self) -> int:
        return self.changed + self.new + self.gone

    def deliveries_of(self, figure: Figure) -> list[str]:
        """Ids of the deliveries that can have moved a figure; one about a delivery was moved by that one."""
        if DELIVERY_KEY in figure.key:
            known = {name for names in self.moved_by.values() for name in names}
            return sorted({figure.key[DELIVERY_KEY]} & known)
        return self.moved_by.get(figure.municipality or TOTAL, [])


@dataclass(frozen=True)
class Comparison:
    """Two releases side by side; `before` and `after` are their manifests."""

    before: dict[str, Any]
    after: dict[str, Any]
    circumstances: list[Circumstance]
    deliveries: list[DeliveryChange]
    marts: list[MartComparison]
    only_before: list[str] = field(default_factory=list)
    only_after: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(mart.total for mart in self.marts)


def compare_releases(home: Home, before_id: str, after_id: str, *, limit: int | None = None) -> Comparison:
    """Compare two releases of a home; at most `limit` figures of each mart are listed, all are counted.

    Raises UserError when one is missing, or was published before manifests named the keys of the marts.
    """
    before, after = read_manifest(home, before_id), read_manifest(home, after_id)
    keys = {**before.get("keys", {}), **after.get("keys", {})}
    lineage = {**before.get("lineage", {}), **after.get("lineage", {})}
    if not keys:
        raise UserError(
            "Queste pubblicazioni sono state fatte da una versione precedente del programma e non si possono "
            "confrontare: rifalle con «osservatorio run CARTELLA --as-of DATA» e riprova."
        )
    deliveries = changed_deliveries(before, after)
    with connect(None) as con:
        con.execute("set temp_directory = ''")
        for name, release_id in ((BEFORE, before_id), (AFTER, after_id)):
            attach(con, release_path(home, release_id), name, read_only=True)
        old, new = _marts(con, BEFORE), _marts(con, AFTER)
        figures.prepare(con)
        shapes: dict[str, tuple[list[Column], list[str]]] = {}
        for mart in [name for name in code_list("mart") if name in old & new & keys.keys()]:
            columns = figures.columns_of(con, mart)
            both = {column.name for column in columns if column.is_in_both}
            # Words beside a code are in the key to say that they are never missing.
            key = [
                name
                for name in keys[mart]
                if name in both and name.removesuffix("_name") not in {*keys[mart]} - {name}
            ]
            if key:
                shapes[mart] = columns, key
                figures.compare_mart(con, mart, columns, key)
        totals, places = figures.totals(con), figures.places_moved(con)
        marts = [
            MartComparison(
                mart,
                code_list("mart")[mart],
                *(totals.get((mart, status), 0) for status in (CHANGED, NEW, GONE)),
                figures.read_figures(con, mart, columns, key, limit),
                _moved_by([town for name, town in places if name == mart], lineage.get(mart, []), deliveries),
            )
            for mart, (columns, key) in shapes.items()
        ]
        circumstances = [*_circumstances(before, after), *_lists(con)]
    return Comparison(before, after, circumstances, deliveries, marts, sorted(old - new), sorted(new - old))


def _marts(con: duckdb.DuckDBPyConnection, catalogue: str) -> set[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = $name and schema_name = 'main'",
        {"name": catalogue},
    ).fetchall()
    return {name for (name,) in rows}


def _moved_by(
    municipalities: Sequence[str | None], extracts: Sequence[str], deliveries: Sequence[DeliveryChange]
) -> dict[str, list[str]]:
    """For each municipality the deliveries upstream that can have moved it; all upstream ones where none can."""
    upstream = [change for change in deliveries if change.delivery["extract"] in extracts]
    found = {}
    for municipality in sorted({town or TOTAL for town in municipalities}):
        own = [change for change in upstream if change.moves(None if municipality == TOTAL else municipality)]
        found[municipality] = [change.delivery["delivery_id"] for change in own or upstream]
    return found


def _circumstances(before: dict[str, Any], after: dict[str, Any]) -> list[Circumstance]:
    """Reference date, settings, program and libraries, definitions of the tables, key of the pseudonyms."""
    found = [
        Circumstance(kind, kind, before.get(kind), after.get(kind))
        for kind in ("as_of", "key_id")
        if before.get(kind) != after.get(kind)
    ]
    for kind in ("settings", "versions"):
        old, new = before.get(kind, {}), after.get(kind, {})
        found += [
            Circumstance(kind, name, _text(old.get(name)), _text(new.get(name)))
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ]
    old, new = before.get("models", {}), after.get("models", {})
    return found + [
        Circumstance("models", name, _short(old.get(name)), _short(new.get(name)))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _lists(con: duckdb.DuckDBPyConnection) -> list[Circumstance]:
    """Reference lists (seeds) whose content differs."""
    prints: dict[str, dict[str, str]] = {BEFORE: {}, AFTER: {}}
    for catalogue, tables in prints.items():
        con.execute(f"use {catalogue}")
        rows = con.execute(
            "select table_name from duckdb_tables() where database_name = $name and schema_name = 'seeds'",
            {"name": catalogue},
        ).fetchall()
        tables |= {name: table_fingerprint(con, "seeds", name)[1] for (name,) in rows}
    con.execute("use memory")
    old, new = prints[BEFORE], prints[AFTER]
    return [
        Circumstance("lists", name, None, None)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _short(checksum: str | None) -> str | None:
    return checksum[:12] if checksum else None
