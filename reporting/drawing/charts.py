"""A chart of the model and the table that it draws -> SVG and PNG, through Vega-Lite (no browser, no network)."""

import json
import struct
from dataclasses import dataclass
from functools import cache, lru_cache

from reporting.drawing.theme import FONTS
from reporting.drawing.vega import WIDTH, specification
from reporting.model import Chart, Table

PNG_SCALE = 2.2  # 210 dots per inch at the width of the text
DRAWINGS_KEPT = 64


@dataclass(frozen=True)
class Picture:
    """A drawing as PNG; `ratio` is its height over its width."""

    content: bytes
    ratio: float


def draw(chart: Chart, table: Table, width: int = WIDTH) -> str:
    """The chart as SVG, so many pixels wide, with the typeface by name: the document embeds it."""
    return _svg(json.dumps(specification(chart, table, width), sort_keys=True))


def draw_png(chart: Chart, table: Table) -> Picture:
    """The chart as PNG, fine enough for print at the width of the text."""
    content = _png(draw(chart, table))
    width, height = struct.unpack(">II", content[16:24])  # where the format keeps them
    return Picture(content, height / width)


@lru_cache(maxsize=DRAWINGS_KEPT)
def _svg(specification: str) -> str:
    """Drawn once for all the formats and reports of a process that show the same chart."""
    import vl_convert

    _register_fonts()
    return vl_convert.vegalite_to_svg(specification, format_locale="it-IT")


@lru_cache(maxsize=DRAWINGS_KEPT)
def _png(svg: str) -> bytes:
    import vl_convert

    _register_fonts()
    return vl_convert.svg_to_png(svg, scale=PNG_SCALE)


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
