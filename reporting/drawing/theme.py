"""Colours, typeface and folders of the documents: the Bootstrap Italia palette and Titillium Web."""

from pathlib import Path

import osservatorio
from reporting.model import Tone

FONTS = Path(osservatorio.__file__).parent / "assets" / "fonts"
TYPEFACE = "Titillium Web"

PRIMARY = "#0066CC"
INK = "#1A1A1A"
MUTED = "#455A64"  # 7:1 on white
RULE = "#C5C7C9"
WASH = "#EDF4FB"  # behind totals and key figures
COMPARISON = "#8794A1"  # told from the primary by lightness as well: safe without colour vision
THIRD = "#17324D"  # darker than both
SERIES = (PRIMARY, COMPARISON, THIRD)
TONES = {  # of notices: the line at their side and the ground
    Tone.INFO: (PRIMARY, WASH),
    Tone.SUCCESS: ("#006B47", "#E8F5F0"),
    Tone.WARNING: ("#995C00", "#FDF4E6"),
    Tone.DANGER: ("#B3253E", "#FBEBEE"),
}
PALETTE = {"primary": PRIMARY, "ink": INK, "muted": MUTED, "rule": RULE, "wash": WASH}
