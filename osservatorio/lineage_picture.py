"""The picture of where the marts come from, `docs/img/lineage.svg`: extracts, facts and dimensions, marts.

`python -m osservatorio.lineage_picture` draws it anew from the warehouse's graph; a test compares it with what this
module draws.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from osservatorio.lineage import CALENDAR, LANDED, MARTS

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PICTURE = Path(__file__).parent.parent / "docs" / "img" / "lineage.svg"
CORE = "core"
COLUMNS = ("extracts", "facts and dimensions", "marts")
LEFT, WIDTH, GAP, TOP, STEP = 24, 230, 190, 64, 27
COLOURS = ("#0066CC", "#995C00", "#008055", "#5C6F82", "#CC334D", "#6A3FA0", "#00709B", "#7A5C00")

Edges = dict[str, list[str]]


def draw_lineage(manifest: "Manifest") -> str:
    """The picture as SVG: each mart joined to the facts it reads, each fact to the extracts it is made of."""
    nodes: Mapping[str, Any] = {**manifest.nodes, **manifest.sources}
    core = {
        name for name, node in manifest.nodes.items() if node.resource_type == "model" and CORE in node.fqn
    }
    marts = {
        name for name, node in manifest.nodes.items() if node.resource_type == "model" and MARTS in node.fqn
    }
    extracts = {name for name, node in manifest.sources.items() if node.source_name == LANDED}
    made_of = {
        name: _nearest(name, extracts, core, nodes)
        for name in sorted(core)
        if not nodes[name].config.meta.get(CALENDAR)
    }
    # What is made of other facts only is seen through.
    facts = {name for name, found in made_of.items() if found}
    read_by = {name: _nearest(name, facts, set(), nodes) for name in sorted(marts)}
    first = sorted(extracts, key=lambda name: nodes[name].name)
    second = _near(facts, made_of, first)
    third = _near(marts, read_by, second)
    columns = [[(name, nodes[name].name) for name in column] for column in (first, second, third)]
    return _svg(columns, [made_of, read_by])


def _nearest(name: str, wanted: set[str], stop: set[str], nodes: Mapping[str, Any]) -> list[str]:
    """The wanted nodes upstream of a node: not looked for beyond them, nor beyond those to stop at and the calendar."""
    found, seen, waiting = [], {name}, list(nodes[name].depends_on_nodes)
    while waiting:
        current = waiting.pop()
        if current in seen or current not in nodes:
            continue
        seen.add(current)
        if current in wanted:
            found.append(current)
        elif current not in stop and not nodes[current].config.meta.get(CALENDAR):
            waiting += getattr(nodes[current], "depends_on_nodes", ())
    return sorted(found)


def _near(names: Iterable[str], edges: Edges, before: Sequence[str]) -> list[str]:
    """The names in the order of the middle of what they are joined to, so that few lines cross."""
    place = {name: number for number, name in enumerate(before)}

    def middle(name: str) -> tuple[float, str]:
        joined = [place[other] for other in edges[name]]
        return (sum(joined) / len(joined) if joined else len(before), name)

    return sorted(names, key=middle)


def _svg(columns: Sequence[Sequence[tuple[str, str]]], edges: Sequence[Edges]) -> str:
    height = TOP + STEP * max(len(column) for column in columns) + 16
    width = LEFT * 2 + WIDTH * 3 + GAP * 2
    places: dict[str, tuple[float, float]] = {}
    for number, column in enumerate(columns):
        space = (height - TOP - 16) / len(column)
        for row, (name, _) in enumerate(column):
            places[name] = (LEFT + number * (WIDTH + GAP), TOP + space * (row + 0.5))
    lines = [
        _curve(places[start], places[end], COLOURS[row % len(COLOURS)])
        for joined in edges
        for end in joined
        for start in joined[end]
        for row in [list(places).index(start)]
    ]
    boxes = [_box(*places[name], label) for column in columns for name, label in column]
    titles = [
        f'<text x="{LEFT + number * (WIDTH + GAP)}" y="36" font-size="16" font-weight="600">{title}</text>'
        for number, title in enumerate(COLUMNS)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'font-family="\'Titillium Web\',\'Segoe UI\',Arial,sans-serif" fill="#1A1A1A" aria-labelledby="t d">',
            '<title id="t">Where the marts come from</title>',
            '<desc id="d">Each mart is joined to the facts and dimensions that it reads, and each of these to the '
            "extracts that it is made of; mart_data_quality is the account of the deliveries themselves.</desc>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *titles,
            '<g fill="none" stroke-width="1.3" stroke-opacity="0.6">',
            *lines,
            "</g>",
            *boxes,
            "</svg>",
            "",
        ]
    )


def _curve(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    (x1, y1), (x2, y2) = (start[0] + WIDTH, start[1]), end
    middle = (x1 + x2) / 2
    return f'<path stroke="{colour}" d="M{x1:g} {y1:.1f}C{middle:g} {y1:.1f} {middle:g} {y2:.1f} {x2:g} {y2:.1f}"/>'


def _box(x: float, y: float, label: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y - 10:.1f}" width="{WIDTH}" height="20" rx="4" fill="#F2F7FC" stroke="#5C6F82"/>'
        f'<text x="{x + 8:g}" y="{y + 4:.1f}" font-size="12">{escape(label)}</text>'
    )


def main() -> None:
    from osservatorio.build import build_environment, parse
    from osservatorio.home import Home
    from osservatorio.settings import Settings

    with TemporaryDirectory() as folder:
        os.environ |= build_environment(Home(Path(folder)), Settings())
        manifest = parse(folder)
    if manifest is None:
        raise SystemExit("The warehouse cannot be read: dbt says why.")
    PICTURE.write_text(draw_lineage(manifest), "utf-8")


if __name__ == "__main__":
    main()
