"""The map: the ten municipalities, each in its place, with its value and shade."""

from itertools import pairwise

import pandas as pd
import pytest

from dashboards import maps
from dashboards.maps import outlines, town_map
from dashboards.tables import Column
from dashboards.theme import SOFT, TEXT
from osservatorio.reference import municipalities

COUNT = Column("n", "Minori", "", "intero")


def _figure(values: dict[str, float | None], here: str = "AMBITO"):
    frame = pd.DataFrame(
        [
            {"municipality_code": code, "municipality_name": town.name, "n": values.get(code)}
            for code, town in municipalities().items()
        ]
    )
    return {trace.name: trace for trace in town_map(frame, COUNT, here).data if trace.fill}


def test_every_municipality_has_an_outline_with_its_middle_inside() -> None:
    assert outlines().keys() == municipalities().keys()
    for code, outline in outlines().items():
        east, north = outline.middle
        assert _is_inside(outline, east, north), code


def test_neighbours_lie_where_they_do() -> None:
    """Seregno is south of Giussano, Lazzate west of Meda, Ceriano the southernmost in the west."""
    by_name = {town.name: outlines()[code].middle for code, town in municipalities().items()}
    assert by_name["Seregno"][1] < by_name["Giussano"][1]
    assert by_name["Lazzate"][0] < by_name["Meda"][0]
    assert by_name["Ceriano Laghetto"][1] == min(north for _, north in by_name.values())


def test_the_highest_value_is_the_darkest_and_a_missing_one_pale() -> None:
    traces = _figure({"108039": 40, "108030": 10})
    assert traces["Seregno"].fillcolor == maps._shade(1)
    assert traces["Meda"].fillcolor == maps._shade(0.25)
    assert traces["Lazzate"].fillcolor == SOFT
    assert traces["Seregno"].text == "Seregno: <b>40</b>"


def test_the_one_chosen_is_outlined_last() -> None:
    traces = _figure({"108039": 40, "108030": 10}, here="108030")
    assert list(traces)[-1] == "Meda"
    assert [name for name, trace in traces.items() if trace.line.color == TEXT] == ["Meda"]


@pytest.mark.parametrize("share", [step / 100 for step in range(101)])
def test_names_can_be_read_on_every_shade(share: float) -> None:
    """Contrast of at least 4.5 to one (WCAG 2.1, 1.4.3)."""
    figure = town_map(
        pd.DataFrame(
            [
                {"municipality_code": "108039", "municipality_name": "Seregno", "n": 1000},
                {"municipality_code": "108030", "municipality_name": "Meda", "n": 1000 * share},
            ]
        ),
        COUNT,
        "AMBITO",
    )
    shade = next(trace.fillcolor for trace in figure.data if trace.name == "Meda")
    ground = _luminance([int(part) for part in shade[4:-1].split(",")])
    ink = next(note.font.color for note in figure.layout.annotations if note.text.startswith("Meda"))
    light, dark = sorted((ground, _luminance(list(bytes.fromhex(ink[1:])))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(color: list[int]) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_map_of_zeros_can_be_drawn() -> None:
    assert {trace.fillcolor for trace in _figure(dict.fromkeys(municipalities(), 0)).values()} == {
        maps._shade(0)
    }


def test_the_credit_names_source_and_licence() -> None:
    assert all(word in maps.credit() for word in ("openpolis", "ISTAT", "CC BY 4.0"))


def _is_inside(outline: maps.Outline, east: float, north: float) -> bool:
    """Even-odd rule: how many borders a line to the east crosses."""
    pairs = list(zip(outline.east, outline.north, strict=True))
    crossed = 0
    for (x1, y1), (x2, y2) in pairwise(pairs):
        if (y1 > north) != (y2 > north) and east < x1 + (north - y1) / (y2 - y1) * (x2 - x1):
            crossed += 1
    return crossed % 2 == 1
