"""One figure through the releases of a home: its value in each, and why it moved from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from osservatorio.catalogue import manifests
from osservatorio.circumstances import Circumstance, changed_lists, circumstances, list_fingerprints
from osservatorio.errors import UserError
from osservatorio.explain_catalogue import Catalogue, Cell, Row
from osservatorio.home import Home
from osservatorio.provenance import DeliveryChange, changed_deliveries
from osservatorio.release import Release, release_path
from osservatorio.upstream import Origin, both_manifests, extracts_behind, names_behind

COUNTS = ("numerator", "denominator")  # of a row of the long table
NO_FIGURE = ("key_id",)  # differs without moving a figure
Value = Any


@dataclass(frozen=True)
class Causes:
    """What changed between two releases that can have moved a figure."""

    deliveries: list[DeliveryChange]
    circumstances: list[Circumstance]


@dataclass(frozen=True)
class Step:
    """A release and the figure in it. `problem`: why it cannot be told. `causes`: why it moved since the step before."""

    manifest: dict[str, Any]
    value: Value = None
    row: Row = field(default_factory=dict)
    problem: str = ""
    is_moved: bool = False
    difference: float | None = None
    causes: Causes | None = None

    @property
    def release_id(self) -> str:
        return self.manifest["release_id"]


def history_of(home: Home, cell: Cell, origin: Origin, release_id: str) -> tuple[list[Step], int]:
    """The figure in each release up to the one named, the first published first; and how many came after it."""
    known = manifests(home)[::-1]
    place = next(number for number, manifest in enumerate(known) if manifest["release_id"] == release_id)
    steps: list[Step] = []
    before: tuple[Step, dict[str, str]] | None = None
    for manifest in known[: place + 1]:
        step, lists = _read(home, manifest, cell)
        if not step.problem:
            if before and not _is_unmoved(before[0], step):
                step = _moved(before[0], step, cell, origin, changed_lists(before[1], lists))
            before = step, lists
        steps.append(step)
    return steps, len(known) - place - 1


def is_same(one: Value, other: Value) -> bool:
    """Whether two values are one figure: numbers count to nine significant figures, as in a release's name."""
    if isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal):
        return f"{float(one):.9g}" == f"{float(other):.9g}"
    return one == other


def _is_unmoved(before: Step, after: Step) -> bool:
    """Whether the value, and of an indicator its counts, are the same."""
    return is_same(before.value, after.value) and all(
        is_same(before.row.get(name), after.row.get(name)) for name in COUNTS
    )


def _read(home: Home, manifest: dict[str, Any], cell: Cell) -> tuple[Step, dict[str, str]]:
    path = release_path(home, manifest["release_id"])
    if not path.exists():
        return Step(manifest, problem="il file della pubblicazione non c'è più"), {}
    try:
        with Release(path, manifest) as release, release.cursor() as cursor:
            rows = Catalogue(release).rows("main", cell.mart, cell.key)
            lists = list_fingerprints(cursor)
    except (UserError, duckdb.Error):
        return Step(manifest, problem="il file della pubblicazione non si legge"), {}
    if rows and cell.column not in rows[0]:
        return Step(manifest, problem="la misura non c'era ancora"), {}
    return Step(manifest, rows[0][cell.column] if rows else None, rows[0] if rows else {}), lists


def _moved(before: Step, after: Step, cell: Cell, origin: Origin, lists: Sequence[Circumstance]) -> Step:
    numbers = [
        float(value) for value in (before.value, after.value) if isinstance(value, int | float | Decimal)
    ]
    manifest = both_manifests(before.manifest, after.manifest)
    names = names_behind(manifest, origin)
    return Step(
        after.manifest,
        after.value,
        after.row,
        is_moved=True,
        difference=numbers[1] - numbers[0] if len(numbers) == 2 else None,
        causes=Causes(
            _deliveries(before, after, extracts_behind(manifest, origin), cell.key.get("municipality_code")),
            [
                item
                for item in [*circumstances(before.manifest, after.manifest), *lists]
                if item.kind not in NO_FIGURE and _concerns(item, names)
            ],
        ),
    )


def _concerns(item: Circumstance, names: Sequence[str]) -> bool:
    """Definitions, formulas and lists count only where the figure rests on them, if that is known."""
    return not names or item.kind not in ("models", "macros", "lists") or item.name in names


def _deliveries(
    before: Step, after: Step, extracts: Sequence[str], municipality: str | None
) -> list[DeliveryChange]:
    """Those upstream that can have moved figures of the municipality; all upstream ones where none can."""
    upstream = [
        change
        for change in changed_deliveries(before.manifest, after.manifest)
        if change.delivery["extract"] in extracts
    ]
    place = None if municipality == "AMBITO" else municipality
    return [change for change in upstream if change.moves(place)] or upstream
