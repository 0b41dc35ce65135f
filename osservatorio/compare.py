"""What differs between two releases: the figures, the circumstances, and the deliveries that can have moved them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import duckdb

from osservatorio import compare_figures as figures
from osservatorio.ambiti.contents import is_of_many
from osservatorio.circumstances import Circumstance, changed_lists, circumstances, list_fingerprints
from osservatorio.compare_figures import AFTER, BEFORE, CHANGED, GONE, NEW, TOTAL, Column, Figure
from osservatorio.database import attach, connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.provenance import DeliveryChange, changed_deliveries
from osservatorio.reference import code_list, read_seed
from osservatorio.release import read_manifest, release_path
from osservatorio.upstream import LONG_TABLE, Origin, both_manifests, extracts_behind

DELIVERY_KEY = "delivery_id"
INDICATOR_KEY = "indicator_code"


@dataclass(frozen=True)
class IndicatorComparison:
    """How many figures of an indicator differ, and whose deliveries can have moved them (as for a mart)."""

    code: str
    name: str
    changed: int
    new: int
    gone: int
    moved_by: dict[str, list[str]]

    @property
    def total(self) -> int:
        return self.changed + self.new + self.gone


@dataclass(frozen=True)
class MartComparison:
    """How many figures of a mart differ, the first of them (or all), and whose deliveries can have moved them.

    `moved_by`: ids of deliveries by municipality (AMBITO: the totals, and figures that name no municipality).
    `indicators`: the same for each indicator of the long table, those that moved most first.
    """

    mart: str
    title: str
    changed: int
    new: int
    gone: int
    figures: list[Figure]
    moved_by: dict[str, list[str]]
    indicators: list[IndicatorComparison] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.changed + self.new + self.gone

    @cached_property
    def _by_indicator(self) -> dict[str, dict[str, list[str]]]:
        return {item.code: item.moved_by for item in self.indicators}

    def deliveries_of(self, figure: Figure) -> list[str]:
        """Ids of the deliveries that can have moved a figure; one about a delivery was moved by that one."""
        if DELIVERY_KEY in figure.key:
            known = {name for names in self.moved_by.values() for name in names}
            return sorted({figure.key[DELIVERY_KEY]} & known)
        own = self._by_indicator.get(figure.key.get(INDICATOR_KEY, ""), self.moved_by)
        return own.get(figure.municipality or TOTAL, [])


@dataclass(frozen=True)
class Comparison:
    """Two releases side by side; `before` and `after` are their manifests.

    `indicators` are the codes of those asked for, when only some were.
    """

    before: dict[str, Any]
    after: dict[str, Any]
    circumstances: list[Circumstance]
    deliveries: list[DeliveryChange]
    marts: list[MartComparison]
    only_before: list[str] = field(default_factory=list)
    only_after: list[str] = field(default_factory=list)
    indicators: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(mart.total for mart in self.marts)


def compare_releases(
    home: Home,
    before_id: str,
    after_id: str,
    *,
    limit: int | None = None,
    indicators: Collection[str] = (),
) -> Comparison:
    """Compare two releases of a home; at most `limit` figures of each mart are listed, all are counted.

    With `indicators` (codes) only the figures of these are compared. Raises UserError when a release is missing, is of
    many Ambiti, or was published before manifests named the keys of the marts.
    """
    before, after = read_manifest(home, before_id), read_manifest(home, after_id)
    if is_of_many(before) or is_of_many(after):
        raise UserError(
            "Le pubblicazioni di più Ambiti non si confrontano qui: confronta quelle di ciascuno nella sua cartella dei dati, da "
            "indicare con --home; «osservatorio ambiti list» dice da quale viene ogni Ambito."
        )
    keys = {**before.get("keys", {}), **after.get("keys", {})}
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
        only = (INDICATOR_KEY, list(indicators)) if indicators else None
        shapes: dict[str, tuple[list[Column], list[str]]] = {}
        for mart in [name for name in code_list("mart") if name in old & new & keys.keys()]:
            if only and mart != LONG_TABLE:
                continue
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
                figures.compare_mart(con, mart, columns, key, only=only)
        manifest = both_manifests(before, after)
        totals, places = figures.totals(con), figures.places_moved(con)
        marts = [
            MartComparison(
                mart,
                code_list("mart")[mart],
                *(totals.get((mart, status), 0) for status in (CHANGED, NEW, GONE)),
                figures.read_figures(con, mart, columns, key, limit),
                moved_by(
                    [town for name, town in places if name == mart],
                    extracts_behind(manifest, Origin(mart)),
                    deliveries,
                ),
                _indicators(con, manifest, key, deliveries) if mart == LONG_TABLE else [],
            )
            for mart, (columns, key) in shapes.items()
        ]
        found = [*circumstances(before, after), *_lists(con)]
    gone, come = sorted(old - new), sorted(new - old)
    return Comparison(before, after, found, deliveries, marts, gone, come, tuple(indicators))


@cache
def source_marts() -> dict[str, str]:
    """The mart that shows the same figure, of each indicator that one shows."""
    return {
        row["indicator_code"]: row["source_mart"] for row in read_seed("indicators") if row["source_column"]
    }


def _indicators(
    con: duckdb.DuckDBPyConnection,
    manifest: dict[str, Any],
    key: Sequence[str],
    deliveries: Sequence[DeliveryChange],
) -> list[IndicatorComparison]:
    shown = source_marts()
    return [
        IndicatorComparison(
            code,
            name,
            *counts,
            moved_by(
                towns,
                extracts_behind(manifest, Origin(LONG_TABLE, code, source_mart=shown.get(code))),
                deliveries,
            ),
        )
        for code, name, towns, *counts in figures.groups_moved(con, LONG_TABLE, key.index(INDICATOR_KEY) + 1)
    ]


def _marts(con: duckdb.DuckDBPyConnection, catalogue: str) -> set[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = $name and schema_name = 'main'",
        {"name": catalogue},
    ).fetchall()
    return {name for (name,) in rows}


def moved_by(
    municipalities: Sequence[str | None], extracts: Sequence[str], deliveries: Sequence[DeliveryChange]
) -> dict[str, list[str]]:
    """For each municipality the deliveries upstream that can have moved it; all upstream ones where none can."""
    upstream = [change for change in deliveries if change.delivery["extract"] in extracts]
    found = {}
    for municipality in sorted({town or TOTAL for town in municipalities}):
        own = [change for change in upstream if change.moves(None if municipality == TOTAL else municipality)]
        found[municipality] = [change.delivery["delivery_id"] for change in own or upstream]
    return found


def _lists(con: duckdb.DuckDBPyConnection) -> list[Circumstance]:
    prints = []
    for catalogue in (BEFORE, AFTER):
        con.execute(f"use {catalogue}")
        prints.append(list_fingerprints(con))
    con.execute("use memory")
    return changed_lists(*prints)
